"""What the style sheet promises, computed from its own lines."""

import re

import pytest

from geo.settings import ROOT

CSS = (ROOT / "webapp" / "static" / "site.css").read_text(encoding="utf-8")
SYMBOLS = (ROOT / "webapp" / "templates" / "_symbols.html").read_text(encoding="utf-8")

TEXT = [
    ("ink", "paper", 7.0),
    ("ink", "ground", 7.0),
    ("ink", "soft", 7.0),
    ("muted", "paper", 7.0),
    ("muted", "ground", 7.0),
    ("accent", "paper", 7.0),
    ("accent", "ground", 7.0),
    ("accent", "soft", 7.0),
    ("on-accent", "accent", 7.0),
]
"""(letters, ground, least ratio): WCAG's AAA, as most of this is read in sunlight on a telephone."""

SHAPES = [
    ("edge", "paper", 3.0),
    ("edge", "ground", 3.0),
    ("focus", "paper", 3.0),
    ("focus", "ground", 3.0),
    ("focus", "soft", 3.0),
]
"""(line, ground, least ratio) for what is not text but must be seen."""


def tokens(scheme: str) -> dict[str, str]:
    """The colours of a scheme by name."""
    light, dark = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]
    assert "prefers-color-scheme: dark" in CSS[: CSS.index(dark)]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light if scheme == "light" else dark))


def luminance(colour: str) -> float:
    """The relative luminance of a colour as WCAG 2.1 defines it."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(first: str, second: str) -> float:
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_ratio_is_wcags() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(scheme: str) -> None:
    colours = tokens(scheme)
    short = {
        (front, back): round(ratio(colours[front], colours[back]), 2)
        for front, back, least in TEXT + SHAPES
        if ratio(colours[front], colours[back]) < least
    }
    assert short == {}


def test_both_schemes_name_the_same_colours_and_no_other_is_used() -> None:
    assert set(tokens("light")) == set(tokens("dark"))
    rest = re.sub(r":root \{.*?\}", "", CSS, flags=re.DOTALL)
    rest = rest[: rest.index("@media print")]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rest) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_one_neutral_hue_and_no_red(scheme: str) -> None:
    for name, colour in tokens(scheme).items():
        red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
        assert red <= green <= blue, name


def test_the_style_sheet_serves_everybody() -> None:
    for wish in (
        "prefers-reduced-motion",
        "forced-colors: active",
        "@media print",
        ":focus-visible",
        "prefers-color-scheme: dark",
    ):
        assert wish in CSS
    assert "outline: none" not in CSS.replace("main:focus { outline: none; }", "")


def test_every_status_has_a_shape_of_its_own_in_the_current_colour() -> None:
    shapes = dict(re.findall(r'<symbol id="status-(\w+)"[^>]*>(.*?)</symbol>', SYMBOLS))
    statuses = {"flagged", "planned", "ongoing", "completed", "verified", "cancelled"}
    assert set(shapes) == statuses | {"coming", "overdue"}
    assert len(set(shapes.values())) == len(shapes)
    for drawn in shapes.values():
        assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', drawn)) <= {
            "none",
            "currentColor",
            "var(--paper)",
        }
