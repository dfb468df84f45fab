"""Write slides of the six lessons from the same notebooks. Usage: slides.py [--out FOLDER] [lesson.ipynb ...]

A lesson becomes one HTML file that opens from the disk and asks the network for nothing: nbconvert's slides fetch
reveal.js, RequireJS and MathJax from elsewhere when they are opened, and all that is needed of them are forty lines
(slides.js). Nothing is run; pictures and numbers are the stored ones.

What becomes a slide follows from the notebook, without marks:

- The first cell is the title.
- A heading begins a slide. Of the prose below it stand the first two sentences, and all formulas, tables, lists,
  quotations and paragraphs with a bold beginning (**Predict.**). The rest are notes, which the key N shows.
- An exercise shows its task, never its solution or its check.
- A stored picture is a slide, with what its cell and the next one printed. The first sentence after it is its caption.
- Code of at most 26 lines is shown, with what it printed, on a slide of its own from a dozen lines on. Longer code,
  imports, assertions, hidden cells and all code before the first heading are not.
"""

import argparse
import ast
import base64
import html
import json
import re
import struct
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import mistune
from exercises import ADDRESS, LESSON, ROOT, code, lessons, mark, tree
from matplotlib.path import Path as Curve
from matplotlib.textpath import TextPath, TextToPath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

HERE = Path(__file__).resolve().parent
LONGEST, LONG = 26, 12  # lines of code that a slide holds; from how many on it holds nothing else
FORMULA = re.compile(r'\$\$(.+?)\$\$|\$([^$\n]+)\$', re.S)
LINK = re.compile(r'!?\[([^\]]+)\]\(([^)\s]+)\)')
HIDDEN = re.compile(r'^#\| *(hide|test|check|exercise|default_exp)\b', re.M)
SETTING = re.compile(r'(import|from|plt\.style|[A-Z_, ]+ = |#|\s|$)')  # lines of a cell that only prepares


@dataclass
class Slide:
    "One page: its parts are HTML, its notes are Markdown"

    heading: str
    kind: str = 'text'  # title, text, code, picture or exercise
    continues: bool = False  # the heading was on the slide before
    parts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


# ---- formulas and prose


def plain_tex(tex: str) -> str:
    "What matplotlib reads: braces around single digits, no large brackets"
    tex = re.sub(r'\\[td]frac', r'\\frac', tex)
    tex = re.sub(r'\\frac(\d)(\d)', r'\\frac{\1}{\2}', tex)
    return re.sub(r'\\sqrt +(\d)', r'\\sqrt{\1}', tex).replace('\\Big', '')


@cache
def formula(tex: str, display: bool) -> str:
    "A formula as a drawing of its own, in the colour of the text"
    source, size = f'${plain_tex(" ".join(tex.split()))}$', 100
    width, height, below = TextToPath().get_text_width_height_descent(source, _font(size), ismath=True)
    path, out = TextPath((0, 0), source, size=size), []
    letters = {Curve.MOVETO: 'M', Curve.LINETO: 'L', Curve.CURVE3: 'Q', Curve.CURVE4: 'C', Curve.CLOSEPOLY: 'Z'}
    for points, kind in path.iter_segments(simplify=False, curves=True):
        out.append(letters[kind] + ('' if letters[kind] == 'Z' else ' '.join(f'{v:.0f}' for v in points)))
    box = f'0 {below - height:.0f} {width:.0f} {height:.0f}'
    style = f'height:{height / size:.2f}em;vertical-align:{-below / size:.2f}em'
    name = html.escape(tex.strip(), quote=True)
    drawn = f'<svg class="formula" role="img" aria-label="{name}" viewBox="{box}" style="{style}">'
    drawn += f'<path transform="scale(1,-1)" d="{"".join(out)}"/></svg>'
    return f'<span class="display">{drawn}</span>' if display else drawn


def _font(size: float):
    from matplotlib.font_manager import FontProperties

    return FontProperties(size=size)


def linked(m: re.Match) -> str:
    "A link to another lesson leads to its slides; of the others the words remain, of pictures in files nothing"
    if m[0].startswith('!'):
        return ''
    if re.match(r'https?:', m[2]):
        return m[0]
    return f'[{m[1]}]({Path(m[2]).stem}.html)' if LESSON.fullmatch(m[2]) else m[1]


def prose(text: str) -> str:
    "Markdown as HTML, formulas drawn"
    drawn: list[str] = []

    def put(m: re.Match) -> str:
        drawn.append(formula(m[1] or m[2], bool(m[1])))
        return f'\x02{len(drawn) - 1}\x03'

    made = mistune.create_markdown(escape=False, plugins=['table'])(LINK.sub(linked, FORMULA.sub(put, text)))
    return re.sub('\x02(\\d+)\x03', lambda m: drawn[int(m[1])], made)


def sentences(text: str, n: int) -> tuple[str, str]:
    "The first n sentences of a paragraph, and the rest"
    parts = re.split(r'(?<=[.?!])\s+(?=[A-Z*`\[$])', ' '.join(text.split()))
    return ' '.join(parts[:n]), ' '.join(parts[n:])


def blocks(text: str) -> list[str]:
    "Paragraphs, lists and tables of a cell; what is folded stays in one piece"
    folded = re.split(r'(<details>.*?</details>)', text, flags=re.S)
    pieces = [[p.strip()] if p.startswith('<details>') else re.split(r'\n\s*\n', p) for p in folded]
    return [p.strip('\n') for piece in pieces for p in piece if p.strip()]


def whole(block: str) -> bool:
    "Whether a slide shows a block as it is"
    return bool(re.match(r'\$\$|\||[-*] |\d+\. |> |\*\*', block))


# ---- cells


def picture(cell: dict) -> list[str]:
    "The stored pictures of a cell, at most half as large again as they are"
    found = []
    for o in cell.get('outputs', []):
        if data := o.get('data', {}).get('image/png'):
            data = ''.join(data).replace('\n', '')
            wide = struct.unpack('>I', base64.b64decode(data[:64])[16:20])[0]
            size = f'width:{wide * 3 // 2}px'
            found.append(f'<div class="picture"><img alt="" style="{size}" src="data:image/png;base64,{data}"></div>')
    return found


def printed(cell: dict, most: int = 14) -> str:
    "What a cell printed, and what it returned if it drew nothing, as text"
    said, drew = [], bool(picture(cell))
    for o in cell.get('outputs', []):
        data = o.get('data', {})
        if not {'image/png', 'text/html'} & set(data) and not (data and drew):
            said.append(''.join(o.get('text') or data.get('text/plain', '')))
    lines = re.sub(r'\x1b\[[0-9;]*m', '', ''.join(said)).rstrip().splitlines()
    lines = lines[:most] + ['...'] * (len(lines) > most)
    return f'<pre class="printed">{html.escape(chr(10).join(lines))}</pre>' if lines else ''


def shown_code(cell: dict) -> str:
    "The lines of a cell that a slide shows: no marks, no assertions, and nothing if it only prepares or is long"
    lines = code(cell).splitlines()
    for node in reversed(tree(code(cell)).body):
        if isinstance(node, ast.Assert):
            del lines[node.lineno - 1 : node.end_lineno]
    lines = [line for line in lines if not line.startswith('#|')]
    text = re.sub(r'\n{3,}', '\n\n', '\n'.join(lines)).strip()
    lines = text.splitlines()
    return '' if len(lines) > LONGEST or all(SETTING.match(line) for line in lines) else text


def coloured(source: str) -> str:
    return highlight(source, PythonLexer(), HtmlFormatter(cssclass='code'))


# ---- slides


class Deck:
    "The slides of a lesson, put together cell by cell"

    def __init__(self, nb: dict):
        self.slides: list[Slide] = []
        self.after = ''  # 'code' or 'picture', if the prose that follows may be its caption
        self.heading = ''  # of the section; an exercise is none
        title, promise = re.fullmatch(r'# (.+?)\n+> (.+?)\s*', ''.join(nb['cells'][0]['source']), re.S).groups()
        self.slides.append(Slide(title, 'title', parts=[prose(promise)]))
        for cell in nb['cells'][1:]:
            self.prose(''.join(cell['source'])) if cell['cell_type'] == 'markdown' else self.code(cell)
        self.slides = [s for s in self.slides if s.parts or s.kind == 'title']

    @property
    def last(self) -> Slide:
        return self.slides[-1]

    def go_on(self, kind: str = 'text') -> Slide:
        "A further slide under the same heading"
        self.slides.append(Slide(self.heading, kind, continues=True))
        return self.last

    def prose(self, text: str) -> None:
        caption, fresh = self.after, False
        if self.last.kind == 'exercise' and not text.startswith('#'):  # it is done, the section goes on
            self.go_on()
        for block in blocks(text):
            if m := re.match(r'#{1,3} (.+)', block):
                exercise = m[1].startswith('Exercise')
                self.heading = self.heading if exercise else m[1]
                self.slides.append(Slide(m[1], 'exercise' if exercise else 'text'))
                caption, fresh, block = '', True, block[m.end() :].strip()
                if not block:
                    continue
            if self.last.kind == 'title' or block.startswith('<details>'):
                self.last.notes.append(block)
            elif self.last.kind == 'exercise':
                self.last.parts.append(prose(block))
            elif whole(block):
                if any(re.search('<pre|<img', p) for p in self.last.parts):
                    self.go_on()
                self.last.parts.append(prose(block))
                caption, fresh = '', False
            elif fresh or caption:
                shown, rest = sentences(block, 2 if fresh else 1)
                self.last.parts.append(f'<div class="{"lead" if fresh else "caption"}">{prose(shown)}</div>')
                self.last.notes += [rest] * bool(rest)
                caption, fresh = '', False
            else:
                self.last.notes.append(block)
        self.after = ''

    def code(self, cell: dict) -> None:
        source, found = code(cell), picture(cell)
        if mark(cell) or HIDDEN.search(source) or ADDRESS.search(source):
            return
        said, shown, bare = printed(cell), shown_code(cell), self.after == 'picture'
        if not self.heading:
            return
        if found:
            if self.last.kind != 'text' or not all(p.startswith('<div class="lead"') for p in self.last.parts):
                self.go_on()
            self.last.kind = 'picture'
            self.last.parts += [*found, said]
        elif bare and said:  # a picture that has no caption yet
            self.last.parts.append(said)
        elif shown:
            full = shown.count('\n') >= LONG and self.last.parts
            if full or self.last.kind != 'text' or any('<pre' in p for p in self.last.parts):
                self.go_on()
            self.last.parts += [coloured(shown), said]
        elif said:
            slide = self.last if self.last.kind == 'text' else self.go_on()
            slide.parts.append(said)
        else:
            return
        self.after = 'picture' if found or bare else 'code' if said else ''


def deck(path: Path) -> list[Slide]:
    return Deck(json.loads(path.read_text(encoding='utf-8'))).slides


def section(slide: Slide, number: int) -> str:
    heading = prose(slide.heading).replace('<p>', '').replace('</p>', '').strip()
    level = 1 if slide.kind == 'title' else 2
    name = ' class="again"' if slide.continues else ''
    top = f'<h{level}{name}>{heading}</h{level}>' if heading else ''
    notes = f'<aside>{prose(chr(10) * 2 + (chr(10) * 2).join(slide.notes))}</aside>' if slide.notes else ''
    body = '\n'.join(p for p in slide.parts if p)
    return f'<section class="{slide.kind}" id="{number}"><div class="page">{top}\n{body}</div>{notes}</section>'


def page(path: Path) -> str:
    "A lesson as one file"
    slides = deck(path)
    style = (HERE / 'slides.css').read_text(encoding='utf-8') + HtmlFormatter(style='tango').get_style_defs('.code')
    script = (HERE / 'slides.js').read_text(encoding='utf-8')
    number = LESSON.fullmatch(path.name)[1]
    told = 'Arrows or a swipe turn the page, N shows the notes, Home and End lead to the first and the last.'
    slides[0].parts.append(f'<p class="told">Lesson {number} of 6. {told}</p>')
    body = '\n'.join(section(s, i + 1) for i, s in enumerate(slides))
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{slides[0].heading}</title>'
    )
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}<style>{style}</style></head>\n'
        f'<body>\n<main>\n{body}\n</main>\n<footer><output></output></footer>\n<script>{script}</script></body></html>\n'
    )


def write(out: Path, paths: list[Path] | None = None) -> list[Path]:
    "The slides of some lessons, or of all; returns the files"
    out.mkdir(parents=True, exist_ok=True)
    made = []
    for path in paths or lessons():
        made.append(out / f'{path.stem}.html')
        made[-1].write_text(page(path), encoding='utf-8')
    return made


def main(args: list[str]) -> int:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--out', type=Path, default=ROOT / 'docs' / '_build' / 'slides', help='folder to write to')
    p.add_argument('lessons', nargs='*', type=Path, help='notebooks; all lessons without them')
    args = p.parse_args(args)
    for path in write(args.out, args.lessons):
        print(f'{path}: {path.stat().st_size / 1e6:.1f} MB')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
