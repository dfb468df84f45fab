"Faults of places and hands: little memory, no shared memory, Ctrl-C twice, two at once, a server that goes away"

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

import pytest
from full_disk import holds_on

from sketch_lvm.core import UserError, read_json
from sketch_lvm.testing.crash import die_at_call, in_child

ROOT = Path(__file__).resolve().parents[2]


def ended(pid):
    "The exit status of a child"
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def toy_run(out, steps=40, pause=0.0, workers=2):
    from sketch_lvm.testing.toys import toy_learner
    from sketch_lvm.train.loop import train
    from sketch_lvm.train.settings import Settings

    how = dict(device='cpu', workers=workers, checkpoint_every=4, on_step=lambda *_: time.sleep(pause))
    return train(toy_learner(), out, Settings(steps=steps, lr=0.03), **how)


def as_command(work, said, then=lambda: None):
    "Be a process that runs one command, as from a terminal, and ends; what it prints goes into the file `said`"
    from sketch_lvm.app.engine import Command, run_commands

    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    fd = os.open(said, os.O_WRONLY | os.O_CREAT)
    os.dup2(fd, 1)
    os.dup2(fd, 2)
    sys.stdout, sys.stderr = (open(n, 'w', encoding='utf-8', closefd=False) for n in (1, 2))
    sys.argv = ['sketch_lvm', 'work']
    code = run_commands({'work': Command('x', (), lambda v, say: work() and {})})
    sys.stderr.flush()
    then()
    os._exit(code)


@pytest.mark.parametrize('gap', [0, 0.02, 0.2])
def test_ctrl_c_twice_in_a_training(gap, tmp_path):
    "The second is obeyed at once: no traceback, no worker, no lock is left, and the run goes on to the same bits"
    from sketch_lvm.testing.crash import outcome

    toy_run(tmp_path / 'whole')
    out, said = tmp_path / 'run', tmp_path / 'said'
    pid = in_child(lambda: as_command(lambda: toy_run(out, pause=0.05), said))
    while not (out / 'log.jsonl').exists() or (out / 'log.jsonl').read_bytes().count(b'step') < 6:
        time.sleep(0.005)
        assert os.waitpid(pid, os.WNOHANG) == (0, 0), said.read_text()
    os.killpg(pid, signal.SIGINT)
    time.sleep(gap)
    os.killpg(pid, signal.SIGINT)
    assert ended(pid) in (1, -signal.SIGINT) and 'Traceback' not in said.read_text(), said.read_text()
    for _ in range(200):
        try:
            os.killpg(pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.01)
    else:
        raise AssertionError('a worker is left')
    assert not (out / 'LOCK').exists()
    toy_run(out)
    assert outcome(out) == outcome(tmp_path / 'whole')


TWICE = """
import os, runpy, signal, sys
class Twice:
    def find_spec(self, name, *more):
        if name == sys.argv[-1]:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Twice())
signal.signal(signal.SIGINT, signal.default_int_handler)  # as from a terminal: background jobs ignore it
runpy.run_module('sketch_lvm', run_name='__main__', alter_sys=True)
"""


@pytest.mark.parametrize('module', ['sketch_lvm.app.cli', 'sketch_lvm.app.measurecommands'])
def test_ctrl_c_before_the_command_has_begun(module):
    line = [sys.executable, '-c', TWICE, 'train', '--help', module]
    done = subprocess.run(line, env=os.environ | dict(PYTHONPATH=str(ROOT)), capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, '', '')


def test_ctrl_c_while_a_command_ends(tmp_path):
    "All is ended and said, and Python clears away: nobody wants to read where it was"
    again = lambda: os.kill(os.getpid(), signal.SIGINT)
    assert ended(in_child(lambda: as_command(dict, tmp_path / 'said', again))) == -signal.SIGINT
    assert (tmp_path / 'said').read_text() == ''


SHARED = """
import sys
from pathlib import Path
import pytest
from sketch_lvm.core import UserError, temporary_cache
from sketch_lvm.world.imagesets import image_set
from test_hard_places import toy_run

run = Path(sys.argv[1])
with pytest.raises(UserError, match='share memory .*--workers 0'):
    toy_run(run)
toy_run(run, workers=0)
with temporary_cache():
    whole = image_set('cat', 40, size=16, workers=1)[0].copy()
with temporary_cache():
    assert (image_set('cat', 40, size=16, workers=2)[0] == whole).all()
print('held')
"""


@pytest.mark.parametrize('size', ['4k', 'read-only'])
def test_no_memory_that_processes_share(size, tmp_path):
    "Said before a worker is started, with what helps; without workers it trains, and pictures are drawn all the same"
    shm = Path('/dev/shm')
    if not shm.is_dir():
        pytest.skip('this system has no /dev/shm')
    done = holds_on('ro' if size == 'read-only' else f'size={size}', shm, SHARED, tmp_path / 'run')
    assert 'Exception ignored' not in done.stderr


def test_a_limit_on_memory_is_a_sentence():
    "PyTorch cannot even be loaded: the limit is named, and nothing else is said"
    line = ['sh', '-c', 'ulimit -v 400000; exec "$@"', 'sh', sys.executable, '-m', 'sketch_lvm', 'methods', '--json']
    done = subprocess.run(line, env=os.environ | dict(PYTHONPATH=str(ROOT)), capture_output=True, text=True)
    assert done.returncode == 2 and 'ulimit -v' in done.stderr and 'Traceback' not in done.stderr, done
    assert done.stdout.startswith('{"error"') and done.stdout.count('\n') == 1


def test_an_export_killed_at_any_call_leaves_the_old_file_or_the_new_one(tmp_path):
    "What a killed one has left beside it is removed by the next"
    from sketch_lvm.clip.backbone import load_backbone
    from sketch_lvm.study.runs import frozen_encoder
    from sketch_lvm.train.export import export_encoder

    path, ends = tmp_path / 'tower.safetensors', set()
    old, new = (frozen_encoder(load_backbone('mini', weights_from='random', seed=s)) for s in (0, 1))
    export_encoder(old, path, 'safetensors')
    before = path.read_bytes()
    for n in range(4):
        path.write_bytes(before)
        status = ended(in_child(lambda: (die_at_call(n), export_encoder(new, path, 'safetensors'))))
        ends.add((status, path.read_bytes() == before))
    assert ends == {(-signal.SIGKILL, True), (-signal.SIGKILL, False), (0, False)}  # the file, its name, the folder
    after = path.read_bytes()
    path.write_bytes(before)
    assert ended(in_child(lambda: (die_at_call(1), export_encoder(new, path, 'safetensors')))) == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 3  # the old file, what the killed one was writing, and its lock
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


def test_commands_that_are_told_no_device(tmp_path):
    "The word auto becomes a device before PyTorch sees it, and a device that would not be used is refused"
    from sketch_lvm.app.cli import main
    from sketch_lvm.clip import minimodel, pretrain

    small = '--data mini:n_train=2,n_test=2 --weights-from random --set batch=8 --steps 1 --trials 1'.split()
    assert main(['tune', '--out', str(tmp_path / 'tune'), *small]) == 0
    tiny = pretrain.MiniRecipe(steps=2, instances=8, warmup=1, phases=(pretrain.Phase(0, 3, 4),))
    real, devices = pretrain.pretrain, []

    def short(out, recipe, **how):
        devices.append(how['device'])
        return real(out, tiny, ('apple', 'bus', 'castle', 'duck'), **how)

    card = dict(steps_done=2, seconds=0, files={})
    with mock.patch.object(pretrain, 'pretrain', short), mock.patch.object(minimodel, 'publish', lambda *how: card):
        assert main(['pretrain', '--out', str(tmp_path / 'base')]) == 0
    assert devices == ['auto'] and (tmp_path / 'base' / 'state.safetensors').exists()
    words = ['pretrain', '--data', f'real64:{tmp_path}', '--device', 'cuda', '--out', str(tmp_path / 'no')]
    assert main(words) == 2 and not (tmp_path / 'no').exists()


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

    sizes = dict(steps=40, n_train=1, n_test=1, batch=4, weights_from='random', device='cpu', progress=False)
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
    assert ended(first) == 0 and [r['step'] for r in read_log(out) if 'loss' in r] == [*range(1, 41)]
    assert len(read_json(tmp_path / 'r.json')) == 1 and not (out / 'LOCK').exists()
    capfd.readouterr()


def test_a_server_of_photos_that_goes_away_under_an_open_app(tmp_path):
    "A question is answered by a sentence, not by an error of the program"
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
