"""Change one place of the package at a time and see whether a test of its room notices. Usage: mutants.py --count 100

Works on a copy. A mutation is chosen by a seed from every place of these modules where an operator, a constant, a
comparison, a word or a call could be another: so a survivor can be made again with the same seed. The rooms are those
whose silent mistakes would be believed: metrics, losses, prompts, sampling, runs, galleries, protocols.
"""

import argparse
import ast
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / 'tests' / 'faults' / 'mutants.json'
ROOMS = {  # module -> files of tests, cheap ones first
    'measure/ranking.py': ['test_measure_metrics.py', 'faults/test_metamorphic.py', 'test_measure_accuracy.py'],
    'measure/metrics.py': ['test_measure_metrics.py', 'faults/test_metamorphic.py'],
    'measure/accuracy.py': ['test_measure_accuracy.py', 'test_measure_metrics.py'],
    'measure/protocols.py': ['test_measure_protocols.py', 'test_measure_evaluate.py'],
    'methods/losses.py': ['test_methods_losses.py', 'faults/test_metamorphic.py'],
    'clip/prompts.py': ['test_clip_prompts.py', 'test_clip_timm_vit.py'],
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
    ('show/keeping.py', 'if kind not in (KIND, OLD_KIND):', 'if False:', 'show_keeping a_seal_is_no_proof'),
    ('train/sealed.py', '        os.fsync(fd)', '        pass', 'train_sealed every_name_and_byte_is_waited_for'),
    ('core.py', 'os.fsync(f.fileno())', 'pass', 'core the_bytes_are_on_the_disk_before_the_name'),
    ('train/runs.py', 'os.fsync(self.file.fileno())', 'pass', 'train_runs what_a_log_promises_is_on_the_disk'),
]
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
    "Mutants without end, one room after the other"
    rand, found = random.Random(seed), {room: mutations(room) for room in rooms}
    for room in itertools.cycle(sorted(rooms)):
        yield rand.choice(found[room]), ROOMS[room]


def tested(copy: Path, tests: list[str], timeout: float) -> str:
    "What the tests say of the copy as it is: fine, failed, or no answer"
    env = os.environ | dict(PYTHONPATH=str(copy), PYTHONDONTWRITEBYTECODE='1', OMP_NUM_THREADS='1')
    line = [sys.executable, '-m', 'pytest', '-x', '-q', '--tb=no', '-p', 'no:cacheprovider']
    line += [f'tests/{f}' for f in tests]
    try:
        code = subprocess.run(line, cwd=copy, env=env, capture_output=True, timeout=timeout).returncode
    except subprocess.TimeoutExpired:
        return 'no answer'
    if code in (3, 5):
        raise SystemExit(f'pytest ended with {code} for {" ".join(tests)}')
    return 'failed' if code else 'fine'


def noticed(copy: Path, m: Mutation, tests: list[str], timeout: float) -> str:
    "caught, survived, or no answer in time"
    place = copy / 'sketch_lvm' / m.module
    whole = place.read_bytes()
    place.write_text(m.source, encoding='utf-8')
    try:
        return dict(fine='survived', failed='caught').get(seen := tested(copy, tests, timeout), seen)
    finally:
        place.write_bytes(whole)


def main(args: list[str] | None = None) -> int:
    "Make mutants, run tests, count; the exit code says whether more than three of a hundred survived"
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('rooms', nargs='*', metavar='module', help=f'{", ".join(ROOMS)}; all if none is named')
    p.add_argument('--count', type=int, default=100)
    p.add_argument('--seed', type=int, default=0)
    p.add_argument('--named', action='store_true', help='the seven that a review found nobody to notice, instead')
    p.add_argument('--minutes', type=float, default=1e9, help='stop after so many')
    p.add_argument('--timeout', type=float, default=300, help='seconds for the tests of one mutant')
    p.add_argument('--keep', action='store_true', help=f'write the table into {KEPT.relative_to(ROOT)}')
    asked = p.parse_args(args)
    end, done, sound = time.monotonic() + 60 * asked.minutes, [], set()
    source = named() if asked.named else itertools.islice(drawn(asked.rooms or list(ROOMS), asked.seed), asked.count)
    with tempfile.TemporaryDirectory() as d:
        copy = Path(d) / 'copy'
        ignore = shutil.ignore_patterns('.git', '.venv*', 'nbs', '__pycache__', 'runs', '.*_cache', '*.egg-info')
        shutil.copytree(ROOT, copy, ignore=ignore)
        for m, tests in source:
            if time.monotonic() > end:
                break
            if tuple(tests) not in sound and (first := tested(copy, tests, asked.timeout)) != 'fine':
                raise SystemExit(f'{" ".join(tests)}: {first} before anything was changed')
            sound.add(tuple(tests))
            seen = noticed(copy, m, tests, asked.timeout)
            done.append(dict(place=f'{m.module}:{m.line}', old=m.old[:80], new=m.new[:80], seen=seen))
            print(f'{seen}: {m.module}:{m.line}: {m.old[:80]} -> {m.new[:80]}', flush=True)
    caught = sum(m['seen'] == 'caught' for m in done)
    print(f'{caught} of {len(done)} caught')
    if asked.keep:
        before = json.loads(KEPT.read_text(encoding='utf-8')) if KEPT.exists() else []
        done = [m for m in before if m['place'] not in {x['place'] for x in done}] + done
        KEPT.write_text(json.dumps(done, indent=1, ensure_ascii=False) + '\n', encoding='utf-8')
    return caught < 0.97 * len(done)


if __name__ == '__main__':
    sys.exit(main())
