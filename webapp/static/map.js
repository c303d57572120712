// Starts the map on the page: `Trygghetskartan.start(map, config)` is called by the script Folium writes.
"use strict";

Trygghetskartan.start = (map, config) => {
  const { calm, element, fill, symbol, fetchJson } = Trygghetskartan;
  const words = config.words;
  const container = map.getContainer();
  const form = document.getElementById("filters");
  const status = document.getElementById("map-status");
  const list = document.getElementById("as-list");
  const place = new URLSearchParams(location.search).get("place");
  let opened = null;

  const asked = () => {
    const values = new FormData(form);
    return Object.fromEntries([...values].filter(([_name, value]) => value));
  };

  // The address always says what is seen, so that it can be shared and "back" comes home to it.
  const sync = () => {
    const query = new URLSearchParams(asked());
    const filters = query.toString();
    list.href = config.urls.list + (filters ? `?${filters}` : "");
    if (opened && opened.told.place) query.set("place", opened.told.place);
    const all = query.toString();
    const here = config.urls.here + (all ? `?${all}` : "");
    history.replaceState(null, "", here);
    for (const link of document.querySelectorAll("a.language-switch")) {
      const target = new URL(link.href);
      target.searchParams.set("next", here);
      link.href = target.href;
    }
  };

  const announce = (text) => {
    status.textContent = text;
  };

  const closeButton = () => {
    const made = element("button", "map-popup-close");
    made.type = "button";
    made.setAttribute("aria-label", words.close);
    made.append(element("span", "", "×"));
    made.firstChild.setAttribute("aria-hidden", "true");
    made.addEventListener("click", () => map.closePopup());
    return made;
  };

  const rowsOf = (rows) => {
    const made = element("dl", "map-popup-rows");
    for (const { term, lines } of rows) {
      made.append(element("dt", "", term), ...lines.map((line) => element("dd", "", line)));
    }
    return made;
  };

  const details = async (place) => {
    const part = element("div");
    try {
      const told = await fetchJson(config.urls.place.replace("/0.", `/${place}.`));
      part.append(rowsOf(told.told.map(([term, lines]) => ({ term, lines }))));
      if (told.note) part.append(element("p", "map-popup-note", told.note));
    } catch (error) {
      console.warn(error);
      part.append(element("p", "", words.placeFailed));
    }
    return part;
  };

  // The map moves at once, without Leaflet's glide: a link that glides away under a finger is not pressed.
  const MARGIN_PX = 12;
  const comeIntoView = (box) => {
    const frame = container.getBoundingClientRect();
    const { left, right, top, bottom } = box.closest(".leaflet-popup").getBoundingClientRect();
    const past = (low, high, from, to) => Math.min(0, low - from - MARGIN_PX) || Math.max(0, high - to + MARGIN_PX);
    const by = [past(left, right, frame.left, frame.right), past(top, bottom, frame.top, frame.bottom)];
    if (by[0] || by[1]) map.panBy(by, { animate: false });
  };

  const choicesOf = (choices) => {
    const made = element("ul", "map-popup-choices");
    for (const { text, press } of choices) {
      const item = element("li");
      const choose = element("button", "map-popup-choice", text);
      choose.type = "button";
      choose.addEventListener("click", press);
      item.append(choose);
      made.append(item);
    }
    return made;
  };

  const boxOf = (told) => {
    const box = element("section", "map-popup");
    box.tabIndex = -1;
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-labelledby", "map-popup-title");
    const title = element("h2", "map-popup-title", told.title);
    title.id = "map-popup-title";
    box.append(title, closeButton());
    if (told.status) {
      const line = element("p", "map-popup-status");
      line.append(symbol(told.status), element("span", "", told.label));
      box.append(line);
    }
    if (told.rows) box.append(rowsOf(told.rows));
    if (told.choices) box.append(choicesOf(told.choices));
    return box;
  };

  // The words of a place mostly come at once; a popup that waits for them for a moment opens whole and
  // does not grow under the reader's finger. When they take longer, they come into the open popup.
  const PATIENCE_MS = 400;
  let turn = 0;

  const openPopup = async (latlng, told) => {
    turn += 1;
    const mine = turn;
    const box = boxOf(told);
    if (told.place) {
      const waiting = element("p", "map-popup-waiting", words.waiting);
      const link = element("a", "map-popup-link", words.more);
      link.href = config.urls.page.replace(/0$/, told.place);
      box.append(waiting, link);
      const filled = details(told.place).then((part) => {
        waiting.replaceWith(part);
        if (opened && opened.box === box) comeIntoView(box);
      });
      await Promise.race([filled, new Promise((done) => setTimeout(done, PATIENCE_MS))]);
      if (mine !== turn) return;
    }
    const width = Math.min(320, container.clientWidth - 40);
    // A popup that is as high as the map could not be closed; a longer one is scrolled within.
    box.style.maxHeight = `${Math.max(160, container.clientHeight - 60)}px`;
    const popup = L.popup({
      className: "map-popup-frame",
      closeButton: false,
      closeOnEscapeKey: false,
      minWidth: width,
      maxWidth: width,
      offset: [0, -10],
      autoPan: false,
    });
    popup.setLatLng(latlng).setContent(box);
    opened = null;
    popup.openOn(map);
    comeIntoView(box);
    opened = { popup, box, told };
    container.classList.add("map-has-popup");
    sync();
    box.focus({ preventScroll: true });
  };

  map.on("popupclose", (event) => {
    if (!opened || opened.popup !== event.popup) return;
    const { box, told } = opened;
    opened = null;
    container.classList.remove("map-has-popup");
    sync();
    if (!box.contains(document.activeElement) && document.activeElement !== document.body) return;
    if (told.back) told.back();
    else container.focus({ preventScroll: true });
  });

  container.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    // A popup that still waits for its words is not to open after all.
    turn += 1;
    if (!opened) return;
    event.preventDefault();
    opened.box.focus({ preventScroll: true });
    map.closePopup();
  });

  Trygghetskartan.dress(map, config, { padding: [40, 40], maxZoom: 15 });

  const layers = Trygghetskartan.layers(map, { ...config, announce }, openPopup);
  const places = Trygghetskartan.places(map, config, openPopup);

  const refilter = () => {
    const number = places.filter(asked());
    layers.declutter();
    const pattern = { 0: words.none, 1: words.one }[number] || words.many;
    announce(fill(pattern, { number }));
    sync();
  };

  const ready = async () => {
    try {
      await places.load();
      places.filter(asked());
      if (place) places.goTo(Number(place));
      sync();
      form.addEventListener("change", refilter);
      form.addEventListener("submit", (event) => event.preventDefault());
      form.querySelector("[type=submit]").hidden = true;
      form.querySelector("a").addEventListener("click", (event) => {
        event.preventDefault();
        for (const choice of form.elements) choice.value = "";
        refilter();
      });
      performance.mark("places-ready");
    } catch (error) {
      console.warn(error);
      announce(words.failed);
    }
    await layers.ready;
    layers.declutter();
    container.dataset.ready = "true";
  };

  window.matchMedia("print").addEventListener("change", () => map.invalidateSize({ pan: false, animate: !calm }));
  ready();
};
