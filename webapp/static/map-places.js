// The places: columns into symbols, crowded symbols into one, filters, and the order of the keyboard.
"use strict";

Trygghetskartan.places = (map, config, openPopup) => {
  const { calm, element, fill, symbol, fetchJson, marker, button } = Trygghetskartan;
  const words = config.words;
  // A finger's width and a little: closer symbols can't be told apart by a thumb.
  const CROWD_PX = 56;
  const NEAR_ZOOM = 14;

  let places = [];
  let index = null;
  let shown = [];
  let markers = new Map();
  // The place whose symbol gets the focus when the symbols have been drawn anew.
  let focusNext = null;

  const decode = (columns) => {
    let lon = 0;
    let lat = 0;
    const overdue = new Set(columns.overdue);
    return columns.id.map((id, i) => {
      lon += columns.lon[i];
      lat += columns.lat[i];
      return {
        i,
        id,
        lon: lon / 1e5,
        lat: lat / 1e5,
        name: fill(columns.phrases[columns.phrase[i]], { anchor: columns.anchors[columns.anchor[i]] }),
        locality: columns.localities[columns.locality[i]],
        status: config.statuses[columns.status[i]],
        overdue: overdue.has(id),
        reasons: columns.reasons[i],
        times: columns.times[i],
      };
    });
  };

  const has = (bits, order, value) => !value || Boolean(bits & (1 << order.indexOf(value)));

  const takes = (asked) => (place) =>
    has(place.reasons, config.reasons, asked.reason) &&
    has(place.times, config.times, asked.time) &&
    (!asked.status || place.status.key === asked.status) &&
    (!asked.locality || place.locality === asked.locality);

  const filter = (asked) => {
    shown = places.filter(takes(asked));
    index = new Supercluster({
      radius: CROWD_PX,
      extent: 256,
      maxZoom: map.getMaxZoom(),
      map: (properties) => ({ first: properties.i }),
      reduce: (sum, one) => {
        sum.first = Math.min(sum.first, one.first);
      },
    });
    index.load(
      shown.map((place) => ({
        type: "Feature",
        geometry: { type: "Point", coordinates: [place.lon, place.lat] },
        properties: { i: place.i },
      })),
    );
    for (const { made } of markers.values()) map.removeLayer(made);
    markers = new Map();
    draw();
    return shown.length;
  };

  const statusOf = (place) => (place.overdue ? place.status.overdue : place.status.label);

  const openPlace = (place) =>
    openPopup(L.latLng(place.lat, place.lon), {
      title: place.name,
      status: place.status.key,
      label: statusOf(place),
      place: place.id,
      back: () => focusPlace(place.i),
    });

  const openCrowd = (cluster, latlng) => {
    const leaves = index.getLeaves(cluster.id, Infinity).map((leaf) => places[leaf.properties.i]);
    leaves.sort((a, b) => a.i - b.i);
    const zoom = index.getClusterExpansionZoom(cluster.id);
    focusNext = leaves[0].i;
    if (zoom <= map.getMaxZoom()) {
      const bounds = L.latLngBounds(leaves.map((place) => [place.lat, place.lon]));
      const target = Math.max(zoom, Math.min(map.getBoundsZoom(bounds, false, [60, 60]), map.getMaxZoom()));
      map.setView(bounds.getCenter(), target, { animate: !calm });
      return;
    }
    openPopup(latlng, {
      title: fill(words.crowd, { number: leaves.length }),
      choices: leaves.map((place) => ({
        text: fill(words.symbol, { name: place.name, status: statusOf(place) }),
        press: () => openPlace(place),
      })),
      back: () => focusPlace(leaves[0].i),
    });
  };

  const makePlace = (place, latlng) => {
    const label = fill(words.symbol, { name: place.name, status: statusOf(place) });
    const made = button(map, latlng, "map-place", label, () => openPlace(place));
    const face = element("span", "map-place-face");
    face.append(symbol(place.status.key));
    made.append(face);
    return made;
  };

  const makeCrowd = (cluster, latlng) => {
    const number = cluster.properties.point_count;
    const label = fill(words.crowd, { number });
    const made = button(map, latlng, "map-place", label, () => openCrowd(cluster, latlng));
    const face = element("span", "map-place-face map-crowd-face", number);
    if (number > 99) face.classList.add("map-crowd-long");
    made.append(face);
    return made;
  };

  const draw = () => {
    if (!index) return;
    const box = map.getBounds();
    const zoom = Math.round(map.getZoom());
    const found = index.getClusters([box.getWest(), box.getSouth(), box.getEast(), box.getNorth()], zoom);
    const next = new Map();
    for (const feature of found) {
      const crowd = Boolean(feature.properties.cluster);
      const first = crowd ? feature.properties.first : feature.properties.i;
      const key = crowd ? `${zoom}:${feature.id}` : `place ${first}`;
      const [lon, lat] = feature.geometry.coordinates;
      const kept = markers.get(key);
      if (kept) {
        next.set(key, kept);
        continue;
      }
      const latlng = L.latLng(lat, lon);
      const face = crowd ? makeCrowd(feature, latlng) : makePlace(places[first], latlng);
      next.set(key, { first, face, made: marker(latlng, face, "markerPane", "map-frame-zero").addTo(map) });
    }
    for (const [key, { first, face, made }] of markers) {
      if (next.has(key)) continue;
      if (focusNext === null && face.contains(document.activeElement)) focusNext = first;
      map.removeLayer(made);
    }
    markers = next;
    arrange();
    if (focusNext !== null && !map._animatingZoom) {
      const wanted = focusNext;
      focusNext = null;
      focusPlace(wanted);
    }
  };

  // The keyboard goes through the symbols in the order of the list. What has the focus is not moved,
  // for an element that is moved loses it.
  const arrange = () => {
    const pane = map.getPane("markerPane");
    const ordered = [...markers.values()].sort((a, b) => a.first - b.first).map(({ made }) => made.getElement());
    const held = ordered.find((frame) => frame.contains(document.activeElement));
    let passed = !held;
    for (const frame of ordered) {
      if (frame === held) passed = true;
      else if (passed) pane.append(frame);
      else pane.insertBefore(frame, held);
    }
  };

  // The symbol that stands for a place just now: its own, or that of the crowd it is in.
  const focusPlace = (i) => {
    const own = markers.get(`place ${i}`);
    const point = map.latLngToContainerPoint([places[i].lat, places[i].lon]);
    const distance = ({ made }) => map.latLngToContainerPoint(made.getLatLng()).distanceTo(point);
    const nearest = own || [...markers.values()].sort((a, b) => distance(a) - distance(b))[0];
    (nearest ? nearest.face : map.getContainer()).focus({ preventScroll: true });
  };

  const goTo = (id) => {
    const place = places.find((one) => one.id === id);
    if (!place) return;
    map.setView([place.lat, place.lon], Math.max(map.getZoom(), NEAR_ZOOM), { animate: false });
    openPlace(place);
  };

  const load = async () => {
    places = decode(await fetchJson(config.urls.places));
  };

  map.on("moveend", draw);
  return { load, filter, goTo };
};
