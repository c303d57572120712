// The layers under and beside the places: ground, lines, names, measures, incidents, tiles.
"use strict";

Trygghetskartan.layers = (map, config, openPopup) => {
  const { element, fill, symbol, fetchJson, marker, button, pane } = Trygghetskartan;
  const words = config.words;
  const NAMED_FROM = { village: 11, area: 13, stop: 14 };
  const RANK = { locality: 0, area: 1, village: 2, stop: 3 };

  pane(map, "ground", 150);
  pane(map, "lines", 300);
  pane(map, "incidents", 560);
  pane(map, "incident-numbers", 620);
  pane(map, "measures", 580);
  // Names on the ground are a picture's lettering; the list and the places' names tell the same in words.
  pane(map, "names", 540).setAttribute("aria-hidden", "true");

  const names = [];
  const name = (latlng, text, kind) => {
    const inside = element("span", `map-name map-name-${kind}`);
    inside.append(element("span", "map-name-text", text));
    const made = marker(latlng, inside, "names", "map-frame-zero");
    names.push({ made, inside, kind, rank: RANK[kind], from: NAMED_FROM[kind] || 0 });
    return made;
  };

  // Leaflet draws in no order that can be relied on; what lies under something else says so itself.
  const under = (layer) => layer.on("add", () => layer.bringToBack());

  const path = (collection, style, where) =>
    L.geoJSON(collection, {
      pane: where,
      interactive: false,
      style: () => ({ className: `map-${style}`, weight: 1 }),
      pointToLayer: (feature, latlng) =>
        L.circleMarker(latlng, { pane: where, radius: 3, className: `map-${style}`, interactive: false }),
    });

  const DRAW = {
    land: (collection) => {
      const land = path(collection, "land", "ground");
      const look = { pane: "ground", className: "map-water", interactive: false };
      return L.layerGroup([under(L.rectangle(land.getBounds(), look)), land]);
    },
    localities: (collection) =>
      L.layerGroup(
        collection.features.map((feature) => {
          const [lon, lat] = feature.geometry.coordinates;
          const kind = feature.properties.kind === "locality" ? "locality" : "village";
          return name([lat, lon], feature.properties.name, kind);
        }),
      ),
    stops: (collection) =>
      L.layerGroup(
        collection.features.flatMap((feature) => {
          const [lon, lat] = feature.geometry.coordinates;
          const spot = path(feature, "stop", "lines");
          return [spot, name([lat, lon], feature.properties.name, "stop")];
        }),
      ),
    "area-approximate": (collection, layer) => {
      const area = path(collection, "area-approximate", "lines");
      return L.layerGroup([area, name(area.getBounds().getCenter(), layer.title, "area")]);
    },
    road: (collection) => {
      const road = path(collection, "road", "lines");
      const casing = under(path(collection, "road-casing", "lines"));
      return L.layerGroup([casing, road]);
    },
  };

  const measurePopup = (feature, latlng, back) => {
    const told = feature.properties;
    const rows = told.told.map(([term, lines]) => ({ term, lines }));
    openPopup(latlng, { title: told.title, status: told.symbol, label: told.status_label, rows, back });
  };

  const drawMeasures = (collection) =>
    L.layerGroup(
      collection.features
        .filter((feature) => feature.geometry && feature.properties.places.length === 0)
        .map((feature) => {
          const [lon, lat] = feature.geometry.coordinates;
          const latlng = L.latLng(lat, lon);
          const label = fill(words.symbol, {
            name: feature.properties.title,
            status: feature.properties.status_label,
          });
          const back = () => made.focus({ preventScroll: true });
          const made = button(map, latlng, "map-measure", label, () => measurePopup(feature, latlng, back));
          made.append(symbol(feature.properties.symbol));
          return marker(latlng, made, "measures", "map-frame-zero");
        }),
    );

  const AREAS_FROM = 13;
  const counted = (number) => ({ "1-4": "1–4", hidden: words.hidden })[number] ?? number;
  const chip = (number, kind, where) => {
    const made = element("span", `map-incidents-number map-incidents-number-${kind}`, counted(number));
    made.append(element("span", "visually-hidden", ` ${fill(words.incidents, { name: where })}`));
    return made;
  };

  const drawLocality = ({ name: where, number, size, lonlat: [lon, lat] }) => {
    const ring = element("span", `map-incidents-ring map-incidents-ring-${size}`);
    return [
      marker([lat, lon], ring, "incidents", "map-frame-zero"),
      marker([lat, lon], chip(number, size, where), "incident-numbers", "map-frame-zero"),
    ];
  };

  const drawArea = ({ name: where, number, geometry }) => {
    const outline = path(geometry, "incident-area", "lines");
    const middle = outline.getBounds().getCenter();
    return [outline, marker(middle, chip(number, "area", where), "incident-numbers", "map-frame-zero")];
  };

  // The finest level that carries its counts: localities from afar, areas from near where there are any.
  const drawIncidents = (counts) => {
    const far = L.layerGroup(counts.localities.filter((locality) => locality.lonlat).flatMap(drawLocality));
    const near = L.layerGroup(counts.areas.flatMap(drawArea));
    const made = L.layerGroup();
    const choose = () => {
      const shown = counts.areas.length && map.getZoom() >= AREAS_FROM ? near : far;
      if (made.hasLayer(shown)) return;
      made.clearLayers();
      made.addLayer(shown);
    };
    choose();
    map.on("zoomend", choose);
    return made;
  };

  // Names give way to symbols and to more important names: a name is set on its spot, below, above, or
  // not at all. Who stands is decided again after each move.
  const SHIFTS = { stop: [0], area: [0, 50, -50, 80, -80], other: [0, 30, -30, 55, -55] };
  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const shifted = (box, by) => ({ left: box.left, right: box.right, top: box.top + by, bottom: box.bottom + by });

  const declutter = () => {
    const zoom = map.getZoom();
    const frame = map.getContainer().getBoundingClientRect();
    const faces = map.getContainer().querySelectorAll(".map-place-face, .map-measure .symbol, .map-incidents-number");
    const taken = [...faces].map((face) => face.getBoundingClientRect());
    const standing = names.filter(({ made }) => map.hasLayer(made)).sort((a, b) => a.rank - b.rank);
    for (const { inside } of standing) inside.style.translate = "";
    const boxes = standing.map(({ inside }) => inside.firstChild.getBoundingClientRect());
    standing.forEach(({ inside, from, kind }, i) => {
      const tries = SHIFTS[kind] || SHIFTS.other;
      const seen = zoom >= from && overlap(boxes[i], frame);
      const by = seen ? tries.find((shift) => !taken.some((other) => overlap(shifted(boxes[i], shift), other))) : undefined;
      inside.classList.toggle("map-name-crowded", by === undefined);
      if (by === undefined) return;
      inside.style.translate = `0 ${by}px`;
      taken.push(shifted(boxes[i], by));
    });
  };

  const wanted = new Map();
  const drawn = new Map();

  const show = async (layer, on) => {
    wanted.set(layer.name, on);
    if (!on) {
      if (drawn.has(layer.name)) map.removeLayer(await drawn.get(layer.name));
      return declutter();
    }
    if (!drawn.has(layer.name)) {
      drawn.set(layer.name, fetchJson(layer.url).then((found) => layer.draw(found, layer)));
    }
    try {
      const made = await drawn.get(layer.name);
      if (wanted.get(layer.name)) map.addLayer(made);
    } catch (error) {
      drawn.delete(layer.name);
      console.warn(error);
      config.announce(fill(words.layerFailed, { name: layer.title }));
    }
    return declutter();
  };

  const all = [
    ...config.layers.map((layer) => ({
      ...layer,
      always: config.every || layer.style === "land",
      draw: DRAW[layer.style] || ((collection) => path(collection, layer.style, "lines")),
    })),
    { name: "measures", title: words.measuresTitle, url: config.urls.measures, minZoom: 12, draw: drawMeasures },
    { name: "incidents", title: words.incidentsTitle, url: config.urls.incidents, minZoom: 0, draw: drawIncidents },
  ];

  const follow = () => {
    const changes = all.map((layer) => {
      const box = document.querySelector(`[data-layer="${layer.name}"]`);
      const on = (box ? box.checked : layer.always) && map.getZoom() >= layer.minZoom;
      return on === Boolean(wanted.get(layer.name)) ? null : show(layer, on);
    });
    return Promise.all(changes);
  };

  if (config.urls.tiles) {
    const tiles = L.tileLayer(config.urls.tiles, { maxZoom: map.getMaxZoom() }).addTo(map);
    let good = 0;
    tiles.on("loading", () => (good = 0));
    tiles.on("tileload", () => (good += 1));
    // The tiles bring names of their own; ours come back as soon as no tile does.
    tiles.on("load", () => map.getContainer().classList.toggle("map-has-tiles", good > 0));
  }

  document.querySelectorAll("[data-layer]").forEach((box) => box.addEventListener("change", follow));
  map.on("zoomend", follow);
  map.on("moveend", declutter);
  return { ready: follow(), declutter };
};
