"""What ruff cannot ask of notebooks: every public name that a room exports has annotations and a docstring, a room has
at most 400 exported lines, and no more than two exported cells follow each other (catalogues excepted).

Usage: style.py [notebook ...]

[tool.sketch_lvm.style] in pyproject.toml lists, by pattern, the rooms that are exempt for now, and those that may be
longer because they are catalogues. A pattern that no room needs any longer is said.
"""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST = 400  # exported lines of a room
ROW = 2  # exported cells without a word or an example between
ALWAYS = {'self', 'cls'}


def public(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    "Public functions, classes and methods, with their names; `__init__` counts, for its parameters"
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith('_'):
            yield node, node.name
            for inner in node.body if isinstance(node, ast.ClassDef) else ():
                function = isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef))
                if function and (inner.name == '__init__' or not inner.name.startswith('_')):
                    yield inner, f'{node.name}.{inner.name}'


def faults(node: ast.stmt, name: str) -> Iterator[str]:
    "What a definition lacks"
    begins = name.endswith('.__init__')
    if not begins and not ast.get_docstring(node):
        yield f'{name} has no docstring'
    if isinstance(node, ast.ClassDef) or any(_name(d) == 'overload' for d in node.decorator_list):
        return
    a = node.args
    every = [*a.posonlyargs, *a.args, *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg))]
    bare = [x.arg for x in every if x.annotation is None and x.arg not in ALWAYS]
    if bare:
        yield f'{name}: no annotation of {", ".join(bare)}'
    if node.returns is None and not begins:
        yield f'{name}: what it returns is not annotated'


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, 'attr', '')


def cells_of(path: Path) -> Iterator[tuple[str, bool, str]]:
    "Id, whether it is exported, and source of the cells of a notebook that a reader sees; tests are folded away"
    for cell in json.loads(path.read_text(encoding='utf-8'))['cells']:
        source, code = ''.join(cell['source']), cell['cell_type'] == 'code'
        if not (code and re.match(r'#\|\s*test\b', source)):
            yield cell.get('id', ''), bool(code and re.match(r'#\|\s*export\b', source)), source


def wordless(path: Path) -> Iterator[str]:
    "Exported cells that are one too many in a row"
    row = 0
    for name, is_exported, _ in cells_of(path):
        row = row + 1 if is_exported else 0
        if row == ROW + 1:
            yield f'cell {name}: more than {ROW} exported cells in a row, say a word before it'


def complaints(path: Path, catalogue: bool = False) -> list[str]:
    "Everything that is wrong with the exported cells of a notebook"
    out, lines = [], 0
    for source in (source for _, is_exported, source in cells_of(path) if is_exported):
        lines += sum(not line.startswith('#|') for line in source.splitlines())
        out += [f for node, name in public(ast.parse(source)) for f in faults(node, name)]
    if catalogue:
        return out
    return [*out, *wordless(path)] + [f'{lines} exported lines, more than {MOST}: make it two rooms'] * (lines > MOST)


def patterns_of(kind: str, root: Path = ROOT) -> list[str]:
    "Patterns of rooms that are 'exempt', or 'catalogues'"
    settings = tomllib.loads((root / 'pyproject.toml').read_text(encoding='utf-8'))
    return settings.get('tool', {}).get('sketch_lvm', {}).get('style', {}).get(kind, [])


def main(args: list[str], root: Path = ROOT) -> int:
    "Print all complaints; returns how many there are"
    nbs, patterns, long, found = root / 'nbs', patterns_of('exempt', root), patterns_of('catalogues', root), 0
    needed: set[str] = set()
    paths = [Path(a).resolve() for a in args] or sorted(nbs.rglob('*.ipynb'))
    for path in paths:
        if '.ipynb_checkpoints' in path.parts:
            continue
        name = path.relative_to(nbs).as_posix()
        wrong = complaints(path, any(fnmatch(name, p) for p in long))
        match = [p for p in patterns if fnmatch(name, p)]
        if match and not args:
            needed.update(match if wrong else ())
            continue
        for w in wrong:
            print(f'nbs/{name}: {w}')
        found += len(wrong)
    if idle := [p for p in patterns if p not in needed and not args]:
        print(f'style: no longer needed in pyproject.toml: {", ".join(idle)}')
    print(f'style: {found or "no"} complaint(s); {len(patterns)} pattern(s) of exempt rooms')
    return found


if __name__ == '__main__':
    sys.exit(bool(main(sys.argv[1:])))
