"Real processes, killed with SIGKILL at many instants, and disks that are really full: nothing is lost"

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from faults import count
from full_disk import holds_on

from sketch_lvm.core import atomic_write, rng, temporary_cache
from sketch_lvm.testing.crash import die_at_call, in_child, run_forked

KILLS = """
import sys, time
from sketch_lvm.core import rng
from sketch_lvm.testing.crash import killed_runs, outcome
from sketch_lvm.testing.toys import toy_learner
from sketch_lvm.train.loop import train
from sketch_lvm.train.sealed import scratch
from sketch_lvm.train.settings import Settings

timed, calls, workers, steps = (int(x) for x in sys.argv[1:])

def go(out):
    train(toy_learner(), out, Settings(steps=steps, lr=.03), device='cpu', checkpoint_every=4, workers=workers)

folder = scratch()
go(folder / 'first')
start = time.perf_counter()
go(folder / 'whole')
took = time.perf_counter() - start
expected, died, lost = outcome(folder / 'whole'), 0, []
for out, status, left in killed_runs(folder, go, rng(3).uniform(0, took, timed), range(calls)):
    died += status == -9
    if outcome(out) != expected or (out / 'LOCK').exists() or list(out.glob('.*')):
        lost.append(str(out))
print(died, len(lost))
"""


def killed(timed: int, calls: int, workers: int, steps: int = 24) -> tuple[int, int]:
    "How many runs died by SIGKILL, and how many did not end as the uninterrupted run did"
    died, lost = run_forked(KILLS, timed, calls, workers, steps, timeout=3000).split()
    return int(died), int(lost)


def test_twenty_kills_lose_nothing():
    died, lost = killed(8, 12, 0)
    count('faults/test_kills.py::test_twenty_kills_lose_nothing', f'{died} of 20 died by SIGKILL, {lost} lost something')
    assert lost == 0 and died >= 15, (died, lost)  # a timed kill may come after the end


@pytest.mark.slow
def test_two_hundred_kills_lose_nothing():
    ends = {workers: killed(60, 40, workers, 60) for workers in (0, 2)}
    said = [f'{w} workers: {died} of 100 died by SIGKILL, {lost} lost something' for w, (died, lost) in ends.items()]
    count('faults/test_kills.py::test_two_hundred_kills_lose_nothing', '; '.join(said))
    assert all(lost == 0 and died >= 75 for died, lost in ends.values()), ends


def test_a_file_killed_at_any_call_is_the_old_or_the_new_one(tmp_path):
    path, ends = tmp_path / 'a.json', set()
    for n in range(4):
        path.write_bytes(b'old')

        def write():
            die_at_call(n)
            with atomic_write(path) as f:
                f.write(b'new and longer')

        status = os.waitstatus_to_exitcode(os.waitpid(in_child(write), 0)[1])
        ends.add((status, path.read_bytes()))
    assert ends == {(-9, b'old'), (-9, b'new and longer'), (0, b'new and longer')}


def test_a_cache_killed_at_any_call_is_built_by_the_next(tmp_path):
    import numpy as np
    from PIL import Image
    from sketch_lvm.data.cache import build_cache
    from sketch_lvm.data.items import make_set
    from sketch_lvm.data.sources import Files

    paths = [tmp_path / f'{i}.png' for i in range(6)]
    for i, path in enumerate(paths):
        Image.fromarray(rng(i).integers(0, 255, (20, 20, 3), dtype=np.uint8)).save(path)
    items = make_set(Files([str(p) for p in paths]), ['a'] * 6, 'photo', ids=[p.name for p in paths])
    with temporary_cache() as whole:
        build_cache(items, 16, workers=1)
        pixels = items.images(size=16).numpy().copy()
    assert pixels.any() and not whole.exists()
    ends = set()
    for n in range(8):
        with temporary_cache():
            pid = in_child(lambda: (die_at_call(n), build_cache(items, 16, workers=1)))
            ends.add(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            build_cache(items, 16, workers=1)
            assert (items.images(size=16).numpy() == pixels).all(), n
    assert ends == {-9, 0}


FULL = """
import os, sys
from pathlib import Path
from faults import count
from full_disk import fill
from sketch_lvm.core import UserError, write_json
from sketch_lvm.testing.crash import outcome
from sketch_lvm.testing.toys import toy_learner
from sketch_lvm.train.checkpoints import last_checkpoint
from sketch_lvm.train.loop import train
from sketch_lvm.train.sealed import read_folder, scratch, write_folder
from sketch_lvm.train.settings import Settings

small = Path(sys.argv[1])

def go(out, **more):
    train(toy_learner(), out, Settings(steps=12, lr=.03), device='cpu', checkpoint_every=3, **more)

def refused(work):
    try: work()
    except UserError as e: return str(e)
    except OSError as e: return f'OSError {e.errno}'
    raise AssertionError('nothing was refused')

whole = scratch() / 'whole'
go(whole)
said = refused(lambda: go(small / 'run', on_step=lambda run, row: row['step'] == 7 and fill(small)))
assert 'No space left' in said and 'is whole' in said, said
assert last_checkpoint(small / 'run').step == 6
said = refused(lambda: go(small / 'late'))
assert 'cannot be written' in said or 'MB left' in said, said
os.unlink(small / 'filler')
go(small / 'run')
assert outcome(small / 'run') == outcome(whole)
write_folder(small / 'sealed', {'a': b'old'}); write_json(small / 'r.json', 'old')
fill(small)
assert refused(lambda: write_folder(small / 'sealed', {'a': bytes(10**5)})) == 'OSError 28'
assert refused(lambda: write_json(small / 'r.json', 'x' * 10**5)) == 'OSError 28'
os.unlink(small / 'filler')
assert read_folder(small / 'sealed') == {'a': b'old'} and (small / 'r.json').read_text() == '"old"\\n'
assert sorted(p.name for p in small.iterdir()) == ['late', 'r.json', 'run', 'sealed'], os.listdir(small)
print('held')
"""


def test_a_file_system_that_is_really_full(tmp_path):
    holds_on('size=400k', tmp_path, FULL, tmp_path)


READ_ONLY = """
import contextlib, io, os, sys, zipfile
from pathlib import Path
import pytest
from full_disk import read_only
from sketch_lvm.app.cli import main
from sketch_lvm.core import UserError, check_writable, write_json
from sketch_lvm.data.archives import extract
from sketch_lvm.testing.toys import toy_learner
from sketch_lvm.train.loop import train
from sketch_lvm.train.runs import lock
from sketch_lvm.train.sealed import write_folder
from sketch_lvm.train.settings import Settings

place = Path(sys.argv[1])
(place / 'folder').mkdir()
write_json(place / 'r.json', 'old')
write_folder(place / 'sealed', {'a': b'old'})
with zipfile.ZipFile(place / 'a.zip', 'w') as z:
    z.writestr('a.txt', 'a')
train(toy_learner(), place / 'run', Settings(steps=3, lr=.03), device='cpu', checkpoint_every=3)
held = lambda: {str(p): p.read_bytes() if p.is_file() else b'' for p in place.rglob('*')}
before = held()
read_only(place)
for path in ('new', 'deep/er/new', 'r.json', 'folder', 'sealed'):
    with pytest.raises(UserError, match='cannot be written: .*(Read-only|write-protected)'):
        check_writable(place / path)
for run in ('late', 'run'):
    with pytest.raises(UserError, match='Read-only|write-protected'):
        train(toy_learner(), place / run, Settings(steps=9, lr=.03), device='cpu', checkpoint_every=3)
with pytest.raises(UserError, match='Read-only'):
    extract(place / 'a.zip', place / 'unpacked')
for write in (lambda: write_json(place / 'r.json', 'new'), lambda: write_folder(place / 'sealed', {'a': b'new'})):
    with pytest.raises(OSError, match='Read-only') as e:
        write()
for line in ('train --out P/new', 'evaluate --save P/r.json', 'quickstart --out P/folder'):
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        assert main(line.replace('P/', f'{place}/').split()) == 2, line
    assert 'cannot be written: ' in said.getvalue() and 'Traceback' not in said.getvalue(), said.getvalue()
assert held() == before
print('held')
"""


def test_a_file_system_that_is_really_read_only(tmp_path):
    holds_on('size=4m', tmp_path, READ_ONLY, tmp_path)


@pytest.mark.slow
def test_the_real_command_is_killed_and_goes_on(tmp_path):
    "`sketch_lvm train` itself, killed three times on its way, and once not at all"
    command = [sys.executable, '-m', 'sketch_lvm', 'train', '--steps', '12', '--checkpoint-every', '2', '--seed', '5']
    command += ['--data', 'mini:n_train=4,n_test=2', '--weights-from', 'random', '--valid-every', '6']
    env = os.environ | dict(OMP_NUM_THREADS='1', PYTHONPATH=str(Path(__file__).resolve().parents[2]))

    def steps(out):
        log = out / 'log.jsonl'
        return log.read_bytes().count(b'"step"') if log.exists() else 0

    def go(out, until=None):
        p = subprocess.Popen([*command, '--out', str(out)], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        while until is not None and p.poll() is None and steps(out) < until:
            os.sched_yield()
        if until is not None:
            p.send_signal(signal.SIGKILL)
        said = p.communicate(timeout=600)[0].decode()
        assert until is not None or p.returncode == 0, said[-3000:]

    from sketch_lvm.testing.crash import outcome

    go(tmp_path / 'whole')
    for until in (1, 5, 9):
        go(tmp_path / 'killed', until)
    go(tmp_path / 'killed')
    assert outcome(tmp_path / 'killed') == outcome(tmp_path / 'whole')
