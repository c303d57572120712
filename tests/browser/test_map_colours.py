"""The contrast of what the map draws, computed from the colours map.css and site.css name.

axe can't see drawn ground, so this is where names, symbols and lines on it are decided.
"""

import re

import pytest

from geo.settings import ROOT

STATIC = ROOT / "webapp" / "static"
TEXT, SHAPE = 4.5, 3.0
"""WCAG 2.2: contrast of text (1.4.3), of symbols and lines that carry meaning (1.4.11)."""

PAIRS = (
    ("--map-name", "--map-land", TEXT),
    ("--map-name", "--map-water", TEXT),
    ("--map-name", "--map-beyond", TEXT),
    ("--map-name", "--map-halo", TEXT),
    ("--map-area", "--map-land", TEXT),
    ("--map-area", "--map-halo", TEXT),
    ("--map-on-place", "--map-place", TEXT),
    ("--map-on-incidents", "--map-incidents", TEXT),
    ("--map-place", "--map-land", SHAPE),
    ("--map-place", "--map-water", SHAPE),
    ("--map-place", "--map-ring", SHAPE),
    ("--map-incidents", "--map-land", SHAPE),
    ("--map-incidents", "--map-water", SHAPE),
    ("--map-measure", "--map-halo", SHAPE),
    ("--map-boundary", "--map-land", SHAPE),
    ("--map-boundary", "--map-water", SHAPE),
    *(
        (name, ground, TEXT)
        for name in (
            "--map-name",
            "--base-minor-name",
            "--base-tunnel",
            "--base-green-name",
            "--base-water-name",
        )
        for ground in ("--map-halo", "--map-land")
    ),
    *(
        ("--map-name", ground, TEXT)
        for ground in (
            "--base-road",
            "--base-main",
            "--base-motorway",
            "--base-pedestrian",
            "--base-building",
            "--base-park",
        )
    ),
    *(
        ("--base-tunnel", ground, SHAPE)
        for ground in (
            "--map-land",
            "--base-road",
            "--base-main",
            "--base-building",
            "--base-park",
            "--base-square",
        )
    ),
    *(
        ("--map-place", ground, SHAPE)
        for ground in ("--base-building", "--base-main", "--base-motorway", "--base-park")
    ),
    ("--ink", "--paper", TEXT),
    ("--muted", "--paper", TEXT),
    ("--accent", "--paper", TEXT),
    ("--focus", "--map-land", SHAPE),
    ("--focus", "--map-water", SHAPE),
)


def colours(scheme: str) -> dict[str, str]:
    """The custom properties that hold in a colour scheme."""
    found: dict[str, str] = {}
    for name in ("site.css", "map.css"):
        css = (STATIC / name).read_text()
        light, dark = css.split("@media (prefers-color-scheme: dark)", 1)
        blocks = [light] if scheme == "light" else [light, dark.split("}", 1)[0]]
        for block in blocks:
            found |= dict(re.findall(r"^\s*(--[\w-]+): (#[0-9a-f]{6});", block, re.MULTILINE))
    return found


def luminance(colour: str) -> float:
    """WCAG's relative luminance of #rrggbb."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_formula_is_wcag_s() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("one", "other", "least"), PAIRS)
def test_what_is_drawn_can_be_seen(scheme: str, one: str, other: str, least: float) -> None:
    found = colours(scheme)
    assert contrast(found[one], found[other]) >= least


def test_the_schemes_differ() -> None:
    light, dark = colours("light"), colours("dark")
    assert set(light) == set(dark)
    assert all(light[name] != dark[name] for name in light if name.startswith("--map-"))
