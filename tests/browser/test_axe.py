"""axe-core on every page, in both languages, in light and dark, at a desk's and at a phone's width."""

import pytest
from playwright.sync_api import Page, expect
from readers import Open

PAGES = (
    "/",
    "/?place=2",
    "/places",
    "/places/2",
    "/measures",
    "/promises",
    "/incidents",
    "/how-we-protect",
    "/api/?f=html",
    "/api/collections?f=html",
    "/api/conformance?f=html",
    "/api/collections/incident-areas?f=html",
    "/api/collections/incident-localities?f=html",
    "/api/collections/places/items?f=html",
    "/api/collections/places/items/1?f=html",
    "/api/collections/measures/items?f=html&limit=2",
    "/api/collections/layer-localities/items?f=html",
    "/api/collections/layer-land/items/1?f=html",
    "/about",
    "/accessibility",
    "/nothing-here",
)

REVIEWED = {
    "color-contrast": "The ground is drawn, which axe can't see: test_map_colours.py computes what stands on it.",
    "label-content-name-mismatch": "The signs +, − and × of the map's buttons are no words; their names are.",
}
"""What axe could not decide inside the map, and who did."""

RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations", "incomplete"] });
  const told = (all) => all.flatMap((rule) => rule.nodes.map((node) => ({
    rule: rule.id,
    where: node.target.join(" "),
    html: node.html.slice(0, 160),
    why: [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; "),
    map: Boolean(document.querySelector(node.target[0])?.closest(".folium-map")),
    table: [...document.querySelectorAll(node.target[0])].some((one) => {
      const region = one.closest(".table");
      return region && region.scrollWidth > region.clientWidth;
    }),
  })));
  return { violations: told(found.violations), incomplete: told(found.incomplete) };
}"""

CONTRAST_BESIDE = """async () => {
  const maps = document.querySelectorAll(".folium-map");
  if (!maps.length) return [];
  for (const map of maps) map.style.display = "none";
  const found = await axe.run(document, { runOnly: ["color-contrast"] });
  const wide = ({ target }) => {
    const region = document.querySelector(target[0])?.closest(".table");
    return region && region.scrollWidth > region.clientWidth;
  };
  const nodes = (rules) => rules.flatMap((rule) => rule.nodes);
  return [...nodes(found.violations), ...nodes(found.incomplete).filter((node) => !wide(node))].map(({ html }) => html);
}"""

CONTRAST_SCROLLED = """async () => {
  const wide = [...document.querySelectorAll(".table")].filter((one) => one.scrollWidth > one.clientWidth);
  const found = [];
  for (const region of wide) {
    let undecided = null;
    for (let left = 0; left < region.scrollWidth; left += region.clientWidth / 2) {
      region.scrollLeft = left;
      const seen = await axe.run(region, { runOnly: ["color-contrast"] });
      found.push(...seen.violations.flatMap((rule) => rule.nodes.map((node) => node.html)));
      const open = new Set(seen.incomplete.flatMap((rule) => rule.nodes.map((node) => node.target.join(" "))));
      undecided = undecided === null ? open : undecided.intersection(open);
    }
    region.scrollLeft = 0;
    found.push(...undecided);
  }
  return [...new Set(found)];
}"""


def problems(page: Page, axe: str) -> list[object]:
    """Every violation, and what axe could not decide and nobody has reviewed.

    axe takes what the map draws beyond its frame, which nobody sees, for something that lies over the
    words beside it, and can't decide their contrast: it looks at those once more without the map. So it does
    with what is scrolled out of a wide table: it looks at the table again at every place one can scroll it to.
    """
    page.evaluate(axe)
    whole = page.evaluate(RUN)
    later = {"color-contrast"} if page.locator(".folium-map").count() else set()
    undecided = [
        one
        for one in whole["incomplete"]
        if one["rule"] not in (REVIEWED if one["map"] else later)
        and not (one["table"] and one["rule"] == "color-contrast")
    ]
    return [
        *whole["violations"],
        *undecided,
        *page.evaluate(CONTRAST_BESIDE),
        *page.evaluate(CONTRAST_SCROLLED),
    ]


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_axe_finds_nothing_on_any_page(visit: Open, axe: str, language: str, scheme: str, width: int) -> None:
    # Nothing moves, so that no page is looked at in the midst of a movement.
    reader = visit(scheme=scheme, width=width, language=language, reduced_motion="reduce")
    found = {}
    for path in PAGES:
        page = reader.open(path)
        if path == "/?place=2":
            page.wait_for_selector(".map-popup dl")
        elif path == "/":
            page.locator(".map-filters summary").click()
        found[path] = problems(page, axe)
    assert found == {path: [] for path in PAGES}


def test_axe_finds_nothing_with_every_layer_on_and_zoomed_in(visit: Open, axe: str) -> None:
    page = visit(reduced_motion="reduce").open("/?place=3")
    expect(page.get_by_role("dialog")).to_be_focused()
    page.keyboard.press("Escape")
    for box in page.locator("[data-layer]").all():
        box.set_checked(True)
    page.wait_for_selector(".map-incidents-number")
    page.wait_for_selector(".map-stop")
    assert problems(page, axe) == []


def test_axe_would_find_a_fault(visit: Open, axe: str) -> None:
    page = visit().open("/about")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    found = problems(page, axe)
    assert len(found) == 1
    assert "image-alt" in str(found)


def test_axe_would_find_faint_words_that_are_scrolled_out_of_a_table(visit: Open, axe: str) -> None:
    page = visit(width=360).open("/api/collections/places/items?f=html")
    page.evaluate("document.querySelector('tbody td:last-child bdi').style.color = '#ccc'")
    found = problems(page, axe)
    assert len(found) == 1
    assert "#ccc" in str(found) or "204, 204, 204" in str(found)
