"""Change one place of the package at a time and see whether a test of its room notices. Usage: mutants.py --count 100

Works on a copy. A mutation is chosen by a seed from every place of these modules where an operator, a constant, a
comparison, a word or a call could be another: so a survivor can be made again with the same seed. The rooms are those
whose silent mistakes would be believed: metrics, losses, prompts, sampling, runs, galleries, protocols.

The tests run in a process forked from one that has torch loaded, cheap files first, and stop at the first failure. With
--keep every mutant is written down as it is done; what is written for the same text is not done again, so a run that
was stopped goes on.
"""

import argparse
import ast
import compileall
import hashlib
import itertools
import json
import os
import py_compile
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from jobs import HEAVY, QUIET, Job, preload, start

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / 'tests' / 'faults' / 'mutants.json'
ROOMS = {  # module -> files of tests, cheap ones first
    'measure/ranking.py': [
        'test_measure_ranking.py',
        'test_measure_metrics.py',
        'faults/test_metamorphic.py',
        'test_measure_accuracy.py',
    ],
    'measure/metrics.py': ['test_measure_metrics.py', 'faults/test_metamorphic.py'],
    'measure/accuracy.py': ['test_measure_accuracy.py', 'test_measure_metrics.py'],
    'measure/protocols.py': ['test_measure_protocols.py', 'test_measure_evaluate.py'],
    'methods/losses.py': ['test_methods_losses.py', 'faults/test_metamorphic.py'],
    'clip/prompts.py': ['test_clip_prompts.py', 'test_clip_timm_vit.py', 'test_clip_whole_tower.py'],
    'data/sampling.py': ['test_data_sampling.py'],
    'train/runs.py': ['test_train_runs.py'],
    'train/sealed.py': ['test_train_sealed.py'],
    'show/search.py': ['test_show_search.py', 'test_show_gallery.py', 'faults/test_metamorphic.py'],
    'show/gallery.py': ['test_show_gallery.py', 'faults/test_metamorphic.py'],
    'show/keeping.py': ['test_show_keeping.py', 'test_show_gallery.py'],
}
NAMED = [  # what a review found nobody to notice: module, text, what stands in its place, the test that notices now
    (
        'show/gallery.py',
        "page[None], 'sketch'",
        "page[None], 'photo'",
        'show_gallery drawings_are_embedded_as_drawings',
    ),
    (
        'measure/ranking.py',
        'n: float(v.mean()) for n, v in means.items()',
        'n: float(v[p.rows].mean()) for n, v in per_query.items()',
        'measure_metrics a_class_counts_once_in_the_macro_mean',
    ),
    ('train/workers.py', 'prctl(1, signal.SIGKILL)', 'prctl(1, 0)', 'train_workers workers_go_with_the_main_process'),
    ('show/keeping.py', 'if not GALLERY.version_of(kind, folder):', 'if False:', 'show_keeping a_seal_is_no_proof'),
    ('train/sealed.py', '        os.fsync(fd)', '        pass', 'train_sealed every_name_and_byte_is_waited_for'),
    ('core.py', 'os.fsync(f.fileno())', 'pass', 'core the_bytes_are_on_the_disk_before_the_name'),
    ('train/runs.py', 'os.fsync(self.file.fileno())', 'pass', 'train_runs what_a_log_promises_is_on_the_disk'),
]
EQUIVALENT = {  # mark -> why no test can notice: what is computed stays the same
    'f24d3d4e8ffe': 'torch.mm widens the empty slice that it is given, and its numbers land in the same place',
    '87c28cf35c5d': 'two more than a tile is rounded up to two tiles',
    'ed0713eab8b0': 'without copies the columns are gathered by their own numbers: the same rows, and more work',
    '1413310cadcf': 'more rows are looked at exactly, and the best of them are the same',
    '81e93f907629': 'more rows are looked at exactly, and the best of them are the same',
    'f0a0a94cd4e2': 'no float of 32 bits is at exactly this distance from one',
}
SWAPS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
WORDS = {'sketch': 'photo', 'photo': 'sketch', 'expected': 'stable'}
NAMES = dict(
    min='max', max='min', mean='sum', sum='mean', ascending='descending', any='all', all='any', append='extend'
)


class Mutation(NamedTuple):
    "One change"

    module: str
    line: int
    old: str
    new: str
    source: str  # of the whole module, changed


def changes(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    "A node and what could stand in its place"

    def like(**fields: object) -> ast.AST:
        same = {k: getattr(node, k) for k in node._fields}
        return ast.copy_location(type(node)(**(same | fields)), node)

    if isinstance(node, ast.BinOp) and type(node.op) in SWAPS and not isinstance(node.left, (ast.JoinedStr, ast.List)):
        yield node, like(op=SWAPS[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        yield node, like(op=SWAPS[type(node.op)]())
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPS:
        yield node, like(ops=[SWAPS[type(node.ops[0])]()])
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub, ast.Invert)):
        yield node, node.operand
    elif isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield node, like(attr=NAMES[node.attr])
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield node, like(value=not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        yield node, like(value=node.value + 1)
    elif isinstance(node, ast.Constant) and node.value in WORDS:
        yield node, like(value=WORDS[node.value])
    elif isinstance(node, ast.If):
        yield node.test, ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test)


def skipped(tree: ast.Module) -> set[int]:
    "Nodes that no test need notice: annotations, what is said in errors, docstrings, help for readers"
    out: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST] = []
        if isinstance(node, (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom)):
            parts = [node]
        elif isinstance(node, ast.arg) and node.annotation:
            parts = [node.annotation]
        elif isinstance(node, ast.AnnAssign):
            parts = [node.annotation]
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            parts = [node.returns] if node.returns else []
        out |= {id(x) for part in parts for x in ast.walk(part)}
    return out


def mutations(module: str) -> list[Mutation]:
    "Every change of a module; the text around the place stays as it is, line by line"
    text = (ROOT / 'sketch_lvm' / module).read_text(encoding='utf-8')
    tree, lines = ast.parse(text), text.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    leave, out = skipped(tree), []
    for node in ast.walk(tree):
        if id(node) in leave:
            continue
        for old, new in changes(node):
            begin, end = (
                starts[r - 1] + c for r, c in ((old.lineno, old.col_offset), (old.end_lineno, old.end_col_offset))
            )
            before = text.encode()[begin:end].decode()
            after = ast.unparse(new)
            source = (text.encode()[:begin] + f'({after})'.encode() + text.encode()[end:]).decode()
            try:
                compile(source, module, 'exec')
            except (SyntaxError, ValueError):
                continue  # a keyword's name, the inside of a pattern
            out.append(Mutation(module, old.lineno, ' '.join(before.split()), ' '.join(after.split()), source))
    return out


def named() -> Iterator[tuple[Mutation, list[str]]]:
    "The mutants of the review, and the test that notices each"
    for module, old, new, test in NAMED:
        text = (ROOT / 'sketch_lvm' / module).read_text(encoding='utf-8')
        if text.count(old) != 1:
            raise SystemExit(f'{module} holds {old!r} {text.count(old)} times: NAMED has to follow.')
        line = text[: text.index(old)].count('\n') + 1
        file, _, name = test.partition(' ')
        yield Mutation(module, line, old.strip(), new.strip(), text.replace(old, new)), [f'test_{file}.py::test_{name}']


def drawn(rooms: list[str], seed: int) -> Iterator[tuple[Mutation, list[str]]]:
    "Every mutant once, in an order of the seed, one room after the other"
    rand, found = random.Random(seed), {}
    for room in sorted(rooms):
        found[room] = mutations(room)
        rand.shuffle(found[room])
    for turn in itertools.zip_longest(*found.values()):
        yield from ((m, ROOMS[m.module]) for m in turn if m)


def survivors(rooms: list[str]) -> Iterator[tuple[Mutation, list[str], dict]]:
    "What survived when it was last written down, found again in the modules as they are now"
    for was in [x for x in kept() if x['seen'] == 'survived']:
        module, _, line = was['place'].partition(':')
        if module not in rooms:
            continue
        same = [m for m in mutations(module) if all(told(m)[k] == was[k] for k in ('old', 'new'))]
        if same:
            m = min(same, key=lambda m: (told(m)['mark'] != was.get('mark'), abs(m.line - int(line))))
            yield m, ROOMS[module], was
        else:
            print(f'no longer there: {was["place"]}: {was["old"]} -> {was["new"]}', flush=True)


def tested(copy: Path, tests: list[str], timeout: float) -> str:
    "What the tests say of the copy as it is: fine, the test that failed, or no answer"

    def work() -> bool:
        os.setsid()
        os.chdir(copy)
        resource.setrlimit(resource.RLIMIT_CPU, (int(timeout), int(timeout) + 5))
        os.environ |= dict(PYTHONPATH=str(copy), PYTHONDONTWRITEBYTECODE='1', OMP_NUM_THREADS='1')
        sys.path[:] = [str(copy), *(p for p in sys.path if Path(p or '.').resolve() not in (ROOT, ROOT / 'tools'))]
        sys.dont_write_bytecode = True
        import pytest

        code = pytest.main(['-x', '-q', '-rfE', '--tb=no', '-p', 'no:cacheprovider', *QUIET, *named])
        print(f'\npytest ended with {int(code)}')
        return code == 0

    named, log = [f'tests/{f}' for f in tests], copy.with_name('log')
    pid, end = start(Job('mutant', work), log), time.monotonic() + 10 * timeout
    while (ended := os.waitpid(pid, os.WNOHANG))[0] == 0:
        if time.monotonic() > end:
            os.killpg(pid, signal.SIGKILL)
        time.sleep(0.02)
    said = log.read_text(encoding='utf-8', errors='replace')
    if os.WIFSIGNALED(ended[1]):
        return f'no answer (signal {os.WTERMSIG(ended[1])})'
    if 'pytest ended with 0' in said:
        return 'fine'
    if not any(f'pytest ended with {code}' in said for code in (1, 2)):
        raise SystemExit(f'{" ".join(tests)}: {said[-2000:]}')
    failed = re.search(r'^(?:FAILED|ERROR) tests/(\S+)', said, re.M)
    return failed[1] if failed else 'failed'


def noticed(copy: Path, m: Mutation, tests: list[str], timeout: float) -> dict[str, str]:
    "What was seen, caught or survived, and by which test"
    place = copy / 'sketch_lvm' / m.module
    whole = place.read_bytes()
    place.write_text(m.source, encoding='utf-8')
    try:
        by = tested(copy, tests, timeout)
    finally:
        place.write_bytes(whole)
    if by == 'fine' and (why := EQUIVALENT.get(told(m)['mark'])):
        return dict(seen='equivalent', by=why)
    return dict(seen='survived', by='') if by == 'fine' else dict(seen='caught', by=by)


def told(m: Mutation) -> dict[str, str]:
    "A mutant in a table: the line moves with every edit, so its text and what surrounds it tell which one it is"
    mark = hashlib.sha256(m.source.encode()).hexdigest()[:12]
    return dict(place=f'{m.module}:{m.line}', old=m.old[:80], new=m.new[:80], mark=mark)


def kept() -> list[dict]:
    "What was written down before"
    return json.loads(KEPT.read_text(encoding='utf-8')) if KEPT.exists() else []


def main(args: list[str] | None = None) -> int:
    "Make mutants, run tests, count; the exit code says whether more than three of a hundred survived"
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('rooms', nargs='*', metavar='module', help=f'{", ".join(ROOMS)}; all if none is named')
    p.add_argument('--count', type=int, default=100)
    p.add_argument('--seed', type=int, default=0)
    p.add_argument('--named', action='store_true', help='the seven that a review found nobody to notice, instead')
    p.add_argument('--again', action='store_true', help='those that survived when they were last written down, instead')
    p.add_argument('--minutes', type=float, default=1e9, help='stop after so many')
    p.add_argument('--timeout', type=float, default=300, help='seconds of the processor for the tests of one mutant')
    p.add_argument('--keep', action='store_true', help=f'write the table into {KEPT.relative_to(ROOT)}')
    asked = p.parse_args(args)
    end, done, sound = time.monotonic() + 60 * asked.minutes, [], set()
    source = named() if asked.named else survivors(asked.rooms or list(ROOMS)) if asked.again else None
    source = source or itertools.islice(drawn(asked.rooms or list(ROOMS), asked.seed), asked.count)
    drawn_by = {} if asked.named or asked.again else dict(seed=asked.seed)
    if any(name.partition('.')[0] == 'sketch_lvm' for name in sys.modules):
        raise SystemExit('The package is loaded already: its mutants would not be.')
    preload(HEAVY)
    with tempfile.TemporaryDirectory() as d:
        copy = Path(d) / 'copy'
        ignore = shutil.ignore_patterns('.git', '.venv*', '__pycache__', 'runs', '.*_cache', '*.egg-info', '_build')
        shutil.copytree(ROOT, copy, ignore=ignore)
        compileall.compile_dir(copy, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
        for m, tests, *was in source:
            line = (
                told(m) | drawn_by | {k: v for x in was for k, v in dict(seed=x.get('seed'), first='survived').items()}
            )
            same = [x for x in kept() if x.get('mark') == line['mark']] if asked.keep and not was else []
            if not same:
                if time.monotonic() > end:
                    break
                if tuple(tests) not in sound and (first := tested(copy, tests, asked.timeout)) != 'fine':
                    raise SystemExit(f'{" ".join(tests)}: {first} before anything was changed')
                sound.add(tuple(tests))
                line |= noticed(copy, m, tests, asked.timeout)
                print(f'{line["seen"]}: {line["place"]}: {line["old"]} -> {line["new"]} ({line["by"]})', flush=True)
            done += same or [line]
            if asked.keep and not same:
                others = [x for x in kept() if (x['place'], x['new']) != (line['place'], line['new']) and x not in was]
                KEPT.write_text(json.dumps([*others, line], indent=1, ensure_ascii=False) + '\n', encoding='utf-8')
    survived = sum(m['seen'] == 'survived' for m in done)
    equivalent = sum(m['seen'] == 'equivalent' for m in done)
    print(f'{len(done) - survived - equivalent} of {len(done)} caught, {equivalent} equivalent')
    return survived > 0.03 * len(done)


if __name__ == '__main__':
    sys.exit(main())
