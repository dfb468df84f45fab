// The explorer: every sketch and photo of a run as a point, in one page that asks nobody for anything.
// Points are drawn with WebGL, lines and names above them on a plain canvas. `explorer(main, data)` builds the page.

function make(tag, props, into) {
  const e = Object.assign(document.createElement(tag), props);
  if (into) into.append(e);
  return e;
}

function numbers(text, kind) {             // what Python wrote as base64
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new kind(bytes.buffer);
}

// ---- data

function unpack(d) {
  const few = d.classes.length < 65536;
  return {
    ...d,
    of: numbers(d.of, few ? Uint16Array : Uint32Array), part: numbers(d.part, Uint8Array),
    own: numbers(d.own, Int32Array), answers: d.answers.map((a) => numbers(a, Uint32Array)),
    maps: d.maps.map((m) => ({ ...m, points: m.points.map((p) => numbers(p, Uint16Array)) })),
    sheets: d.sheets.map((s) => URL.createObjectURL(new Blob([numbers(s, Uint8Array)], { type: "image/jpeg" }))),
  };
}

// ---- colour

const BLUE = [33, 102, 172], ORANGE = [213, 94, 0], GREY = [150, 150, 150], GREEN = [0, 140, 105], RED = [178, 24, 43];

function wheel(i) {                        // as many colours as wanted; neighbours in the list are far apart
  const h = (i * 137.508) % 360, l = 0.42 + 0.16 * (Math.floor(i / 12) % 2), s = 0.62;
  const f = (n) => { const k = (n + h / 30) % 12; return l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1)); };
  return [f(0), f(8), f(4)].map((v) => Math.round(255 * v));
}

const COLOURS = {                          // name: (data, step) => ([legend: text, colour], (point) => entry of it)
  class: (d) => [d.classes.map((name, i) => [name, wheel(i)]), (i) => d.of[i]],
  "sketch or photo": (d) => [[["photo", BLUE], ["sketch", ORANGE]], (i) => +(i < d.sketches)],
  "seen or unseen": (d) => [d.parts.map((name, i) => [name, [GREY, GREEN, ORANGE][i] || wheel(i)]), (i) => d.part[i]],
  "right or wrong": (d, step) => [
    [["first photo is of the class", BLUE], ["first photo is of another", RED], ["a photo", GREY]],
    (i) => (i >= d.sketches ? 2 : +(d.of[d.answers[step][i * d.k]] !== d.of[i])),
  ],
};

// ---- points with WebGL; where there is none, or one without a GPU, on a plain canvas

const VERTEX = `attribute vec2 a; attribute vec2 b; attribute vec4 colour; attribute float sketch;
  uniform vec2 centre; uniform vec2 zoom; uniform float t; uniform float size; varying vec4 c; varying float k;
  void main() { gl_Position = vec4((mix(a, b, t) - centre) * zoom, 0., 1.); k = sketch; c = colour;
    gl_PointSize = colour.a < .5 ? max(2., size * .55) : size * (sketch > .5 ? 1.3 : 1.); }`;
const FRAGMENT = `precision mediump float; varying vec4 c; varying float k;
  void main() { vec2 p = gl_PointCoord - .5;
    if (k > .5 ? (p.y > .36 || abs(p.x) > (p.y + .5) * .58) : dot(p, p) > .25) discard; gl_FragColor = vec4(c.rgb * c.a, c.a); }`;

function drawnBySoftware() {               // does WebGL run without a GPU? asked of a canvas of its own, as asking binds it
  const gl = document.createElement("canvas").getContext("webgl"); if (!gl) return true;
  const info = gl.getExtension("WEBGL_debug_renderer_info"), who = gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(who);
}

function webglPoints(canvas, d) {
  const gl = canvas.getContext("webgl", { antialias: false, alpha: true, premultipliedAlpha: true });
  if (!gl) return null;
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const s = gl.createShader(kind); gl.shaderSource(s, text); gl.compileShader(s);
    if (!gl.getShaderParameter(s, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(s));
    gl.attachShader(program, s);
  }
  gl.linkProgram(program); gl.useProgram(program);
  gl.enable(gl.BLEND); gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  const attribute = (name, count, kind, normal) => {
    const buffer = gl.createBuffer(), at = gl.getAttribLocation(program, name);
    return (values) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer); if (values) gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
      gl.enableVertexAttribArray(at); gl.vertexAttribPointer(at, count, kind, normal, 0, 0);
    };
  };
  const from = attribute("a", 2, gl.UNSIGNED_SHORT, true), to = attribute("b", 2, gl.UNSIGNED_SHORT, true);
  const colour = attribute("colour", 4, gl.UNSIGNED_BYTE, true), sketch = attribute("sketch", 1, gl.UNSIGNED_BYTE, false);
  sketch(Uint8Array.from({ length: d.n }, (_, i) => +(i < d.sketches)));
  const uniform = Object.fromEntries(["centre", "zoom", "t", "size"].map((n) => [n, gl.getUniformLocation(program, n)]));
  return {
    kind: "WebGL", place: (a, b) => { from(a); to(b); }, colour,
    draw(view, t, size) {
      gl.viewport(0, 0, canvas.width, canvas.height); gl.clearColor(0, 0, 0, 0); gl.clear(gl.COLOR_BUFFER_BIT);
      gl.uniform2f(uniform.centre, view.x, view.y); gl.uniform2f(uniform.zoom, 2 * view.zoom / canvas.width, -2 * view.zoom / canvas.height);
      gl.uniform1f(uniform.t, t); gl.uniform1f(uniform.size, size); gl.drawArrays(gl.POINTS, 0, d.n);
    },
    finish: () => gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4)),
  };
}

function stamp(size, sketch) {             // rows of a point's shape as [down, from, to] around its middle
  const rows = [], n = Math.max(2, Math.round(size));
  for (let r = 0; r < n; r++) {
    const y = (r + 0.5) / n - 0.5; let from = n, to = 0;
    for (let c = 0; c < n; c++) {
      const x = (c + 0.5) / n - 0.5;
      if (sketch ? y > 0.36 || Math.abs(x) > (y + 0.5) * 0.58 : x * x + y * y > 0.25) continue;
      from = Math.min(from, c); to = c + 1;
    }
    if (to > from) rows.push([r - (n >> 1), from - (n >> 1), to - (n >> 1)]);
  }
  return rows.length ? rows : [[0, 0, 1]];
}

function plainPoints(canvas, d) {          // pixels written by hand: faster than fillRect, and than WebGL without a GPU
  const g = canvas.getContext("2d", { willReadFrequently: true }); let a, b, colours, image, pixels;
  function put(at, r, green, blue, alpha) { // source over destination, neither premultiplied
    const was = pixels[at], under = was >>> 24;
    if (!under) { pixels[at] = (alpha << 24 | blue << 16 | green << 8 | r) >>> 0; return; }
    const all = alpha + (under * (255 - alpha)) / 255, f = alpha / all;
    const r0 = was & 255, g0 = (was >>> 8) & 255, b0 = (was >>> 16) & 255;
    pixels[at] = (all << 24 | (b0 + (blue - b0) * f) << 16 | (g0 + (green - g0) * f) << 8 | (r0 + (r - r0) * f)) >>> 0;
  }
  return {
    kind: "plain canvas", place: (x, y) => { a = x; b = y; }, colour: (c) => { colours = c || colours; },
    draw(view, t, size) {
      const w = canvas.width, h = canvas.height; if (!w || !h) return;
      if (!image || image.width !== w || image.height !== h) { image = g.createImageData(w, h); pixels = new Uint32Array(image.data.buffer); }
      pixels.fill(0);
      const k = view.zoom / 65535, ox = w / 2 - view.x * view.zoom, oy = h / 2 - view.y * view.zoom, faint = Math.max(2, size * 0.55);
      const shapes = [stamp(size, false), stamp(size * 1.3, true), stamp(faint, false), stamp(faint, true)], reach = size + 2;
      for (let i = 0; i < d.n; i++) {
        const x = Math.round((a[2 * i] * (1 - t) + b[2 * i] * t) * k + ox), y = Math.round((a[2 * i + 1] * (1 - t) + b[2 * i + 1] * t) * k + oy);
        if (x < -reach || y < -reach || x > w + reach || y > h + reach) continue;
        const alpha = colours[4 * i + 3], shape = shapes[(alpha < 128 ? 2 : 0) + (i < d.sketches ? 1 : 0)];
        for (let j = 0; j < shape.length; j++) {
          const row = y + shape[j][0]; if (row < 0 || row >= h) continue;
          const end = row * w + Math.min(w, x + shape[j][2]);
          for (let at = row * w + Math.max(0, x + shape[j][1]); at < end; at++) put(at, colours[4 * i], colours[4 * i + 1], colours[4 * i + 2], alpha);
        }
      }
      g.putImageData(image, 0, 0);
    },
    finish: () => g.getImageData(0, 0, 1, 1),
  };
}

// ---- which point is where: a grid over the map, made when a map is first asked

function gridOf(points, n) {
  const side = Math.max(1, Math.min(256, Math.floor(Math.sqrt(n)))), cell = (v) => Math.min(side - 1, Math.floor((v * side) / 65536));
  const start = new Uint32Array(side * side + 1), order = new Uint32Array(n);
  const at = (i) => cell(points[2 * i + 1]) * side + cell(points[2 * i]);
  for (let i = 0; i < n; i++) start[at(i) + 1]++;
  for (let i = 0; i < side * side; i++) start[i + 1] += start[i];
  const next = start.slice();
  for (let i = 0; i < n; i++) order[next[at(i)]++] = i;
  return { side, start, order };
}

function nearest(d, grid, points, x, y, reach, wanted) {            // all in 0..1; -1: nobody is so near
  let best = -1, least = reach * reach;
  const lo = (v) => Math.max(0, Math.floor((v - reach) * grid.side)), hi = (v) => Math.min(grid.side - 1, Math.floor((v + reach) * grid.side));
  for (let r = lo(y); r <= hi(y); r++) for (let c = lo(x); c <= hi(x); c++) {
    for (let j = grid.start[r * grid.side + c]; j < grid.start[r * grid.side + c + 1]; j++) {
      const i = grid.order[j], dx = points[2 * i] / 65535 - x, dy = points[2 * i + 1] / 65535 - y, far = dx * dx + dy * dy;
      if (far < least && wanted(i)) { least = far; best = i; }
    }
  }
  return best;
}

function inside(path, x, y) {              // even and odd crossings
  let odd = false;
  for (let i = 0, j = path.length - 1; i < path.length; j = i++) {
    const [a, b] = path[i], [c, e] = path[j];
    if ((b > y) !== (e > y) && x < ((c - a) * (y - b)) / (e - b) + a) odd = !odd;
  }
  return odd;
}

// ---- the page

const HELP = "Map of sketches (triangles) and photos (dots). Arrow keys go to the next point in their direction, Enter selects it, " +
  "plus and minus zoom, Shift with arrows moves the map, Home shows all, Escape lets go.";

function explorer(main, raw) {
  const d = unpack(raw), dpr = () => Math.min(2, window.devicePixelRatio || 1);
  const state = { map: 0, step: d.steps.length - 1, colour: "class", only: -1, picked: -1, hover: -1, listed: [], lasso: null, lassoing: false };
  const view = { x: 0.5, y: 0.5, zoom: 600 };                         // zoom: pixels of the canvas for the whole map
  let moving = null, asked = false, frames = 0;

  const bar = make("div", { className: "bar" }, main), stage = make("div", { className: "stage" }, main);
  const side = make("aside", { ariaLabel: "What is selected" }, main);
  const canvas = make("canvas", {}, stage), over = make("canvas", { tabIndex: 0, className: "over" }, stage);
  over.setAttribute("role", "application"); over.setAttribute("aria-label", HELP); over.setAttribute("aria-roledescription", "map");
  const tip = make("div", { className: "tip", hidden: true }, stage);
  const told = make("div", { className: "told" }, stage); told.setAttribute("role", "status");
  const asWished = location.hash === "#webgl";                        // explorer.html#webgl: WebGL even without a GPU
  const points = ((asWished || !drawnBySoftware()) && webglPoints(canvas, d)) || plainPoints(canvas, d);

  // -- controls

  const field = (text, control) => { const l = make("label", { textContent: text + " " }, bar); l.append(control); return control; };
  const select = (text, names) => {
    const s = make("select"); names.forEach((n, i) => make("option", { textContent: n, value: i }, s));
    s.setAttribute("aria-label", text); return field(text, s);
  };
  const colours = Object.keys(COLOURS), byColour = select("Colour", colours), byMap = select("Map", d.maps.map((m) => m.name));
  const byClass = select("Show", ["all classes", ...d.classes]);
  const range = make("input", { type: "range", min: 0, max: d.steps.length - 1, value: state.step, step: 1 });
  field("Training", range); range.setAttribute("aria-label", "Step of the training");
  const stepName = make("output", {}, bar), play = make("button", { type: "button", textContent: "Play" }, bar);
  const lassoButton = make("button", { type: "button", textContent: "Lasso", title: "Draw around points to list them (or hold Shift and drag)" }, bar);
  const allButton = make("button", { type: "button", textContent: "All", title: "The whole map (Home)" }, bar);
  const theme = make("button", { type: "button", textContent: "◐", title: "Dark or light" }, bar); theme.setAttribute("aria-label", "Dark or light");
  const steady = make("p", { className: "steady" }, bar);
  if (d.steps.length < 2) { range.disabled = true; play.hidden = true; }

  // -- where points are

  const now = () => d.maps[state.map].points[state.step];
  const at = (i, p = now()) => [p[2 * i] / 65535, p[2 * i + 1] / 65535];
  const toScreen = ([x, y]) => [(x - view.x) * view.zoom / dpr() + over.clientWidth / 2, (y - view.y) * view.zoom / dpr() + over.clientHeight / 2];
  const toMap = (x, y) => [(x - over.clientWidth / 2) * dpr() / view.zoom + view.x, (y - over.clientHeight / 2) * dpr() / view.zoom + view.y];
  const grids = new Map();
  const grid = () => {
    const key = `${state.map},${state.step}`;
    if (!grids.has(key)) grids.set(key, gridOf(now(), d.n));
    return grids.get(key);
  };
  const shown = (i) => state.only < 0 || d.of[i] === state.only;
  const find = (x, y, reach = 14) => nearest(d, grid(), now(), ...toMap(x, y), reach * dpr() / view.zoom, shown);

  // -- painting

  const paintColours = () => {
    const [legend, entry] = COLOURS[state.colour](d, state.step), out = new Uint8Array(4 * d.n);
    const marked = state.picked < 0 ? null : new Set([state.picked, ...related(state.picked)]);
    for (let i = 0; i < d.n; i++) {
      const [r, g, b] = legend[entry(i)][1], faint = !shown(i) || (marked && !marked.has(i));
      out[4 * i] = r; out[4 * i + 1] = g; out[4 * i + 2] = b; out[4 * i + 3] = faint ? 46 : 225;
    }
    points.colour(out);
  };
  const answersOf = (i) => (i < d.sketches ? [...d.answers[state.step].subarray(i * d.k, (i + 1) * d.k)] : []);
  const related = (i) => {                  // a sketch's answers and its own photo; a photo's own sketches
    if (i < d.sketches) return [...answersOf(i), ...(d.own[i] < 0 ? [] : [d.own[i]])];
    const out = []; for (let s = 0; s < d.sketches; s++) if (d.own[s] === i) out.push(s); return out;
  };
  let inks = new Map();                     // of this frame: asking for a style anew for each name costs more than the names
  const ink = (name) => { if (!inks.has(name)) inks.set(name, getComputedStyle(main).getPropertyValue(name)); return inks.get(name); };
  const rgb = (c) => `rgb(${c.join(",")})`;

  function lines(g) {
    if (state.picked < 0) return;
    const [x, y] = toScreen(at(state.picked)), sketch = state.picked < d.sketches, answers = answersOf(state.picked);
    for (const j of related(state.picked)) {
      const [u, v] = toScreen(at(j)), own = sketch ? d.own[state.picked] === j : true, right = d.of[j] === d.of[state.picked];
      g.beginPath(); g.moveTo(x, y); g.lineTo(u, v); g.lineWidth = own ? 3 : 1.4;
      g.strokeStyle = own ? ink("--ink") : rgb(right ? BLUE : RED); g.setLineDash(own && !answers.includes(j) ? [2, 4] : right ? [] : [6, 4]); g.stroke();
    }
    g.setLineDash([]); ring(g, x, y, 9);
  }
  function ring(g, x, y, r) { g.beginPath(); g.arc(x, y, r, 0, 7); g.lineWidth = 2.5; g.strokeStyle = ink("--ink"); g.stroke(); }

  const widths = new Map();
  const widthOf = (g, text) => { if (!widths.has(text)) widths.set(text, g.measureText(text).width + 6); return widths.get(text); };
  function names(g) {                       // of classes, at their middles, as many as do not cover each other
    const taken = []; g.font = "12px system-ui, sans-serif"; g.textAlign = "center"; g.lineWidth = 3; g.lineJoin = "round";
    for (const [c, [x, y]] of middles()) {
      const [u, v] = toScreen([x, y]), w = widthOf(g, d.classes[c]), box = [u - w / 2, v - 8, u + w / 2, v + 8];
      if (u < 0 || v < 0 || u > over.clientWidth || v > over.clientHeight) continue;
      if (taken.some((t) => t[0] < box[2] && box[0] < t[2] && t[1] < box[3] && box[1] < t[3])) continue;
      taken.push(box); g.strokeStyle = ink("--page"); g.strokeText(d.classes[c], u, v + 4);
      g.fillStyle = ink("--ink"); g.fillText(d.classes[c], u, v + 4);
    }
  }
  const known = new Map();
  function middles() {
    const key = `${state.map},${state.step},${state.only}`;
    if (!known.has(key)) {
      const xs = new Map(), p = now();
      for (let i = 0; i < d.n; i++) if (shown(i)) { if (!xs.has(d.of[i])) xs.set(d.of[i], [[], []]); const [a, b] = xs.get(d.of[i]); a.push(p[2 * i]); b.push(p[2 * i + 1]); }
      const middle = (v) => v.sort((a, b) => a - b)[v.length >> 1] / 65535;
      known.set(key, [...xs].map(([c, [a, b]]) => [c, [middle(a), middle(b)]]));
    }
    return known.get(key);
  }

  function draw() {
    asked = false; frames++; inks = new Map();
    let t = 1;
    if (moving) { t = Math.min(1, (performance.now() - moving.start) / moving.long); if (t >= 1) moving = null; }
    const soft = t < 1 ? t * t * (3 - 2 * t) : 1;
    points.draw(view, soft, Math.max(d.n > 20000 ? 3 : 3.5, Math.min(16, (view.zoom / dpr()) ** 0.5 / (d.n > 20000 ? 8 : d.n > 5000 ? 5.5 : 3.4))) * dpr());
    const g = over.getContext("2d"); g.setTransform(dpr(), 0, 0, dpr(), 0, 0); g.clearRect(0, 0, over.clientWidth, over.clientHeight);
    if (t >= 1) { if (state.colour === "class") names(g); lines(g); }
    if (state.hover >= 0 && t >= 1) ring(g, ...toScreen(at(state.hover)), 7);
    if (state.lasso) { g.beginPath(); state.lasso.forEach(([x, y], i) => g[i ? "lineTo" : "moveTo"](x, y)); g.closePath(); g.setLineDash([5, 4]); g.lineWidth = 1.5; g.strokeStyle = ink("--mark"); g.stroke(); g.setLineDash([]); }
    if (moving) repaint();
  }
  function repaint() { if (!asked) { asked = true; requestAnimationFrame(draw); } }
  function recolour() { paintColours(); repaint(); }

  // -- pictures and words

  function picture(i, large, title = "") {
    const per = d.columns * d.columns, k = i % per, s = d.thumb, e = make("span", { className: "pic" });
    const scale = large ? 2 : 1;
    e.style.cssText = `width:${s * scale}px;height:${s * scale}px;background:#fff url(${d.sheets[Math.floor(i / per)]}) ` +
      `${-(k % d.columns) * s * scale}px ${-Math.floor(k / d.columns) * s * scale}px/${d.columns * s * scale}px auto`;
    e.setAttribute("role", "img"); e.setAttribute("aria-label", title || d.classes[d.of[i]]);
    return e;
  }
  const kind = (i) => (i < d.sketches ? "sketch" : "photo");
  const called = (i) => `${d.classes[d.of[i]]}, ${kind(i)}`;
  function card(i, note, mark = "") {
    const b = make("button", { type: "button", className: `card ${mark}`, title: d.ids[i] });
    b.append(picture(i)); make("span", { textContent: note }, b); b.addEventListener("click", () => pick(i)); return b;
  }
  function showPicked() {
    side.replaceChildren();
    const i = state.picked;
    if (i < 0 && state.listed.length) return showList();
    if (i < 0) { make("p", { className: "soft", textContent: "Point at the map to see a picture. Click a sketch to see what it finds." }, side); return legend(); }
    make("h2", { textContent: called(i) }, side); side.append(picture(i, true));
    make("p", { className: "soft", textContent: `${d.parts[d.part[i]]}; ${d.ids[i]}` }, side);
    const found = answersOf(i);
    if (i < d.sketches) {
      const rank = found.indexOf(d.own[i]), right = found.filter((j) => d.of[j] === d.of[i]).length;
      const first = d.own[i] < 0 ? "" : rank < 0 ? "; its own photo is not among them" : `; its own photo is number ${rank + 1}`;
      make("h3", { textContent: `Its ${found.length} answers: ${right} of its class${first}` }, side);
      const box = make("div", { className: "cards" }, side);
      found.forEach((j, r) => box.append(card(j, `${r + 1} ${d.classes[d.of[j]]}`, (d.of[j] === d.of[i] ? "right" : "wrong") + (j === d.own[i] ? " own" : ""))));
      if (rank < 0 && d.own[i] >= 0) { make("h3", { textContent: "Its own photo" }, side); make("div", { className: "cards" }, side).append(card(d.own[i], "own photo", "own")); }
    } else {
      const own = related(i); make("h3", { textContent: own.length ? "Drawn by" : "Nobody drew it" }, side);
      const box = make("div", { className: "cards" }, side); own.forEach((j) => box.append(card(j, d.classes[d.of[j]])));
    }
  }
  function showList() {
    const list = state.listed, count = new Map();
    for (const i of list) count.set(d.of[i], (count.get(d.of[i]) || 0) + 1);
    make("h2", { textContent: `${list.length.toLocaleString("en")} in the list` }, side);
    const most = [...count].sort((a, b) => b[1] - a[1]);
    make("p", { className: "soft", textContent: most.slice(0, 12).map(([c, k]) => `${d.classes[c]} ${k}`).join(", ") + (most.length > 12 ? ", ..." : "") }, side);
    const box = make("div", { className: "cards" }, side); list.slice(0, 150).forEach((i) => box.append(card(i, d.classes[d.of[i]])));
    if (list.length > 150) make("p", { className: "soft", textContent: `The first 150 are shown; all names are below.` }, side);
    const text = make("textarea", { readOnly: true, rows: 5, value: list.map((i) => `${kind(i)}\t${d.classes[d.of[i]]}\t${d.ids[i]}`).join("\n") }, side);
    text.setAttribute("aria-label", "Names of what is listed, to copy");
  }
  function legend() {
    const [entries] = COLOURS[state.colour](d, state.step), box = make("div", { className: "legend" }, side);
    entries.slice(0, 120).forEach(([text, colour], i) => {
      const classes = state.colour === "class", e = make(classes ? "button" : "span", { className: "entry" }, box);
      make("i", {}, e).style.background = rgb(colour); e.append(text);
      if (classes) { e.type = "button"; e.setAttribute("aria-pressed", state.only === i); e.addEventListener("click", () => only(state.only === i ? -1 : i)); }
    });
    make("p", { className: "soft", textContent: "Triangles are sketches, dots photos." }, side);
  }
  function say(text) { if (told.textContent !== text) told.textContent = text; }

  // -- what one can do

  function pick(i) { state.picked = i; state.hover = -1; tip.hidden = true; recolour(); showPicked(); if (i >= 0) say(`${called(i)} selected`); }
  function list(rows) { state.listed = rows; state.picked = -1; recolour(); showPicked(); say(`${rows.length} points listed`); }
  function only(c) {
    state.only = c; byClass.value = c + 1; state.picked = -1;
    state.listed = c < 0 ? [] : Array.from({ length: d.n }, (_, i) => i).filter((i) => d.of[i] === c); recolour(); showPicked();
  }
  function go(map, step, slowly = true) {
    const before = now(); state.map = map; state.step = step; range.value = step; byMap.value = map;
    const still = !slowly || matchMedia("(prefers-reduced-motion: reduce)").matches;
    points.place(before, now()); moving = still ? null : { start: performance.now(), long: 700 };
    state.hover = -1; tip.hidden = true; stepName.textContent = d.steps[step]; steady.textContent = d.maps[map].said[step];
    range.setAttribute("aria-valuetext", d.steps[step]); paintColours(); showPicked(); repaint();
  }
  function zoom(by, x = over.clientWidth / 2, y = over.clientHeight / 2) {
    const [u, v] = toMap(x, y); view.zoom = Math.max(80, Math.min(4e5, view.zoom * by));
    const [p, q] = toMap(x, y); view.x += u - p; view.y += v - q; repaint();
  }
  function all() { view.x = view.y = 0.5; view.zoom = 0.94 * Math.min(canvas.width, canvas.height); repaint(); }
  function hover(i) {
    if (i === state.hover) return;
    state.hover = i; tip.hidden = i < 0; repaint();
    if (i < 0) return;
    tip.replaceChildren(picture(i, true)); make("div", { textContent: called(i) }, tip);
    const [x, y] = toScreen(at(i)), w = 2 * d.thumb + 20;
    tip.style.left = `${x + w + 24 > over.clientWidth ? x - w - 12 : x + 14}px`; tip.style.top = `${Math.max(4, Math.min(y - 20, over.clientHeight - w - 30))}px`;
  }

  // -- pointer

  const held = new Map(); let moved = 0, pinch = 0;
  over.addEventListener("pointerdown", (e) => {
    over.setPointerCapture(e.pointerId); held.set(e.pointerId, [e.offsetX, e.offsetY]); moved = 0; over.focus({ preventScroll: true });
    if (held.size === 1 && (state.lassoing || e.shiftKey)) state.lasso = [[e.offsetX, e.offsetY]];
    if (held.size === 2) { state.lasso = null; const [a, b] = [...held.values()]; pinch = Math.hypot(a[0] - b[0], a[1] - b[1]); }
  });
  over.addEventListener("pointermove", (e) => {
    const last = held.get(e.pointerId), here = [e.offsetX, e.offsetY];
    if (!last) { if (!moving) hover(find(...here)); return; }
    const [dx, dy] = [here[0] - last[0], here[1] - last[1]]; moved += Math.abs(dx) + Math.abs(dy); held.set(e.pointerId, here);
    if (state.lasso) { state.lasso.push(here); repaint(); return; }
    view.x -= dx * dpr() / view.zoom / held.size; view.y -= dy * dpr() / view.zoom / held.size;
    if (held.size === 2) { const [a, b] = [...held.values()], far = Math.hypot(a[0] - b[0], a[1] - b[1]); zoom(far / (pinch || far), (a[0] + b[0]) / 2, (a[1] + b[1]) / 2); pinch = far; }
    if (moved > 3) hover(-1);
    repaint();
  });
  const up = (e) => {
    if (!held.delete(e.pointerId)) return;
    const path = state.lasso; state.lasso = null;
    if (path && moved > 20) {
      const around = path.map(([x, y]) => toMap(x, y)), p = now(), rows = [];
      for (let i = 0; i < d.n; i++) if (shown(i) && inside(around, p[2 * i] / 65535, p[2 * i + 1] / 65535)) rows.push(i);
      lassoMode(false); list(rows);
    } else if (moved < 5 && e.type === "pointerup") { state.listed = []; pick(find(e.offsetX, e.offsetY)); }
    repaint();
  };
  over.addEventListener("pointerup", up); over.addEventListener("pointercancel", up);
  over.addEventListener("pointerleave", () => hover(-1));
  over.addEventListener("wheel", (e) => { e.preventDefault(); zoom(Math.exp(-e.deltaY * (e.deltaMode ? 0.05 : 0.0015)), e.offsetX, e.offsetY); }, { passive: false });
  function lassoMode(on) { state.lassoing = on; lassoButton.setAttribute("aria-pressed", on); over.classList.toggle("lassoing", on); }

  // -- keys

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  function step([dx, dy]) {                 // the nearest point that lies more in this direction than aside
    const from = state.hover >= 0 ? state.hover : state.picked, p = now();
    const [x, y] = from >= 0 ? at(from) : [view.x, view.y];
    let best = -1, least = Infinity;
    for (let i = 0; i < d.n; i++) {
      if (i === from || !shown(i)) continue;
      const u = p[2 * i] / 65535 - x, v = p[2 * i + 1] / 65535 - y, along = u * dx + v * dy, aside = Math.abs(u * dy) + Math.abs(v * dx);
      if ((from >= 0 && (along <= 0 || aside > along))) continue;
      const far = u * u + v * v; if (far < least) { least = far; best = i; }
    }
    if (best < 0) return;
    const [a, b] = toScreen(at(best)); if (a < 20 || b < 20 || a > over.clientWidth - 20 || b > over.clientHeight - 20) [view.x, view.y] = at(best);
    hover(best); say(called(best));
  }
  over.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const arrow = ARROWS[e.key];
    if (arrow && e.shiftKey) { view.x += arrow[0] * 60 * dpr() / view.zoom; view.y += arrow[1] * 60 * dpr() / view.zoom; repaint(); }
    else if (arrow) step(arrow);
    else if (e.key === "Enter" || e.key === " ") { if (state.hover >= 0) { state.listed = []; pick(state.hover); } }
    else if (e.key === "+" || e.key === "=") zoom(1.3); else if (e.key === "-") zoom(1 / 1.3);
    else if (e.key === "Home") all();
    else if (e.key === "Escape") { hover(-1); lassoMode(false); state.listed = []; if (state.only >= 0) only(-1); else pick(-1); }
    else return;
    e.preventDefault(); e.stopPropagation();
  });

  // -- wiring

  byColour.addEventListener("change", () => { state.colour = colours[byColour.value]; recolour(); showPicked(); });
  byMap.addEventListener("change", () => go(+byMap.value, state.step));
  byClass.addEventListener("change", () => only(byClass.value - 1));
  range.addEventListener("input", () => go(state.map, +range.value));
  lassoButton.addEventListener("click", () => lassoMode(!state.lassoing)); allButton.addEventListener("click", all); lassoMode(false);
  theme.addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    document.documentElement.dataset.theme = dark === "dark" ? "light" : "dark"; repaint();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  let playing = 0;
  play.addEventListener("click", () => {
    if (playing) { clearInterval(playing); playing = 0; play.textContent = "Play"; return; }
    const next = () => go(state.map, (state.step + 1) % d.steps.length);
    play.textContent = "Stop"; next(); playing = setInterval(next, 1600);
  });
  let first = true;
  new ResizeObserver(() => {
    for (const c of [canvas, over]) { c.width = Math.round(stage.clientWidth * dpr()); c.height = Math.round(stage.clientHeight * dpr()); }
    if (first) { all(); first = false; }
    draw();
  }).observe(stage);
  go(0, state.step, false);
  canvas.addEventListener("webglcontextlost", (e) => { e.preventDefault(); say("The graphics were lost: reload the page."); });

  function time(count = 60) {              // milliseconds of a frame, each drawn to its end while the map turns and grows
    const took = [], before = { ...view };
    for (let i = 0; i < count; i++) {
      view.zoom = before.zoom * (1 + 0.5 * Math.sin(i / 9)); view.x = before.x + 0.05 * Math.cos(i / 7);
      const start = performance.now(); draw(); points.finish(); took.push(performance.now() - start);
    }
    Object.assign(view, before); repaint(); return took;
  }
  async function turn(count = 60) {        // the same, shown by the browser frame by frame; resolves after the last one
    const before = { ...view };
    for (let i = 0; i < count; i++) {
      view.zoom = before.zoom * (1 + 0.5 * Math.sin(i / 9)); view.x = before.x + 0.05 * Math.cos(i / 7); repaint();
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    }
    Object.assign(view, before); repaint();
  }
  async function counted(seconds = 3) {    // frames a second, as many as the browser asks for while the map turns and grows
    const before = { ...view }, first = frames, start = performance.now(); let t = 0;
    while ((t = (performance.now() - start) / 1000) < seconds) {
      view.zoom = before.zoom * (1 + 0.5 * Math.sin(7 * t)); view.x = before.x + 0.05 * Math.cos(9 * t); repaint();
      await new Promise(requestAnimationFrame);
    }
    Object.assign(view, before); repaint(); return (frames - first) / t;
  }
  return { data: d, state, view, pick, list, only, go, find, time, turn, counted, toScreen, at, drawn: () => frames, kind: points.kind };
}
