// Draw and find in one file: the pad of `pad.js`, the model of `onefile_model.js` in two workers, two rankings.
// `drawAndFind(main, data, title)` builds the page. Each worker holds one encoder, so the pen is never kept waiting.

const SHOWN = 12, FAST = 60;               // photos of a ranking; milliseconds

// ---- who computes: a worker made of the page's own text; where none may be made, the page itself

function answering(data, encoder) {        // runs in the worker; the model's functions are beside it
  const tower = unpackTower(data.tower), own = unpackEncoder(encoder);
  return (strokes) => {
    const clean = cleanStrokes(strokes);
    if (!clean.length) return null;
    const grey = rasterize(clean, data.pen), query = embed(tower, own, grey);
    return { grey, query, ...rank(own.gallery, query) };
  };
}

function startWorker(source, data, encoder, heard) {
  const { tower, pen } = data;
  try {
    const text = `${source}\n${answering}\nlet answer; onmessage = ({ data: m }) => { if (m.encoder) ` +
      "answer = answering(m.data, m.encoder); postMessage({ number: m.number, found: m.strokes ? answer(m.strokes) : null }); };";
    const worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
    worker.onmessage = (e) => heard(e.data);
    worker.postMessage({ number: 0, encoder, data: { tower, pen } });
    return (m) => worker.postMessage(m);
  } catch {
    const answer = answering(data, encoder);
    setTimeout(() => heard({ number: 0, found: null }));
    return ({ number, strokes }) => setTimeout(() => heard({ number, found: answer(strokes) }));
  }
}

// ---- the page

function element(tag, props, into) {
  const e = Object.assign(document.createElement(tag), props);
  if (into) into.append(e);
  return e;
}

function drawAndFind(main, data, title) {
  const state = { drawing: [], number: 0, known: "", example: -1, answers: [], began: 0, took: null, ready: 0 };
  const head = element("header", {}, main);
  element("h1", { textContent: title }, head);
  element("p", { textContent: `${data.names.length} photos of ${new Set(data.names).size} categories that nobody trained on. ` +
    "Draw one of them. The model runs in this page; nothing leaves it." }, head);
  const theme = element("button", { type: "button", className: "theme", textContent: "◐", title: "Dark or light" }, head);
  theme.setAttribute("aria-label", "Dark or light");
  const desk = element("section", { className: "desk", ariaLabel: "Drawing" }, main);
  const found = element("div", { className: "found" }, main);
  const status = element("p", { className: "status" }, main); status.setAttribute("role", "status");
  const sheet = URL.createObjectURL(new Blob([bytesOf(data.sheet)], { type: "image/jpeg" }));

  // -- rankings

  const views = data.encoders.map(({ name }) => {
    const box = element("section", { className: "ranking", ariaLabel: name }, found);
    element("h2", { textContent: name[0].toUpperCase() + name.slice(1) }, box);
    const right = element("p", { className: "right" }, box), list = element("ol", {}, box);
    const tiles = Array.from({ length: Math.min(SHOWN, data.names.length) }, () => {
      const li = element("li", {}, list), picture = element("span", { className: "photo" }, li), name = element("b", {}, li);
      picture.style.backgroundImage = `url(${sheet})`; picture.style.backgroundSize = `${data.columns * 100}%`;
      return { li, picture, name };
    });
    return { right, tiles };
  });

  function showRanking(view, order, scores) {
    view.tiles.forEach(({ li, picture, name }, i) => {
      const row = order[i], rows = Math.ceil(data.names.length / data.columns), steps = Math.max(1, data.columns - 1);
      picture.style.backgroundPosition = `${((row % data.columns) * 100) / steps}% ${(Math.floor(row / data.columns) * 100) / Math.max(1, rows - 1)}%`;
      name.textContent = data.names[row]; li.dataset.row = row;
      li.title = scores ? `cosine ${scores[row].toFixed(3)}` : "";
      li.className = !state.known ? "" : data.names[row] === state.known ? "hit" : "miss";
    });
    const hits = view.tiles.filter(({ name }) => name.textContent === state.known).length;
    view.right.textContent = state.known ? `${hits} of the first ${view.tiles.length} are right` : "";
  }
  const resting = [...data.names.keys()].filter((i) => i % Math.ceil(data.names.length / SHOWN) === 0);
  const rest = () => views.forEach((v) => showRanking(v, [...resting, ...data.names.keys()]));

  // -- asking: one question is on its way at a time, and only the newest waits

  const asked = new Map();                 // number of a question -> answers that came
  let waiting = null;
  const workers = data.encoders.map((encoder, i) => startWorker(MODEL_TEXT, data, encoder, (m) => heard(i, m)));

  function ask(strokes, last) {
    const points = strokes.reduce((n, [xs]) => n + xs.length, 0);
    if (strokes.length > data.limits.strokes || points > data.limits.points) { pad.note(data.limits.words); return; }
    waiting = { strokes, last, began: performance.now() };
    if (!asked.size && state.ready === workers.length) next();
  }

  function next() {
    if (!waiting) return;
    const q = waiting; waiting = null;
    state.number += 1; asked.set(state.number, { ...q, came: [] });
    workers.forEach((send) => send({ number: state.number, strokes: q.strokes }));
  }

  function heard(i, { number, found: answer }) {
    if (!number) { state.ready += 1; if (state.ready === workers.length) { document.documentElement.dataset.ready = "yes"; next(); } return; }
    const q = asked.get(number); q.came[i] = { answer };
    if (answer) showRanking(views[i], answer.order, answer.scores);
    if (q.came.filter(Boolean).length < workers.length) return;
    asked.delete(number);
    state.answers = q.came.map((c) => c.answer); state.rested = q.strokes; state.took = performance.now() - q.began;
    if (!state.answers[0]) rest();
    see(state.answers[0]);
    if (q.last && !waiting) tell();
    next();
  }

  function tell() {
    const best = (v) => [...new Set(v.tiles.slice(0, 3).map(({ name }) => name.textContent))].join(", ");
    status.textContent = !state.answers[0] ? "An empty page: photos of all categories." :
      `${data.names.length} photos ranked twice in ${state.took.toFixed(0)} ms. ` +
      views.map((v, i) => `${data.encoders[i].name}: ${best(v)}`).join("; ") + ".";
  }

  // -- drawing

  function put(next) {
    state.drawing = next; pad.show(); pad.note(""); ask(next, true);
  }
  const pad = window.makePad(desk, {
    strokes: () => state.drawing, pen: () => data.line, hint: () => "draw here",
    put: (next) => { if (!next.length) state.known = ""; put(next); }, 
    moving: (strokes) => { if (state.took < FAST) ask(strokes, false); },      // where it is quick, the rankings follow the pen
    gone: () => put(state.drawing),
  });
  const seen = element("figure", { className: "seen" }, desk), small = element("canvas", { width: data.pen.size, height: data.pen.size }, seen);
  element("figcaption", { textContent: `what the model sees: ${data.pen.size} × ${data.pen.size}` }, seen);
  function see(answer) {
    const g = small.getContext("2d"), image = g.createImageData(data.pen.size, data.pen.size);
    for (let i = 0; i < image.data.length; i++) image.data[i] = i % 4 === 3 || !answer ? 255 : answer.grey[i >> 2];
    g.putImageData(image, 0, 0);
  }
  if (data.examples.length) {
    const choose = element("select", {}, pad.bar); choose.setAttribute("aria-label", "A drawing to begin with");
    element("option", { textContent: "A drawing of …", value: "" }, choose);
    data.examples.forEach(({ name }, i) => element("option", { textContent: name, value: i }, choose));
    choose.addEventListener("change", () => {
      if (choose.value === "") return;
      const { name, strokes } = data.examples[+choose.value];
      state.known = name; pad.change(strokes); choose.value = "";
    });
  }

  // -- light and dark, and what this is

  theme.addEventListener("click", () => {
    const root = document.documentElement, dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  const about = element("details", { className: "about" }, main);
  element("summary", { textContent: "What is computed here" }, about);
  element("p", { textContent: "Both sides share one small CLIP, whose weights are frozen. The right side has a few learned tokens, " +
    "the prompts, and LayerNorms of its own; they were trained on drawings and photos of other categories. After each stroke the drawing " +
    "becomes a small picture, the picture a vector, and the photos are sorted by their cosine with it. A blue frame says that a photo is of " +
    "the category that was drawn; that is known only for the drawings in the list." }, about);
  element("p", { textContent: data.about || "" }, about);
  see(null); rest(); status.textContent = "Reading the weights …";
  const begun = setInterval(() => { if (state.ready === workers.length) { clearInterval(begun); if (!state.number) status.textContent = "Ready. Draw, and the nearest photos come first."; } }, 50);
  const settled = () => new Promise((done) => {                       // -> milliseconds, once the last drawing is answered
    const look = () => (state.rested === state.drawing ? done(state.took) : setTimeout(look, 5));
    look();
  });
  return { state, pad, views, settled };
}
