// The planner's map: areas and how many incidents each has. The table below it tells the same in words.
"use strict";

addEventListener("DOMContentLoaded", () => {
  const { element, marker, pane } = Trygghetskartan;
  const container = document.getElementById("incident-map");
  const config = JSON.parse(container.dataset.config);

  const map = L.map(container, { zoomControl: false, attributionControl: false, minZoom: 4, maxZoom: 18 });
  Trygghetskartan.dress(map, config, { maxZoom: 17 });

  if (config.base) Trygghetskartan.baseMap(map, config.base);
  const announce = (text) => console.warn(text);
  const layers = Trygghetskartan.layers(map, { ...config, announce }, () => {});

  // The table is the picture's equal for who can't see it; read one after another, bare numbers would tell nothing.
  pane(map, "area-numbers", 620).setAttribute("aria-hidden", "true");
  const areas = config.areas.map(({ number, geometry }) => {
    const outline = L.geoJSON(geometry, {
      pane: "lines",
      interactive: false,
      style: () => ({ className: "map-incident-area", weight: 1 }),
    }).addTo(map);
    const bounds = outline.getBounds();
    const chip = element("span", "map-incidents-number map-incidents-number-area", number);
    return { bounds, made: marker(bounds.getCenter(), chip, "area-numbers", "map-frame-zero") };
  });

  // A number stands where its area has room for it: over each other none could be read.
  const ROOM = { x: 36, y: 22 };
  const choose = () => {
    const taken = [];
    for (const { bounds, made } of areas) {
      const low = map.latLngToLayerPoint(bounds.getSouthWest());
      const high = map.latLngToLayerPoint(bounds.getNorthEast());
      const at = map.latLngToLayerPoint(bounds.getCenter());
      const covers = (other) => Math.abs(other.x - at.x) < ROOM.x && Math.abs(other.y - at.y) < ROOM.y;
      const fits = high.x - low.x >= ROOM.x && low.y - high.y >= ROOM.y && !taken.some(covers);
      if (fits) taken.push(at);
      if (fits !== map.hasLayer(made)) (fits ? map.addLayer : map.removeLayer).call(map, made);
    }
    layers.declutter();
  };
  map.on("zoomend", choose);
  choose();
  layers.ready.then(() => {
    choose();
    container.dataset.ready = "true";
  });
});
