"""Where a room stands in the picture of the system: one line of words at its top, half a kilobyte of HTML.

The picture itself is an SVG of 186 KB, too much for each page; the line lights the stations that a room is
about, and leads to it. It is put in when the site is built, so notebooks do not carry it.
"""

from fnmatch import fnmatch

PICTURE = 'show/13_system.ipynb'
STATIONS = ('sketch, photos', 'patches', 'tokens + prompts', 'blocks', 'CLS', 'cosine', 'ranking')
S, P, T, B, C, D, R = STATIONS
LEARNS = (T, B)  # prompts, and the LayerNorms in the blocks
TOWER = (P, B, C)
Place = tuple[tuple[str, ...], str]  # the stations that are lit, and words behind the line

PLACES: dict[str, Place] = {  # a pattern of pages; the first that fits counts
    'tutorials/1_*': ((S, D, R), ''),
    'tutorials/2_*': ((B, C, D), 'and a tower for words'),
    'tutorials/3_*': (LEARNS, ''),
    'tutorials/4_*': ((D, R), 'the loss'),
    'tutorials/5_*': (LEARNS, 'and a tower for words'),
    'tutorials/6_*': ((S, R), ''),
    'world/10_captions*': ((S,), 'and its sentences'),
    'world/*': ((S,), ''),
    'data/1[79]_*': ((S,), 'in batches'),
    'data/*': ((S,), ''),
    'clip/03_texts*': ((), 'the tower for words, beside it'),
    'clip/12_text_prompts*': ((), 'the tower for words, beside it'),
    'clip/05_stem*': ((P,), ''),
    'clip/10_prompts*': ((T,), ''),
    'clip/21_starts*': ((T,), ''),
    'clip/16_exchanges*': ((T,), 'and a tower for words'),
    'clip/11_states*': (LEARNS, 'what learns, on the disk'),
    'clip/13_encoder*': ((P, T, B, C), ''),
    'clip/22_own*': ((P, T, B, C), ''),
    'clip/1[5-9]_*': (TOWER, 'before it is frozen'),
    'clip/20_realmodel*': (TOWER, 'before it is frozen'),
    'clip/*': (TOWER, ''),
    'methods/00_losses*': ((D,), 'the loss'),
    'methods/02_jigsaw*': ((P, D), 'the loss'),
    'methods/04_objectives*': ((D,), 'the loss'),
    'methods/classics/*': ((D,), 'what else a loss may ask'),
    'methods/*': (LEARNS, 'what learns'),
    'train/*': (LEARNS, 'how it learns'),
    'measure/11_features*': ((C,), ''),
    'measure/14_words*': ((D,), 'and a tower for words'),
    'measure/15_rerank*': ((P, R), ''),
    'measure/*': ((R,), 'how good it is'),
    'study/*': ((), 'all of it, trained and tested by a plan'),
    'look/00_interpret*': ((C, R), ''),
    'look/01_geometry*': ((C,), ''),
    'look/02_correspondence*': ((P, B), ''),
    'look/03_margins*': ((D,), ''),
    'look/04_anatomy*': (LEARNS, ''),
    'look/05_strokes*': ((S, D), ''),
    'look/06_early*': ((S, R), ''),
    'look/07_maps*': ((C,), ''),
    'show/04_drawing*': ((S,), ''),
    'show/10_pad*': ((S,), ''),
    'show/0[5-8]_*': ((D, R), ''),
    'show/1[79]_*': ((D, R), ''),
    'show/21_milvusphotos*': ((D, R), ''),
    'show/12_secondlook*': ((P, R), ''),
    'show/14_why*': ((S, D), ''),
    'show/16_replay*': ((S, R), ''),
    'show/18_notfound*': ((R,), ''),
    'show/*': ((), 'all of it, to be seen'),
    'app/*': ((), 'all of it, by commands'),
    'testing/*': ((), 'all of it, tested'),
    'bench/*': ((), 'all of it, timed'),
    '0[0-9]_*': ((), 'beneath all of it'),
}


def place(page: str) -> Place | None:
    "What is lit on a page, or None for pages that are neither rooms nor lessons"
    return next((p for pattern, p in PLACES.items() if fnmatch(page, pattern)), None)


def line(page: str, pictured: bool = True) -> str:
    "The line as HTML; `pictured` says whether the site has the page with the picture"
    if not (found := place(page)):
        return ''
    lit, words = found
    spans = [f'<b>{s}</b>' if s in lit else f'<span>{s}</span>' for s in STATIONS]
    up = '../' * page.count('/')
    inner = ' <i>→</i> '.join(spans) + (f' <em>{words}</em>' if words else '')
    to = f' href="{up}{PICTURE.replace(".ipynb", ".html")}"' if pictured else ''
    return f'<p class="here"><a{to} title="You are here: the whole picture">{inner}</a></p>'
