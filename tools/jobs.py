"""Run notebooks and test files, as many at a time as there are workers, the longest first, and a browser beside them.

Each is a process of its own, forked from one that has torch and the rooms loaded: it starts at once, shares the memory
of the libraries, gives back its own when it ends, and cannot disturb the next. What it printed is shown if it fails.
"""

import atexit
import gc
import importlib
import os
import pkgutil
import resource
import runpy
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

HEAVY = ('numpy', 'torch', 'torchvision', 'PIL.Image', 'open_clip', 'matplotlib.pyplot', 'seaborn', 'sklearn.metrics')
HEAVY += ('sklearn.linear_model', 'sklearn.decomposition', 'onnx', 'onnxscript', 'umap')
HEAVY += (
    'IPython',
    'nbdev.test',
    'execnb.shell',
    'pytest',
    'hypothesis.strategies',
    'hypothesis.internal.observability',
)

LOADING = 'loading, once for all'  # the name of a row
QUIET = ('-W', 'ignore::pytest.PytestAssertRewriteWarning')  # hypothesis is loaded already


@dataclass
class Job:
    "A notebook or a file of tests"

    name: str
    work: Callable[[], bool]  # runs in a process of its own; False or an error: it failed
    cost: float = 0.0  # seconds it took when it was last measured
    early: bool = False  # it needs nothing loaded, and starts before anything is
    aside: bool = False  # it mostly waits, as a browser does: one such job runs beside the workers
    again: Callable[[], bool] | None = None  # where a busy machine may be to blame: tried alone at the end, and said so


@dataclass
class Done:
    "What became of a job"

    name: str
    fine: bool
    seconds: float
    cpu: float  # processor seconds, its own and those of the processes it waited for
    memory: float  # GB, of its largest process
    output: str


def preload(names: Iterable[str] = HEAVY) -> None:
    "Load what nearly every job needs, once"
    for name in names:
        with suppress(ImportError):
            importlib.import_module(name)


def preload_rooms(root: Path, package: str) -> None:
    "Load every room of a package, and with it what the rooms need"
    sys.path.insert(0, str(root))
    for found in pkgutil.walk_packages([str(root / package)], f'{package}.'):
        if not found.name.endswith('__main__'):
            with suppress(ImportError):  # an optional package is missing; who needs it says so
                importlib.import_module(found.name)


def settle() -> None:
    "What is loaded now stays to the end: no child looks through it for garbage, which would copy its memory as well"
    gc.collect()
    gc.freeze()


def start(job: Job, log: Path) -> int:
    "Fork a process for a job, whose output goes to a file, and the moment of its end to another; returns its number"
    end = log.with_suffix('.end')
    end.unlink(missing_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    if pid := os.fork():
        return pid
    code = 1
    atexit._clear()  # what is to be tidied up at the end of the parent is the parent's
    try:
        with open(log, 'wb') as f:
            os.dup2(f.fileno(), 1)
            os.dup2(f.fileno(), 2)
        sys.stdout = sys.stderr = open(1, 'w', encoding='utf-8', closefd=False)  # whatever they were before
        code = 0 if job.work() else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(Exception):
            atexit._run_exitfuncs()  # `_exit` would leave the scratch folders of tests in memory
            sys.stdout.flush()
            sys.stderr.flush()
            end.write_text(str(time.monotonic()))  # the parent may be loading, and look later
        os._exit(code)


def next_job(waiting: list[Job], running: Iterable[Job], workers: int) -> Job | None:
    "The first job for which there is room"
    aside = [job.aside for job in running]
    room = {True: not any(aside), False: aside.count(False) < workers}
    early = [job for job in waiting if job.early]
    return next((job for job in early or waiting if room[job.aside]), None)


def gigabytes(usage: resource.struct_rusage) -> float:
    "The most memory that a process had"
    return usage.ru_maxrss / 2 ** (20 if sys.platform != 'darwin' else 30)


def loaded(load: Callable[[], None]) -> Done:
    "Load what all jobs need, in this process; what that took is a row of the table, too"
    begun, used = time.monotonic(), time.process_time()
    load()
    took = time.monotonic() - begun, time.process_time() - used
    return Done(LOADING, True, *took, gigabytes(resource.getrusage(resource.RUSAGE_SELF)), '')


def run_jobs(
    jobs: Iterable[Job],
    workers: int = 2,
    say: Callable[[str], None] = print,
    load: Callable[[], None] | None = None,  # is called once, when the early jobs are on their way
) -> list[Done]:
    "Run all jobs; a line for each as it ends, and the output of those that fail"
    waiting = sorted(jobs, key=lambda j: (not j.early, -j.cost))
    running: dict[int, tuple[Job, Path, float]] = {}
    alone: list[Job] = []
    done: list[Done] = []
    with tempfile.TemporaryDirectory() as d:
        while waiting or running or alone:
            if alone and not waiting and not running:
                waiting.append(alone.pop(0))
            while job := next_job(waiting, [r[0] for r in running.values()], workers):
                if load and not job.early:
                    done.append(loaded(load))
                    load = None
                waiting.remove(job)
                log = Path(d) / f'{len(waiting)}.txt'
                running[start(job, log)] = job, log, time.monotonic()
            pid, status, usage = os.wait4(-1, 0)
            if pid not in running:
                continue
            job, log, begun = running.pop(pid)
            cpu = usage.ru_utime + usage.ru_stime
            text = log.read_text(encoding='utf-8', errors='replace') if log.exists() else ''
            end = log.with_suffix('.end')
            ended = end.read_text() if end.exists() else ''  # empty where there was no room for it
            seconds = (float(ended) if ended else time.monotonic()) - begun
            r = Done(job.name, status == 0, seconds, cpu, gigabytes(usage), text)
            done.append(r)
            left = len(waiting) + len(running) + len(alone)
            say(f'{"ok    " if r.fine else "FAILED"} {r.name}, {r.seconds:.0f} s; {left} left')
            if not r.fine:
                say(f'--- output of {r.name}\n{r.output}\n---')
            if not r.fine and job.again:
                done.remove(r)
                alone.append(Job(f'{job.name}, again and alone', job.again))
                say(f'{r.name}: what failed is tried once more at the end, when nothing else runs')
    return done


def table(done: Iterable[Done], most: int = 0) -> str:
    "The jobs as a table, the longest first"
    rows = sorted(done, key=lambda r: -r.seconds)
    wide = max((len(r.name) for r in rows), default=0)
    lines = [f'{"":{wide}}  seconds      cpu   memory']
    lines += [f'{r.name:{wide}}  {r.seconds:7.1f}  {r.cpu:7.1f}  {r.memory:4.1f} GB' for r in rows[: most or None]]
    total = f'{"all":{wide}}  {sum(r.seconds for r in rows):7.1f}  {sum(r.cpu for r in rows):7.1f}'
    return '\n'.join([*lines, f'{total}  {max((r.memory for r in rows), default=0):4.1f} GB'])


def guard_network(root: Path, asked: list[str]) -> None:
    "No notebook leaves this machine, nor does a Python that it starts; those that need weights may, where asked for"
    guard = root / 'tests' / 'offline'
    if 'weights' not in asked and guard.is_dir():
        os.environ['PYTHONPATH'] = os.pathsep.join([str(guard), os.environ['PYTHONPATH']])
        runpy.run_path(str(guard / 'sitecustomize.py'))


def lay_out(figure: object, **how: object) -> None:
    "What stands in for the picture of a figure: all that drawing does, but for the pixels"
    figure.draw_without_rendering()


def notebook_job(
    path: Path, root: Path, skip: list[str], asked: list[str], cost: float, shell: Callable[[type], type] | None = None
) -> Job:
    """A notebook, run as nbdev runs it, but for the cells that some flags mark; long examples only with the flag slow.

    `shell` makes another class of shell from nbdev's, which does more with a cell than run it. A figure that is
    shown is laid out, with every artist in it, and not painted: nobody sees it. With the flag slow it becomes a PNG.
    """

    def work() -> bool:
        os.chdir(root)
        os.environ['PYTHONPATH'] = str(root)
        guard_network(root, asked)
        from IPython.core import pylabtools
        from nbdev import test

        if 'slow' not in asked:
            os.environ['SKETCH_LVM_SHORT'] = '1'  # `core.live_size` answers with its smaller number
            pylabtools.print_figure = lay_out  # the formatters of all figures call it, whenever they are chosen

        kind = shell(test.CaptureShell) if shell else test.CaptureShell
        test.CaptureShell = partial(kind, mpl_format='png')  # as figures are stored
        return test.test_nb(path, skip, asked, basepath=root)[0]

    name = path.relative_to(root) if path.is_relative_to(root) else path
    return Job(name.as_posix(), work, cost)


def bundles(costs: dict[Path, float], most: float = 25.0) -> list[list[Path]]:
    "Files of tests in groups of about so many seconds, since each start of pytest takes one; a long file stays alone"
    out: list[list[Path]] = []
    filled = 0.0
    for path, cost in sorted(costs.items(), key=lambda x: -x[1]):
        if not out or filled + cost > most:
            out.append([])
            filled = 0.0
        out[-1].append(path)
        filled += cost
    return out


def test_job(paths: list[Path], root: Path, options: list[str], cost: float) -> Job:
    "Files of tests, run by plain pytest"
    names = [p.relative_to(root).as_posix() for p in paths]
    by_clock = any(p.name.startswith('test_browser') for p in paths)  # a browser beside other work may be too slow
    if by_clock:  # pytest notes there what failed
        cache = Path(tempfile.mkdtemp())
        atexit.register(shutil.rmtree, cache, ignore_errors=True)
        options = [*options, '-o', f'cache_dir={cache}']

    def work(*more: str) -> bool:
        os.chdir(root)
        sys.path.insert(0, str(root))
        import pytest

        return pytest.main([*names, '-q', '--no-header', *QUIET, *options, *more]) in (0, 5)  # 5: none

    name = names[0] + f' and {len(names) - 1} more' * (len(names) > 1)
    return Job(name, work, cost, aside=by_clock, again=partial(work, '--last-failed') if by_clock else None)
