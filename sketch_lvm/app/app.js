// Draw and find: asks with what is on the page and shows what comes back. The pad is the notebook's.
import { drawSmall, makePad } from "./pad.js";

const $ = (id) => document.getElementById(id);
const PAGE = 24, MOST = 200, KEPT = 16;    // photos shown at once, and in the end; drawings remembered
const still = matchMedia("(prefers-reduced-motion: reduce)");

// ---- talking to the server

async function call(path, body, type = "application/json") {
  const post = { method: "POST", body, headers: { "content-type": type } };
  const answer = await fetch(path, body === undefined ? {} : post);
  const data = await answer.json().catch(() => ({ error: `the server answered ${answer.status}.` }));
  if (!answer.ok) throw Object.assign(new Error(data.error), { status: answer.status });
  return data;
}

// ---- what is asked

let about = { pen: 0.03 }, drawing = [], picture = "", like = null, count = PAGE, names = new Map();

function question(strokes = drawing) {
  if (like !== null) return { like, within: $("within").value, count };
  const words = $("words").value.trim();
  const drawn = picture ? { picture } : { strokes: strokes.map(([xs, ys]) => [xs, ys]) };
  return { ...drawn, words, weight: +$("weight").value, within: $("within").value, count };
}

// One question is on its way at a time. While the pen moves there is always a newer one; only the newest waits.
let busy = false, waiting = null;

// Where frames come late while tiles slide, the slides are left out as long as the pen moves: the ranking comes sooner.
const SLOW = 40, LATE = 6;                 // milliseconds, and how many rankings in a row
let late = 0;

function ask(q = question(), last = true) {
  waiting = { q, last };
  if (!busy) next();
}

async function next() {
  busy = true; $("rankings").ariaBusy = true;
  while (waiting) {
    const { q, last } = waiting; waiting = null;
    try {
      const started = performance.now(), asked = about.mark, answer = await call(`api/ask?of=${about.mark}`, JSON.stringify(q));
      if (asked !== about.mark) continue;   // other photos were opened since
      for (const n of answer.names) names.set(n.row, n);
      const put = performance.now(), slides = !last && late < LATE;
      show(answer, q, last ? 220 : slides ? 120 : 0); trouble("");
      const took = performance.now() - started;
      document.documentElement.dataset.took = took.toFixed(1);
      if (last && !waiting) tell(answer, q, took);
      if (last) continue;
      await painted();                      // else the next drawing is embedded while this ranking is painted
      if (slides) late = performance.now() - put > SLOW ? late + 1 : 0;
    } catch (e) {
      if (e.status === 429) { waiting = waiting || { q, last }; await new Promise((r) => setTimeout(r, 400)); }
      else trouble(e instanceof TypeError ? "The app does not answer. Is it still running?" : e.message);
    }
  }
  busy = false; $("rankings").ariaBusy = false;
}

const painted = () => new Promise((done) => {      // behind the next frame; a page that is not seen has none
  const late = setTimeout(done, 50); requestAnimationFrame(() => { clearTimeout(late); setTimeout(done); });
});

async function learnNames(rows) {          // of photos that were in no answer: copies
  const known = names, unknown = [...new Set(rows)].filter((r) => !known.has(r));
  for (let i = 0; i < unknown.length; i += 200) {
    for (const n of await call(`api/names?of=${about.mark}&rows=${unknown.slice(i, i + 200)}`)) known.set(n.row, n);
  }
}

const photos = (n) => `${n.toLocaleString("en")} photo${n === 1 ? "" : "s"}`;
const trouble = (text) => { $("trouble").textContent = text && text[0].toUpperCase() + text.slice(1); };

function tell(answer, q, took) {           // in words, also for those who listen
  const total = photos(answer.total);
  const asked = q.like !== undefined || q.picture || q.words || (q.strokes && q.strokes.length);
  if (!asked) { $("status").textContent = `${total}. Draw, and the nearest come first.`; return; }
  const first = answer.rankings.map((r) => {
    const found = r.said || r.rows.slice(0, 3).map((row) => names.get(row).class || names.get(row).id).join(", ");
    return r.model ? `${r.model}: ${found}` : found;
  });
  const by = q.like === undefined ? "" : " by likeness to one of them";
  $("status").textContent = `${total} ranked${by} in ${took.toFixed(0)} ms. First: ${first.join(". ")}`;
}

// ---- tiles, which slide to their new places

const views = new Map();                   // model -> { list, tiles: row -> li }

function makeRanking(model) {
  const [box, title, list] = ["section", "h2", "ol"].map((tag) => document.createElement(tag));
  box.className = "ranking"; list.className = "tiles"; title.textContent = model.name;
  box.setAttribute("aria-label", model.name || "Photos, nearest first");
  const encoder = document.createElement("small"); encoder.textContent = ` ${model.encoder}`;
  if (model.name) { title.append(encoder); box.append(title); }
  if (model.random) {
    const warning = document.createElement("p"); warning.className = "warning";
    warning.textContent = "Random weights: this ranking means nothing."; box.append(warning);
  }
  const said = document.createElement("p"); said.className = "said"; said.hidden = true;
  box.append(said, list); $("rankings").append(box);
  list.addEventListener("scroll", () => {  // a strip on a telephone: its end asks for more
    if (list.scrollLeft > 0 && list.scrollLeft + list.clientWidth > list.scrollWidth - 120) more();
  });
  list.addEventListener("click", (e) => {
    const tile = e.target.closest(".tile");
    if (tile) open(model.name, +tile.dataset.row);
  });
  list.addEventListener("keydown", walk);
  views.set(model.name, { list, said, tiles: new Map(), rows: [] });
}

function makeTile(row) {
  const li = document.createElement("li"), b = document.createElement("button"), image = document.createElement("img");
  const line = document.createElement("span"), name = document.createElement("b"), score = document.createElement("i");
  const known = names.get(row), copies = document.createElement("em");
  b.type = "button"; b.className = "tile"; b.dataset.row = row; b.title = known.id;
  image.src = `thumbs/${about.mark}/${row}`; image.alt = ""; image.decoding = "async"; image.draggable = false;
  name.textContent = known.class || known.id; line.append(name, score); b.append(image, copies, line); li.append(b);
  return li;
}

function write(e, text) { if (e.textContent !== text) e.textContent = text; }   // the same again would cost a layout

const places = (tiles) => new Map([...tiles].map(([row, li]) => [row, li.getBoundingClientRect()]));
const settle = (tiles) => { for (const a of [...tiles.values()].flatMap((li) => li.getAnimations())) a.cancel(); };
const sameOrder = (a, b) => a.length === b.length && a.every((row, i) => row === b[i]);

function show(answer, q, time = 220) {     // looks at all places, changes all, looks again: two layouts in all
  const moves = time > 0 && !still.matches && document.visibilityState === "visible";
  const changed = answer.rankings.filter((r) => !sameOrder(r.rows, views.get(r.model).rows));
  const before = new Map(moves ? changed.map((r) => [r.model, places(views.get(r.model).tiles)]) : []);
  for (const ranking of answer.rankings) {
    const view = views.get(ranking.model);
    if (!q.start) { write(view.said, ranking.said); view.said.hidden = !ranking.said; }
    if (changed.includes(ranking)) order(view, ranking.rows);
    label(view, ranking);
    if (q.count === PAGE && view.list.scrollLeft) view.list.scrollLeft = 0;
  }
  for (const { model } of changed) settle(views.get(model).tiles);     // those on their way go on from where they are seen
  const now = new Map([...before.keys()].map((model) => [model, places(views.get(model).tiles)]));
  for (const [model, earlier] of before) slide(views.get(model).tiles, earlier, now.get(model), time);
  const all = answer.rankings.every((r) => r.rows.length < q.count);   // fewer where there are copies
  $("more").hidden = all || q.count >= Math.min(answer.total, MOST);
}

function order(view, rows) {               // the tiles of these photos, in this order
  const tiles = new Map();
  rows.forEach((row, i) => {
    const li = view.tiles.get(row) || makeTile(row);
    if (view.list.children[i] !== li) view.list.insertBefore(li, view.list.children[i] || null);
    tiles.set(row, li);
  });
  while (view.list.children.length > rows.length) view.list.lastChild.remove();
  view.tiles = tiles; view.rows = rows;
}

const andCopies = (copies) => copies ? `and ${copies.count.toLocaleString("en")} cop${copies.count === 1 ? "y" : "ies"}` : "";

function label(view, { rows, scores, copies }) {     // scores under the tiles, and what is read aloud
  view.scores = scores; view.copies = copies;
  rows.forEach((row, i) => {
    const known = names.get(row), button = view.tiles.get(row).firstChild, same = andCopies(copies[row]);
    const score = scores.length ? scores[i].toFixed(3) : "";
    write(button.lastChild.lastChild, score); write(button.children[1], same);
    const said = [`${i + 1}. ${known.class || known.id}`, score && `score ${score}`, same];
    button.setAttribute("aria-label", said.filter(Boolean).join(", "));
  });
}

const onScreen = (r) => r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth;

function slide(tiles, before, now, time) { // only what can be seen: the others would cost a picture at every frame
  for (const [row, li] of tiles) {
    const a = before.get(row), b = now.get(row);
    if (!onScreen(b) && !(a && onScreen(a))) continue;
    if (!a) li.animate([{ opacity: 0, transform: "scale(.9)" }, {}], { duration: Math.min(time, 160), easing: "ease-out" });
    else if (a.left !== b.left || a.top !== b.top) {
      const from = `translate(${a.left - b.left}px, ${a.top - b.top}px)`;
      li.animate([{ transform: from }, { transform: "none" }], { duration: time, easing: "cubic-bezier(.2,.7,.2,1)" });
    }
  }
}

function walk(e) {                         // arrow keys go from tile to tile
  const all = [...e.currentTarget.querySelectorAll(".tile")], at = all.indexOf(document.activeElement);
  const top = (t) => t.getBoundingClientRect().top;
  const across = all.filter((t) => Math.abs(top(t) - top(all[0])) < 4).length;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[e.key];
  if (at < 0 || !step || !all[at + step]) return;
  all[at + step].focus(); e.preventDefault();
}

// ---- one photo, large

let shown = null;                          // { model, row }, another one each time a photo is opened

function open(model, row) {
  const view = views.get(model), i = view.rows.indexOf(row), known = names.get(row);
  shown = { model, row };
  $("large-image").src = `photos/${about.mark}/${row}`; $("large-image").alt = known.class || known.id;
  $("large-name").textContent = known.class || known.id;
  const score = view.scores.length ? `, score ${view.scores[i].toFixed(3)}` : "";
  $("large-rank").textContent = `${i + 1} of ${view.rows.length} shown${score}`;
  $("large-path").textContent = known.path || known.id; $("copy").textContent = "Copy path";
  $("previous").disabled = i <= 0; $("next").disabled = i >= view.rows.length - 1;
  if (!$("large").open) $("large").showModal();
  showCopies(view.copies[row]); explain();
}

async function showCopies(copies) {
  const mine = shown, list = $("large-copies"), first = andCopies(copies);
  list.hidden = !copies; list.textContent = first;
  if (!copies) return;
  try { await learnNames(copies.rows); } catch (e) { list.textContent = `${first}. ${e.message}`; return; }
  if (shown !== mine) return;
  const others = copies.count - copies.rows.length;
  const lines = copies.rows.map((row) => names.get(row).path || names.get(row).id);
  list.textContent = [`${first}:`, ...lines, ...(others ? [`and ${others.toLocaleString("en")} more`] : [])].join("\n");
}

function step(by) {
  const rows = views.get(shown.model).rows, row = rows[rows.indexOf(shown.row) + by];
  if (row !== undefined) open(shown.model, row);
}

async function copyPath() {
  const path = $("large-path").textContent;
  try { await navigator.clipboard.writeText(path); $("copy").textContent = "Copied"; }
  catch { getSelection().selectAllChildren($("large-path")); $("copy").textContent = "Selected: press Ctrl+C"; }
}

// ---- why this photo: the strokes in the colour of what they do for it

const FOR = [27, 98, 168], AGAINST = [210, 112, 12], NOTHING = [185, 185, 185], FEW = 12;   // as in the notebook
let explaining = false, looking = false;

const canExplain = () => like === null && !picture && drawing.length > 0;
const signed = (v) => `${v < 0 ? "\u2212" : "+"}${Math.abs(v).toFixed(3)}`;

function colourOf(share) {                 // from orange over grey to blue
  const end = share < 0 ? AGAINST : FOR;
  return `rgb(${NOTHING.map((v, i) => Math.round(v + Math.abs(share) * (end[i] - v)))})`;
}

function numberPlaces(strokes) {           // on each stroke, as far as can be from the numbers before
  const places = [];
  for (const [xs, ys] of strokes) {
    const far = xs.map((x, i) => Math.min(1e9, ...places.map(([a, b]) => Math.hypot(x - a, ys[i] - b))));
    const best = far.indexOf(Math.max(...far));
    places.push([xs[best], ys[best]]);
  }
  return places;
}

const ends = (values) => [values.indexOf(Math.max(...values)), values.indexOf(Math.min(...values))];

function drawReason(strokes, values) {
  const canvas = $("reason-page"), g = canvas.getContext("2d"), k = canvas.width / 255;
  const most = Math.max(1e-9, ...values.map(Math.abs)), share = values.map((v) => v / most);
  g.fillStyle = "#fff"; g.fillRect(0, 0, canvas.width, canvas.height); g.lineCap = g.lineJoin = "round";
  const order = strokes.map((_, i) => i).sort((a, b) => Math.abs(share[a]) - Math.abs(share[b]));
  for (const i of order) {                 // what does most lies on top
    const [xs, ys] = strokes[i];
    g.strokeStyle = colourOf(share[i]); g.lineWidth = canvas.width * (0.012 + 0.02 * Math.abs(share[i]));
    g.beginPath(); xs.forEach((x, j) => g.lineTo(x * k, ys[j] * k + (xs.length === 1) * 0.01)); g.stroke();
  }
  const named = strokes.length <= FEW ? order : order.filter((i) => values[i] && ends(values).includes(i));
  g.font = `600 ${canvas.width / 24}px sans-serif`; g.textAlign = "center"; g.textBaseline = "middle";
  g.lineWidth = canvas.width / 170;
  const places = numberPlaces(strokes);
  for (const i of named) {                 // of many those that are named in words
    const [x, y] = places[i];
    g.beginPath(); g.arc(x * k, y * k, canvas.width / 32, 0, 7);
    g.fillStyle = "#fff"; g.fill(); g.strokeStyle = colourOf(share[i]); g.stroke();
    g.fillStyle = "#222"; g.fillText(i + 1, x * k, y * k);
  }
}

function sayReason({ values, more, exact }) {
  const without = (i) => {
    if (!more || !more[i]) return "";
    return `; without it ${photos(Math.abs(more[i]))} ${more[i] > 0 ? "more" : "fewer"} would come before`;
  };
  const [top, low] = ends(values);
  const lines = ["Blue speaks for this photo, orange against it, grey does little."];
  if (values[top] > 0) lines.push(`Most for it: stroke ${top + 1}, ${signed(values[top])}${without(top)}.`);
  if (values[low] < 0) lines.push(`Most against it: stroke ${low + 1}, ${signed(values[low])}${without(low)}.`);
  if (!exact) lines.push("With more than eight strokes, each is left out by itself.");
  $("reason-said").textContent = lines.join(" ");
  const each = values.slice(0, FEW).map((v, i) => `stroke ${i + 1} ${signed(v)}`).join(", ");
  $("reason-page").setAttribute("aria-label", `Your drawing: ${each}${values.length > FEW ? " and so on" : ""}`);
}

async function explain() {                 // one question at a time; whoever steps on is answered for the last photo
  const can = canExplain(), on = explaining && can;
  $("why").hidden = !can; $("why").setAttribute("aria-expanded", on); $("reason").hidden = !on;
  if (!on || looking) return;
  looking = true;
  drawReason(drawing, drawing.map(() => 0)); $("reason-said").textContent = "Leaving out strokes …";
  let mine = null;
  while (mine !== shown && explaining && $("large").open) {
    mine = shown;
    const { count, ...asked } = question();
    try {
      const found = await call(`api/why?of=${about.mark}`, JSON.stringify({ ...asked, row: mine.row, model: mine.model }));
      if (mine === shown) { drawReason(found.strokes, found.values); sayReason(found); }
    } catch (e) {
      if (mine === shown) $("reason-said").textContent = e instanceof TypeError ? "The app does not answer." : e.message;
    }
  }
  looking = false;
}

$("why").onclick = () => { explaining = !explaining; explain(); };
$("previous").onclick = () => step(-1); $("next").onclick = () => step(1); $("copy").onclick = copyPath;
$("close").onclick = () => $("large").close();
$("like").onclick = () => { $("large").close(); start(); like = shown.row; ask(); scrollTo({ top: 0 }); };
$("large").addEventListener("click", (e) => { if (e.target === $("large")) $("large").close(); });
$("large").addEventListener("keydown", (e) => {
  if (e.key === "ArrowLeft") step(-1); else if (e.key === "ArrowRight") step(1); else return;
  e.preventDefault();
});
$("large").addEventListener("close", () => {
  const tile = shown && views.get(shown.model).tiles.get(shown.row);
  if (tile) tile.firstChild.focus({ preventScroll: true });
});

// ---- drawing

function start() { like = null; count = PAGE; }

function put(next) {
  drawing = next; start(); setPicture(""); pad.show(); ask(); remember(next);
}

const pad = makePad($("pad"), {
  strokes: () => drawing, put,
  pen: () => about.pen,
  moving: (strokes) => { start(); ask(question(strokes), false); },
  gone: () => ask(),
});

async function replay(strokes) {           // draws as a hand would, the ranking following
  if (still.matches) { pad.change(strokes); return; }
  const all = strokes.reduce((n, s) => n + s[0].length, 0), each = Math.max(1, Math.round(all / 60));
  setPicture(""); start();
  const mine = (replay.turn = (replay.turn || 0) + 1), was = drawing;
  const until = (n) => {
    const out = [];
    for (const [xs, ys] of strokes) { if (n <= 0) break; out.push([xs.slice(0, n), ys.slice(0, n)]); n -= xs.length; }
    return out;
  };
  for (let n = each; n < all; n += each) {
    await new Promise(requestAnimationFrame);
    if (replay.turn !== mine || (drawing !== was && drawing !== replay.part)) return;   // somebody draws
    drawing = replay.part = until(n); pad.show(); ask(question(), false);
  }
  drawing = was; pad.change(strokes);
}
$("pad").addEventListener("pointerdown", () => { replay.turn = (replay.turn || 0) + 1; }, true);

// ---- a picture instead

function setPicture(key, page = "") {
  picture = key; $("sent").hidden = !key; $("pad").hidden = !!key;
  if (page) $("sent-page").src = page;
}

async function send(file) {
  if (!file) return;
  try {
    const kept = await call(`api/drawing?of=${about.mark}`, await shrink(file), "application/octet-stream");
    start(); drawing = []; pad.show(); setPicture(kept.picture, kept.page); ask();
  } catch (e) { trouble(e.message); }
}

async function shrink(file, side = 1400) { // a telephone's photo is larger than it need be, and says where it was taken
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) throw new Error("this is no picture that the browser can read.");
  const scale = Math.min(1, side / Math.max(image.width, image.height)), canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const g = canvas.getContext("2d");
  g.fillStyle = "#fff"; g.fillRect(0, 0, canvas.width, canvas.height); g.imageSmoothingQuality = "high";
  g.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

for (const id of ["file", "photo"]) $(id).onchange = (e) => { send(e.target.files[0]); e.target.value = ""; };
$("sent-remove").onclick = () => { setPicture(""); pad.canvas.focus(); ask(); };
addEventListener("paste", (e) => {
  const file = [...e.clipboardData.files].find((f) => f.type.startsWith("image/"));
  if (file) { e.preventDefault(); send(file); }
});
const brings = (e) => [...(e.dataTransfer?.types || [])].includes("Files");
addEventListener("dragover", (e) => { if (brings(e)) { e.preventDefault(); $("drop").hidden = false; } });
addEventListener("dragleave", (e) => { if (!e.relatedTarget) $("drop").hidden = true; });
addEventListener("drop", (e) => {
  $("drop").hidden = true;
  if (brings(e)) { e.preventDefault(); send(e.dataTransfer.files[0]); }
});

// ---- words, filter, more, theme

$("words").oninput = () => { start(); $("mix").hidden = !$("words").value.trim(); ask(); };
$("weight").oninput = () => { start(); ask(); };
$("within").onchange = () => { count = PAGE; ask(); };
function more() {
  if (busy || $("more").hidden) return;
  count = Math.min(MOST, count + PAGE); ask();
}
$("more").onclick = more;
addEventListener("keydown", (e) => {
  if (e.key !== "/" || /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName) || $("large").open) return;
  e.preventDefault(); $("words").focus();
});
// A store that is full or shut (a browser may forbid it to a page) is none.
const stored = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const store = (name, text) => { try { localStorage.setItem(name, text); return true; } catch { return false; } };

const THEMES = ["", "dark", "light"];
function setTheme(name) {
  document.documentElement.dataset.theme = name; store("theme", name);
  $("theme").setAttribute("aria-label", `Colours: ${name || "as the system has them"}`);
}
$("theme").onclick = () => setTheme(THEMES[(THEMES.indexOf(document.documentElement.dataset.theme || "") + 1) % 3]);
setTheme(THEMES.includes(stored("theme")) ? stored("theme") : "");

// ---- earlier drawings, kept in this browser

const isRow = (a) => Array.isArray(a) && a.length > 0 && a.every(Number.isFinite);
const isLine = (s) => Array.isArray(s) && s.length > 1 && s.every(isRow) && s[0].length === s[1].length;
const isDrawing = (d) => Array.isArray(d) && d.length > 0 && d.every(isLine);

function earlier() {                       // another page of this address, or an older one, may have written anything
  try { return JSON.parse(stored("drawings")).filter(isDrawing).slice(0, KEPT); } catch { return []; }
}

function remember(strokes) {               // a drawing that goes on takes the place of its beginning
  if (!strokes.length) { remember.now = null; return; }
  const begins = (a, b) => a.length <= b.length && a.every((s, i) => JSON.stringify(s) === JSON.stringify(b[i]));
  const kept = earlier().filter((d) => !begins(d, strokes) && !(remember.now && begins(strokes, d)));
  remember.now = strokes;
  let n = KEPT;                            // no room for so many: fewer
  while (n && !store("drawings", JSON.stringify([strokes, ...kept].slice(0, n)))) n >>= 1;
  showEarlier();
}

function smallButton(strokes, label, act) {
  const b = document.createElement("button"), canvas = document.createElement("canvas");
  b.type = "button"; b.setAttribute("aria-label", label); b.title = label; canvas.width = canvas.height = 104;
  drawSmall(canvas, strokes, about.pen); b.append(canvas); b.onclick = act;
  return b;
}

function showEarlier() {
  const all = earlier();
  $("history").hidden = !all.length;
  const button = (d, i) => smallButton(d, `Earlier drawing ${i + 1}, ${d.length} strokes`, () => pad.change(d));
  $("earlier").replaceChildren(...all.map(button));
}

// ---- begin

function setAbout(next) {                  // the page over these photos, whatever it showed before
  about = next; names = new Map(about.names.map((n) => [n.row, n]));
  start(); setPicture("");
  $("about").className = about.note ? "note" : "";
  $("about").textContent = about.note.replaceAll("`", "") || `${photos(about.photos)}, ${about.models[0].encoder}`;
  const everything = new Option(`all ${photos(about.photos)}`, "");
  $("within").replaceChildren(everything, ...about.groups.map((g) => new Option(`${g.name} (${g.count})`, g.name)));
  $("place").replaceChildren(...about.places.map((name, i) => new Option(name, i)));
  $("place").value = about.place; $("places").hidden = about.places.length < 2;
  views.clear(); $("rankings").replaceChildren(); about.models.forEach(makeRanking);
}

// With the keys one walks through the list, and every step is a change: what is chosen is opened when they rest.
const KEYS_REST = 700;
let chosen = 0, keyed = false;
$("place").addEventListener("keydown", (e) => { keyed = e.key !== "Enter" && e.key !== " "; });
$("place").addEventListener("pointerdown", () => { keyed = false; });
$("place").onchange = () => {
  clearTimeout(chosen); chosen = setTimeout(openPlace, keyed ? KEYS_REST : 0);
};

async function openPlace() {
  if (+$("place").value === about.place) return;
  const was = about.place, name = $("place").selectedOptions[0].text;
  $("place").disabled = true; trouble("");
  $("status").textContent = `Opening ${name}. A folder of photos is read once, which can take a while.`;
  try { setAbout(await call("api/open", JSON.stringify({ place: +$("place").value }))); ask(); }
  catch (e) { $("place").value = was; trouble(e instanceof TypeError ? "The app does not answer." : e.message); $("status").textContent = ""; }
  $("place").disabled = false; $("place").focus();
}

setAbout(await call("api/about")); pad.show();
for (const [name, strokes] of Object.entries(about.examples)) {
  $("examples").append(smallButton(strokes, `Draw ${name}`, () => replay(strokes)));
}
showEarlier(); ask();
