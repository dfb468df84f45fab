"""Put the site together and let Sphinx write it. Usage: build.py [--out docs/_build] [--only FOLDER ...]

Notebooks are taken with the outputs they store; nothing is run. The pages of the reference and of the errors are
written from the code, the order of the rooms from tools/rooms.py, lessons and papers of a room from tools/links.py,
slides of the lessons by tools/slides.py. Where `sketch_lvm page` has left its page in the folder, as draw.html, it
comes onto the site. `--only` builds a small site, for a test.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT / 'tools')]
import here  # noqa: E402
import links  # noqa: E402
import notebooks  # noqa: E402
import slides  # noqa: E402
import source  # noqa: E402
from rooms import FOLDERS, title_and_promise  # noqa: E402

BESIDE = ('index.ipynb', 'rooms.ipynb')  # pages that are no room
ASKS = set(  # a sentence that begins with one of these asks its reader to do something
    'Add Ask Begin Bring Build Choose Delete Evaluate Fetch Give Go Index Install Leave Look Make Mend Move Name Put '
    'Remove Restore Run Say Scan Set Take Test Train Try Trust Unpack Use Wait Write'.split()
)
LINK = re.compile(r'(?<!!)\[([^\]]+)\]\(([^)\s]+\.ipynb(?:#[^)\s]*)?)\)')
FRONT = re.compile(r'---\ntitle: (.+)\ndescription: (.+)\n---\n(.*)', re.S)  # how a program's page begins
LESSONS = ('tutorials', 'lessons', 'analysis')  # folders that teach or ask; the others hold rooms
TITLES = dict(tutorials='Tutorials', lessons='Lessons', analysis='Analyses')
DRAW = 'draw.html'  # the page to draw on, with its model inside
FIRST_LESSON = 'tutorials/1_draw_and_find.ipynb'


def toctree(pages: list[str], depth: int = 1, hidden: bool = True, caption: str = '') -> str:
    "The pages below a page, in teaching order"
    options = [f':maxdepth: {depth}', *([':hidden:'] if hidden else []), *([f':caption: {caption}'] if caption else [])]
    return '\n'.join(['```{toctree}', *options, '', *pages, '```'])


def escaped(text: str) -> str:
    "Words of the code as Markdown that shows them as they are; what stands in backticks is code already"
    parts = re.split(r'(`[^`]+`)', text)
    return ''.join(
        p if p.startswith('`') and len(p) > 1 else re.sub(r'([*_<>$\[\]{}#|~\\])', r'\\\1', p) for p in parts
    )


class Site:
    "The sources of the site, written into a folder"

    def __init__(self, out: Path, only: list[str] | None = None):
        self.src, self.html, self.kept = out / 'source', out / 'html', set()
        self.draw = out / DRAW
        self.nbs = ROOT / 'nbs'
        self.folders = [f for f in FOLDERS if only is None or f in only]
        self.pages = {f: self.in_folder(f) for f in self.folders}
        kept = {p for pages in self.pages.values() for p in pages}
        self.modules = [m for m in source.modules(ROOT / 'sketch_lvm') if m.notebook in kept]
        self.modules.sort(key=lambda m: m.notebook)  # in a folder, as they are taught
        self.by_notebook = {m.notebook: m.name for m in self.modules}
        self.titles = {p: title_and_promise(self.nbs / p) for p in kept}
        self.plain = {f: self.plain_pages(f) for f in self.folders}

    def in_folder(self, folder: str) -> list[str]:
        "Notebooks of a folder, by their numbers; those of no folder are core"
        found = sorted(p.relative_to(self.nbs).as_posix() for p in (self.nbs / folder).glob('*.ipynb'))
        return [p for p in found if p not in BESIDE]

    def plain_pages(self, folder: str) -> dict[str, tuple[str, str, str]]:
        "Pages of a folder that a program writes, as Markdown: their title, what they say of themselves, and their text"
        pages = {}
        for path in sorted((self.nbs / folder).glob('*.md')):
            if found := FRONT.match(path.read_text(encoding='utf-8')):
                pages[path.relative_to(self.nbs).as_posix()] = found.groups()
        return pages

    def write(self, name: str, text: str) -> None:
        path = self.src / name
        self.kept.add(path)
        text = LINK.sub(lambda m: m[0] if self.has(path, m[2]) else m[1], text.rstrip() + '\n')
        text = text.replace('rooms.ipynb)', 'rooms.md)')  # the map of the notebooks is the page of rooms here
        if not path.exists() or path.read_text(encoding='utf-8') != text:  # Sphinx reads again only what is newer
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding='utf-8')

    def has(self, path: Path, target: str) -> bool:
        "Whether a link leads to a page of this site: a small one leaves out notebooks"
        name = os.path.relpath(path.parent / target.split('#')[0], self.src)
        return name in self.titles or name in BESIDE or not (self.nbs / name).exists()

    def write_all(self) -> None:
        known = links.lessons(self.nbs)
        for folder in self.folders:
            for name in self.pages[folder]:
                place = here.line(name, here.PICTURE in self.titles)
                place += links.line(name, known, FIRST_LESSON in self.titles)
                nb = notebooks.page(self.nbs / name, name, self.by_notebook.get(name), place)
                if name == FIRST_LESSON:
                    self.lead_to_draw(nb, '../')
                self.write(name, json.dumps(nb, ensure_ascii=False))
            for name, (title, about, text) in self.plain[folder].items():
                self.write(name, f'# {title}\n\n> {about}\n\n{text}')
        shutil.copytree(self.nbs / 'images', self.src / 'images', dirs_exist_ok=True)
        for name in ('glossary.md', 'notation.md'):
            self.write(name, (HERE / name).read_text(encoding='utf-8'))
        self.write_contents()
        self.write_reference()
        self.write_errors()
        for path in {p for e in ('ipynb', 'md') for p in self.src.rglob(f'*.{e}')} - self.kept:
            path.unlink()  # of a page that is gone

    # ---- the page to draw on

    def lead_to_draw(self, nb: dict, up: str = '') -> None:
        "A sentence at the end of a page's first cell, where there is such a page; it is no page of Sphinx"
        link = f'**<a href="{up}{DRAW}">Draw here, now</a>**: a page with its model inside; nothing leaves the browser.'
        if self.draw.is_file():
            nb['cells'][0]['source'] += f'\n\n{link}'

    def copy_draw(self) -> None:
        "Beside the front page, or gone from there"
        (self.html / DRAW).unlink(missing_ok=True)
        if self.draw.is_file():
            shutil.copy(self.draw, self.html / DRAW)

    # ---- contents

    def folder_page(self, folder: str) -> str:
        "The name of the page that lists a folder"
        return f'{folder or "core"}/index' if folder else 'core'

    def write_contents(self) -> None:
        "The front page, the rooms by folder, and what comes after what"
        for folder in self.folders:
            up = '../' * len(folder.split('/')) if folder else ''
            title = TITLES.get(folder, folder or 'core')
            rows = [f'| [{self.titles[p][0]}]({up}{p}) | {self.titles[p][1]} |' for p in self.pages[folder]]
            rows += [f'| [{told}]({up}{p}) | {about} |' for p, (told, about, _) in self.plain[folder].items()]
            every = [*self.pages[folder], *self.plain[folder]]
            below = [p.rpartition('.')[0].removeprefix(f'{folder}/') for p in every]
            what = FOLDERS[folder][0].upper() + FOLDERS[folder][1:] + '.'
            table = '\n'.join(['| page | promise |', '|---|---|', *rows])
            decks = as_slides() if folder == 'tutorials' else ''
            self.write(f'{self.folder_page(folder)}.md', f'# {title}\n\n{what}{decks}\n\n{table}\n\n{toctree(below)}')
        rooms = [f for f in self.folders if f not in LESSONS]
        lines = [f'| [{f or "core"}]({self.folder_page(f)}.md) | {FOLDERS[f]} | {len(self.pages[f])} |' for f in rooms]
        words = (
            'A room is a notebook that teaches one thing and exports one module. The folders stand in the order in '
            'which they build on one another, and inside a folder the rooms are in teaching order: *next*, at the '
            'foot of a page, walks through all of them.'
        )
        table = '\n'.join(['| folder | what a reader finds there | rooms |', '|---|---|---|', *lines])
        below = [self.folder_page(f) for f in rooms]
        papers = links.papers({p: self.titles[p][0] for f in rooms for p in self.pages[f]})
        self.write('rooms.md', f'# Rooms\n\n{words}\n\n{table}\n\n{papers}\n\n{toctree(below, 2)}')
        front = notebooks.page(self.nbs / 'index.ipynb', 'index.ipynb', None)
        lessons = [self.folder_page(f) for f in self.folders if f in LESSONS and f != 'analysis']
        asked = [self.folder_page(f) for f in self.folders if f == 'analysis']
        order = [*lessons, 'rooms', *asked, 'glossary', 'notation', 'reference/index', 'Errors <errors/index>']
        self.lead_to_draw(front)
        front['cells'] += notebooks.prose(toctree(order, 2))
        self.write('index.ipynb', json.dumps(front, ensure_ascii=False))

    # ---- reference

    def users(self) -> dict[tuple[str, str], list[str]]:
        "Who imports a name: pages by (module, name), lessons and analyses first"
        found = defaultdict(list)
        order = sorted(self.titles, key=lambda p: (p.split('/')[0] not in LESSONS, list(self.titles).index(p)))
        for name in order:
            nb = json.loads((self.nbs / name).read_text(encoding='utf-8'))
            for taken in set().union(*map(source.imports, notebooks.examples(nb))):
                if taken[0] != self.by_notebook.get(name):
                    found[taken].append(name)
        return found

    def linked(self, pages: list[str], most: int = 8) -> str:
        links = [f'[{escaped(self.titles[p][0])}](../{p})' for p in pages[:most]]
        return ', '.join(links) + (f' and {len(pages) - most} more' if len(pages) > most else '')

    def write_reference(self) -> None:
        "A page for each module, from its text"
        users, by_folder = self.users(), defaultdict(list)
        for m in self.modules:
            parts = [
                f'# {escaped(m.name.removeprefix("sketch_lvm."))}',  # `__main__` would be bold
                escaped(m.about),
                f'Built and tested in [{self.titles[m.notebook][0]}](../{m.notebook}).',
            ]
            parts += [self.entry(p, m, users) for p in source.names(m)]
            self.write(f'reference/{m.name}.md', '\n\n'.join(parts))
            by_folder[m.notebook.rpartition('/')[0]].append(m)
        parts = [
            '# Reference',
            'Every module with its public names, written from the code: what it takes, what it says of itself, and '
            'which pages use it.',
        ]
        for folder in self.folders:
            if by_folder[folder]:
                rows = [
                    f'| [{escaped(m.name)}]({m.name}.md) | {self.titles[m.notebook][1]} |' for m in by_folder[folder]
                ]
                parts += [f'## {folder or "core"}', '\n'.join(['| module | what it is for |', '|---|---|', *rows])]
        parts.append(toctree([m.name for f in self.folders for m in by_folder[f]]))
        self.write('reference/index.md', '\n\n'.join(parts))

    def entry(self, p: source.Public, m: source.Module, users: dict) -> str:
        "A public name as a directive that Sphinx can index and link"
        kind = dict(data='data').get(p.kind, p.kind)
        head = f'{p.name}{p.signature}' if p.kind != 'data' else p.name
        options = [
            f':module: {m.name}',
            *([f':value: {json.dumps(p.signature)}'] if p.kind == 'data' and p.signature else []),
        ]
        body = [escaped(p.doc), '\n'.join(f'- `{name}`: {escaped(note)}' for name, note in p.notes)]
        for x in p.members:
            inner = [escaped(x.doc), '\n'.join(f'- `{n}`: {escaped(note)}' for n, note in x.notes)]
            made = f'{x.name}{x.signature}' if x.kind == 'method' else x.name
            typed = (
                [f':type: {json.dumps(x.signature.removeprefix(" -> "))}']
                if x.kind == 'property' and x.signature
                else []
            )
            text = '\n\n'.join(t for t in inner if t)
            body.append('\n'.join([f'::::{{py:{x.kind}}} {made}', *typed, '', text, '::::']))
        if pages := users.get((m.name, p.name)):
            body.append(f'*Used in* {self.linked(pages)}')
        text = '\n\n'.join(t for t in body if t)
        return '\n'.join([f':::::{{py:{kind}}} {head}', *options, '', text, ':::::'])

    # ---- errors

    def write_errors(self) -> None:
        "The sentences that the user may meet: a page for each room, a section for each sentence, and a list of all"
        parts, below, count = [], [], 0
        for m in self.modules:
            together = defaultdict(list)
            for r in source.refusals(m):
                together[tuple(r.sentences) or (r.where, r.line)].append(r)
            if not together:
                continue
            title, page = self.titles[m.notebook][0], m.name.removeprefix('sketch_lvm.')
            sections, rows, taken = [], [], set()
            for said in together.values():
                place = slug(said[0])
                while place in taken:
                    place += '-x'
                taken.add(place)
                sections.append(f'({page}-{place})=\n## {escaped(shortened(said[0]))}\n\n{self.error(said, m)}')
                rows.append(f'- [{escaped(shortened(said[0]))}](#{page}-{place})')
            taught = f'[{escaped(title)}](../{m.notebook})'
            room = f'Raised in [`{m.name}`](../reference/{m.name}.md), which {taught} builds and tests.'
            self.write(f'errors/{page}.md', '\n\n'.join([f'# Errors of {escaped(title)}', room, *sections]))
            below.append(page)
            count += len(rows)
            parts.append(f'## {escaped(title)}\n\n' + '\n'.join(rows))
        words = (
            f'What a user can mend is said in a sentence that tells how. Here are {count} of them, by the room that '
            'raises them, each with the condition under which it is raised. The pages are written from the code. What '
            'stands in braces is filled in when the sentence is said. The search finds any of its words.'
        )
        self.write('errors/index.md', '\n\n'.join(['# What the errors mean', words, *parts, toctree(below)]))

    def error(self, said: list[source.Refusal], m: source.Module) -> str:
        "One sentence: as it is printed, what it asks for, where it comes from"
        r = said[0]
        how = dict(
            one='It says:',
            choice='It says one of these:',
            parts='It is put together from these, as far as they apply:',
            unread='Its words are put together when it is raised, and cannot be read from the code.',
        )
        whole = r.how == 'one' and not shortened(r).endswith(' ...')  # the heading says it all
        parts = [] if whole else [how[r.how], *(f'```text\n{t.strip()}\n```' for t in r.sentences)]
        if r.how == 'one' and (more := second_part(r.sentences[0])):
            parts.append(f'**{"What to do" if more.split()[0].strip(",") in ASKS else "It adds"}:** {escaped(more)}')
        for x in said:
            code = f'{x.when}:\n{indented(x.code)}' if x.when else flush(x.code)
            parts.append(f'In `{x.where or m.name}`:\n\n```python\n{code}\n```')
        return '\n\n'.join(parts)


def as_slides() -> str:
    "A line of links to the slides of the lessons, which are no pages of Sphinx"
    links = [f'<a href="../slides/{p.stem}.html">{p.name[0]}</a>' for p in slides.lessons()]
    return f' The lessons as slides: {", ".join(links)}.'


def shortened(r: source.Refusal) -> str:
    "What an error page is called"
    text = ' '.join(r.sentences[0].split()) if r.sentences else f'An error of {r.where}, line {r.line}'
    return text if len(text) <= 90 else text[:87].rsplit(' ', 1)[0] + ' ...'


def slug(r: source.Refusal) -> str:
    "A short name of a sentence, for its address"
    return '-'.join(re.findall(r'[a-z0-9]+', shortened(r).lower())[:7])


def second_part(text: str) -> str:
    "What follows the first sentence: often how to mend what the first one states"
    parts = re.split(r'(?<=[.;?])\s+(?=\S)', ' '.join(text.split()), maxsplit=1)
    rest = parts[1] if len(parts) == 2 else ''
    return rest[:1].upper() + rest[1:] if len(rest) > 8 else ''


def flush(code: str) -> str:
    "Lines moved to the left margin"
    lines = code.splitlines()
    first = len(lines[0]) - len(lines[0].lstrip())
    return '\n'.join(line[first:] if not line[:first].strip() else line.lstrip() for line in lines)


def indented(code: str) -> str:
    return '\n'.join('    ' + line for line in flush(code).splitlines())


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--out', type=Path, default=HERE / '_build', help='where to write it')
    p.add_argument('--only', nargs='*', help='folders of nbs to build; all of them without it')
    args = p.parse_args()
    site = Site(args.out.resolve(), args.only)
    site.write_all()
    command = [sys.executable, '-m', 'sphinx', '-q', '-b', 'html', '-c', HERE, '-d', args.out.resolve() / 'doctrees']
    done = subprocess.run([str(x) for x in [*command, site.src, site.html]])
    site.copy_draw()
    if 'tutorials' in site.folders:
        slides.write(site.html / 'slides')
    if done.returncode == 0:
        print(f'{site.html / "index.html"} opens in a browser as it is.')
    return done.returncode


if __name__ == '__main__':
    sys.exit(main())
