// The station workspace: its map, drawing, the year's slider, and changes without a reload.
"use strict";

(() => {
  const { fill } = Trygghetskartan;
  for (const small of document.querySelectorAll(".workspace-small")) {
    Trygghetskartan.walks(small, { small: true }).load(small.dataset.scenario);
  }
  const container = document.getElementById("workspace-map");
  if (!container) return;
  const { map, config, load, point, announce } = Trygghetskartan.walks(container);
  const words = config.words;
  load(container.dataset.scenario);

  // A stretch's name shows where it is.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-stretch]");
    if (!button) return;
    point(Number(button.dataset.stretch));
    container.scrollIntoView({ block: "nearest" });
  });

  // Drawing: points in the order they were put there, in the field that is sent.
  const drawn = L.layerGroup().addTo(map);
  const which = () => document.querySelector("[name=draws]:checked")?.value || "drawn";
  // Entrances and drop-off places are points of their own, no corners of a line.
  const apart = () => ["entrances", "drop_offs"].includes(which());
  const field = () => document.getElementById(`field-${which()}`);
  const points = () =>
    (field()?.value || "")
      .split(/\s+/)
      .map((part) => part.split(",").map(Number))
      .filter(([lon, lat]) => Number.isFinite(lon) && Number.isFinite(lat))
      .map(([lon, lat]) => L.latLng(lat, lon));
  const redraw = () => {
    drawn.clearLayers();
    if (!field()) return;
    const found = points();
    const look = { interactive: false, pane: "doors" };
    if (which() === "area" && found.length > 2) L.polygon(found, { ...look, className: "draw-area" }).addTo(drawn);
    else if (!apart() && found.length > 1) L.polyline(found, { ...look, className: "draw-line" }).addTo(drawn);
    for (const each of found) L.circleMarker(each, { ...look, radius: 7, className: "draw-point" }).addTo(drawn);
    const many = which() === "area" && found.length > 2 ? words.area : words.line;
    const pattern = [words.none, words.point][found.length] || many;
    document.getElementById("draw-status").textContent = fill(pattern, { number: found.length });
  };
  const write = (found) => {
    const text = found.map(({ lng, lat }) => `${lng.toFixed(6)},${lat.toFixed(6)}`);
    field().value = text.join(apart() ? "\n" : " ");
    redraw();
  };
  map.doubleClickZoom.disable();
  map.on("click", (event) => field() && write([...points(), event.latlng]));
  document.addEventListener("click", ({ target }) => {
    if (target.id === "draw-middle") write([...points(), map.getCenter()]);
    if (target.id === "draw-back") write(points().slice(0, -1));
  });
  document.addEventListener("input", ({ target }) => target === field() && redraw());
  document.addEventListener("change", ({ target }) => target.name === "draws" && redraw());
  const showTools = () => {
    for (const tools of document.querySelectorAll(".draw-tools")) tools.hidden = false;
    redraw();
  };
  showTools();

  // The year: what the slider says, from the same figures as the table.
  const slider = document.getElementById("field-day");
  if (slider) {
    const clock = document.getElementById("field-clock");
    let days = [];
    const say = () => {
      const found = days[Number(slider.value)];
      if (!found) return;
      const [day, degrees, state] = found;
      const text = fill(words.degrees, { day, clock: clock.value, state: words[state], degrees });
      document.getElementById("year-said").textContent = text;
      slider.setAttribute("aria-valuetext", text);
      container.closest(".map-frame").dataset.sun = state;
    };
    const fetchYear = async () => {
      try {
        ({ days } = await Trygghetskartan.fetchJson(`${config.urls.sun}?${new URLSearchParams({ clock: clock.value })}`));
        document.getElementById("year").hidden = false;
        say();
      } catch {
        announce(words.failed);
      }
    };
    slider.addEventListener("input", say);
    clock.addEventListener("change", fetchYear);
    fetchYear();
  }

  // A change is sent and shown without a reload: the page that comes back brings the new words.
  const PARTS = ["faults", "changes", "figures", "scenarios"];
  const replace = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    if (!page.getElementById("figures")) return void window.location.reload();
    for (const id of PARTS) {
      const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
      if (old && fresh) old.replaceWith(document.adoptNode(fresh));
    }
    showTools();
  };
  document.addEventListener("submit", async (event) => {
    const sent = event.target;
    if (!sent.closest("#changes") || event.submitter?.value === "remove") return;
    event.preventDefault();
    const body = new FormData(sent, event.submitter);
    try {
      const answer = await fetch(sent.getAttribute("action"), { method: "POST", body, redirect: "manual" });
      // Kept: the page's words and the map's lines are asked for at the same time.
      const kept = answer.type === "opaqueredirect";
      const page = kept ? fetch(window.location.pathname) : answer;
      await Promise.all([
        Promise.resolve(page).then((found) => found.text()).then(replace),
        kept ? load(container.dataset.scenario) : null,
      ]);
      const wrong = document.getElementById("errors");
      if (wrong) return void wrong.focus();
      announce(words.updated);
      document.querySelector("#changes input:checked")?.focus();
    } catch {
      HTMLFormElement.prototype.submit.call(sent);
    }
  });
})();
