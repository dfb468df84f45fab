"""Write the student's version of each lesson: blanks for solutions, and solutions folded below the checks.

Usage: exercises.py            writes nbs/exercises from nbs/tutorials
       exercises.py --check    writes nothing; says what differs, and what is wrong with an exercise
       exercises.py --try [lesson.ipynb ...]     runs each blank and its check: the check must fail with a sentence

An exercise of lesson N stands in three cells, which need not follow each other directly:

    ### Exercise N.k: title              | #| exercise N.k              | #| check N.k
    *10 minutes, importance 4 of 5*      | # your code                  | assert answer is not None, 'what is wrong'
    what to do                           | answer = 1 + 1               |
                                         | # end of your code           |

What stands between the two lines becomes a blank that runs: names that are used afterwards are None, functions and
classes keep their heads. Everything else stays as it is, but stored outputs end at the first **Predict.** or exercise,
and checks are folded: some of them know the answer. What a check says to a wrong answer must not hold the right one.
The first cell of a lesson installs the project in Colab; its line REPOSITORY is what settings.ini says under git_url.
"""

import argparse
import ast
import contextlib
import copy
import json
import os
import re
import sys
import textwrap
import time
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LESSON = re.compile(r'(\d)_\w+\.ipynb')
MARK = re.compile(r'#\| *(exercise|check) +(\d+\.\d+)\n')
HEADING = re.compile(r'### Exercise (\d+\.\d+): .+\n+\*(\d+) minutes?, importance ([1-5]) of 5\*')
PROMISE = re.compile(r'exercises ask for (\d+) minutes more, \w+ (?:\w+ )?of importance 5 alone for (\d+)')
REGION = re.compile(r'^([ \t]*)# your code\n(.*?)^[ \t]*# end of your code[ \t]*$', re.M | re.S)
LINK = re.compile(r'\]\(((?!\w+:|#|/)[^)\s]+)\)')
SKIP = re.compile(r'^#\| *(slow|gpu|weights|browser|test|eval: *false)\b', re.M)
FEWEST = 5  # exercises of a lesson
PREDICT = '**Predict.**'
FOLDED = dict(jupyter=dict(source_hidden=True))
LONG = 3  # digits from which on a number in a condition may be the answer
ADDRESS = re.compile(r"^REPOSITORY = '.*?'", re.M)


def code(cell: dict) -> str:
    return ''.join(cell['source']) if cell['cell_type'] == 'code' else ''


def mark(cell: dict) -> tuple[str, str] | None:
    "('exercise' or 'check', '2.1') of a cell that begins so"
    found = MARK.match(code(cell) + '\n')
    return (found[1], found[2]) if found else None


# ---- the address of the project


def address(root: Path = ROOT) -> str:
    "Where git finds the project; nothing if settings.ini names no public copy"
    cfg = ConfigParser(delimiters=['='])
    cfg.read(root / 'settings.ini', encoding='utf-8')
    return cfg.get('DEFAULT', 'git_url', fallback='').strip()


def write_address(root: Path = ROOT) -> None:
    "Write it into the first cells of the lessons, and nothing else"
    line = f'REPOSITORY = {address(root)!r}'
    for path in lessons(root):
        nb = read(path)
        cell = next((c for c in nb['cells'] if ADDRESS.search(code(c))), None)
        if cell and (new := ADDRESS.sub(lambda m: line, code(cell))) != code(cell):
            cell['source'] = new.splitlines(keepends=True)
            path.write_text(written(nb), encoding='utf-8')


# ---- names


def tree(source: str) -> ast.Module:
    "The syntax of a cell without the lines that only IPython understands; nothing if it cannot be read"
    lines = [line for line in source.splitlines() if not re.match(r'\s*[%!]', line)]
    try:
        return ast.parse('\n'.join(lines))
    except SyntaxError:
        return ast.Module([], [])


def bound(body: list[ast.stmt], counters: bool = True) -> list[str]:
    "Names that statements bind, in order, not those inside functions and comprehensions; `counters` are those of loops"
    names: dict[str, None] = {}
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop(0)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names[node.name] = None
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update((a.asname or a.name.split('.')[0], None) for a in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names[node.id] = None
        elif isinstance(node, ast.For) and not counters:
            todo[:0] = node.body
        elif not isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            todo[:0] = ast.iter_child_nodes(node)
    return list(names)


def used(body: list[ast.stmt] | ast.Module) -> set[str]:
    "All names that statements read"
    nodes = [body] if isinstance(body, ast.Module) else body
    return {n.id for b in nodes for n in ast.walk(b) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


# ---- blanks


def head(node: ast.stmt, lines: list[str]) -> list[str]:
    "A function or a class as far as its first statement, with its docstring, and the same of its methods"
    first = node.body[0]
    begin = min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1
    if first.lineno == node.body[0].end_lineno == node.lineno:  # all in one line
        return [lines[begin][: first.col_offset].rstrip() + ' ...']
    doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    starts = [first.lineno, *(d.lineno for d in getattr(first, 'decorator_list', ()))]
    out = lines[begin : first.end_lineno if doc else min(starts) - 1]
    while out and not doc and out[-1].lstrip().startswith('#'):
        out.pop()
    inner = [n for n in node.body if isinstance(n, ast.FunctionDef)] if isinstance(node, ast.ClassDef) else []
    for n in inner:
        out += ['', *head(n, lines)]
    return out if inner else [*out, ' ' * first.col_offset + '...']


def standing(before: str, indent: str) -> set[str]:
    "Names that have a value where the blank begins, in its own function: they need no other one"
    body = ast.parse(f'{before}{indent}pass').body
    while body[-1].col_offset < len(indent):
        body = body[-1].body
    return set(bound(body, False))


def blank(region: str, later: set[str]) -> list[str]:
    "The lines that stand where a solution stood; `later` are names that are read afterwards and have no value yet"
    source = textwrap.dedent(region)
    body, lines = ast.parse(source).body, source.splitlines()
    out: list[str] = []
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            out += [*([''] if out else []), *head(node, lines)]
    kept = {n.name for n in body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
    free = [n for n in bound(body, False) if n in later and n not in kept]
    return [*(f'{n} = None' for n in free), *([''] if free and out else []), *(out or ['...'])]


def parts(source: str, where: str) -> tuple[str, str, str, str]:
    "Before the region, its indent, the region, and after it"
    found = list(REGION.finditer(source))
    if len(found) != 1:
        raise SystemExit(f'{where}: it needs one "# your code" and below it one "# end of your code".')
    m = found[0]
    return source[: m.start()], m[1], m[2], source[m.end() :]


def blanked(source: str, following: str, where: str) -> str:
    "An exercise's cell with a blank; `following` is the code of the cells after it"
    before, indent, region, after = parts(source, where)
    inner = textwrap.dedent(indent + after.lstrip('\n')) if indent else after
    later = used(tree(textwrap.dedent(inner))) | set(re.findall(r'\b[A-Za-z_]\w*', after))
    later |= set() if indent else used(tree(following))
    lines = ['# your code', *blank(region, later - standing(before, indent)), '# end of your code']
    return before + textwrap.indent('\n'.join(lines), indent) + after


def solution(source: str, where: str) -> str:
    "What is folded below the check"
    region = textwrap.dedent(parts(source, where)[2]).strip('\n')
    return f'<details><summary>A solution</summary>\n\n```python\n{region}\n```\n\n</details>'


# ---- checks


def long_numbers(node: ast.AST) -> set[str]:
    "The numbers of three digits or more in an expression, as digits alone"
    values = [str(n.value) for n in ast.walk(node) if isinstance(n, ast.Constant) and type(n.value) in (int, float)]
    digits = [re.sub(r'\D', '', v).lstrip('0') for v in values if 'e' not in v]
    return {d for d in digits if len(d) >= LONG}


def gives_away(check: str) -> list[str]:
    "The messages of a check that hold the right answer: `wanted` itself, something computed, or a number it asks for"
    out = []
    for node in ast.walk(tree(check)):
        if isinstance(node, ast.Assert) and node.msg:
            shown = [n.value for n in ast.walk(node.msg) if isinstance(n, ast.FormattedValue)]
            literal = ''.join(
                n.value for n in ast.walk(node.msg) if isinstance(n, ast.Constant) and type(n.value) is str
            )
            said = {re.sub(r'\D', '', m).lstrip('0') for m in re.findall(r'\d[\d,._]*', literal)}
            computed = any(isinstance(v, ast.BinOp) for v in shown)
            if computed or 'wanted' in used([*shown]) or said & long_numbers(node.test):
                out.append(ast.unparse(node.msg))
    return out


# ---- lessons


def lessons(root: Path = ROOT) -> list[Path]:
    "The notebooks of nbs/tutorials that hold an exercise"
    found = sorted((root / 'nbs' / 'tutorials').glob('*.ipynb'))
    return [p for p in found if LESSON.fullmatch(p.name) and any(map(mark, read(p)['cells']))]


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding='utf-8'))


def written(nb: dict) -> str:
    "As nbdev writes a notebook"
    return json.dumps(nb, sort_keys=True, indent=1, ensure_ascii=False) + '\n'


def complaints(path: Path) -> list[str]:
    "What is wrong with the exercises of a lesson"
    out, seen, cells = [], {'heading': [], 'exercise': [], 'check': []}, read(path)['cells']
    promised, minutes = None, [0, 0]  # of all exercises, and of those of importance 5
    for cell in cells:
        text = ''.join(cell['source']) if cell['cell_type'] == 'markdown' else ''
        promised = promised or PROMISE.search(text)
        if found := mark(cell):
            seen[found[0]].append(found[1])
            told = gives_away(code(cell)) if found[0] == 'check' else []
            out += [f'check {found[1]} gives the answer away: {message}' for message in told]
        elif text.startswith('### Exercise'):
            if m := HEADING.match(text):
                seen['heading'].append(m[1])
                minutes[0] += int(m[2])
                minutes[1] += int(m[2]) * (m[3] == '5')
            else:
                out.append(f'{text.splitlines()[0]!r} should have "*10 minutes, importance 4 of 5*" as its second line')
    number = path.name[0]
    wanted = [f'{number}.{i + 1}' for i in range(len(seen['exercise']))]
    for what, names in seen.items():
        if names != wanted:
            out.append(f'its {what}s are {", ".join(names) or "none"}; they should be {", ".join(wanted)}')
    if promised and [int(n) for n in promised.groups()] != minutes:
        out.append(f'it promises {" and ".join(promised.groups())} minutes; its exercises add up to {minutes}')
    if len(wanted) < FEWEST:
        out.append(f'{len(wanted)} exercises; a lesson has at least {FEWEST}')
    return out


def elsewhere(text: str, path: Path) -> str:
    "Links of a lesson as they lead from the folder of exercises: lessons have twins there, other tutorials do not"

    def moved(m: re.Match) -> str:
        beside = '/' not in m[1]
        twin = beside and LESSON.fullmatch(m[1].split('#')[0])
        return m[0] if twin or not beside else f'](../tutorials/{m[1]})'

    return LINK.sub(moved, text)


def student(path: Path) -> dict:
    "A lesson with blanks, checks folded, and solutions folded below them"
    nb, cells, folded, begun = read(path), [], {}, False
    for i, cell in enumerate(nb['cells']):
        cell, found = copy.deepcopy(cell), mark(cell)
        begun = begun or bool(found) or (cell['cell_type'] == 'markdown' and PREDICT in ''.join(cell['source']))
        if found and found[0] == 'check':
            cell['metadata'] = {**cell['metadata'], **FOLDED}
        if cell['cell_type'] == 'markdown':
            cell['source'] = elsewhere(''.join(cell['source']), path)
        elif begun:
            cell.update(outputs=[], execution_count=None)
        if found and found[0] == 'exercise':
            where = f'{path.name}, exercise {found[1]}'
            following = '\n'.join(code(c) for c in nb['cells'][i + 1 :] if tree(code(c)).body)
            folded[found[1]] = solution(code(cell), where)
            cell['source'] = blanked(code(cell), following, where)
        cell['source'] = ''.join(cell['source']).splitlines(keepends=True)
        cells.append(cell)
        if found and found[0] == 'check':
            text = folded.get(found[1], '').splitlines(keepends=True)
            cells.append(
                dict(cell_type='markdown', id=f'solution{found[1].replace(".", "-")}', metadata={}, source=text)
            )
    note = (
        '\n\nChecks are folded: run them as they are. Solutions are folded below them. '
        f'This page is written from [the lesson](../tutorials/{path.name}).'
    )
    cells[0]['source'] = (''.join(cells[0]['source']).rstrip() + note).splitlines(keepends=True)
    return {**nb, 'cells': cells}


def pages(root: Path = ROOT) -> dict[Path, str]:
    "What nbs/exercises should hold"
    return {root / 'nbs' / 'exercises' / p.name: written(student(p)) for p in lessons(root)}


def write(root: Path = ROOT) -> None:
    "Write nbs/exercises; what no lesson has any longer goes"
    write_address(root)
    made, folder = pages(root), root / 'nbs' / 'exercises'
    if made:
        folder.mkdir(exist_ok=True)
        (folder / '.notest').touch()  # nbdev_test leaves blanks alone
    for path, text in made.items():
        path.write_text(text, encoding='utf-8')
    for old in set(folder.glob('*.ipynb')) - set(made):
        old.unlink()


def check(root: Path = ROOT) -> int:
    "Say what is wrong; returns how much is"
    wrong = [f'{p.name}: {w}' for p in lessons(root) for w in complaints(p)]
    made, folder = pages(root), root / 'nbs' / 'exercises'
    for path in sorted({*made, *folder.glob('*.ipynb')}):
        if not path.exists() or path.read_text(encoding='utf-8') != made.get(path):
            wrong.append(f'nbs/exercises/{path.name} does not follow from its lesson: run tools/exercises.py')
    print('\n'.join([*wrong, f'exercises: {len(made)} lessons, {len(wrong) or "no"} complaint(s)']))
    return len(wrong)


# ---- blanks must fail


def needed(sources: list[str], at: int, blank_and_check: str) -> set[int]:
    "The cells before `at` that bind what a blank and its check read, and what these read in turn"
    names, out = used(tree(blank_and_check)), set()
    for i in range(at - 1, -1, -1):
        if SKIP.search(sources[i]):
            continue
        body = tree(sources[i])
        if names & (made := set(bound(body.body, False))):
            out.add(i)
            names = (names - made) | used(body)
    return out


def blanks_of(path: Path) -> dict[int, tuple[str, str, str]]:
    "The exercises of a lesson by their cells: name, blank, and the check that has to refuse it"
    cells = read(path)['cells']
    sources, marks = [code(c) for c in cells], [mark(c) for c in cells]
    checks = {m[1]: sources[i] for i, m in enumerate(marks) if m and m[0] == 'check'}
    out = {}
    for i, m in enumerate(marks):
        if m and m[0] == 'exercise':
            following = '\n'.join(s for s in sources[i + 1 :] if tree(s).body)
            out[i] = m[1], blanked(sources[i], following, f'{path.name}, exercise {m[1]}'), checks[m[1]]
    return out


def try_blanks(path: Path) -> dict[str, str]:
    "Run what the exercises of a lesson need, then each blank with its check; returns what each check said"
    sources, blanks = [code(c) for c in read(path)['cells']], blanks_of(path)
    wanted = set().union(*(needed(sources, i, f'{text}\n{check}') for i, (_, text, check) in blanks.items()))
    said, names = {}, dict(__name__='lesson', display=lambda *a, **k: None)
    with contextlib.chdir(path.parent):
        for i, source in enumerate(sources):
            if i in blanks:
                name, text, check = blanks[i]
                said[name] = failure(text, check, dict(names), f'{path.name}, exercise {name}')
            if i in wanted:
                exec(compile(tree(source), f'{path.name}, cell {i}', 'exec'), names)
    return said


def trying(path: Path, shell: type) -> type:
    "A shell that runs a lesson as `shell` does, and before each solution its blank, which the check has to refuse"
    blanks = {name: (text, check) for name, text, check in blanks_of(path).values()}

    class Trying(shell):
        def cell(self, cell, *args, **kwargs):
            for name in getattr(cell, 'directives_', {}).get('exercise', ()):
                text, check = blanks.pop(name)
                print(f'{name}: {failure(text, check, dict(self.user_ns), f"{path.name}, exercise {name}")}')
            return super().cell(cell, *args, **kwargs)

        def run_all(self, *args, **kwargs):
            super().run_all(*args, **kwargs)
            if blanks:
                raise SystemExit(f'{path.name}: no cell was run for {", ".join(sorted(blanks))}')

    return Trying


def failure(text: str, asks: str, names: dict, where: str) -> str:
    "The sentence with which a check refuses a blank"
    exec(compile(tree(text), f'{where}: the blank', 'exec'), names)
    try:
        exec(compile(tree(asks), f'{where}: the check', 'exec'), names)
    except AssertionError as e:
        if len(str(e).split()) < 4:
            raise SystemExit(f'{where}: its check says {str(e)!r} to a blank, which helps nobody.') from e
        return str(e)
    raise SystemExit(f'{where}: its check accepts a blank.')


def main(args: list[str]) -> int:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--check', action='store_true', help='write nothing, say what differs')
    p.add_argument('--try', dest='lessons', nargs='*', type=Path, help='run the blanks of these lessons, or of all')
    args = p.parse_args(args)
    if args.lessons is not None:
        os.environ.setdefault('MPLBACKEND', 'agg')
        for path in args.lessons or lessons():
            start = time.time()
            for name, text in try_blanks(path.resolve()).items():
                print(f'{name}: {text}')
            print(f'{path.name}: {time.time() - start:.0f} s')
        return 0
    if not args.check:
        write()
    return bool(check())


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
