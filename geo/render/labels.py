"""What the enums are called in words, as message ids. One table for each enum: their values overlap."""

from geo.analysis.darkness import SunState
from geo.messages import N_
from geo.model import CategoryGroup, MeasureStatus, PlaceStatus, Promise, Reason, Role, TimeOfDay
from geo.store.aliases import Decision

REASONS: dict[Reason, str] = {
    Reason.LIGHTING: N_("poor lighting"),
    Reason.VISIBILITY: N_("hard to see around"),
    Reason.VEGETATION: N_("dense bushes"),
    Reason.DESERTED: N_("deserted"),
    Reason.TRAFFIC: N_("traffic"),
    Reason.NEGLECT: N_("poor upkeep or snow clearing"),
    Reason.VANDALISM: N_("vandalism"),
    Reason.GROUPS: N_("groups that feel rowdy"),
    Reason.DRUGS: N_("drug use or dealing"),
    Reason.OTHER: N_("something else"),
}
"""Why, as words within a sentence."""

TIMES: dict[TimeOfDay, str] = {
    TimeOfDay.MORNING: N_("in the morning"),
    TimeOfDay.DAY: N_("in the daytime"),
    TimeOfDay.EVENING: N_("in the evening"),
    TimeOfDay.NIGHT: N_("at night"),
}
"""When, as words within a sentence."""

HOURS: dict[TimeOfDay, str] = {
    TimeOfDay.MORNING: N_("Morning (6–10)"),
    TimeOfDay.DAY: N_("Day (10–18)"),
    TimeOfDay.EVENING: N_("Evening (18–22)"),
    TimeOfDay.NIGHT: N_("Night (22–6)"),
}
"""When, as a choice in a form: with the hours."""

LIGHTS: dict[SunState, str] = {
    SunState.LIGHT: N_("Daylight (the sun is up)"),
    SunState.TWILIGHT: N_("Twilight"),
    SunState.DARK: N_("Dark"),
}
"""How light it was outdoors, as a choice in a form."""

PLACE_STATUSES: dict[PlaceStatus, str] = {
    PlaceStatus.FLAGGED: N_("No measure decided yet"),
    PlaceStatus.PLANNED: N_("Measure planned"),
    PlaceStatus.ONGOING: N_("Work in progress"),
    PlaceStatus.COMPLETED: N_("Measure completed"),
    PlaceStatus.VERIFIED: N_("Completed and followed up"),
}
"""What is being done about a place, first in every row and popup."""

OVERDUE_STATUSES: dict[PlaceStatus, str] = {
    PlaceStatus.PLANNED: N_("Measure planned, overdue"),
    PlaceStatus.ONGOING: N_("Work in progress, overdue"),
}
"""The same where something is past its due date; a place without open work has none of that."""

PLACE_STATUS_MEANINGS: dict[PlaceStatus, str] = {
    PlaceStatus.FLAGGED: N_("Residents have pointed the place out. No measure has been decided."),
    PlaceStatus.PLANNED: N_("A measure has been decided and has not begun."),
    PlaceStatus.ONGOING: N_("Work on a measure has begun and is not finished."),
    PlaceStatus.COMPLETED: N_("Those responsible say that the measure has been carried out."),
    PlaceStatus.VERIFIED: N_("Somebody other than the one who did the work has been there and looked."),
}
"""What each status of a place means, for the legend and the about page."""

MEASURE_STATUSES: dict[MeasureStatus, str] = {
    MeasureStatus.PROPOSED: N_("Proposed"),
    MeasureStatus.PLANNED: N_("Planned"),
    MeasureStatus.ONGOING: N_("In progress"),
    MeasureStatus.COMPLETED: N_("Completed"),
    MeasureStatus.VERIFIED: N_("Followed up"),
    MeasureStatus.CANCELLED: N_("Cancelled"),
    MeasureStatus.REOPENED: N_("Taken up again"),
}

MEASURE_SYMBOLS: dict[MeasureStatus, str] = {
    MeasureStatus.PROPOSED: "flagged",
    MeasureStatus.PLANNED: "planned",
    MeasureStatus.ONGOING: "ongoing",
    MeasureStatus.COMPLETED: "completed",
    MeasureStatus.VERIFIED: "verified",
    MeasureStatus.CANCELLED: "cancelled",
    MeasureStatus.REOPENED: "ongoing",
}
"""The name of the shape that stands beside the words; a place's shape is named as its status."""

PROMISES: dict[Promise, str] = {
    Promise.DRUGS: N_("Drugs"),
    Promise.TRAFFIC: N_("Safer traffic"),
    Promise.HOME: N_("Safe in the home"),
    Promise.ECONOMIC_CRIME: N_("Economic crime"),
    Promise.UNSAFE_PLACES: N_("Places that feel unsafe"),
}

GROUPS: dict[CategoryGroup, str] = {
    CategoryGroup.TRAFFIC_ACCIDENT: N_("Traffic accidents"),
    CategoryGroup.TRAFFIC_OFFENCE: N_("Traffic offences and obstructions"),
    CategoryGroup.THEFT: N_("Thefts and break-ins"),
    CategoryGroup.DAMAGE: N_("Damage and arson"),
    CategoryGroup.VIOLENCE: N_("Violence, threats and robbery"),
    CategoryGroup.DRUGS: N_("Drug offences"),
    CategoryGroup.ORDER: N_("Public order"),
    CategoryGroup.FIRE_ACCIDENT: N_("Fires and accidents"),
    CategoryGroup.OTHER: N_("Other incidents"),
    CategoryGroup.TRAFFIC_CONTROL: N_("Traffic controls"),
}

ROLES: dict[Role, str] = {
    Role.PLANNER: N_("Planner"),
    Role.POLICE: N_("Police officer"),
    Role.COORDINATOR: N_("Coordinator"),
    Role.ADMIN: N_("Administrator"),
}
"""What each role is called."""

DECISIONS: dict[Decision, str] = {
    Decision.PLACES: N_("a place on the map"),
    Decision.NOT_A_PLACE: N_("not a place"),
    Decision.OUTSIDE: N_("outside the municipality"),
}
"""What words were decided to mean."""
