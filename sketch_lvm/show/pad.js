// The page to draw on: one file for the notebook (anywidget calls `render`) and for the app (which calls `makePad`).
// A drawing is a list of strokes [xs, ys] on a page from 0 to 255; a pen that knows how hard it is pressed adds a third
// list, which only changes what is painted here: the model is shown lines of one width.

const tenth = (v) => Math.round(v * 10) / 10;
const within = (v) => Math.min(255, Math.max(0, v));

function make(tag, props, into) {
  const e = Object.assign(document.createElement(tag), props);
  into.append(e);
  return e;
}

// ---- ink

function place(canvas, e) {                // where a pointer is on the page; less than 0 or more than 255 is outside
  const r = canvas.getBoundingClientRect(), b = canvas.clientLeft;
  return [e.clientX - r.left - b, e.clientY - r.top - b].map((v) => tenth((v * 255) / canvas.clientWidth));
}

function trace(canvas, [xs, ys, hard], pen, from = 0) {          // a stroke's ink, from its point `from` on
  const g = canvas.getContext("2d"), k = canvas.width / 255, first = Math.max(0, from - 1);
  g.lineCap = g.lineJoin = "round"; g.strokeStyle = "#111";
  const width = (i) => pen * canvas.width * (hard ? 0.4 + 1.2 * hard[i] : 1);
  g.lineWidth = width(first);
  g.beginPath(); g.moveTo(xs[first] * k, ys[first] * k);
  for (let i = first; i < xs.length; i++) {
    g.lineTo(xs[i] * k, ys[i] * k + (xs.length === 1) * 0.01);   // a dot is a very short line
    if (hard) { g.stroke(); g.lineWidth = width(i); g.beginPath(); g.moveTo(xs[i] * k, ys[i] * k); }
  }
  g.stroke();
}

function paint(canvas, strokes, pen, hint, cursor) {
  const side = Math.max(1, Math.round(canvas.clientWidth * (window.devicePixelRatio || 1)));
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const g = canvas.getContext("2d");
  g.fillStyle = "#fff"; g.fillRect(0, 0, side, side);
  for (const stroke of strokes) trace(canvas, stroke, pen);
  if (cursor) {
    g.beginPath(); g.arc((cursor[0] * side) / 255, (cursor[1] * side) / 255, side / 40, 0, 7);
    g.lineWidth = side / 140; g.strokeStyle = "#d55e00"; g.stroke();
  }
  if (strokes.length) return;
  g.fillStyle = "#6b6b6b"; g.font = `${side / 16}px sans-serif`; g.textAlign = "center";
  g.fillText(hint, side / 2, side / 2, side);
}

export function drawSmall(canvas, strokes, pen) {                     // a drawing as a small picture
  const g = canvas.getContext("2d");
  g.fillStyle = "#fff"; g.fillRect(0, 0, canvas.width, canvas.height);
  for (const [xs, ys] of strokes) trace(canvas, [xs, ys], pen);
}

// ---- the pen: mouse, finger or stylus

function followPointer(canvas, live, { changed, longer, done, gone }) {     // live.now: the stroke being drawn
  let pointer = null;
  const add = (e) => {
    const [x, y] = place(canvas, e), [xs, ys, hard] = live.now, n = xs.length;
    if (n && Math.hypot(x - xs[n - 1], y - ys[n - 1]) < 1) return;
    xs.push(x); ys.push(y);
    if (hard) hard.push(e.pressure);
  };
  const end = (keep) => (e) => {
    if (e.pointerId !== pointer) return;
    const stroke = live.now; pointer = live.now = null;
    if (keep && stroke) done(stroke); else if (stroke) gone(); else changed();
  };
  canvas.addEventListener("pointerdown", (e) => {
    if (pointer !== null || e.button !== 0 || !e.isPrimary) return;
    e.preventDefault(); canvas.focus({ preventScroll: true }); canvas.setPointerCapture(e.pointerId);
    if (live.now) done(live.now);                                     // begun with the keys
    pointer = e.pointerId; live.cursor = null;
    live.now = e.pointerType === "pen" && e.pressure > 0 ? [[], [], []] : [[], []];
    add(e); changed();
  });
  canvas.addEventListener("pointermove", (e) => {
    if (e.pointerId !== pointer || !live.now) return;
    const all = e.getCoalescedEvents ? e.getCoalescedEvents() : [];
    const before = live.now[0].length;
    for (const p of all.length ? all : [e]) add(p);
    if (live.now[0].length > before) longer(before);
  });
  canvas.addEventListener("pointerup", end(true)); canvas.addEventListener("pointercancel", end(false));
  canvas.addEventListener("lostpointercapture", end(true));
}

// ---- the pen: arrow keys move it, space lowers and lifts it

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function followKeys(canvas, live, { changed, longer, done, say }) {
  const move = ([dx, dy], step) => {
    const [x, y] = live.cursor;
    live.cursor = [within(x + dx * step), within(y + dy * step)];
    if (!live.now) return;
    live.now[0].push(live.cursor[0]); live.now[1].push(live.cursor[1]);
    longer(live.now[0].length - 1);
  };
  const press = () => {
    if (live.now) { const stroke = live.now; live.now = null; done(stroke); say("Pen up"); return; }
    live.now = [[live.cursor[0]], [live.cursor[1]]]; say("Pen down");
  };
  canvas.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const arrow = ARROWS[e.key], space = e.key === " " && !e.repeat;
    if (!arrow && !space) return;
    live.cursor = live.cursor || [127.5, 127.5];
    if (arrow) move(arrow, e.shiftKey ? 24 : 6); else press();
    changed(); e.preventDefault(); e.stopPropagation();
  });
  canvas.addEventListener("blur", () => { if (live.cursor) { live.cursor = null; changed(); } });
}

// ---- page, buttons, undo and redo

const command = (e) => (e.ctrlKey || e.metaKey) && !e.altKey;
const undoes = (e) => command(e) && !e.shiftKey && e.key.toLowerCase() === "z";
const redoes = (e) => command(e) && (e.key.toLowerCase() === "y" || (e.shiftKey && e.key.toLowerCase() === "z"));
const HELP = "Page to draw on with mouse, pen or finger. With the keyboard, arrows move the pen and Space lowers " +
  "or lifts it. Control Z undoes, Control Y redoes, Delete clears.";

export function makePad(el, {
  strokes,                                 // () => the drawing
  put,                                     // (drawing) => keeps another one
  moving = () => {},                       // (drawing) => called while the pen moves
  gone = () => {},                         // () => the stroke that moved was given up: the drawing is what it was
  pen = () => 0.03, hint = () => "draw here", side = "100%",
}) {
  const root = make("div", { className: "sketch-pad" }, el);
  root.setAttribute("role", "group"); root.setAttribute("aria-label", "Sketch pad");
  const canvas = make("canvas", { tabIndex: 0 }, root), bar = make("div", { className: "sketch-pad-bar" }, root);
  canvas.setAttribute("role", "img"); canvas.setAttribute("aria-label", HELP); canvas.style.width = side;
  const note = make("div", { className: "sketch-pad-note" }, root); note.setAttribute("role", "status");
  const aside = make("div", { className: "sketch-pad-aside" }, root); aside.setAttribute("aria-live", "polite");
  const live = { now: null, cursor: null }, past = [], future = [];
  const all = () => (live.now ? [...strokes(), live.now] : strokes());
  const change = (next) => { past.push(strokes()); future.length = 0; put(next); };
  const undo = () => {
    if (!past.length && !strokes().length) return;
    future.push(strokes()); put(past.length ? past.pop() : strokes().slice(0, -1));
  };
  const redo = () => { if (future.length) { past.push(strokes()); put(future.pop()); } };
  const clear = () => { if (strokes().length) change([]); };
  const button = (text, title, act) => {
    const b = make("button", { type: "button", textContent: text, title }, bar);
    b.addEventListener("click", (e) => { act(); if (e.detail) canvas.focus({ preventScroll: true }); });
    return b;                              // after a click the keys go to the page
  };
  const u = button("Undo", "Take back the last stroke (Ctrl+Z)", undo);
  const r = button("Redo", "Draw it again (Ctrl+Y)", redo), c = button("Clear", "An empty page (Delete)", clear);
  function show() {
    paint(canvas, all(), pen(), hint(), live.cursor);
    u.ariaDisabled = !past.length && !strokes().length;               // a disabled button would lose the focus
    r.ariaDisabled = !future.length; c.ariaDisabled = !strokes().length;
  }
  const write = (e, text) => { if (e.textContent !== text) e.textContent = text; };
  const say = (text) => write(aside, text);
  const pens = {
    changed: show, say, done: (stroke) => change([...strokes(), stroke]), gone: () => { show(); gone(); },
    longer: (from) => { trace(canvas, live.now, pen(), from); moving(all()); },
  };
  followPointer(canvas, live, pens); followKeys(canvas, live, pens);
  root.addEventListener("keydown", (e) => {
    if (undoes(e)) undo();
    else if (redoes(e)) redo();
    else if (e.ctrlKey || e.metaKey || e.altKey) return;
    else if (e.key === "Escape" && live.now) { live.now = null; pens.gone(); }
    else if (["Delete", "Backspace", "Escape"].includes(e.key)) clear();
    else return;
    e.preventDefault(); e.stopPropagation();
  });
  const sized = new ResizeObserver(show); sized.observe(canvas); window.addEventListener("resize", show); show();
  const remove = () => { sized.disconnect(); window.removeEventListener("resize", show); root.remove(); };
  return { root, canvas, bar, show, change, undo, redo, clear, remove, say, note: (text) => write(note, text) };
}

// ---- in a notebook

const LOST = "No answer from Python. It may be busy. If the kernel was restarted, run this cell again.";

function keepKeys(root) {                  // which keys are the pad's, said before the notebook looks at them
  const say = (e) => {
    if (!(root.closest(".sketch-live") || root).contains(e.target)) return;
    const own = !(e.ctrlKey || e.metaKey || e.altKey) || undoes(e) || redoes(e);
    e.target.toggleAttribute("data-lm-suppress-shortcuts", own);
  };
  window.addEventListener("keydown", say, true);
  return () => window.removeEventListener("keydown", say, true);
}

function showStandIn(name, shown) {        // the picture that a stored page shows in the pad's place
  if (!name) return;
  for (const e of document.querySelectorAll(`[data-pad="${CSS.escape(name)}"]`)) {
    (e.closest(".jp-OutputArea-child") || e).style.display = shown ? "" : "none";
  }
}

const BETWEEN = 60;                        // milliseconds between two drawings that are sent while the pen moves

function whileMoving(model) {              // sends the drawing as it grows, and never two at once
  let next = null, number = 0, heard = 0, timer = 0, last = 0;
  const send = () => {
    timer = 0;
    if (!next || (heard < number && performance.now() - last < 2000)) return;      // unheard for long: try again
    last = performance.now(); model.send({ moving: ++number, strokes: next }); next = null;
  };
  const soon = () => { if (next && !timer) timer = setTimeout(send, Math.max(0, last + BETWEEN - performance.now())); };
  const answer = (m) => { if (m && m.heard) { heard = m.heard; soon(); } };
  model.on("msg:custom", answer);
  return {
    moving: (drawing) => { if (model.get("follows")) { next = drawing; soon(); } },
    done: () => { next = null; },          // the whole stroke is on its way
    remove: () => { clearTimeout(timer); model.off("msg:custom", answer); },
  };
}

function render({ model, el }) {
  let waiting, lost = false;
  const growing = whileMoving(model);
  const pad = makePad(el, {
    strokes: () => model.get("drawn") || [], pen: () => model.get("pen"), hint: () => model.get("hint"),
    side: `${model.get("side")}px`,
    moving: growing.moving, put: keep, gone: () => { if (model.get("follows")) keep(model.get("drawn") || []); },
  });
  function keep(next) {
    growing.done(); model.set("drawn", next); model.set("request", model.get("request") + 1); model.save_changes(); show();
    clearTimeout(waiting); waiting = setTimeout(missed, 4000);
  }
  function show() {
    pad.show(); pad.note(lost ? LOST : model.get("message")); pad.say(lost ? "" : model.get("announcement"));
  }
  const missed = () => { lost = model.get("request") !== model.get("answered"); show(); };
  const answered = () => { clearTimeout(waiting); missed(); };
  const cutOff = () => setTimeout(() => { lost = !!el.closest(".jupyter-widgets-disconnected"); show(); });
  const events = { "change:answered": answered, comm_live_update: cutOff };
  for (const name of ["drawn", "message", "announcement", "hint"]) events[`change:${name}`] = show;
  for (const [name, act] of Object.entries(events)) model.on(name, act);
  const giveBackKeys = keepKeys(pad.root);
  show(); showStandIn(model.get("name"), false);
  return () => {
    clearTimeout(waiting); giveBackKeys(); growing.remove(); pad.remove();
    for (const [name, act] of Object.entries(events)) model.off(name, act);
    showStandIn(model.get("name"), true);
  };
}

export default { render };
