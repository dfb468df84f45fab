"Write nbs/rooms.ipynb, the map of all notebooks, from what each says of itself in its first cell. Usage: rooms.py"

import json
import re
from pathlib import Path

import links
from nbdev.config import get_config

FOLDERS = {  # in the order in which they build on one another: what a reader finds there
    'tutorials': 'lessons, to be read from top to bottom',
    'analysis': 'questions to what was trained, and their answers',
    '': 'before all others: repeatable randomness, files that survive a crash, one kind of error',
    'world': 'sixty-nine kinds of things drawn by programs, as photos, line art and sketches',
    'data': 'pictures read right, real data sets and the mini world as sets, batches as pure functions',
    'clip': 'any CLIP behind one door, a prompted forward through a frozen tower, what exactly trains',
    'methods': 'the losses by hand; methods, presets and ablations as plain data',
    'methods/classics': 'what systems before CLIP asked for, as objectives on our towers',
    'train': 'a loop that a crash does not hurt, and what is shared afterwards',
    'measure': 'metrics, protocols, reports, comparisons with intervals',
    'study': 'one door to training, rates that are tuned, tables of the papers, studies with a plan',
    'look': 'what an encoder sees: geometry, patches, margins, strokes, maps',
    'show': 'figures, galleries, the pad, the explorer',
    'app': 'the quickstart, the commands, and a page in the browser',
    'testing': 'outside the way of the product: what tests are made with',
    'bench': 'everything that measures speed',
}
OPENING = """# The rooms

> Every notebook of the project, with the promise it makes in its first cell.

The rooms lie in folders by what a reader looks for, and the package has the same folders: \
`nbs/data/06_cache.ipynb` is `sketch_lvm.data.cache`. Inside a folder they are numbered in teaching order, and \
the folders stand here in the order in which they build on one another. Each room is a lesson that exports one \
module, and its tests stand beside what they test. \
The last column has the numbers of the [lessons](tutorials/1_draw_and_find.ipynb) nearest to a room, and the papers \
whose ideas it builds or examines; their titles are at the end. \
This page is written by `tools/rooms.py`, the last column from `tools/links.py`."""


def title_and_promise(path: Path) -> tuple[str, str]:
    "What stands in the first cell of a notebook: its heading, and the line that begins with >"
    first = ''.join(json.loads(path.read_text(encoding='utf-8'))['cells'][0]['source'])
    found = re.fullmatch(r'# (.+?)\n+> (.+?)\s*', first, re.DOTALL)
    if not found:
        raise SystemExit(f'{path}: its first cell should be "# Title" and "> one promise", not {first[:80]!r}.')
    return found[1], ' '.join(found[2].split())


def in_folder(nbs: Path, folder: str) -> list[tuple[str, str, str]]:
    "The notebooks of a folder: where each is, its title and its promise"
    pages = sorted(p for p in (nbs / folder).glob('*.ipynb') if p.stem not in ('index', 'rooms'))
    return [(p.relative_to(nbs).as_posix(), *title_and_promise(p)) for p in pages]


def section(nbs: Path, folder: str) -> str:
    "A folder and its notebooks as a table"
    rows, known = in_folder(nbs, folder), links.lessons(nbs)
    linked = any(links.link(path) != ((), ()) for path, *_ in rows)
    lines = [
        f'| [{title}]({path}) | {promise} |' + f' {links.short(path, known)} |' * linked
        for path, title, promise in rows
    ]
    head = ['| room | promise |' + ' lessons; papers |' * linked, '|---|---|' + '---|' * linked]
    return '\n'.join([f'## {folder or "core"}', '', FOLDERS[folder] + '.', '', *head, *lines])


def rooms(nbs: Path) -> dict:
    "The map as a notebook"
    folders = {
        p.parent.relative_to(nbs).as_posix() for p in nbs.rglob('*.ipynb') if '.ipynb_checkpoints' not in p.parts
    }
    if unknown := sorted(folders - {'.', 'exercises', *FOLDERS}):  # exercises are the tutorials once more, with blanks
        raise SystemExit(f'tools/rooms.py has no words for nbs/{unknown[0]}: add them to FOLDERS.')
    titles = {path: title for f in FOLDERS for path, title, _ in in_folder(nbs, f)}
    texts = [t for t in (OPENING, *(section(nbs, f) for f in FOLDERS), links.papers(titles)) if t]
    cells = [
        dict(cell_type='markdown', id=f'map{i:05d}', metadata={}, source=text.splitlines(keepends=True))
        for i, text in enumerate(texts)
    ]
    kernel = dict(display_name='python3', language='python', name='python3')
    return dict(cells=cells, metadata=dict(kernelspec=kernel), nbformat=4, nbformat_minor=5)


if __name__ == '__main__':
    nbs = Path(get_config().nbs_path)
    text = json.dumps(rooms(nbs), indent=1, ensure_ascii=False, sort_keys=True)
    (nbs / 'rooms.ipynb').write_text(text + '\n', encoding='utf-8')
