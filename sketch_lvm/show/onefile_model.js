// A drawing to its embedding, as the Python rooms do it: strokes, pixels, tokens, blocks, a vector of length one.
// No part of this file knows of a page; `onefile.js` does. Matrices are Float32Array, row by row.

// ---- numbers that Python wrote as base64, little end first

function bytesOf(text) {
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

function half(h) {                         // sixteen bits as a number: sign, 5 bits of exponent, 10 of fraction
  const sign = h & 0x8000 ? -1 : 1, power = (h >> 10) & 31, rest = h & 1023;
  return power ? sign * 2 ** (power - 15) * (1 + rest / 1024) : sign * 2 ** -14 * (rest / 1024);
}
const HALVES = Float32Array.from({ length: 65536 }, (_, h) => half(h));

const halves = (text) => Float32Array.from(new Uint16Array(bytesOf(text).buffer), (h) => HALVES[h]);
const singles = (text) => new Float32Array(bytesOf(text).buffer);

// ---- the strokes that count: the pieces of the drawing that lie on its page

const roundEven = (v) => { const r = Math.round(v); return Math.abs(v % 1) === 0.5 && r % 2 ? r - 1 : r; };
const toTenth = (v) => roundEven(Math.min(255, Math.max(0, v)) * 10) / 10;

function cutToPage([xs, ys]) {             // -> strokes; a line that leaves the page comes back as a stroke of its own
  const inside = (v) => v >= 0 && v <= 255;
  if (xs.every(inside) && ys.every(inside)) return [[xs, ys]];
  const pieces = [];
  let goesOn = -1;
  for (let k = 0; k + 1 < xs.length; k++) {
    let enter = 0, leave = 1, misses = false;                         // as parts of this step
    for (const v of [xs, ys]) {
      const start = v[k], step = v[k + 1] - start;
      if (step === 0) { misses = misses || !inside(start); continue; }
      const a = -start / step, b = (255 - start) / step;
      enter = Math.max(enter, Math.min(a, b)); leave = Math.min(leave, Math.max(a, b));
    }
    if (misses || enter > leave) continue;
    const at = (t) => [xs, ys].map((v) => v[k] + t * (v[k + 1] - v[k]));
    if (!(k === goesOn && enter === 0)) { const [x, y] = at(enter); pieces.push([[x], [y]]); }
    const [x, y] = at(leave), last = pieces[pieces.length - 1];
    last[0].push(x); last[1].push(y);
    goesOn = leave === 1 ? k + 1 : -1;
  }
  return pieces;
}

const cleanStrokes = (strokes) => strokes.filter(([xs]) => xs.length)
  .flatMap(([xs, ys]) => cutToPage([xs, ys])).map((s) => s.map((v) => v.map(toTenth)));

function fitStrokes(strokes, margin = 0.06) {                         // scaled and centred, as rasterize(fit=True) does it
  const ends = [0, 1].map((i) => strokes.reduce(([lo, hi], s) => s[i].reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [lo, hi]),
    [Infinity, -Infinity]));
  const longest = Math.max(...ends.map(([lo, hi]) => hi - lo)), scale = longest > 0 ? (255 * (1 - 2 * margin)) / longest : 1;
  return strokes.map((s) => s.map((v, i) => v.map((t) => (t - (ends[i][0] + ends[i][1]) / 2) * scale + 127.5)));
}

// ---- ink: a large page of yes and no, then the average of each cell. Lines are drawn as Pillow draws them

const f = Math.fround;                     // Pillow computes crossings in single precision
const nearUp = (v) => (v >= 0 ? Math.floor(v + 0.5) : -Math.floor(0.5 - v));
const nearDown = (v) => (v >= 0 ? Math.ceil(v - 0.5) : -Math.ceil(-v - 0.5));

function fillRow(ink, side, y, from, to) {
  if (y >= 0 && y < side && to >= 0 && from < side) ink.fill(1, y * side + Math.max(0, from), y * side + Math.min(side - 1, to) + 1);
}

function fillCorners(ink, side, corners) { // a polygon, row by row
  const edges = corners.map(([x0, y0], i) => {
    const [x1, y1] = corners[(i + 1) % corners.length], slope = y1 === y0 ? 0 : f((x1 - x0) / (y1 - y0));
    return { x0, y0, x1, slope, top: Math.min(y0, y1), bottom: Math.max(y0, y1) };
  });
  const flat = (e) => e.top === e.bottom, steep = edges.filter((e) => !flat(e));
  for (const e of edges.filter(flat)) fillRow(ink, side, e.y0, Math.min(e.x0, e.x1), Math.max(e.x0, e.x1));
  const bottom = Math.max(...edges.map((e) => e.bottom)), at = (e, y) => f(f((y - e.y0) * e.slope) + e.x0);
  for (let y = Math.min(...edges.map((e) => e.top)); y <= bottom; y++) {
    const cuts = [];
    steep.forEach((e, i) => {
      if (y < e.top || y > e.bottom) return;
      const x = at(e, y), ends = y === e.bottom;
      if (ends && y < bottom) cuts.push(x, x);
      else if ((ends || y === e.top) && e.slope) cuts.push(corner(e, steep.slice(0, i), x, y, ends ? -1 : 1, at));
      else cuts.push(x);
    });
    cuts.sort((a, b) => a - b);
    for (let i = 1; i < cuts.length; i += 2) fillRow(ink, side, y, nearUp(f(cuts[i - 1])), nearDown(f(cuts[i])));
  }
}

function corner(e, others, x, y, next, at) {                          // a pointed end reaches to where its neighbouring row is
  const reach = Math.round, own = at(e, y + next);
  for (const o of others) {
    if ((y !== o.top && y !== o.bottom) || !o.slope || reach(x) !== reach(at(o, y))) continue;
    if (y + next < o.top || y + next > o.bottom) continue;
    const other = at(o, y + next);
    if (x > own + 1 && x > other + 1) return reach(Math.max(own, other)) + 1;
    if (x < own - 1 && x < other - 1) return reach(Math.min(own, other)) - 1;
    return x;
  }
  return x;
}

function drawLine(ink, side, x0, y0, x1, y1, width) {                 // whole numbers; a bar of this width
  const dx = x1 - x0, dy = y1 - y0;
  if (!dx && !dy) { fillRow(ink, side, y0, x0, x0); return; }
  const long = Math.hypot(dx, dy), more = nearUp((width - 1) / 2) / long, less = nearDown((width - 1) / 2) / long;
  const [left, right, up, down] = [nearDown(less * dy), nearDown(more * dy), nearUp(less * dx), nearUp(more * dx)];
  fillCorners(ink, side, [[x0 - left, y0 + down], [x1 - left, y1 + down], [x1 + right, y1 - up], [x0 + right, y0 - up]]);
}

function isBend(xs, ys, i, limit = 0.9) {  // an end, or a turn of more than about 25 degrees
  if (i === 0 || i === xs.length - 1) return true;
  const [a, b, c, d] = [xs[i] - xs[i - 1], ys[i] - ys[i - 1], xs[i + 1] - xs[i], ys[i + 1] - ys[i]];
  return a * c + b * d < limit * Math.hypot(c, d) * Math.hypot(a, b);
}

function rasterize(strokes, { size, fine, width, dot }) {             // -> Uint8Array [size * size], black on white
  const side = size * fine, ink = new Uint8Array(side * side), r = width / 2 - 0.5;
  for (const s of fitStrokes(strokes)) {
    const [xs, ys] = s.map((v) => v.map((t) => t * (side / 255) - 0.5)), [x, y] = [xs, ys].map((v) => v.map(Math.trunc));
    for (let i = 1; i < x.length; i++) drawLine(ink, side, x[i - 1], y[i - 1], x[i], y[i], width);
    for (let i = 0; i < x.length; i++) if (isBend(xs, ys, i)) {       // round there: `dot` holds the rows of a disc
      const [u, v] = [Math.trunc(xs[i] - r), Math.trunc(ys[i] - r)];
      dot.forEach(([from, to], row) => fillRow(ink, side, v + row, u + from, u + to));
    }
  }
  const out = new Uint8Array(size * size);
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) {
    let dark = 0;
    for (let j = 0; j < fine; j++) for (let i = 0; i < fine; i++) dark += ink[(y * fine + j) * side + x * fine + i];
    out[y * size + x] = Math.floor((255 * (fine * fine - dark) + (fine * fine) / 2) / (fine * fine));
  }
  return out;
}

// ---- the image tower

const up4 = (n) => (n + 3) & ~3;           // arrays have room for whole blocks of four rows

// y[rows, outs] = x[rows, ins] times w[outs, ins] turned, plus b. Four rows and two outputs at a time, so that each
// number that is read is used several times: the eight sums stay in the processor
function linear(x, rows, ins, w, b, outs, y = new Float32Array(up4(rows) * outs)) {
  for (let o = 0; o < outs; o += 2) {
    const w0 = o * ins, w1 = w0 + ins, b0 = b ? b[o] : 0, b1 = b ? b[o + 1] : 0;
    for (let r = 0; r < rows; r += 4) {
      const x0 = r * ins, x1 = x0 + ins, x2 = x1 + ins, x3 = x2 + ins;
      let s00 = b0, s01 = b1, s10 = b0, s11 = b1, s20 = b0, s21 = b1, s30 = b0, s31 = b1;
      for (let k = 0; k < ins; k++) {
        const u = w[w0 + k], v = w[w1 + k], a = x[x0 + k], c = x[x1 + k], d = x[x2 + k], e = x[x3 + k];
        s00 += a * u; s01 += a * v; s10 += c * u; s11 += c * v; s20 += d * u; s21 += d * v; s30 += e * u; s31 += e * v;
      }
      const at = r * outs + o;
      y[at] = s00; y[at + 1] = s01; y[at + outs] = s10; y[at + outs + 1] = s11;
      y[at + 2 * outs] = s20; y[at + 2 * outs + 1] = s21; y[at + 3 * outs] = s30; y[at + 3 * outs + 1] = s31;
    }
  }
  return y;
}

function layerNorm(x, rows, { weight, bias, eps }) {
  const width = weight.length, y = new Float32Array(up4(rows) * width);
  for (let r = 0; r < rows; r++) {
    const from = r * width;
    let mean = 0, spread = 0;
    for (let i = 0; i < width; i++) mean += x[from + i] / width;
    for (let i = 0; i < width; i++) spread += (x[from + i] - mean) ** 2 / width;
    const scale = 1 / Math.sqrt(spread + eps);
    for (let i = 0; i < width; i++) y[from + i] = (x[from + i] - mean) * scale * weight[i] + bias[i];
  }
  return y;
}

function gelu(x) {                         // x times the share of a bell curve below x; erf by Abramowitz and Stegun 7.1.26
  for (let i = 0; i < x.length; i++) {
    const z = Math.abs(x[i]) * Math.SQRT1_2, t = 1 / (1 + 0.3275911 * z);
    const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-z * z);
    x[i] *= x[i] >= 0 ? 1 - tail / 2 : tail / 2;
  }
  return x;
}

function attention(h, n, keep, { inWeight, inBias, outWeight, outBias }, heads) {      // only the first `keep` tokens ask
  const width = outBias.length, wide = width / heads, whole = width * width;
  const q = linear(h, keep, width, inWeight, inBias, width);
  const k = linear(h, n, width, inWeight.subarray(whole), inBias.subarray(width), width);
  const v = linear(h, n, width, inWeight.subarray(2 * whole), inBias.subarray(2 * width), width);
  const mixed = new Float32Array(up4(keep) * width), share = new Float64Array(n), scale = 1 / Math.sqrt(wide);
  for (let head = 0; head < heads; head++) for (let i = 0; i < keep; i++) {
    const at = i * width + head * wide;
    let most = -Infinity, sum = 0;
    for (let j = 0; j < n; j++) {
      let score = 0;
      for (let c = 0, b = j * width + head * wide; c < wide; c++) score += q[at + c] * k[b + c];
      share[j] = score * scale; most = Math.max(most, share[j]);
    }
    for (let j = 0; j < n; j++) sum += share[j] = Math.exp(share[j] - most);
    for (let j = 0; j < n; j++) {
      const part = share[j] / sum;
      for (let c = 0, b = j * width + head * wide; c < wide; c++) mixed[at + c] += part * v[b + c];
    }
  }
  return linear(mixed, keep, width, outWeight, outBias, width);
}

const add = (x, y, count) => { for (let i = 0; i < count; i++) y[i] += x[i]; return y; };

function block(x, n, keep, w, ln1, ln2, heads) {
  const width = ln1.weight.length;
  const y = add(x, attention(layerNorm(x, n, ln1), n, keep, w, heads), keep * width);
  const hidden = gelu(linear(layerNorm(y, keep, ln2), keep, width, w.fcWeight, w.fcBias, w.fcBias.length));
  return add(y, linear(hidden, keep, w.fcBias.length, w.projWeight, w.projBias, width), keep * width);
}

function withPrompts(x, n, prompts, width) {                          // the first n tokens, then the prompts
  const count = prompts.length / width, y = new Float32Array(up4(n + count) * width);
  y.set(x.subarray(0, n * width)); y.set(prompts, n * width);
  return [y, n + count];
}

function patches({ size, patch, mean, std }, grey) {                  // [patches, pixels of a patch], from 0..255
  const grid = size / patch, each = patch * patch, out = new Float32Array(up4(grid * grid) * each);
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) {
    const at = Math.floor(y / patch) * grid + Math.floor(x / patch);
    out[at * each + (y % patch) * patch + (x % patch)] = (grey[y * size + x] / 255 - mean) / std;
  }
  return out;
}

// The forward: CLS and patches with their positions, prompts, ln_pre, blocks with new prompts, ln_post, projection
function embed(tower, encoder, grey) {
  const { width, heads, blocks, patchWeight, start, positions, projection } = tower, { norms, prompts } = encoder;
  const own = positions.length / width, each = patchWeight.length / width;
  let n = own, x = new Float32Array(up4(n) * width);
  x.set(start); x.set(linear(patches(tower, grey), own - 1, each, patchWeight, null, width).subarray(0, (own - 1) * width), width);
  add(positions, x, positions.length);
  if (prompts[0]) [x, n] = withPrompts(x, n, prompts[0], width);
  x = layerNorm(x, n, norms.ln_pre);
  blocks.forEach((w, i) => {
    const last = i + 1 === blocks.length, next = last ? null : prompts[i + 1], keep = last ? 1 : next ? own : n;
    x = block(x, n, keep, w, norms[`block0${i}_ln_1`], norms[`block0${i}_ln_2`], heads); n = keep;
    if (next) [x, n] = withPrompts(x, n, next, width);
  });
  return unit(linear(layerNorm(x, 1, norms.ln_post), 1, width, projection, null, projection.length / width).slice(0, projection.length / width));
}

function unit(v) { const long = Math.hypot(...v); return v.map((t) => t / long); }

// ---- what Python wrote, as arrays; and the answer

function sumChannels(w, width, channels) { // a drawing is grey: its three channels are alike, so their weights add up
  const each = w.length / width / channels;
  return Float32Array.from({ length: width * each }, (_, i) => {
    let s = 0;
    for (let c = 0; c < channels; c++) s += w[(Math.floor(i / each) * channels + c) * each + (i % each)];
    return s;
  });
}

function unpackTower(t) {
  const read = (o) => Object.fromEntries(Object.entries(o).map(([name, text]) => [name, halves(text)]));
  const tower = { ...t, ...read(t.arrays), blocks: t.blocks.map(read) };
  return { ...tower, patchWeight: sumChannels(tower.patchWeight, t.width, 3) };
}

function unpackEncoder(e) {
  const norm = ({ weight, bias, eps }) => ({ weight: singles(weight), bias: singles(bias), eps });
  return {
    ...e, norms: Object.fromEntries(Object.entries(e.norms).map(([place, n]) => [place, norm(n)])),
    prompts: e.prompts.map((p) => p && singles(p)), gallery: halves(e.gallery),
  };
}

function rank(gallery, query) {            // -> { order, scores }, the nearest first; of equals the earlier one
  const width = query.length, scores = new Float32Array(gallery.length / width);
  for (let i = 0; i < scores.length; i++) {
    let s = 0;
    for (let c = 0; c < width; c++) s += gallery[i * width + c] * query[c];
    scores[i] = s;
  }
  return { order: [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b), scores };
}
