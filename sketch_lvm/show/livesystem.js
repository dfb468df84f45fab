// The system as a row of stations to point at, a slider through the training, and a gallery that is ranked again.
function liveSystem(root, data) {
  const make = (tag, how = {}, ...inside) => {
    const e = Object.assign(document.createElement(tag), how);
    e.append(...inside);
    return e;
  };
  const state = { step: data.steps.length - 1, query: 0, station: 'tokens' };
  const first = 12, card = 58, high = 78;
  const frozen = () => data.steps[state.step] === 0;
  const called = i => (data.steps[i] === 0 ? 'frozen' : `step ${data.steps[i]}`);
  const cosines = () => data.cosines[state.step][state.query];
  const order = () => cosines().map((_, i) => i).sort((a, b) => cosines()[b] - cosines()[a] || a - b);
  const shape = (...n) => `[${n.join(', ')}]`;
  const GREY = '#d9dee5', EDGE = '#5b6470', ORANGE = '#f2a33a', STRIPE = '#aab2bd';
  const patches = data.grid ** 2, seen = () => 1 + patches + (frozen() ? 0 : data.prompts);

  // ---- what is drawn on the cards, on 88 by 88
  const sheet = new Image(), asked = data.queries.map(() => new Image());
  function box(c, x, y, w, h, fill, dashed = false) {
    c.setLineDash(dashed ? [3, 2] : []);
    c.fillStyle = fill;
    c.strokeStyle = EDGE;
    c.fillRect(x, y, w, h);
    c.strokeRect(x, y, w, h);
  }
  const drawn = {
    pictures: c => c.drawImage(asked[state.query], 2, 2, 84, 84),
    patches: c => {
      const g = data.grid, from = data.size / g, to = 86 / g;
      for (let i = 0; i < g * g; i++) {
        const x = i % g, y = Math.floor(i / g);
        c.drawImage(asked[state.query], x * from, y * from, from, from, 1 + x * to, 1 + y * to, to - 1.5, to - 1.5);
        c.strokeStyle = '#9aa3ae';
        c.strokeRect(1 + x * to, 1 + y * to, to - 1.5, to - 1.5);
      }
    },
    tokens: c => {
      for (let i = 0; i < 9; i++) {
        const learned = i > 0 && i <= Math.min(4, data.prompts);
        box(c, 22, 3 + i * 9.4, 44, 6.5, i === 0 ? '#ffffff' : learned ? (frozen() ? '#ffffff' : ORANGE) : GREY,
          learned && frozen());
      }
    },
    blocks: c => {
      const n = Math.min(4, data.layers), w = 84 / n;
      for (let i = 0; i < n; i++) {
        box(c, 3 + i * w, 8, w - 7, 72, GREY);
        c.fillStyle = frozen() ? STRIPE : ORANGE;
        for (const at of [0.25, 0.6]) c.fillRect(3 + i * w + at * (w - 7), 11, 3, 66);
      }
    },
    embedding: c => {
      const v = data.vectors[state.step][state.query], top = Math.max(...v.map(Math.abs));
      v.forEach((x, i) => {
        const far = Math.round(255 * (1 - Math.abs(x) / top));
        box(c, 28, 2 + i * 84 / v.length, 32, 84 / v.length,
          x > 0 ? `rgb(${178 + far * 77 / 255}, ${far}, ${far})` : `rgb(${far}, ${far}, ${172 + far * 83 / 255})`);
      });
    },
    score: c => {
      const own = data.queries[state.query].own;
      c.beginPath();
      c.arc(44, 44, 30, 0, 2 * Math.PI);
      c.strokeStyle = EDGE;
      c.stroke();
      c.fillStyle = '#22272e';
      c.font = '20px system-ui, sans-serif';
      c.textAlign = 'center';
      c.textBaseline = 'middle';
      c.fillText(own < 0 ? '' : cosines()[own].toFixed(2), 44, 45);
    },
  };

  // ---- what is said of a station
  const percent = x => `${(100 * x).toFixed(x < 0.0995 ? 1 : 0)} %`;
  const STATIONS = {
    pictures: ['picture', () => [shape(1, 3, data.size, data.size),
      `A sketch of ${data.queries[state.query].name}. Three colours of ${data.size} by ${data.size} points, brought to the `
      + 'mean and spread that CLIP was trained with.']],
    patches: ['patches', () => [shape(patches, 3, data.size / data.grid, data.size / data.grid),
      `Cut into ${data.grid} by ${data.grid} squares. Most are empty paper.`]],
    tokens: ['tokens and prompts', () => [(frozen() ? '' : `${shape(1, 1 + patches, data.width)} → `) + shape(1, seen(), data.width),
      frozen() ? `One token of ${data.width} numbers for each patch, and CLS before them. The frozen tower has no prompts.`
        : `CLS, ${patches} patches and ${data.prompts} learned tokens, ${data.width} numbers each. The learned ones have `
          + `moved from their random start by ${percent(data.moved[state.step].prompts)} of its length.`]],
    blocks: ['blocks', () => [`${shape(1, seen(), data.width)}, ${data.layers} times`,
      frozen() ? 'In each block all tokens look at each other. Every number in here is frozen.'
        : 'In each block all tokens look at each other. The orange stripes are the LayerNorms: their scales and shifts have '
          + `moved by ${percent(data.moved[state.step].norms)} of their length, all else is frozen.`]],
    embedding: ['one vector', () => [shape(1, data.dim),
      'What comes out at the place of CLS, brought to length one. Its first numbers: '
      + data.vectors[state.step][state.query].slice(0, 6).map(x => x.toFixed(3)).join(', ') + ' ...']],
    score: ['cosine', () => {
      const own = data.queries[state.query].own;
      return [`${shape(1, data.dim)} · ${shape(data.dim, data.names.length)} → ${shape(1, data.names.length)}`,
        own < 0 ? 'One product with the vectors of all photos.' : 'One product with the vectors of all photos. With the photo '
          + `that the sketch was drawn from the cosine is ${cosines()[own].toFixed(3)}, at place ${order().indexOf(own) + 1}.`];
    }],
  };

  // ---- the page
  const step = make('input', { type: 'range', min: 0, max: data.steps.length - 1, value: state.step, id: 'step' });
  const now = make('output'), said = make('div', { className: 'said' });
  said.setAttribute('aria-live', 'polite');
  const choices = data.queries.map((q, i) => make('button', {
    type: 'button', title: `a sketch of ${q.name}`, onclick: () => { state.query = i; show(); },
  }, make('canvas', { width: 88, height: 88 })));
  choices.forEach((b, i) => b.setAttribute('aria-label', `a sketch of ${data.queries[i].name}`));
  const point = key => { state.station = key; show(); };
  const cards = Object.fromEntries(Object.entries(STATIONS).map(([key, [name]]) => [key, make('button', {
    type: 'button', className: 'station', onclick: () => point(key), onfocus: () => point(key),
    onmouseenter: () => point(key),
  }, make('canvas', { width: 176, height: 176 }), name)]));
  const photos = data.names.map((name, i) => {
    const canvas = make('canvas', { width: data.side, height: data.side, title: name });
    return make('div', {}, canvas, make('span'));
  });
  const ranking = make('div', { className: 'ranking' }, ...photos), found = make('p', { className: 'key' });
  root.append(
    make('div', { className: 'row asked' }, make('span', {}, 'Ask with'), ...choices),
    make('div', { className: 'row' }, make('label', { htmlFor: 'step' }, 'Training'), step, now),
    make('div', { className: 'stations' }, ...Object.values(cards)), said, ranking, found,
    make('p', { className: 'key' }, 'Grey is frozen, orange learns. Blue frames are of the sketch\'s category, red ones '
      + `are not; the double frame is the very photo that was drawn. ${data.about}.`));
  step.oninput = () => { state.step = +step.value; show(); };

  function place() {
    const columns = Math.max(3, Math.floor(root.clientWidth / card));
    order().forEach((i, k) => {
      const e = photos[i];
      e.style.transform = `translate(${(k % columns) * card}px, ${Math.floor(k / columns) * high}px)`;
      e.style.opacity = k < first ? 1 : 0;
      e.style.visibility = k < first ? 'visible' : 'hidden';
      e.className = (data.names[i] === data.queries[state.query].name ? 'right ' : '')
        + (i === data.queries[state.query].own ? 'own' : '');
      e.lastChild.textContent = cosines()[i].toFixed(2);
    });
    ranking.style.height = `${Math.ceil(first / columns) * high}px`;
  }
  function show() {
    step.value = state.step;
    now.textContent = called(state.step);
    step.setAttribute('aria-valuetext', called(state.step));
    choices.forEach((b, i) => {
      b.setAttribute('aria-pressed', i === state.query);
      if (asked[i].complete) b.firstChild.getContext('2d').drawImage(asked[i], 0, 0, 88, 88);
    });
    for (const [key, e] of Object.entries(cards)) {
      const c = e.firstChild.getContext('2d');
      c.setTransform(2, 0, 0, 2, 0, 0);
      c.clearRect(0, 0, 88, 88);
      c.lineWidth = 0.7;
      drawn[key](c);
      e.setAttribute('aria-pressed', key === state.station);
    }
    const [name, say] = STATIONS[state.station], [size, words] = say();
    said.replaceChildren(make('p', {}, make('b', {}, name), ' ', make('code', {}, size)), make('p', {}, words));
    const right = order().slice(0, first).filter(i => data.names[i] === data.queries[state.query].name).length;
    found.textContent = `The first ${first} of ${data.names.length} photos, ${called(state.step)}: ${right} are right. `
      + `Average precision ${data.ap[state.step][state.query].toFixed(3)}.`;
    place();
    try { frameElement.style.height = `${document.documentElement.scrollHeight + 8}px`; } catch { /* stands alone */ }
  }
  sheet.onload = () => photos.forEach((e, i) => e.firstChild.getContext('2d').drawImage(sheet,
    (i % data.columns) * data.side, Math.floor(i / data.columns) * data.side, data.side, data.side, 0, 0, data.side, data.side));
  asked.forEach((im, i) => { im.onload = show; im.src = `data:image/png;base64,${data.queries[i].image}`; });
  sheet.src = `data:image/jpeg;base64,${data.sheet}`;
  addEventListener('resize', show);
  show();
  return { state, order, data };
}
