// The small map of the page where words are settled, drawing on it, and the keys. Without it the list does.
"use strict";

(() => {
  const { fill, element, marker, pane } = Trygghetskartan;
  const container = document.getElementById("review-map");
  const config = JSON.parse(container.dataset.config);
  const words = config.words;
  const status = document.getElementById("draw-status");
  const field = document.getElementById("drawn");
  const announce = (text) => (status.textContent = text);

  const map = L.map(container, { zoomControl: false, attributionControl: false, minZoom: 4, maxZoom: 18 });
  Trygghetskartan.dress(map, config);

  // What may be meant, with the numbers of the list.
  pane(map, "candidates", 590);
  const spots = [...document.querySelectorAll("[data-lonlat]")].flatMap((choice) => {
    const [lon, lat] = choice.dataset.lonlat.split(",").map(Number);
    if (!choice.dataset.lonlat || Number.isNaN(lat)) return [];
    return [{ choice, latlng: L.latLng(lat, lon), radius: Number(choice.dataset.radius || 0) }];
  });
  for (const { choice, latlng, radius } of spots) {
    if (radius) L.circle(latlng, { radius, className: "review-reach", interactive: false }).addTo(map);
    const chip = element("span", "review-chip", choice.dataset.key || "✓");
    chip.setAttribute("aria-hidden", "true");
    marker(latlng, chip, "candidates", "map-frame-zero").addTo(map);
    choice.addEventListener("focus", () => chip.classList.add("review-chip-now"));
    choice.addEventListener("blur", () => chip.classList.remove("review-chip-now"));
    choice.addEventListener("mouseenter", () => map.panInside(latlng, { padding: [40, 40], animate: false }));
    if (choice === document.activeElement) chip.classList.add("review-chip-now");
  }

  // Drawing: points in the order they were put there. The form's own field is what is sent.
  let points = field.value
    .split(" ")
    .filter(Boolean)
    .map((part) => part.split(",").map(Number))
    .map(([lon, lat]) => L.latLng(lat, lon));
  const drawn = L.layerGroup().addTo(map);
  const redraw = () => {
    drawn.clearLayers();
    if (points.length > 1) L.polyline(points, { className: "review-line", interactive: false }).addTo(drawn);
    for (const point of points) {
      L.circleMarker(point, { radius: 7, className: "review-point", interactive: false }).addTo(drawn);
    }
    field.value = points.map(({ lng, lat }) => `${lng.toFixed(6)},${lat.toFixed(6)}`).join(" ");
    const pattern = [words.none, words.point][points.length] || words.line;
    announce(fill(pattern, { number: points.length }));
  };
  const put = (latlng) => {
    points.push(latlng);
    redraw();
  };
  map.on("click", (event) => put(event.latlng));
  map.doubleClickZoom.disable();
  document.getElementById("draw-middle").addEventListener("click", () => put(map.getCenter()));
  document.getElementById("draw-back").addEventListener("click", () => {
    points.pop();
    redraw();
  });
  document.querySelector(".review-draw").hidden = false;
  redraw();

  const seen = [...spots.map(({ latlng }) => latlng), ...points];
  if (seen.length) map.fitBounds(L.latLngBounds(seen), { padding: [40, 40], maxZoom: 16, animate: false });

  if (config.base) Trygghetskartan.baseMap(map, config.base);
  Trygghetskartan.layers(map, { ...config, announce }, () => {}).ready.then(() => (container.dataset.ready = "true"));

  map.scrollWheelZoom.disable();
  container.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  container.addEventListener("focusout", () => map.scrollWheelZoom.disable());

  // Keys without a modifier can be turned off: they are in the way of those who speak to their computer.
  const KEPT = "review-keys";
  const keys = document.getElementById("keys");
  keys.closest(".keys-hint").hidden = false;
  keys.checked = localStorage.getItem(KEPT) !== "off";
  document.documentElement.classList.toggle("keys-off", !keys.checked);
  keys.addEventListener("change", () => {
    localStorage.setItem(KEPT, keys.checked ? "on" : "off");
    document.documentElement.classList.toggle("keys-off", !keys.checked);
  });
  const writes = (target) => target.matches("input:not([type=checkbox]), textarea, select");
  let sent = false;
  document.addEventListener("keydown", (event) => {
    if (!keys.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat || sent) return;
    if (writes(event.target)) return;
    const pressed = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!pressed) return;
    event.preventDefault();
    if (writes(pressed)) return pressed.focus();
    sent = pressed.type === "submit" || pressed.tagName === "A";
    pressed.click();
  });
  // Two presses of a button are one decision.
  document.querySelector("form.review").addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    sent = false;
    delete document.querySelector("form.review").dataset.sent;
  });
})();
