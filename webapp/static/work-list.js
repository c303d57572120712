// The list's order by distance, and which rows wait to be sent. Where the phone is stays in the phone.
"use strict";

(() => {
  const list = document.getElementById("work-rows");
  const nearest = document.getElementById("nearest");
  if (!list || !nearest) return;
  const root = document.getElementById("work");
  const said = document.getElementById("work-said");
  const words = JSON.parse(root.dataset.words);
  const overdueFirst = [...list.children];
  const EARTH_M = 6371000;

  const radians = (degrees) => (degrees * Math.PI) / 180;

  // Metres between two points in degrees, by the haversine formula.
  const metres = (lon1, lat1, lon2, lat2) => {
    const across = Math.sin(radians(lon2 - lon1) / 2) ** 2;
    const along = Math.sin(radians(lat2 - lat1) / 2) ** 2;
    const half = along + Math.cos(radians(lat1)) * Math.cos(radians(lat2)) * across;
    return 2 * EARTH_M * Math.asin(Math.sqrt(half));
  };

  const inWords = (distance) => {
    const language = document.documentElement.lang;
    const far = distance >= 950;
    const unit = far ? "kilometer" : "meter";
    const number = far ? distance / 1000 : Math.max(50, Math.round(distance / 50) * 50);
    const shown = { style: "unit", unit, maximumFractionDigits: number < 10 && far ? 1 : 0 };
    return words.away.replace("{distance}", new Intl.NumberFormat(language, shown).format(number));
  };

  const order = (rows, text) => {
    list.append(...rows);
    said.textContent = text;
  };

  const found = ({ coords }) => {
    const far = new Map();
    for (const row of overdueFirst) {
      const known = "lon" in row.dataset;
      const { lon, lat } = row.dataset;
      far.set(row, known ? metres(coords.longitude, coords.latitude, Number(lon), Number(lat)) : Infinity);
      const away = row.querySelector(".work-away");
      if (known && away) {
        away.textContent = inWords(far.get(row));
        away.hidden = false;
      }
    }
    nearest.setAttribute("aria-pressed", "true");
    order([...overdueFirst].sort((one, other) => far.get(one) - far.get(other)), words.nearest);
  };

  const notFound = () => {
    said.textContent = words.noPosition;
  };

  nearest.hidden = !("geolocation" in navigator);
  nearest.addEventListener("click", () => {
    if (nearest.getAttribute("aria-pressed") === "true") {
      nearest.setAttribute("aria-pressed", "false");
      order(overdueFirst, words.overdueFirst);
    } else {
      navigator.geolocation.getCurrentPosition(found, notFound, { timeout: 15000, maximumAge: 60000 });
    }
  });

  document.addEventListener("trygg-queue", ({ detail }) => {
    const waiting = new Set(detail.map((item) => item.page));
    for (const row of overdueFirst) {
      const mark = row.querySelector(".work-waits");
      mark.hidden = !waiting.has(row.querySelector("a").pathname);
      mark.textContent = mark.hidden ? "" : words.waitsHere;
    }
  });
})();
