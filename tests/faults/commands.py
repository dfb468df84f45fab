"""The command as a process: a fresh one, or a child of one that has loaded what takes seconds.

As a program it is such a parent, to be started where something is wrong: what it reads is a JSON list of commands, each
a list of words; each runs in a child of its own, and a list of their results is printed.
"""

import json
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Finished = subprocess.CompletedProcess


def settings(env: dict[str, str | None]) -> dict[str, str]:
    "This process's variables with others; None takes one away"
    return {k: v for k, v in (os.environ | dict(PYTHONPATH=str(ROOT)) | env).items() if v is not None}


def command(*words: object, cwd: Path | None = None, before: str = '', behind: str = '', **env: str | None) -> Finished:
    "A finished `sketch_lvm` in a process of its own; `before`: what a shell does first, `behind`: with its streams"
    line = ['sh', '-c', f'{before}\nexec "$@" {behind}', 'sh', sys.executable, '-m', 'sketch_lvm', *map(str, words)]
    return subprocess.run(
        line, env=settings(env), cwd=cwd, capture_output=True, text=True, errors='replace', timeout=120
    )


def in_one_place(*commands: list, cwd: Path, **env: str | None) -> list[Finished]:
    "Commands one after the other, each a process, in a place to which one Python came that had to load all it needs"
    text = json.dumps([[str(w) for w in words] for words in commands])
    done = subprocess.run(
        [sys.executable, __file__],
        env=settings(env),
        cwd=cwd,
        input=text,
        capture_output=True,
        text=True,
        errors='replace',
        timeout=120 * len(commands),
    )
    if done.returncode:
        raise RuntimeError(f'nothing could be loaded there: {done.stdout[-2000:]}\n{done.stderr[-4000:]}')
    return [Finished(words, *said) for words, said in zip(commands, json.loads(done.stdout))]


def load() -> None:
    "What most commands load, so that their processes need not"
    import open_clip  # noqa: F401
    import sketch_lvm.app.indexcommand
    import sketch_lvm.app.searchcommand
    import sketch_lvm.show.growing
    import sketch_lvm.show.milvus
    import sketch_lvm.study.fit  # noqa: F401


def forked(*words: object, cwd: Path | None = None, first: Callable[[], object] = lambda: None) -> Finished:
    "A finished `sketch_lvm` in a child of this process, which does something `first`"
    from sketch_lvm.testing.crash import leave_with

    load()
    sys.stdout.flush()
    sys.stderr.flush()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        if (pid := os.fork()) == 0:
            leave_with(lambda: _be_command([*map(str, words)], cwd, first, (out.fileno(), err.fileno())), 120)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        for f in (out, err):
            f.seek(0)
        return Finished(words, status, *(f.read().decode('utf-8', 'replace') for f in (out, err)))


def _be_command(words, cwd, first, streams):
    "In the child: what `python -m sketch_lvm` does"
    for number, stream in enumerate(streams, 1):
        os.dup2(stream, number)
    sys.stdout, sys.stderr = (
        open(n, 'w', encoding=s.encoding, errors=s.errors, closefd=False)
        for n, s in ((1, sys.__stdout__), (2, sys.__stderr__))
    )
    if cwd:
        os.chdir(cwd)
    first()
    sys.argv = ['sketch_lvm', *words]
    runpy.run_module('sketch_lvm', run_name='__main__', alter_sys=True)


if __name__ == '__main__':
    results = [forked(*words) for words in json.load(sys.stdin)]
    print(json.dumps([[r.returncode, r.stdout, r.stderr] for r in results]))
