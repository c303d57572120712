// The small parts the map is made of. Text only ever becomes a text node: nothing is parsed as HTML.
"use strict";

window.Trygghetskartan = (() => {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (calm) {
    L.Map.mergeOptions({
      zoomAnimation: false,
      fadeAnimation: false,
      markerZoomAnimation: false,
      inertia: false,
    });
  }

  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  // The replacement is a function, so that a "$&" in a name stays a "$&".
  const fill = (pattern, values) =>
    pattern.replace(/%\((\w+)\)s/g, (_all, key) => String(values[key]));

  // The page carries the shapes of the statuses once; the legend and the map refer to the same.
  const symbol = (status) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    made.setAttribute("class", "symbol");
    made.setAttribute("aria-hidden", "true");
    made.setAttribute("focusable", "false");
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "use");
    shape.setAttribute("href", `#status-${status}`);
    made.append(shape);
    return made;
  };

  const fetchJson = async (url) => {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer.json();
  };

  // A marker whose only content is `inside`. Leaflet moves the frame; what is inside is ours.
  const marker = (latlng, inside, pane, className) =>
    L.marker(latlng, {
      icon: L.divIcon({ html: inside, className, iconSize: null }),
      interactive: false,
      keyboard: false,
      pane,
    });

  // A button on the map. A drag that happens to end on it is no press; a key press always is.
  const button = (map, latlng, className, label, press) => {
    const made = element("button", className);
    made.type = "button";
    made.setAttribute("aria-label", label);
    L.DomEvent.on(made, "click", (event) => {
      L.DomEvent.stop(event);
      if (event.detail === 0 || !map.dragging.moved()) press();
    });
    L.DomEvent.on(made, "dblclick", L.DomEvent.stop);
    made.addEventListener("focus", () => {
      if (made.matches(":focus-visible")) map.panInside(latlng, { padding: [40, 40], animate: !calm });
    });
    return made;
  };

  const pane = (map, name, zIndex) => {
    const made = map.createPane(name);
    made.style.zIndex = zIndex;
    return made;
  };

  // What every map has: a name, zoom and scale, who made what it shows, and edges.
  const dress = (map, { words, attribution, limits, bounds }, { scale = true, ...fit } = {}) => {
    const container = map.getContainer();
    container.setAttribute("role", "region");
    container.setAttribute("aria-label", words.map);
    if (attribution) {
      const credit = L.control({ position: "bottomright" });
      credit.onAdd = () => element("div", "map-credit", attribution);
      credit.addTo(map);
    }
    L.control.zoom({ position: "bottomright", zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
    if (scale) L.control.scale({ position: "topleft", imperial: false }).addTo(map);
    map.setMaxBounds(limits);
    map.fitBounds(bounds, { animate: false, ...fit });
    // A wheel that turns over the map scrolls the page, until the reader has taken hold of the map.
    map.scrollWheelZoom.disable();
    container.addEventListener("focusin", () => map.scrollWheelZoom.enable());
    container.addEventListener("focusout", (event) => {
      if (!container.contains(event.relatedTarget)) map.scrollWheelZoom.disable();
    });
  };

  return { calm, element, fill, symbol, fetchJson, marker, button, pane, dress };
})();
