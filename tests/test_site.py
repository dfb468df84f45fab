"""The site as a reader meets it: every page there, every link leads somewhere, nothing is asked of the network.

Written by hand, since it is about all pages. `docs/build.py` is run on the notebooks as they are stored.
"""

import json
import os
import re
import subprocess
import sys
from fnmatch import fnmatch
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / 'docs'
sys.path[:0] = [str(DOCS), str(ROOT / 'tools')]


class Links(HTMLParser):
    "Where a page points, what it loads, and which places it has"

    def __init__(self, text):
        super().__init__()
        self.to, self.loads, self.places = [], [], {''}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.places |= {found[k] for k in ('id', 'name') if found.get(k)}
        if tag == 'a' and found.get('href'):
            self.to.append(found['href'])
        if tag in ('script', 'img', 'iframe', 'source') and found.get('src'):
            self.loads.append(found['src'])
        if tag == 'link' and found.get('href') and found.get('rel') not in ('canonical',):
            self.loads.append(found['href'])


@pytest.fixture(scope='module', params=['methods', pytest.param('all', marks=pytest.mark.slow)])
def site(request, tmp_path_factory):
    "A small one of one folder of rooms, and all of it; SKETCH_LVM_SITE names a whole one that is built already"
    ready = os.environ.get('SKETCH_LVM_SITE')
    if ready and request.param == 'all':
        return Path(ready)
    pytest.importorskip('myst_nb', reason='the extra `docs` is not installed: sh tools/install.sh python3 dev,docs')
    pytest.importorskip('pydata_sphinx_theme', reason='the extra `docs` is not installed')
    out = tmp_path_factory.mktemp('site')
    only = [] if request.param == 'all' else ['--only', request.param]
    done = subprocess.run([sys.executable, DOCS / 'build.py', '--out', out, *only], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    if not only:  # the glossary names pages that a small site lacks
        assert done.stderr == '', done.stderr[-3000:]  # a warning of Sphinx is a page that reads wrong
    return out / 'html'


def whole(site):
    return (site / 'world').exists()


def test_all_links_of_the_site_lead_somewhere(site):
    pages = {p: Links(p.read_text(encoding='utf-8')) for p in site.rglob('*.html') if '_static' not in p.parts}
    lost, outside, seen = [], [], 0
    for page, found in pages.items():
        for url in [*found.to, *found.loads]:
            parts = urlsplit(url)
            if parts.scheme or parts.netloc:
                outside += [(page.name, url)] if url in found.loads and parts.scheme != 'data' else []
                continue
            seen += 1
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if not target.exists():
                lost.append((page.relative_to(site).as_posix(), url))
            elif target in pages and page.name not in ('genindex.html',):
                if unquote(parts.fragment) not in pages[target].places:
                    lost.append((page.relative_to(site).as_posix(), url))
    assert outside == [] and seen > (10_000 if whole(site) else 1_000)
    assert lost == [], f'{len(lost)}: {lost[:20]}'


class Pictures(HTMLParser):
    "The pictures of a page or of an output that do not say what they show"

    def __init__(self, text):
        super().__init__()
        self.silent = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == 'img' and not (dict(attrs).get('alt') or '').strip():
            self.silent.append(self.get_starttag_text()[:80])


def test_every_picture_in_an_output_says_what_it_shows():
    assert len(Pictures('<img src="a"><img alt=" " src="b"><img alt="a cup" src="c">').silent) == 2
    silent, seen = [], 0
    for path in sorted((ROOT / 'nbs').rglob('*.ipynb')):
        for cell in json.loads(path.read_text(encoding='utf-8'))['cells']:
            for output in cell.get('outputs', []):
                text = ''.join(output.get('data', {}).get('text/html', ''))
                if '<img' in text:
                    silent += [f'{path.name}: {tag}' for tag in Pictures(text).silent]
                    seen += 1
    assert not silent and seen > 10, silent


def test_every_notebook_is_a_page_and_rooms_follow_each_other(site):
    rooms = [
        p.relative_to(ROOT / 'nbs')
        for p in (ROOT / 'nbs').rglob('*.ipynb')
        if not {'.ipynb_checkpoints', 'exercises'} & {*p.parts}  # exercises are the lessons once more, with blanks
    ]
    rooms = [p for p in rooms if whole(site) or p.parent.name == 'methods' or p.name == 'index.ipynb']
    assert len(rooms) > 12 and [p for p in rooms if not (site / p).with_suffix('.html').exists()] == []
    text = (site / 'methods/01_options.html').read_text(encoding='utf-8')
    before, after = (re.search(rf'class="{k}"\s+href="([^"]+)"', text)[1] for k in ('left-prev', 'right-next'))
    assert (before, after) == ('00_losses.html', '02_jigsaw.html')


def test_a_page_has_one_title_and_its_tables_are_tables(site):
    "A second title would be an entry of its own among the pages; a table that is not read as one is lines of bars"
    pages = {p: p.read_text(encoding='utf-8') for p in site.rglob('*.html') if not {'_static', 'slides'} & {*p.parts}}
    names = {p.relative_to(site).as_posix(): text for p, text in pages.items() if '<article' in text}
    assert len(names) > 12 and [n for n, text in names.items() if len(re.findall('<h1[ >]', text)) != 1] == []
    assert [n for n, text in names.items() if re.search(r'<p>\|[ -]', text)] == []


@pytest.mark.browser
def test_the_site_opens_from_the_disk_in_both_themes_and_on_a_phone(site, browser, shots):
    for theme, width in (('light', 1280), ('dark', 390)):
        context = browser.new_context(viewport=dict(width=width, height=900), offline=True, color_scheme=theme)
        page, wrong, asked = context.new_page(), [], []
        page.on('pageerror', lambda e: wrong.append(str(e)))
        page.on('console', lambda m: wrong.append(m.text) if m.type == 'error' else None)
        page.on('request', lambda r: asked.append(r.url))
        for name in ('index', 'methods/00_losses', 'glossary', 'reference/index', 'errors/index'):
            page.goto((site / f'{name}.html').as_uri())
            assert page.evaluate('document.documentElement.scrollWidth') <= width, name
        page.goto((site / 'methods/00_losses.html').as_uri())
        page.wait_for_selector('mjx-container')
        assert page.evaluate('document.documentElement.dataset.theme') == theme
        page.locator('a.term').first.focus()
        assert 'Built in' in page.locator('#term-card').inner_text()
        page.screenshot(path=shots / f'site-{theme}.png')
        page.goto((site / 'search.html').as_uri() + '?q=temperature')
        page.wait_for_selector('#search-results li')
        assert wrong == [] and [u for u in asked if not u.startswith(('file:', 'data:'))] == []
        context.close()


def test_sentences_of_errors_are_read_from_the_code(tmp_path):
    "Written out, put together, chosen, from a helper; with the condition above them; and unread where there is none"
    from source import Module, refusals

    (tmp_path / 'room.py').write_text(
        "def no_words(name):\n    return f'{name} has no words.'\n\n"
        "def a(n, box):\n    if n < 2:\n        raise UserError(f'{n} is too few. Take more.')\n"
        "    wrong = []\n    if box:\n        wrong.append('the box is shut.')\n    wrong += ['it is late now.']\n"
        "    if wrong:\n        raise UserError(' '.join(wrong))\n"
        "    raise UserError('one of two.' if n else 'the other one.')\n\n"
        "class C:\n    def b(self, e):\n        for x in e:\n            raise UserError(no_words(x))\n"
        '        raise UserError(e)\n'
    )
    found = refusals(Module(tmp_path / 'room.py', 'room', 'room.ipynb'))
    assert [r.sentences for r in found] == [
        ['{n} is too few. Take more.'],
        ['the box is shut.', 'it is late now.'],
        ['one of two.', 'the other one.'],
        ['{name} has no words.'],
        [],
    ]
    assert [r.how for r in found] == ['one', 'parts', 'choice', 'one', 'unread']
    assert [r.when for r in found] == ['if n < 2', 'if wrong', '', 'for x in e', ''] and found[3].where == 'C.b'


def test_public_names_are_described_with_their_notes(tmp_path):
    from source import Module, names

    (tmp_path / 'room.py').write_text(
        "\"A room\"\n__all__ = ['SIZE', 'Box', 'double']\nSIZE = 64\n\n"
        'class Box:\n    "A box"\n    a: int  # how wide\n    def open(self, far: bool = True) -> int:\n        "Open it"\n\n'
        'def double(\n    x: int,  # what is doubled\n) -> int:\n    "Twice"\n    return 2 * x\n\ndef _own(): pass\n'
    )
    size, box, double = names(Module(tmp_path / 'room.py', 'room', 'room.ipynb'))
    assert (size.kind, size.signature) == ('data', '64') and box.notes == [('a', 'how wide')]
    assert (box.signature, box.members[0].signature) == ('(a: int)', '(far: bool=True) -> int')
    assert (double.signature, double.doc, double.notes) == ('(x: int) -> int', 'Twice', [('x', 'what is doubled')])


def test_pages_leave_out_what_is_hidden_and_fold_tests():
    from notebooks import examples, page_cell

    def cell(source, outputs=()):
        return dict(cell_type='code', source=source, outputs=list(outputs), metadata={})

    assert page_cell(cell('#| hide\nx = 1'), '00_a.ipynb') is None
    kept = page_cell(cell('#| export\nx = 1'), '00_a.ipynb')
    assert (kept['source'], kept['metadata']['tags']) == ('x = 1', ['exported'])
    assert page_cell(cell('#| export\nx = 1'), 'world/02_animals.ipynb')['metadata']['tags'] == [
        'exported',
        'hide-input',
    ]
    two = cell('#| export\n@drawing\ndef cat(x):\n    def ear(): pass\n\n\nclass Cat: pass')
    fold = page_cell(two, 'world/02_animals.ipynb')
    assert fold['metadata']['mystnb']['code_prompt_show'] == 'Source: cat, Cat'
    test = page_cell(cell('#| test adds_up\nassert 1'), '00_a.ipynb')
    assert test['source'] == 'assert 1' and test['metadata']['mystnb']['code_prompt_show'] == 'Test: adds up'
    assert 'hide-input' in test['metadata']['tags']
    nb = dict(cells=[cell('#| test a\nimport x'), cell('import y'), cell('#| hide\nimport z')])
    assert examples(json.loads(json.dumps(nb))) == ['import y']


def prose(page):
    "The words of a notebook as one line, without code, formulas and stars"
    cells = json.loads((ROOT / 'nbs' / page).read_text(encoding='utf-8'))['cells']
    text = '\n\n'.join(''.join(c['source']) for c in cells if c['cell_type'] == 'markdown')
    return ' '.join(re.sub(r'`[^`]*`|\$[^$]*\$|[*]', '', text).split())


def code(page):
    cells = json.loads((ROOT / 'nbs' / page).read_text(encoding='utf-8'))['cells']
    return '\n'.join(''.join(c['source']) for c in cells if c['cell_type'] == 'code')


def test_the_page_that_builds_a_word_of_the_glossary_says_it():
    "A reader who follows a word of the glossary finds it in the prose there"
    text = (DOCS / 'glossary.md').read_text(encoding='utf-8').split('{glossary}', 1)[1].split('\n:::', 1)[0]
    silent = []
    for block in re.split(r'\n\s*\n', text.strip('\n')):
        names = [line.strip() for line in block.splitlines() if not line.startswith(' ')]
        page = re.search(r'Built in \[[^]]+\]\(([^)]+)\)', block)[1]
        if not re.search('|'.join(rf'(?<![\w-]){re.escape(n)}(?![\w-])' for n in names), prose(page), re.I):
            silent.append((names[0], page))
    assert silent == []


def test_rooms_name_the_lessons_that_stand_on_them():
    "Whatever a lesson links to or imports; each pattern of the table is needed, each number is a lesson"
    import links
    import source

    rooms = {m.name: m.notebook for m in source.modules(ROOT / 'sketch_lvm')}
    known, silent = links.lessons(ROOT / 'nbs'), []
    assert [*known] == [1, 2, 3, 4, 5, 6]
    for n, (page, _) in known.items():
        used = {k for k in re.findall(r'\]\(\.\./([^)#]+\.ipynb)', prose(page)) if not k.startswith('analysis')}
        taken = {m for m in re.findall(r'^\s*(?:from|import) (sketch_lvm\.[\w.]+)', code(page), re.M)}
        assert used and taken and taken <= {*rooms}
        silent += [(n, room) for room in sorted(used | {rooms[m] for m in taken}) if n not in links.link(room)[0]]
    assert silent == []
    pages = [p.relative_to(ROOT / 'nbs').as_posix() for p in (ROOT / 'nbs').rglob('*.ipynb')]
    first = {next((k for k in links.LINKS if fnmatch(p, k)), None) for p in pages}
    assert set(links.LINKS) <= first and {n for numbers, _ in links.LINKS.values() for n in numbers} == {*known}


def test_rooms_name_the_papers_whose_ideas_they_build():
    "Those of methods, measures and towers are decided one by one; who names a conference in its prose names the paper"
    import links

    decided = [
        p.relative_to(ROOT / 'nbs').as_posix()
        for folder in ('methods', 'methods/classics', 'measure', 'clip')
        for p in sorted((ROOT / 'nbs' / folder).glob('*.ipynb'))
    ]
    own = [p for p in decided if any(fnmatch(p, k) and not k.endswith('/*') for k in links.LINKS)]
    assert len(decided) > 60 and own == decided  # a new room is a new line of the table
    assert [p for p in decided if p.startswith('methods/classics/') and not links.link(p)[1]] == []
    places = {p.venue for p in links.PAPERS.values()}
    silent = []
    for page in decided:
        said = {v for v in places if v in prose(page)} if page != 'methods/11_later.ipynb' else set()
        silent += [(page, v) for v in sorted(said - {links.PAPERS[k].venue for k in links.link(page)[1]})]
    assert silent == []
    assert {k for _, keys in links.LINKS.values() for k in keys} == {*links.PAPERS}
    numbers = [p.arxiv for p in links.PAPERS.values() if p.arxiv]
    assert len({*numbers}) == len(numbers) > 25 and all(re.fullmatch(r'\d{4}\.\d{4,5}', n) for n in numbers)
    lessons = ' '.join(prose(page) for page, _ in links.lessons(ROOT / 'nbs').values())
    assert {*re.findall(r'arXiv:? ?(\d{4}\.\d{4,5})', lessons)} <= {*numbers}  # and no paper has two


def test_lessons_and_papers_stand_in_one_line(site):
    text = (site / 'methods/09_splip.html').read_text(encoding='utf-8')
    (said,) = re.findall('<p class="links">.*?</p>', text)
    assert 'Lesson ' in said and '5, Words and pictures together' in said
    assert '<cite>Elevating All Zero-Shot Sketch-Based Image Retrieval Through Multimodal ' in said
    assert 'ECCV 2024, <a href="https://arxiv.org/abs/2407.04207">arXiv 2407.04207</a>' in said
    assert ('tutorials/5_words_and_pictures.html' in said) == whole(site)


def test_every_word_of_the_glossary_names_the_page_that_builds_it():
    pytest.importorskip('docutils', reason='the extra `docs` is not installed')
    from hover import GLOSSARY, known, terms

    text = GLOSSARY.read_text(encoding='utf-8')
    entries = terms(text)
    assert len(entries) >= 40 and [n for n, what in entries if 'Built in' not in what] == []
    assert [k for k in re.findall(r'\]\(([^)]+)\)', text) if not (ROOT / 'nbs' / k).exists()] == []
    assert [n for n, what in entries if len(what.split()) > 45] == []  # a card, no essay
    found, pattern = known()
    assert pattern.findall('Prompts, a LayerNorm and mAP@all; prompted mapping') == ['Prompts', 'LayerNorm', 'mAP@all']
    assert found['prompts'] == found['prompt']


def test_every_room_has_its_place_in_the_picture():
    "Each page finds one, each line of the table is needed, each station is lit somewhere"
    import here

    pages = [p.relative_to(ROOT / 'nbs').as_posix() for p in (ROOT / 'nbs').rglob('*.ipynb')]
    pages = [p for p in pages if '.ipynb_checkpoints' not in p and p not in ('index.ipynb', 'rooms.ipynb')]
    rooms = [p for p in pages if p.split('/')[0] not in ('analysis', 'exercises', 'tutorials')]
    lessons = [p for p in pages if re.match(r'tutorials/\d_', p)]
    assert len(rooms) > 150 and [p for p in [*rooms, *lessons] if not here.place(p)] == []
    first = {next(k for k in here.PLACES if fnmatch(p, k)) for p in [*rooms, *lessons]}
    assert set(here.PLACES) - first == set()
    assert {s for lit, _ in here.PLACES.values() for s in lit} == set(here.STATIONS)
    assert here.line('analysis/power.ipynb') == ''
    said = here.line('clip/10_prompts.ipynb')
    assert re.findall('<b>(.+?)</b>', said) == ['tokens + prompts'] and len(said) < 600
    assert 'href="../show/13_system.html"' in said and 'href' not in here.line('clip/10_prompts.ipynb', False)


def test_a_page_says_where_it_stands(site):
    text = (site / 'methods/00_losses.html').read_text(encoding='utf-8')
    (said,) = re.findall('<p class="here">.*?</p>', text)
    assert re.findall('<b>(.+?)</b>', said) == ['cosine'] and ('href' in said) == whole(site)


def test_a_word_inside_a_link_stays_a_part_of_it():
    "A link to a notebook is found after the words of the glossary are, and must not be cut by one"
    from types import SimpleNamespace

    addnodes = pytest.importorskip('sphinx.addnodes', reason='the extra `docs` is not installed')
    from docutils import nodes
    from docutils.utils import new_document
    from hover import link_words

    page, link = new_document('page'), addnodes.pending_xref('', nodes.inline('', 'the embedding space'))
    page += nodes.paragraph('', '', link, nodes.Text(' and an embedding'))
    at = SimpleNamespace(docname='look/page')
    link_words(SimpleNamespace(env=SimpleNamespace(docname='look/page', current_document=at)), page)
    assert link.astext() == 'the embedding space' and not list(link.findall(nodes.reference))
    assert [r.astext() for r in page.findall(nodes.reference)] == ['embedding']


def test_sentences_may_be_broken_and_columns_may_not():
    from notebooks import only_words

    assert only_words([dict(text='340 photos of 17 kinds:\nairplane, banana\n')]) and not only_words([])
    assert not only_words([dict(text='row     P@10\na       0.5\nlonger  0.25\n')])
    assert not only_words([dict(data={'text/plain': 'a   1\nb   2'})]) and only_words([dict(data={'text/plain': '1'})])


def test_the_page_to_draw_on_comes_onto_the_site_where_there_is_one(tmp_path):
    from build import DRAW, Site

    site = Site(tmp_path, ['testing'])
    site.write_all()
    front = tmp_path / 'source' / 'index.ipynb'
    assert DRAW not in front.read_text(encoding='utf-8')
    faults = (tmp_path / 'source' / 'testing' / 'faults.md').read_text(encoding='utf-8')
    assert faults.startswith('# Faults\n\n> What can go wrong') and '---\ntitle' not in faults
    assert 'faults' in (tmp_path / 'source' / 'testing' / 'index.md').read_text(encoding='utf-8').split('{toctree}')[1]
    (tmp_path / DRAW).write_text('a page', encoding='utf-8')
    site.html.mkdir()
    site.write_all()
    site.copy_draw()
    assert f'href=\\"{DRAW}\\"' in front.read_text(encoding='utf-8')
    assert (site.html / DRAW).read_text(encoding='utf-8') == 'a page'
    (tmp_path / DRAW).unlink()
    site.copy_draw()
    assert not (site.html / DRAW).exists()
