// A map of the walks to the station: lines as thick as many walk there, dashed where light is missing.
"use strict";

Trygghetskartan.walks = (container, { small = false } = {}) => {
  const { fill, element, marker, pane, fetchJson } = Trygghetskartan;
  const config = JSON.parse(container.dataset.config);
  const words = config.words;
  const status = document.getElementById("workspace-status");
  const announce = (text) => status && (status.textContent = text);

  const map = L.map(container, { zoomControl: false, attributionControl: false, minZoom: 4, maxZoom: 18, zoomSnap: 0.5 });
  Trygghetskartan.dress(map, config, { scale: !small });
  if (config.base) Trygghetskartan.baseMap(map, config.base);
  Trygghetskartan.layers(map, { ...config, announce }, () => {});
  pane(map, "walks", 545);
  pane(map, "doors", 595);

  const drawn = L.layerGroup().addTo(map);
  const byNumber = new Map();
  let framed = false;

  const width = (people, most) => 1.5 + 10 * Math.sqrt(people / most);
  const draw = (answer) => {
    drawn.clearLayers();
    byNumber.clear();
    const look = (className) => ({ pane: "walks", interactive: false, className });
    if (answer.station.area) L.geoJSON(answer.station.area, { style: () => look("walk-station") }).addTo(drawn);
    const most = Math.max(1, ...answer.stretches.map(({ people }) => people));
    for (const each of [...answer.stretches].reverse()) {
      const lines = each.lines.map((line) => line.map(([lon, lat]) => [lat, lon]));
      const path = L.polyline(lines, {
        ...look(`walk walk-${each.light}${each.tunnel ? " walk-tunnel" : ""}`),
        interactive: true,
        weight: width(each.people, most),
      });
      path.bindTooltip(`${fill(words.people, { number: each.people })}, ${words[each.light]}`, { sticky: true });
      byNumber.set(each.n, path.addTo(drawn));
    }
    for (const each of answer.edits) {
      const made = {
        style: () => look(`walk-edit walk-edit-${each.kind}`),
        pointToLayer: (_feature, latlng) => L.circleMarker(latlng, { ...look(`walk-edit walk-edit-${each.kind}`), radius: 8 }),
      };
      L.geoJSON(each.shape, made).addTo(drawn);
    }
    answer.station.entrances.forEach(([lon, lat], at) => {
      const chip = element("span", `walk-door${answer.station.approximate ? " walk-door-about" : ""}`, String(at + 1));
      chip.setAttribute("aria-hidden", "true");
      marker([lat, lon], chip, "doors", "map-frame-zero").addTo(drawn);
    });
    container.dataset.ready = "true";
  };
  // The outline of what is reached: it takes the server longer than all the rest, and comes when it is there.
  const outline = ({ catchments }) => {
    const look = { pane: "walks", interactive: false, className: "walk-reach" };
    const areas = catchments.map((each) => L.geoJSON(each.area, { style: () => look }).addTo(drawn));
    for (const area of areas) area.bringToBack();
    if (framed || !areas.length) return;
    framed = true;
    map.fitBounds(L.featureGroup(areas).getBounds(), { animate: false, padding: [10, 10] });
  };

  const load = async (scenario) => {
    const query = new URLSearchParams(scenario ? { scenario } : {});
    try {
      const answer = await fetchJson(`${config.urls.answer}?${query}`);
      draw(answer);
      if (answer.catchments) return outline(answer);
      query.set("outlines", "");
      fetchJson(`${config.urls.answer}?${query}`).then(outline, () => announce(words.failed));
    } catch {
      announce(words.failed);
    }
  };
  const point = (number) => {
    const path = byNumber.get(number);
    for (const other of byNumber.values()) other.getElement()?.classList.remove("walk-now");
    if (!path) return;
    path.getElement()?.classList.add("walk-now");
    path.bringToFront();
    map.fitBounds(path.getBounds(), { maxZoom: 17, padding: [60, 60], animate: false });
  };
  return { map, config, load, point, announce };
};
