"Words of the glossary, found in the prose of a page: the first of each becomes a link that carries its definition"

import re
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

GLOSSARY = Path(__file__).parent / 'glossary.md'
LINKS = (nodes.reference, addnodes.pending_xref, addnodes.download_reference)  # a link to another page is found later
NOT_IN = (*LINKS, nodes.literal, nodes.title, nodes.math, nodes.raw, nodes.literal_block, nodes.term)


def terms(text: str) -> list[tuple[list[str], str]]:
    "The entries of a glossary page: the words that name a thing, and its definition as plain text"
    body = text.split('{glossary}', 1)[1].split('\n:::', 1)[0]
    found = []
    for block in re.split(r'\n\s*\n', body.strip('\n')):
        lines = block.splitlines()
        names = [line.strip() for line in lines if not line.startswith(' ')]
        words = ' '.join(line.strip() for line in lines if line.startswith(' '))
        plain = re.sub(r'\[([^]]+)\]\([^)]+\)', r'\1', words)  # links lose their target
        found.append((names, re.sub(r'[`*]', '', plain)))
    return found


@cache
def known() -> tuple[dict[str, tuple[str, str]], re.Pattern]:
    "Each word of the glossary with the first of its entry and the definition; and what finds them in a text"
    found = {n: (names[0], what) for names, what in terms(GLOSSARY.read_text(encoding='utf-8')) for n in names}
    longest = sorted(found, key=len, reverse=True)
    pattern = '|'.join(f'[{n[0]}{n[0].upper()}]{re.escape(n[1:])}' for n in longest)
    return found, re.compile(rf'(?<![\w-])(?:{pattern})(?![\w-])')


def anchor(name: str) -> str:
    "The place of a term in the page, as Sphinx names it"
    return 'term-' + re.sub(r'[^A-Za-z0-9.]+', '-', name).strip('-')


def link_words(app, doctree) -> None:
    "Called by Sphinx for each page that was read"
    page = app.env.current_document.docname if hasattr(app.env, 'current_document') else app.env.docname
    if page.startswith(('glossary', 'reference', 'errors', 'genindex')):
        return
    found, pattern = known()
    up, seen = '../' * page.count('/'), set()
    for text in list(doctree.findall(nodes.Text)):
        parent, inside = text.parent, text.parent
        while inside is not None and not isinstance(inside, NOT_IN):
            inside = inside.parent
        if inside is not None or not any(isinstance(p, (nodes.paragraph, nodes.entry)) for p in ancestors(text)):
            continue
        pieces, last = [], 0
        for m in pattern.finditer(text.astext()):
            word = m[0] if m[0] in found else m[0][0].lower() + m[0][1:]
            if word not in found or found[word][0] in seen:
                continue
            name, what = found[word]
            seen.add(name)
            pieces.append(nodes.Text(text.astext()[last : m.start()]))
            link = nodes.reference(
                '', m[0], refuri=f'{up}glossary.html#{anchor(name)}', reftitle=what, classes=['term'], internal=True
            )
            pieces.append(link)
            last = m.end()
        if pieces:
            parent.replace(text, [*pieces, nodes.Text(text.astext()[last:])])


def ancestors(node):
    "Everything that holds a node, from near to far"
    while node.parent is not None:
        node = node.parent
        yield node
