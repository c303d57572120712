// What the base map looks like: which things of the tiles are drawn, in which order, and which names they have.
// The colours are map.css's own; a canvas can't take them from there by itself.
"use strict";

Trygghetskartan.baseLook = (words) => {
  const { exp, PolygonSymbolizer, LineSymbolizer } = protomapsL;
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const family = getComputedStyle(document.body).fontFamily;
  const font = (size, weight = 400, slant = "normal") => `${slant} ${weight} ${size}px ${family}`;

  const of = (...kinds) => (_zoom, { props }) => kinds.includes(props.kind);
  const area = (dataLayer, kind, fill, more = {}) => ({
    dataLayer,
    symbolizer: new PolygonSymbolizer({ fill: colour(fill), ...more }),
    ...(kind && { filter: of(...kind.split(" ")) }),
  });
  const line = (dataLayer, filter, color, width, more = {}) => ({
    dataLayer,
    filter,
    ...(more.minzoom && { minzoom: more.minzoom }),
    symbolizer: new LineSymbolizer({ color: colour(color), width, lineCap: "butt", lineJoin: "round", ...more }),
  });

  // Pixels at the zooms; a street at 17 is about as wide as it is.
  const WIDTH = {
    motorway: exp(1.5, [[7, 0.8], [11, 2], [14, 4.5], [16, 9], [18, 22]]),
    main: exp(1.5, [[8, 0.5], [11, 1.5], [14, 4], [16, 8.5], [18, 20]]),
    mid: exp(1.5, [[9, 0.4], [12, 1.2], [14, 3.2], [16, 7.5], [18, 17]]),
    minor: exp(1.5, [[12, 0.5], [14, 2], [16, 6], [18, 14]]),
    service: exp(1.5, [[13, 0.4], [15, 1.5], [16, 3], [18, 7]]),
    path: exp(1.4, [[13, 0.5], [15, 0.9], [16, 1.3], [18, 2.4]]),
  };
  const wider = (width, by) => (zoom) => width(zoom) + by;

  const LEVELS = [
    (props) => props.tunnel,
    (props) => !props.tunnel && !props.bridge,
    (props) => props.bridge,
  ];
  const [UNDER, GROUND, OVER] = LEVELS;
  const at = (level, ...kinds) => (_zoom, { props }) => kinds.includes(props.kind) && level(props);

  // Kind, layer, fill, edge, width, from which zoom it has an edge: what is drawn last lies on top.
  const STREETS = [
    ["service", "paths", "--base-road", "--base-road-edge", WIDTH.service, 15],
    ["pedestrian", "streets", "--base-pedestrian", "--base-road-edge", WIDTH.minor, 14],
    ["minor", "streets", "--base-road", "--base-road-edge", WIDTH.minor, 13],
    ["mid", "roads", "--base-main", "--base-main-edge", WIDTH.mid, 12],
    ["main", "roads", "--base-main", "--base-main-edge", WIDTH.main, 10],
    ["motorway", "roads", "--base-motorway", "--base-main-edge", WIDTH.motorway, 9],
  ];
  const edges = (level, more = {}) =>
    STREETS.map(([kind, layer, , edge, width, minzoom]) =>
      line(layer, at(level, kind), edge, wider(width, 1.5), { minzoom, ...more }),
    );
  const fills = (level, more = {}) =>
    STREETS.map(([kind, layer, fill, , width]) => line(layer, at(level, kind), fill, width, { lineCap: "round", ...more }));

  const WALKED = ["path", "cycleway", "steps", "track"];
  const walks = (level) => [
    line("paths", at(level, "track"), "--base-path", WIDTH.path, { minzoom: 13, dash: [6, 3] }),
    line("paths", at(level, "path"), "--base-path", WIDTH.path, { minzoom: 14, dash: [3, 2] }),
    line("paths", at(level, "cycleway"), "--base-cycleway", wider(WIDTH.path, 0.3), { minzoom: 13 }),
    line("paths", at(level, "steps"), "--base-path", wider(WIDTH.path, 2.2), { minzoom: 15, dash: [1.5, 1.5] }),
  ];

  // A tunnel for walking is told from all that lies over it: two walls, and the way in between them.
  const tunnelWidth = exp(1.5, [[15, 1], [16, 2.2], [18, 6]]);
  const tunnels = [
    line("paths", at(UNDER, ...WALKED), "--base-tunnel", wider(tunnelWidth, 2), { minzoom: 15, dash: [3, 2.5] }),
    line("paths", at(UNDER, ...WALKED), "--map-halo", tunnelWidth, { minzoom: 15 }),
  ];

  const rails = exp(1.4, [[10, 0.5], [14, 1.2], [16, 1.8], [18, 3]]);
  const heavy = (_zoom, { props }) => !props.tunnel && !["tram", "subway"].includes(props.kind);

  // Marks: a shape at the thing itself, whether or not there is room for its name.
  const mark = (dataLayer, kinds, minzoom, draw) => ({
    dataLayer,
    minzoom,
    filter: (zoom, { props }) => kinds.includes(props.kind) && zoom >= props.from,
    symbolizer: {
      draw: (ctx, geom, zoom) => {
        ctx.globalAlpha = 1;
        ctx.lineWidth = 1.5;
        for (const { x, y } of geom.flat()) draw(ctx, x, y, zoom);
      },
    },
  });
  const dot = (fill, edge, radius) => (ctx, x, y) => {
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = colour(fill);
    ctx.fill();
    ctx.strokeStyle = colour(edge);
    ctx.stroke();
  };
  const plate = (letter, half) => (ctx, x, y) => {
    ctx.beginPath();
    ctx.roundRect(x - half, y - half, 2 * half, 2 * half, 2);
    ctx.fillStyle = colour("--base-minor-name");
    ctx.fill();
    ctx.font = font(half * 1.6, 700);
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillStyle = colour("--map-halo");
    ctx.fillText(letter, x, y + 0.5);
    ctx.textAlign = "start";
    ctx.textBaseline = "alphabetic";
  };
  // The mouth of a tunnel: a vault that one looks into.
  const vault = (ctx, x, y) => {
    ctx.beginPath();
    ctx.moveTo(x - 6, y + 6);
    ctx.lineTo(x - 6, y);
    ctx.arc(x, y, 6, Math.PI, 0);
    ctx.lineTo(x + 6, y + 6);
    ctx.closePath();
    ctx.fillStyle = colour("--base-tunnel");
    ctx.fill();
    ctx.strokeStyle = colour("--map-halo");
    ctx.stroke();
  };

  const SMALL = ["school", "preschool", "church", "library", "culture", "health", "public_building", "hotel", "mall",
    "sports_ground", "fuel", "shop", "rest_area", "playground"];

  const paintRules = [
    area("earth", "", "--map-land"),
    area("green", "field", "--base-field"),
    area("green", "grass", "--base-grass"),
    area("green", "park cemetery", "--base-park"),
    area("green", "wood", "--base-wood"),
    area("green", "wetland", "--base-wetland"),
    area("green", "pitch", "--base-pitch"),
    area("water", "", "--map-water"),
    line("streams", () => true, "--map-water", exp(1.4, [[11, 0.8], [14, 1.5], [17, 4]])),
    area("grounds", "square", "--base-square"),
    area("grounds", "parking", "--base-parking"),
    ...edges(UNDER, { dash: [4, 3], opacity: 0.7 }),
    ...fills(UNDER, { opacity: 0.45, lineCap: "butt" }),
    line("rail", (_zoom, { props }) => props.tunnel, "--base-rail", rails, { dash: [3, 4], opacity: 0.5, minzoom: 14 }),
    area("buildings", "", "--base-building", { stroke: colour("--base-building-edge"), width: (zoom) => (zoom > 15 ? 1 : 0) }),
    ...edges(GROUND),
    ...walks(GROUND),
    ...fills(GROUND),
    line("rail", (_zoom, { props }) => !props.tunnel, "--base-rail", rails),
    line("rail", heavy, "--map-land", wider(rails, -1), { minzoom: 14, dash: [6, 6] }),
    line("paths", at(OVER, ...WALKED), "--base-main-edge", wider(WIDTH.path, 5), { minzoom: 15 }),
    line("paths", at(OVER, ...WALKED), "--map-land", wider(WIDTH.path, 3), { minzoom: 15 }),
    ...edges(OVER, { color: colour("--base-rail") }),
    ...walks(OVER),
    ...fills(OVER),
    ...tunnels,
    mark("spots", SMALL, 16, dot("--base-minor-name", "--map-halo", 2.5)),
    mark("spots", ["bus_stop"], 15, dot("--map-halo", "--map-name", 3.5)),
    mark("spots", ["parking"], 16, plate("P", 6)),
    mark("spots", ["tunnel"], 16, vault),
    mark("spots", ["station"], 14, dot("--map-name", "--map-halo", 4.5)),
  ];

  // A name at a point, in as many lines as it needs, `below` its mark or centred on it.
  const CHARACTERS = 16;
  const broken = (text) =>
    text.split(" ").reduce((lines, word) => {
      const last = lines.at(-1);
      if (last !== undefined && last.length + word.length < CHARACTERS) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
      return lines;
    }, []);
  const named = (kinds, look) => ({
    dataLayer: look.layer || "spots",
    filter: (zoom, { props }) => kinds.includes(props.kind) && zoom >= (props.from || 0),
    symbolizer: {
      place: (layout, geom, { props }) => {
        const text = props.name || (layout.zoom > 16 && look.unnamed);
        if (!text) return undefined;
        const size = look.size(layout.zoom);
        const said = look.upper ? text.toLocaleUpperCase("sv") : text;
        const lines = broken(said);
        layout.scratch.font = font(size, look.weight, look.slant);
        const half = Math.max(...lines.map((each) => layout.scratch.measureText(each).width)) / 2;
        const high = lines.length * size * 1.15;
        const { x, y } = geom[0][0];
        const top = look.below ? y + look.below : y - high / 2;
        return [
          {
            anchor: geom[0][0],
            bboxes: [{ minX: x - half - 2, maxX: x + half + 2, minY: look.below ? y - look.below : top, maxY: top + high }],
            deduplicationKey: `${props.kind} ${text}`,
            deduplicationDistance: look.apart || 120,
            draw: (ctx) => {
              ctx.globalAlpha = 1;
              ctx.font = font(size, look.weight, look.slant);
              ctx.textAlign = "center";
              ctx.textBaseline = "alphabetic";
              ctx.lineJoin = "round";
              ctx.lineWidth = 3.5;
              ctx.strokeStyle = colour("--map-halo");
              ctx.fillStyle = colour(look.colour || "--map-name");
              lines.forEach((each, i) => {
                const base = top - y + size * (0.95 + i * 1.15);
                ctx.strokeText(each, 0, base);
                ctx.fillText(each, 0, base);
              });
              ctx.textAlign = "start";
            },
          },
        ];
      },
    },
  });
  // A name along a street stands where the street is straightest for its length, nearest its middle. Several spots
  // are offered, best first: the next is taken where another name stands already.
  const STEP_PX = 24;
  const REPEAT_PX = 380;
  const spotsAlong = (line, width, bend) => {
    const until = [0];
    for (let i = 1; i < line.length; i += 1) until.push(until[i - 1] + line[i].dist(line[i - 1]));
    const whole = until.at(-1);
    const at = (distance) => {
      const i = Math.max(1, until.findIndex((each) => each >= distance));
      const part = (distance - until[i - 1]) / (until[i] - until[i - 1] || 1);
      return { x: line[i - 1].x + part * (line[i].x - line[i - 1].x), y: line[i - 1].y + part * (line[i].y - line[i - 1].y) };
    };
    const found = [];
    for (let from = ((whole - width) % STEP_PX) / 2; from >= 0 && from + width <= whole; from += STEP_PX) {
      const [start, end] = [at(from), at(from + width)];
      const [dx, dy] = [end.x - start.x, end.y - start.y];
      const length = Math.hypot(dx, dy);
      const off = ({ x, y }) => Math.abs(dx * (y - start.y) - dy * (x - start.x)) / length;
      const worst = Math.max(0, ...line.filter((_point, i) => until[i] > from && until[i] < from + width).map(off));
      if (worst <= bend) found.push({ start, dx, dy, worst, aside: Math.abs(from + width / 2 - whole / 2) });
    }
    return found.sort((a, b) => Math.round(a.worst) - Math.round(b.worst) || a.aside - b.aside);
  };
  const along = (ranks, size, ink, minzoom) => ({
    dataLayer: "names",
    minzoom,
    filter: (_zoom, { props }) => props.rank >= ranks[0] && props.rank <= ranks[1],
    symbolizer: {
      place: (layout, geom, { props }) => {
        const high = size(layout.zoom);
        layout.scratch.font = font(high, 500);
        const width = layout.scratch.measureText(props.name).width;
        return geom
          .flatMap((line) => spotsAlong(line, width + 8, high / 3))
          .map(({ start, dx, dy }) => {
            const anchor = Object.assign(geom[0][0].clone(), { x: start.x + dx / 2, y: start.y + dy / 2 });
            const steps = Math.ceil(width / high);
            const bboxes = Array.from({ length: steps + 1 }, (_none, i) => {
              const [x, y] = [start.x + (dx * i) / steps, start.y + (dy * i) / steps];
              return { minX: x - high / 2, maxX: x + high / 2, minY: y - high / 2, maxY: y + high / 2 };
            });
            return {
              anchor,
              bboxes,
              deduplicationKey: props.name,
              deduplicationDistance: REPEAT_PX,
              draw: (ctx) => {
                const angle = Math.atan2(dy, dx);
                // Never upside down; and what runs down the map is read from its right.
                ctx.rotate(Math.abs(angle) > Math.PI / 2 ? angle + Math.PI : angle);
                ctx.globalAlpha = 1;
                ctx.font = font(high, 500);
                ctx.textAlign = "center";
                ctx.textBaseline = "middle";
                ctx.lineJoin = "round";
                ctx.lineWidth = 3.5;
                ctx.strokeStyle = colour("--map-halo");
                ctx.fillStyle = colour(ink);
                ctx.strokeText(props.name, 0, 0);
                ctx.fillText(props.name, 0, 0);
              },
            };
          });
      },
    },
  });

  const fixed = (size) => () => size;
  const labelRules = [
    named(["locality"], { layer: "places", size: exp(1, [[8, 13], [14, 19]]), weight: 650 }),
    named(["station"], { below: 7, size: fixed(12.5), weight: 650 }),
    named(["village"], { layer: "places", size: fixed(13) }),
    named(["district"], { layer: "places", size: fixed(12), weight: 600, upper: true, colour: "--base-minor-name" }),
    along([0, 2], exp(1, [[14, 11.5], [17, 14]]), "--map-name", 14),
    named(["water"], { layer: "places", size: fixed(13), slant: "italic", colour: "--base-water-name" }),
    named(["park"], { size: fixed(12.5), slant: "italic", colour: "--base-green-name" }),
    along([3, 4], exp(1, [[15, 11], [17, 13]]), "--map-name", 15),
    named(["tunnel"], { below: 9, size: fixed(12), weight: 650, colour: "--base-tunnel", unnamed: words.tunnel, apart: 60 }),
    named(["square", "bridge"], { size: fixed(12), slant: "italic" }),
    named(["bus_stop"], { below: 6, size: fixed(12), colour: "--base-minor-name" }),
    named(["school", "preschool", "church", "library", "mall", "fuel", "rest_area"], { below: 5, size: fixed(12), colour: "--base-minor-name" }),
    named(["sports_ground", "playground"], { below: 5, size: fixed(12), colour: "--base-green-name" }),
    along([5, 99], fixed(12), "--base-minor-name", 16),
    named(["parking", "culture", "health", "public_building", "hotel"], { below: 7, size: fixed(11.5), colour: "--base-minor-name" }),
    named(["building", "shop"], { below: 5, size: fixed(11.5), colour: "--base-minor-name" }),
    { ...named([undefined], { layer: "numbers", size: fixed(10.5), colour: "--base-minor-name", apart: 10 }), minzoom: 17 },
  ];

  return { paintRules, labelRules };
};
