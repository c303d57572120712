// The area's own base map, under everything else on the map: drawn from vector tiles of this site.
"use strict";

Trygghetskartan.baseMap = (map, config) => {
  const made = Trygghetskartan.pane(map, "basemap", 160);
  made.style.pointerEvents = "none";
  // Lettering of a picture: the list and the places' names tell the same in words.
  made.setAttribute("aria-hidden", "true");

  const layer = protomapsL.leafletLayer({
    pane: "basemap",
    url: config.url,
    attribution: "",
    maxDataZoom: 15,
    maxZoom: map.getMaxZoom(),
    ...Trygghetskartan.baseLook(config.words),
  });
  const container = map.getContainer();
  layer.on("loading", () => delete container.dataset.base);
  layer.on("load", () => (container.dataset.base = "drawn"));
  layer.addTo(map);

  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    Object.assign(layer, Trygghetskartan.baseLook(config.words));
    layer.clearLayout();
    layer.rerenderTiles();
  });
};
