// The officer's map of incidents: the server makes the clusters of what is seen, and the browser draws them.
"use strict";

(() => {
  const { calm, element, fill, fetchJson, marker, button } = Trygghetskartan;
  const container = document.getElementById("incident-map");
  const config = JSON.parse(container.dataset.config);
  const { words, urls } = config;
  const form = document.getElementById("filters");
  const status = document.getElementById("map-status");
  const elsewhere = document.getElementById("map-elsewhere");
  const list = document.getElementById("as-list");
  const language = document.documentElement.lang;
  const whole = new Intl.NumberFormat(language);
  const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 0 });

  const map = L.map(container, { zoomControl: false, attributionControl: false, minZoom: 4, maxZoom: 18 });
  Trygghetskartan.dress(map, config, { maxZoom: 17 });

  const asked = () => new URLSearchParams([...new FormData(form)].filter(([_name, value]) => value));
  const announce = (text) => (status.textContent = text);

  // The address always says what is seen, so that it can be shared and kept.
  const sync = () => {
    const query = asked().toString();
    const end = query ? `?${query}` : "";
    list.href = urls.list + end;
    const here = location.pathname + end;
    history.replaceState(null, "", here);
    for (const link of document.querySelectorAll("a.language-switch")) {
      const target = new URL(link.href);
      target.searchParams.set("next", here);
      link.href = target.href;
    }
  };

  let drawn = new Map();
  let opened = null;
  // Where the symbol stands that gets the focus when the symbols have been drawn anew.
  let focusNext = null;

  const nearest = (latlng) => {
    const from = map.latLngToContainerPoint(latlng);
    const away = ({ at }) => map.latLngToContainerPoint(at).distanceTo(from);
    const [found] = [...drawn.values()].sort((a, b) => away(a) - away(b));
    return found ? found.face : container;
  };

  const close = () => map.closePopup();
  const closeButton = () => {
    const made = element("button", "map-popup-close");
    made.type = "button";
    made.setAttribute("aria-label", words.close);
    made.append(element("span", "", "×"));
    made.firstChild.setAttribute("aria-hidden", "true");
    made.addEventListener("click", close);
    return made;
  };

  const rowOf = (told) => {
    const row = element("li");
    const name = element("p");
    name.append(element("strong", "", told.category));
    row.append(name, element("p", "", `${told.when} · ${told.place}`), element("p", "quiet", told.known));
    return row;
  };

  const show = async (latlng, box, squares) => {
    const query = asked();
    if (squares) query.set("squares", squares);
    else query.set("box", box.join(","));
    let told;
    try {
      told = await fetchJson(`${urls.spot}?${query}`);
    } catch (error) {
      console.warn(error);
      return announce(words.failed);
    }
    const made = element("section", "map-popup");
    made.tabIndex = -1;
    made.setAttribute("role", "dialog");
    made.setAttribute("aria-labelledby", "map-popup-title");
    const title = element("h2", "map-popup-title", told.title);
    title.id = "map-popup-title";
    const rows = element("ul", "incident-rows");
    rows.append(...told.incidents.map(rowOf));
    made.append(title, closeButton(), rows);
    if (told.list) {
      const link = element("a", "map-popup-link", words.more);
      link.href = told.list;
      made.append(link);
    }
    const width = Math.min(320, container.clientWidth - 40);
    made.style.maxHeight = `${Math.max(160, container.clientHeight - 60)}px`;
    const popup = L.popup({
      className: "map-popup-frame",
      closeButton: false,
      closeOnEscapeKey: false,
      minWidth: width,
      maxWidth: width,
      offset: [0, -10],
      autoPanPadding: [12, 12],
    });
    popup.setLatLng(latlng).setContent(made);
    popup.openOn(map);
    opened = { popup, made, latlng };
    container.classList.add("map-has-popup");
    made.focus({ preventScroll: true });
    return undefined;
  };

  map.on("popupclose", (event) => {
    if (!opened || opened.popup !== event.popup) return;
    const { made, latlng } = opened;
    opened = null;
    container.classList.remove("map-has-popup");
    if (made.contains(document.activeElement) || document.activeElement === document.body) {
      nearest(latlng).focus({ preventScroll: true });
    }
  });
  container.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !opened) return;
    event.preventDefault();
    close();
  });

  const open = (latlng, number, box, squares) => {
    const [west, south, east, north] = box;
    const spot = west === east && south === north;
    if (number === 1 || spot || map.getZoom() >= map.getMaxZoom()) return show(latlng, box, squares);
    const bounds = L.latLngBounds([south, west], [north, east]);
    const zoom = Math.min(map.getMaxZoom(), Math.max(map.getZoom() + 1, map.getBoundsZoom(bounds, false, [60, 60])));
    focusNext = latlng;
    return map.setView(bounds.getCenter(), zoom, { animate: !calm });
  };

  const draw = (clusters) => {
    const next = new Map();
    for (const [lon, lat, number, west, south, east, north, squares] of clusters) {
      const box = [west, south, east, north];
      const key = [map.getZoom(), lon, lat, number, ...box, squares].join();
      const at = L.latLng(lat, lon);
      if (drawn.has(key)) {
        next.set(key, drawn.get(key));
        continue;
      }
      const last = map.getZoom() >= map.getMaxZoom() || (box[0] === box[2] && box[1] === box[3]);
      const label = number === 1 ? words.single : fill(last ? words.crowd : words.cluster, { number: whole.format(number) });
      const face = button(map, at, "map-place", label, () => open(at, number, box, squares));
      const look = number === 1 ? "map-place-face incident-face" : "map-place-face map-crowd-face incident-face";
      face.append(element("span", look, number < 10000 ? whole.format(number) : short.format(number)));
      next.set(key, { at, face, made: marker(at, face, "markerPane", "map-frame-zero").addTo(map) });
    }
    for (const [key, { at, face, made }] of drawn) {
      if (next.has(key)) continue;
      if (!focusNext && face.contains(document.activeElement)) focusNext = at;
      map.removeLayer(made);
    }
    drawn = next;
    if (focusNext) nearest(focusNext).focus({ preventScroll: true });
    focusNext = null;
  };

  // What lies under the incidents comes after them, and so do its scripts: it is they that are waited for.
  const scripts = new Promise((resolve) => addEventListener("DOMContentLoaded", resolve));
  let layers = null;
  let grounded = false;
  const ground = async () => {
    if (grounded) return;
    grounded = true;
    await scripts;
    // The frame that shows the incidents goes first.
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    if (config.base) Trygghetskartan.baseMap(map, config.base);
    layers = Trygghetskartan.layers(map, { ...config, announce }, () => {});
    layers.ready.then(() => {
      layers.declutter();
      container.dataset.ready = "true";
    });
  };

  // Only the newest question counts: an older answer that comes late would show what nobody looks at.
  let turn = 0;
  const load = async ({ aloud, ready }) => {
    turn += 1;
    const mine = turn;
    const query = asked();
    const bounds = map.getBounds();
    const clip = (value, most) => Math.max(-most, Math.min(most, value)).toFixed(6);
    const box = [clip(bounds.getWest(), 180), clip(bounds.getSouth(), 85), clip(bounds.getEast(), 180), clip(bounds.getNorth(), 85)];
    query.set("box", box.join(","));
    query.set("zoom", Math.round(map.getZoom()));
    try {
      const found = ready || (await fetchJson(`${urls.clusters}?${query}`));
      if (mine !== turn) return;
      draw(found.clusters);
      if (aloud) {
        announce(found.said);
        elsewhere.textContent = found.elsewhere;
      }
      if (!grounded) performance.mark("places-ready");
      ground();
      if (layers) layers.declutter();
    } catch (error) {
      console.warn(error);
      if (mine !== turn) return;
      announce(words.failed);
      ground();
    }
  };

  const refilter = () => {
    close();
    sync();
    load({ aloud: true });
  };
  form.addEventListener("change", refilter);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    refilter();
  });
  form.querySelector("[type=submit]").hidden = true;
  form.querySelector("a").addEventListener("click", (event) => {
    event.preventDefault();
    for (const choice of form.elements) choice.value = "";
    refilter();
  });

  map.on("moveend", () => load({ aloud: false }));
  // The page itself holds what most screens show first; a form that the browser filled in again asks for something else.
  const first = (config.first || {})[map.getZoom()];
  const shows = ([west, south, east, north]) => L.latLngBounds([south, west], [north, east]).contains(map.getBounds());
  load({ aloud: false, ready: first && asked().size === 0 && shows(first.box) ? first : null });
})();
