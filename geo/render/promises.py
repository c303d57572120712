"""What was promised, told in our own words, by the municipality that promised it.

The promises as they were signed are the municipality's and the police's; these sentences only tell what
they are about. A municipality that isn't here has its measures by focus area all the same.
"""

from dataclasses import dataclass

from geo.messages import N_
from geo.model import Promise


@dataclass(frozen=True, slots=True)
class Agreement:
    """The years the promises were given for (both included), what is said of them now, and each promise."""

    first: int
    last: int
    now: str
    promised: dict[Promise, str]


AGREEMENTS: dict[str, Agreement] = {
    "2409": Agreement(
        first=2023,
        last=2025,
        now=N_(
            "The promises were given for 2023–2025. The agreement on cooperation behind them has been "
            "extended until further notice, so the work goes on. It is followed up every year."
        ),
        promised={
            Promise.DRUGS: N_(
                "To prevent and limit the use of drugs. Those who are at risk, the young above all, are to "
                "be noticed early and offered help."
            ),
            Promise.TRAFFIC: N_(
                "To make traffic safe for everybody, on the main roads and inside the localities, so that "
                "nobody is killed or badly hurt."
            ),
            Promise.HOME: N_(
                "To make the home a safe place, also for those who are threatened or hurt by somebody close "
                "to them."
            ),
            Promise.ECONOMIC_CRIME: N_("To make it harder to earn money by crime, for example by fraud."),
            Promise.UNSAFE_PLACES: N_(
                "To listen to which places feel unsafe, and to do something about them together."
            ),
        },
    ),
}
"""By municipality code. 2409 is Robertsfors."""
