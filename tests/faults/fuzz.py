"""Throw damaged input at everything that reads what a stranger may have written. Usage: fuzz.py [target ...] --count 100000

A plain mutator with a seed, not hypothesis and not a fuzzer that watches coverage: an input is a pure function of
(target, seed, number), so a crash is three words that repeat it anywhere, without a database; most formats lie behind a
seal or a checksum, and a mutation has to go in before it is made anew; and 100,000 inputs must cost minutes on one core.
What once got through is kept by its bytes (crashed.json, written by --store): a generator that changes makes other inputs.
What hypothesis does better, to shrink and to cover a structure, is done with it where a property is known: the metamorphic
tests and the brute force of the metrics.

What may happen: an answer that holds together, or a UserError of one readable sentence. What may not: any other
exception, something left behind, an answer that breaks its own rules, more than five seconds of processor time, more
than 256 MB of memory for one input.
"""

import argparse
import base64
import contextlib
import copy
import datetime
import io
import json
import os
import re
import resource
import shutil
import socket
import sys
import tarfile
import time
import traceback
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
from damage import FORMATS, KINDS, Original, damaged, written
from faults import commit, device

from sketch_lvm.core import UserError, rng
from sketch_lvm.train.sealed import SEAL, scratch

KEPT = Path(__file__).with_name('fuzzed.json')
CRASHED = Path(__file__).with_name('crashed.json')
SECONDS, MEMORY = 5, 256 << 20  # of the processor and of memory, that one input may take
ROOM = (
    2 << 30
)  # of addresses beyond those in use: who asks for more is refused by the system, before this machine is full
Input = dict[str, bytes]  # what is damaged, whole: files of a folder, parts of a request
Target = tuple[Callable[[np.random.Generator], Input], Callable[[Input], object]]  # what draws inputs, what meets one
WORDS = [
    b'null',
    b'-1',
    b'1e999',
    b'NaN',
    b'[[[[',
    b'{}',
    b'""',
    b'"\\ud800"',
    b'99999999999999999999999',
    b'\0',
    b'\xff',
    b'0',
]
ODD = [
    None,
    True,
    -1,
    0,
    2**31,
    2**70,
    1e308,
    0.5,
    float('nan'),
    '',
    'x',
    '../x',
    '\0',
    '\x1b[2J',
    '\ud800',
    'a' * 3000,
]
ODD += [[], {}, [[]], [None], {'a': {}}, [1, [2, [3]]]]


def mutate_bytes(data: bytes, r: np.random.Generator) -> bytes:
    "Bytes with one to four things done to them"
    x = bytearray(data)
    for _ in range(r.integers(1, 5)):
        at, n = (int(r.integers(0, k)) for k in (len(x) + 1, min(len(x), 64) + 1))
        match r.integers(0, 8):
            case 0 if x:
                x[min(at, len(x) - 1)] ^= 1 << int(r.integers(0, 8))
            case 1:
                del x[at : at + n]
            case 2:
                x[at:at] = x[at : at + n]
            case 3:
                x[at:at] = r.bytes(n)
            case 4:
                x[at : at + n] = WORDS[r.integers(0, len(WORDS))]
            case 5:
                del x[at:]
            case 6:
                x[at : at + 4] = int(r.choice([0, 1, 255, 2**16 - 1, 2**31 - 1, 2**32 - 1])).to_bytes(4, 'little')
            case _:
                to = int(r.integers(0, len(x) + 1))
                x[to:to] = x[at : at + n]
    return bytes(x)


def places(x: object, at: tuple = ()) -> list[tuple]:
    "The way to every value of plain data"
    pairs = x.items() if isinstance(x, dict) else enumerate(x) if isinstance(x, list) else ()
    return [at, *(place for k, v in pairs for place in places(v, (*at, k)))]


def mutate_data(data: object, r: np.random.Generator) -> object:
    "Plain data in which one to three values are gone, or odd, or somebody else's"
    data = copy.deepcopy(data)
    for _ in range(r.integers(1, 4)):
        ways = places(data)
        way, other = (ways[r.integers(0, len(ways))] for _ in range(2))
        value = copy.deepcopy(ODD[r.integers(0, len(ODD))] if r.random() < 0.7 else follow(data, other))
        if not way:
            data = value if r.random() < 0.1 else data
            continue
        holder = follow(data, way[:-1])
        if r.random() < 0.2:
            del holder[way[-1]]
        elif isinstance(holder, dict) and r.random() < 0.1:
            holder[str(ODD[r.integers(9, 16)])] = value
        else:
            holder[way[-1]] = value
    return data


def follow(data: object, way: tuple) -> object:
    "The value that a way leads to"
    for k in way:
        data = data[k]
    return data


def as_text(data: object, r: np.random.Generator) -> bytes:
    "JSON, sometimes damaged as text, too"
    text = json.dumps(data).encode()
    return mutate_bytes(text, r) if r.random() < 0.2 else text


def ndjson() -> Target:
    "Lines of drawings"
    from sketch_lvm.data.quickdraw import parse_line

    good = dict(key_id='7', word='cat', drawing=[[[0, 9, 40], [0, 9, 3]], [[5], [5]], [[1, 2], [3, 4], [0, 7]]])

    def meet(x):
        key, strokes = parse_line(x['line'])
        assert isinstance(key, str) and strokes and all(np.isfinite(s).all() and len(s) == 2 for s in strokes)

    return lambda r: dict(line=as_text(mutate_data(good, r), r)), meet


def binary() -> Target:
    "Records of drawings"
    from sketch_lvm.data.quickdraw import pack_record, parse_record

    good = b''.join(pack_record(k, [[[0, 9, 40], [0, 9, 3]], [[5], [k]]]) for k in range(3))

    def meet(x):
        data, at = x['records'], 0
        while at < len(data):
            _, strokes, end = parse_record(data, at)
            assert end > at and strokes and all(np.isfinite(s).all() and len(s) == 2 for s in strokes)
            at = end

    return lambda r: dict(records=mutate_bytes(good, r)), meet


def damaged_folder(good: Path, bad: Path, r: np.random.Generator, seal: Callable[[Path], object]) -> Input:
    "A copy of a sealed folder in which one file is damaged; three times of four the seal fits the damage"
    lay(bad, files_of(good))
    names = sorted(p.name for p in good.iterdir())
    name = names[r.integers(0, len(names))]
    content = (bad / name).read_bytes()
    if name.endswith('.json') and name != SEAL:
        content = as_text(mutate_data(json.loads(content), r), r)
    else:
        content = mutate_bytes(content, r)
    (bad / name).write_bytes(content)
    if name != SEAL and r.random() < 0.75:
        (bad / SEAL).unlink()
        seal(bad)
    return files_of(bad)


def files_of(folder: Path) -> Input:
    "The files of a folder"
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def lay(folder: Path, files: Input) -> None:
    "Put files into a folder of their own"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def checkpoint() -> Target:
    "Checkpoints, up to the point where a run would be put there"
    from sketch_lvm.testing.toys import toy_learner
    from sketch_lvm.train.checkpoints import read_checkpoint, save_checkpoint
    from sketch_lvm.train.mapped import write_seal
    from sketch_lvm.train.settings import Settings
    from sketch_lvm.train.state import Run, check_checkpoint, one_step, restore, snapshot

    run, folder = Run(toy_learner(), Settings(steps=9, lr=0.1), 'cpu'), scratch()
    one_step(run, run.learner.draw(0))
    whole = snapshot(run, {'bytes': 0, 'sha256': ''})
    good = save_checkpoint(folder, whole)

    def meet(x):
        lay(folder / 'bad', x)
        c = read_checkpoint(folder / 'bad')
        check_checkpoint(run, c)
        restore(run, c)
        restore(run, whole)

    return lambda r: damaged_folder(good, folder / 'drawn', r, write_seal), meet


def small_gallery():
    "A gallery of twenty toys, by random weights"
    from sketch_lvm.clip.backbone import load_backbone
    from sketch_lvm.data.items import toy_set
    from sketch_lvm.study.runs import frozen_encoder
    from sketch_lvm.show.gallery import make_gallery

    return make_gallery(frozen_encoder(load_backbone('mini', weights_from='random')), toy_set(size=64), say=None)


def gallery() -> Target:
    "Galleries, up to the list of hits"
    from sketch_lvm.show.gallery import load_gallery
    from sketch_lvm.show.search import Hits
    from sketch_lvm.train.mapped import write_seal

    made, folder = small_gallery(), scratch()
    good = made.save(folder / 'good')

    def meet(x):
        lay(folder / 'bad', x)
        g = load_gallery(folder / 'bad')
        hits = Hits(g, np.zeros((8, 8), np.uint8), list(range(len(g))), [0.5] * len(g))
        assert len(g.ids) == len(g.names) == len(g.thumbs) == len(g.features) and np.isfinite(g.features.numpy()).all()
        json.dumps(hits.to_dict())
        assert '\x1b' not in repr(hits) + repr(g) + g._repr_html_() + hits.tiles()

    return lambda r: damaged_folder(good, folder / 'drawn', r, write_seal), meet


def configuration() -> Target:
    "What a run and an encoder say of themselves"
    from sketch_lvm.clip.backbone import load_backbone
    from sketch_lvm.study.experiments import Experiment, experiment_problems, read_experiment
    from sketch_lvm.methods.building import build_encoder
    from sketch_lvm.methods.catalogue import method
    from sketch_lvm.train.share import describe_encoder, read_config

    m = method('sketch-lvm', 'mini')
    encoder = describe_encoder(build_encoder(m, load_backbone('mini', weights_from='random')), m)
    run, folder = json.loads(json.dumps(dict(experiment=Experiment(m, steps=3, seed=7).to_dict()))), scratch()
    encoder = json.loads(json.dumps(encoder))

    def draw(r):
        of = 'encoder' if r.random() < 0.5 else 'run'
        return {of: as_text(mutate_data(dict(encoder=encoder, run=run)[of], r), r)}

    def meet(x):
        if 'encoder' in x:
            read_config(x['encoder'], folder / 'config.json')
            return
        (folder / 'config.json').write_bytes(x['run'])
        experiment, _ = read_experiment(folder)
        assert all(isinstance(said, str) for said in experiment_problems(experiment))

    return draw, meet


def report() -> Target:
    "Reports, up to how they show themselves"
    from sketch_lvm.data.items import toy_set
    from sketch_lvm.data.splits import Split
    from sketch_lvm.measure.evaluate import evaluate
    from sketch_lvm.measure.protocols import make_protocol
    from sketch_lvm.measure.report import load_report

    toys = toy_set(classes=3)
    p = make_protocol('zero-shot', toys, split=Split('toy/a', 'test', ['decagon'], toys.classes))
    features = [s[0].images().flatten(1).float() for s in (p.queries, p.gallery)]
    base = evaluate(None, p, features=features)
    good = evaluate(None, p, frozen=base, features=features, about=dict(seed=1, step=2)).to_dict()
    good['published'] = [dict(source='a paper', metric='mAP@all', value=0.5, note='')]
    good, path = json.loads(json.dumps(good)), scratch() / 'r.json'

    def meet(x):
        path.write_bytes(x['report'])
        read = load_report(path)
        for form in ('text', 'markdown', 'html', 'latex'):
            assert isinstance(read.write(form), str)

    return lambda r: dict(report=as_text(mutate_data(good, r), r)), meet


def pad() -> Target:
    "What a browser may send to the sketch pad"
    from sketch_lvm.show.pad import RecordingComm, SketchPad, receive

    with mock.patch('comm.create_comm', RecordingComm):
        sheet = SketchPad(on_draw=lambda s: 'ranked', on_move=lambda s: 'moving')
    good = dict(drawn=[[[1, 200], [3, 4]], [[5], [5]]], request=3, pen=0.02, side=280, message='', follows=True)
    moved = dict(moving=3, strokes=[[[1, 2], [3, 4]]])

    def draw(r):
        of = 'state' if r.random() < 0.7 else 'message'
        return {of: json.dumps(mutate_data(dict(state=good, message=moved)[of], r)).encode()}

    def meet(x):
        sheet.comm.__dict__.setdefault('sent', []).clear()
        sheet.drawn = []
        if 'state' in x:
            state = json.loads(x['state'])
            receive(sheet, **{k: v for k, v in (state if isinstance(state, dict) else {}).items() if k.isidentifier()})
        else:
            content = json.loads(x['message'])
            sheet._handle_msg(dict(content=dict(data=dict(method='custom', content=content)), buffers=[]))
        assert all(0 <= v <= 255 for s in sheet.strokes for axis in s for v in axis) and 0 < sheet.pen <= 0.25
        assert not sheet.strokes or sheet.image(16).shape == (16, 16)

    return draw, meet


def archive() -> Target:
    "Zip and tar files"
    from sketch_lvm.data.archives import extract

    def zipped(how):
        f = io.BytesIO()
        with zipfile.ZipFile(f, 'w', how) as z:
            for k in range(3):
                z.writestr(f'a/{k}.bin', rng(k).bytes(300) + bytes(300))
        return f.getvalue()

    def tarred(how):
        f = io.BytesIO()
        with tarfile.open(fileobj=f, mode=how) as t:
            for k in range(3):
                i = tarfile.TarInfo(f'a/{k}.bin')
                i.size = 600
                t.addfile(i, io.BytesIO(rng(k).bytes(300) + bytes(300)))
        return f.getvalue()

    whole = [zipped(zipfile.ZIP_STORED), zipped(zipfile.ZIP_DEFLATED), *map(tarred, ('w', 'w:gz', 'w:xz', 'w:bz2'))]
    folder = scratch()
    (folder / 'work').mkdir()

    def meet(x):
        path, into = folder / 'work' / 'a', folder / 'work' / 'out'
        path.write_bytes(x['archive'])
        try:
            with contextlib.suppress(UserError):
                extract(path, into, max_bytes=10**6)
                assert sum(p.is_file() and not p.is_symlink() for p in into.rglob('*')) > 0
                shutil.rmtree(into)
        finally:
            left = sorted(p.name for p in folder.rglob('*'))
            shutil.rmtree(into, ignore_errors=True)
        assert left == ['a', 'work'], left

    return lambda r: dict(archive=mutate_bytes(whole[r.integers(0, len(whole))], r)), meet


def app() -> Target:
    "Questions to the page in the browser"
    from sketch_lvm.app.finder import Finder
    from sketch_lvm.app.guard import Limits
    from sketch_lvm.app.shelf import Shelf
    from sketch_lvm.app.web import make_app
    from sketch_lvm.testing.knock import knock

    finder = Finder({'': small_gallery()})
    page = make_app(Shelf({'a': lambda: finder, 'b': lambda: finder}), 8900, limits=Limits(rate=1e9, burst=10**9))
    good = dict(
        strokes=[[[1, 200], [1, 200]]], count=2, words='', weight=0.5, within='', start=0, picture='', like=None
    )
    ways = [b'/api/ask', f'/thumbs/{finder.mark}/3'.encode(), b'/api/names?rows=0,3', b'/app.js', b'/api/about']
    ways += [b'/api/open', b'/api/why', f'/api/ask?of={finder.mark}'.encode()]
    kinds = ['application/json', 'application/octet-stream', 'text/plain', '']

    shades = rng(5).integers(0, 255, (6, 6, 3), dtype=np.uint8)
    drawn = Original(np.kron(shades, np.ones((8, 8, 1), np.uint8)))
    pictures = {name: written(drawn, name) for name in FORMATS}

    def draw(r):
        path = '/' + mutate_bytes(ways[r.integers(0, len(ways))], r).decode('utf-8', 'replace').lstrip('/')
        body = None
        if r.random() < 0.7:
            path = ('/api/ask', '/api/ask', '/api/drawing', '/api/open', '/api/why')[r.integers(0, 5)]
            whole = {'/api/open': dict(place=1), '/api/why': good | dict(row=3, model='')}.get(path, good)
            body = as_text(mutate_data(whole, r), r)
        kind = kinds[r.choice(4, p=[0.8, 0.1, 0.05, 0.05])] if body is not None else ''
        if path == '/api/drawing' and r.random() < 0.9:  # else it gets JSON, as nobody sends it
            name = [*pictures][r.integers(0, len(pictures))]
            body = damaged(pictures[name], pictures['PNG'], name.partition(',')[0], KINDS[r.integers(0, len(KINDS))], r)
            body = mutate_bytes(body, r) if r.random() < 0.3 else body
            kind = kinds[1] if r.random() < 0.95 else kind
        asked = dict(path=path.encode('utf-8', 'surrogatepass'))
        return asked if body is None else asked | dict(body=body, kind=kind.encode())

    def meet(x):
        told = {'content-type': x['kind'].decode()} if 'kind' in x else {}
        path = x['path'].decode('utf-8', 'surrogatepass')
        answer = knock(page, path, x.get('body'), told)
        assert answer.status in (200, 303, 400, 403, 404, 405, 410, 411, 413, 415, 421, 429), (answer.status, path)
        assert b'Traceback' not in answer.body

    return draw, meet


def lock_file() -> Target:
    "Locks of a run: taken over from the dead, refused where somebody lives or nobody knows"
    from sketch_lvm.train.runs import lock, process_start

    folder, mine = scratch(), os.getpid()
    good = dict(pid=mine, host=socket.gethostname(), start=process_start(mine), since='2026-11-30 10:00:00')
    known = good | dict(format='sketch_lvm lock 1')

    def meet(x):
        (folder / 'LOCK').write_bytes(x['lock'])
        with lock(folder):
            assert json.loads((folder / 'LOCK').read_bytes())['pid'] == mine
        assert not (folder / 'LOCK').exists()

    return lambda r: dict(lock=as_text(mutate_data(known if r.random() < 0.5 else good, r), r)), meet


def shard() -> Target:
    "Shards of the pixel cache: the pixels are right, whatever lies there"
    from sketch_lvm.data.cache import build_cache
    from sketch_lvm.data.items import toy_set

    items, place = toy_set(size=16, classes=2), {'SKETCH_LVM_CACHE': str(scratch())}
    with mock.patch.dict(os.environ, place):
        cache = build_cache(items, 16, workers=1)
    path, rows = Path(cache.paths[0]), np.arange(len(items))
    good, right = path.read_bytes(), cache.take(rows)

    def meet(x):
        path.write_bytes(x['shard'])
        with mock.patch.dict(os.environ, place), contextlib.redirect_stderr(io.StringIO()):
            found = build_cache(items, 16, workers=1).take(rows)
        assert (found == right).all()

    return lambda r: dict(shard=mutate_bytes(good, r)), meet


def encoder() -> Target:
    "Folders of an encoder, up to its tensors"
    from sketch_lvm.clip.backbone import load_backbone
    from sketch_lvm.methods.building import build_encoder
    from sketch_lvm.methods.catalogue import method
    from sketch_lvm.train.mapped import write_seal
    from sketch_lvm.train.share import from_pretrained, save_pretrained

    m, backbone, folder = method('sketch-lvm', 'mini'), load_backbone('mini', weights_from='random'), scratch()
    save_pretrained(build_encoder(m, backbone), folder / 'good', m)
    damaged_one = lambda r: damaged_folder(folder / 'good', folder / 'drawn', r, write_seal)

    def meet(x):
        lay(folder / 'bad', x)
        read = from_pretrained(folder / 'bad', backbone)
        assert all(t.isfinite().all() for t in read.state()['tensors'].values())

    meet(files_of(folder / 'good'))
    return damaged_one, meet


def exported() -> Target:
    "Exported towers in safetensors, up to vectors of a picture; mostly with a digest that fits the damage"
    import torch
    from safetensors.torch import load, save
    from sketch_lvm.study.runs import frozen_encoder
    from sketch_lvm.testing.steps import tiny
    from sketch_lvm.train.export import export_encoder
    from sketch_lvm.train.exported import BLANK, load_exported, with_digest

    backbone, path = replace(tiny()[0], name='slim'), scratch() / 'tower.safetensors'  # no name that is built anew
    export_encoder(frozen_encoder(backbone), path, 'safetensors')
    good, image = path.read_bytes(), torch.zeros(1, 3, backbone.size, backbone.size)
    head, tensors = 8 + int.from_bytes(good[:8], 'little'), load(good)
    said = {k: json.loads(v) for k, v in json.loads(good[8:head])['__metadata__'].items()} | dict(sha256=BLANK)

    def draw(r):
        kind, about = r.random(), {k: json.dumps(v) for k, v in said.items()}
        if kind < 0.1:
            return dict(file=mutate_bytes(good, r))
        if kind < 0.2:
            text = as_text(mutate_data(json.loads(save(tensors, about)[8:head]), r), r)
            return dict(file=with_digest(len(text).to_bytes(8, 'little') + text + good[head:]))
        if kind < 0.6:
            odd = mutate_data(said, r)
            about = {str(k): json.dumps(v) for k, v in odd.items()} if isinstance(odd, dict) else about
            about = {k: v for k, v in about.items() if '\ud800' not in k}  # no writer takes half a character
            return dict(file=with_digest(save(tensors, about)))
        return dict(file=with_digest(save(mutate_tensors(tensors, r), about)))

    def meet(x):
        path.write_bytes(x['file'])
        assert load_exported(path, backbone)(image, 'photo').isfinite().all()

    meet(dict(file=good))
    return draw, meet


def mutate_tensors(tensors: dict, r: np.random.Generator) -> dict:
    "Named tensors of which one or two are gone, or of another name, shape, type or value"
    import torch

    out = dict(tensors)
    for _ in range(r.integers(1, 3)):
        name, other = (sorted(out)[r.integers(0, len(out))] for _ in range(2))
        t = out.pop(name)
        kind = r.integers(0, 8)
        if kind == 1:
            out[str(ODD[r.integers(9, 14)]) or other] = t
        elif kind == 2:
            out[name] = t.flatten()[: r.integers(0, t.numel() + 1)].clone()
        elif kind == 3:
            out[name] = t[None].clone()
        elif kind == 4:
            out[name] = t.to([torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.bool][r.integers(0, 5)])
        elif kind == 5:
            out[name] = t.clone()
            out[name].view(-1)[r.integers(0, t.numel())] = [np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-45][
                r.integers(0, 6)
            ]
        elif kind == 6:
            out[name] = t * 10.0 ** float(r.integers(1, 30))
        elif kind == 7:
            out[name] = out.get(other, t).clone()
    return out


def per_query() -> Target:
    "Results of single sketches: the archive, and the arrays in it"
    from sketch_lvm.measure.perquery import PerQuery, ids_digest, load_per_query

    path, digest = scratch() / 'r-queries.npz', ids_digest([*'abcde'])
    protocol = dict(name='zero-shot', rule='r', relevant='class', data='toys', part='unseen', k=[1], seed=0)
    protocol |= dict(classes=['x', 'y'], queries=5, gallery=3, queries_digest=digest, gallery_digest='g')
    values = {name: np.linspace(0, 1, 5, dtype=np.float32) for name in ('mAP@all', 'P@1')}
    method = dict(name='a', backbone='mini', random=True, seed=1)
    PerQuery(values, np.array([*'abcde']), np.array([*'xxyyy']), protocol, method).save(path)
    good = path.read_bytes()
    with zipfile.ZipFile(path) as z:
        parts = {i.filename: z.read(i) for i in z.infolist()}

    def draw(r):
        if r.random() < 0.3:
            return dict(file=mutate_bytes(good, r))
        name, f = [*parts][r.integers(0, len(parts))], io.BytesIO()
        with zipfile.ZipFile(f, 'w') as z:
            for part, content in parts.items():
                z.writestr(part, mutate_bytes(content, r) if part == name else content)
        return dict(file=f.getvalue())

    def meet(x):
        path.write_bytes(x['file'])
        read = load_per_query(path)
        assert '\x1b' not in repr(read) and all(len(v) == len(read.ids) for v in read.values.values())

    meet(dict(file=good))
    return draw, meet


def strokes() -> Target:
    "Files of strokes, up to the drawing"
    from sketch_lvm.show.drawing import read_drawing

    good, path = dict(drawing=[[[0, 9, 40], [0, 9, 3]], [[5], [5]], [[1, 200], [3, 4]]]), scratch() / 'a.json'

    def meet(x):
        path.write_bytes(x['file'])
        with contextlib.redirect_stderr(io.StringIO()):
            assert read_drawing(path, 32).shape == (32, 32, 3)

    return lambda r: dict(file=as_text(mutate_data(good if r.random() < 0.5 else good['drawing'], r), r)), meet


TARGETS = dict(
    ndjson=ndjson,
    bin=binary,
    checkpoint=checkpoint,
    gallery=gallery,
    configuration=configuration,
    report=report,
    pad=pad,
    archive=archive,
    app=app,
    lock=lock_file,
    shard=shard,
    encoder=encoder,
    exported=exported,
    perquery=per_query,
    strokes=strokes,
)


def memory(of: str) -> int:
    "Bytes of memory of this process, as the system calls them: VmRSS now, VmHWM at most, VmSize of addresses; or 0"
    try:
        said = Path('/proc/self/status').read_text(encoding='utf-8', errors='replace')
    except OSError:
        return 0
    found = re.search(rf'^{of}:\s+(\d+) kB', said, re.M)
    return int(found[1]) << 10 if found else 0


@contextlib.contextmanager
def limited() -> Iterator[None]:
    "No input may ask the system for addresses without end; MemoryError is what it gets"
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    used = memory('VmSize')
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM if used and soft == resource.RLIM_INFINITY else soft, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def forget_peak() -> int:
    "Set this process's peak of memory back to what it has now, which is returned; 0 where the system does not do it"
    with contextlib.suppress(OSError):
        Path('/proc/self/clear_refs').write_text('5', encoding='utf-8')
        return memory('VmHWM')
    return 0


def judged(meet: Callable[[Input], object], x: Input) -> tuple[bool, list[str]]:
    "Was an input refused, and what happened that none may make happen"
    had, start, refused, bad = forget_peak(), time.process_time(), False, []
    try:
        meet(x)
    except UserError as e:
        refused = True
        if not str(e).strip() or '\x1b' in str(e):
            bad.append(f'a sentence that is empty or commands a terminal: {str(e)!r:.200}')
    except Exception:
        bad.append(traceback.format_exc(limit=-3))
    if time.process_time() - start > SECONDS:
        bad.append(f'more than {SECONDS} seconds')
    if had and (more := memory('VmHWM') - had) > MEMORY:
        bad.append(f'{more >> 20} MB of memory')
    return refused, bad


def fuzz(target: str, numbers: range, seed: int = 0, most: int = 20) -> tuple[int, list[tuple[int, str]]]:
    "How many inputs were refused, and `(number, what happened)` of those that did what none may"
    (draw, meet), refused, bad = TARGETS[target](), 0, []
    with limited():
        for number in numbers:
            gone, found = judged(meet, draw(rng(seed, index=number)))
            refused += gone
            bad += [(number, what) for what in found]
            if len(bad) >= most:
                break
    return refused, bad


def crashed() -> list[dict]:
    "Inputs that once did what none may: target, where it came from, what happened, what becomes of it, its bytes"
    return json.loads(CRASHED.read_text(encoding='utf-8')) if CRASHED.exists() else []


def input_of(kept: dict) -> Input:
    "The input that was kept"
    return {name: zlib.decompress(base64.b64decode(text)) for name, text in kept['input'].items()}


def replay(kept: dict) -> tuple[bool, list[str]]:
    "What becomes of a kept input now"
    meet = TARGETS[kept['target']]()[1]
    with limited():
        return judged(meet, input_of(kept))


def store(target: str, seed: int, number: int, what: str) -> None:
    "Keep an input by its bytes, and what it did; what becomes of it now is what has to become of it later"
    draw, meet = TARGETS[target]()
    x = draw(rng(seed, index=number))
    text = {name: base64.b64encode(zlib.compress(content, 9)).decode() for name, content in x.items()}
    how = dict(target=target, seed=seed, number=number, what=what, refused=judged(meet, x)[0], input=text)
    others = [k for k in crashed() if (k['target'], k['seed'], k['number']) != (target, seed, number)]
    CRASHED.write_text(json.dumps([*others, how], indent=1) + '\n', encoding='utf-8')


def added(was: dict, target: str, asked: argparse.Namespace, refused: int, seconds: int) -> dict:
    "What is written down of a target: a piece that follows the one before, of the same code, is added to it"
    how = dict(seed=asked.seed, crashes=0, commit=commit('tests/faults/fuzz.py'), device=device())
    goes_on = all(was.get(k) == how[k] for k in how) and was['first'] + was['inputs'] == asked.first
    total = dict(inputs=asked.count, refused=refused, seconds=seconds)
    total = {k: v + was[k] for k, v in total.items()} if goes_on else total
    first = was['first'] if goes_on else asked.first
    words = ['fuzz.py', target, '--seed', asked.seed, *(['--first', first] if first else [])]
    command = ' '.join(map(str, [*words, '--count', total['inputs'], '--keep']))
    return total | how | dict(first=first, command=command, date=str(datetime.date.today()))


def main(args: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('targets', nargs='*', metavar='target', help=f'{", ".join(TARGETS)}; all if none is named')
    p.add_argument('--count', type=int, default=100_000, help='inputs of each [100000]')
    p.add_argument('--seed', type=int, default=0)
    p.add_argument('--first', type=int, default=0, help='number of the first input, to repeat one: --first 7 --count 1')
    p.add_argument('--keep', action='store_true', help=f'write the counts into {KEPT.name}')
    p.add_argument(
        '--store', metavar='WHAT', help=f'keep the inputs that are named in {CRASHED.name}, and what they did'
    )
    asked, found = p.parse_args(args), 0
    for target in asked.targets or TARGETS:
        start, numbers = time.process_time(), range(asked.first, asked.first + asked.count)
        for number in numbers if asked.store else ():
            store(target, asked.seed, number, asked.store)
        refused, bad = fuzz(target, numbers, asked.seed)
        seconds, found = time.process_time() - start, found + len(bad)
        print(f'{target}: {asked.count:,} inputs, {refused:,} refused, {len(bad)} crashes, {seconds:.0f} s', flush=True)
        for number, what in bad:
            print(f'  fuzz.py {target} --seed {asked.seed} --first {number} --count 1\n{what}', flush=True)
        if asked.keep and not bad:
            kept = json.loads(KEPT.read_text(encoding='utf-8')) if KEPT.exists() else {}
            kept[target] = added(kept.get(target, {}), target, asked, refused, round(seconds))
            KEPT.write_text(json.dumps(kept, indent=1) + '\n', encoding='utf-8')
    return bool(found)


if __name__ == '__main__':
    sys.exit(main())
