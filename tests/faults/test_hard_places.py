"Faults of places and hands: little memory, no shared memory, Ctrl-C twice, two at once, a server that goes away"

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from unittest import mock

import pytest

from sketch_lvm.core import UserError, read_json
from sketch_lvm.testing.crash import die_at_call, in_child

ROOT = Path(__file__).resolve().parents[2]
SMALL = '--data mini:n_train=2,n_test=2 --weights-from random --set batch=8'.split()


def ended(pid):
    "The exit status of a child"
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_an_export_killed_at_any_call_leaves_the_old_file_or_the_new_one(tmp_path):
    "What a killed one has left beside it is removed by the next"
    from sketch_lvm.clip.backbone import load_backbone
    from sketch_lvm.study.runs import frozen_encoder
    from sketch_lvm.train.export import export_encoder

    path, ends = tmp_path / 'tower.safetensors', set()
    old, new = (frozen_encoder(load_backbone('mini', weights_from='random', seed=s)) for s in (0, 1))
    export_encoder(old, path, 'safetensors')
    before = path.read_bytes()
    for n in range(3):
        path.write_bytes(before)
        status = ended(in_child(lambda: (die_at_call(n), export_encoder(new, path, 'safetensors'))))
        ends.add((status, path.read_bytes() == before))
    assert ends == {(-signal.SIGKILL, True), (0, False)}
    after = path.read_bytes()
    path.write_bytes(before)
    assert ended(in_child(lambda: (die_at_call(1), export_encoder(new, path, 'safetensors')))) == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 2  # the old file, and what the killed one was writing
    export_encoder(new, path, 'safetensors')
    assert path.read_bytes() == after and list(tmp_path.iterdir()) == [path]


def test_a_table_that_cannot_begin_leaves_no_folder(tmp_path):
    "Probes ask for objects that only the mini world has: said before a folder is made"
    from sketch_lvm.app.cli import main
    from sketch_lvm.study.reproduce import reproduce
    from sketch_lvm.study.tableplan import TablePlan

    from sketch_lvm.data.folders import save_folder
    from sketch_lvm.data.items import toy_set

    save_folder(toy_set(size=64), tmp_path / 'photos')
    words = f'reproduce --data folder:{tmp_path}/photos --probe --steps 8 --weights-from random --yes'.split()
    assert main([*words, '--out', str(tmp_path / 'table')]) == 2
    plan = TablePlan(data=dict(name='folder', path=f'{tmp_path}/photos'), steps=8, probe_at=(0, 4))
    with pytest.raises(UserError, match='only the mini world has'):
        reproduce(plan, tmp_path / 'table', 'cpu', None)
    assert [p.name for p in tmp_path.iterdir()] == ['photos']


def test_two_measurements_that_are_saved_at_once_are_both_kept(tmp_path):
    "Each reads the file, adds a row and writes it; nobody writes a row of the other away"
    from sketch_lvm.app import quickstart
    from sketch_lvm.app.measurecommands import keep_run
    from sketch_lvm.bench.metrics import keep_bench

    def bench(who):
        for k in range(4):
            keep_bench(tmp_path / 'metrics.json', dict(shape=[who, k], device='x', threads=1))
            keep_run(tmp_path / 'cache.json', dict(who=who))
            quickstart.keep_result(tmp_path / 'quick.json', dict(backbone='b', seed=who, steps=k))

    assert [ended(pid) for pid in [in_child(lambda: bench(who)) for who in range(4)]] == [0] * 4
    for name in ('metrics', 'cache', 'quick'):
        kept = read_json(tmp_path / f'{name}.json')
        assert len(kept if name == 'quick' else kept['runs']) == 16, name
    assert len(list(tmp_path.iterdir())) == 3


def test_two_quickstarts_at_once(tmp_path, capfd):
    "In one folder the second refuses while the first trains, and nothing of the first is lost"
    from sketch_lvm.app.quickstart import quickstart
    from sketch_lvm.train.runs import read_log

    sizes = dict(steps=60, n_train=1, n_test=1, batch=4, weights_from='random', device='cpu', progress=False)
    out = tmp_path / 'q'
    first = in_child(lambda: quickstart(out, save=tmp_path / 'r.json', say=lambda text: None, **sizes))
    while not (out / 'log.jsonl').exists():
        time.sleep(0.01)
        assert os.waitpid(first, os.WNOHANG) == (0, 0)
    os.kill(first, signal.SIGSTOP)  # in the middle of its training
    try:
        with pytest.raises(UserError, match=f'in use by process {first}'):
            quickstart(out, say=lambda text: None, **sizes)
    finally:
        os.kill(first, signal.SIGCONT)
    assert ended(first) == 0 and [r['step'] for r in read_log(out) if 'loss' in r] == [*range(1, 61)]
    assert len(read_json(tmp_path / 'r.json')) == 1 and not (out / 'LOCK').exists()
    capfd.readouterr()


def test_a_server_of_photos_that_goes_away_under_an_open_app(tmp_path):
    "A question is answered by a sentence, not by an error of the program; when the server is there again, by photos"
    server = pytest.importorskip('milvus_lite.adapter.grpc.server')
    from sketch_lvm.app.finder import Finder
    from sketch_lvm.app.web import make_app
    from sketch_lvm.clip.backbone import load_backbone
    from sketch_lvm.data.folders import save_folder
    from sketch_lvm.data.items import toy_set
    from sketch_lvm.show import milvus, milvusphotos
    from sketch_lvm.show.index import photo_folder
    from sketch_lvm.study.runs import frozen_encoder
    from sketch_lvm.testing.knock import knock

    encoder = frozen_encoder(load_backbone('mini', weights_from='random'))
    save_folder(toy_set(size=64, classes=2).photos, tmp_path / 'photos')
    running, db, port = server.start_server_in_thread(str(tmp_path / 'g.db'))
    place = f'http://127.0.0.1:{port}'
    milvus.fill_milvus(encoder, photo_folder(tmp_path / 'photos')[0], place, say=lambda text: None, progress=False)
    finder = Finder({'': milvusphotos.open_milvus_photos(place, encoder)})
    page = make_app(finder, 8900)
    questions = dict(strokes=[[[1, 200], [1, 200]]], count=2), dict(like=1, count=2)

    def answers():
        asked = [knock(page, '/api/ask', question) for question in questions]
        return [*asked, knock(page, f'/thumbs/{finder.mark}/{3 + len(finder.first.thumbs.kept)}')]

    assert [a.status for a in answers()] == [200, 200, 200]
    running.stop(0).wait()
    db.close()
    with mock.patch.object(milvus, 'PATIENCE', 0.5), mock.patch.object(milvusphotos, 'PATIENCE', 0.5):
        gone = answers()
    assert [a.status for a in gone] == [503] * 3, gone
    for a in gone:
        assert a.json()['error'].startswith('Milvus does not answer. If it was stopped, start it')
    again, db, _ = server.start_server_in_thread(str(tmp_path / 'g.db'), port=port)
    try:
        assert [a.status for a in answers()] == [200, 200, 200]
    finally:
        again.stop(0).wait()
        db.close()
