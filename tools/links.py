"""From a room to the lessons that stand on it and to the papers whose ideas it builds or examines: one table for all.

The site shows a line of it at the top of a room (docs/build.py); the map of rooms has a column and a list
(tools/rooms.py). Titles, places and arXiv numbers were each read in a public list or in the authors' own repository;
a paper without a number has none that was found.
"""

import json
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple


class Paper(NamedTuple):
    "What a paper is called, where it was printed, and its number on arXiv, if one is known"

    title: str
    venue: str
    arxiv: str = ''


SBIR = 'Sketch-Based Image Retrieval'
PAPERS = {
    'Sketch_LVM': Paper(f'CLIP for All Things Zero-Shot {SBIR}, Fine-Grained or Not', 'CVPR 2023', '2303.13440'),
    'SpLIP': Paper(f'Elevating All Zero-Shot {SBIR} Through Multimodal Prompt Learning', 'ECCV 2024', '2407.04207'),
    'CLIP': Paper('Learning Transferable Visual Models From Natural Language Supervision', 'ICML 2021', '2103.00020'),
    'ViT': Paper(
        'An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale', 'ICLR 2021', '2010.11929'
    ),
    'early convolutions': Paper('Early Convolutions Help Transformers See Better', 'NeurIPS 2021', '2106.14881'),
    'modality gap': Paper(
        'Mind the Gap: Understanding the Modality Gap in Multi-modal Contrastive Representation Learning',
        'NeurIPS 2022',
        '2203.02053',
    ),
    'VPT': Paper('Visual Prompt Tuning', 'ECCV 2022', '2203.12119'),
    'CoOp': Paper('Learning to Prompt for Vision-Language Models', 'IJCV 2022', '2109.01134'),
    'CoCoOp': Paper('Conditional Prompt Learning for Vision-Language Models', 'CVPR 2022', '2203.05557'),
    'MaPLe': Paper('MaPLe: Multi-modal Prompt Learning', 'CVPR 2023', '2210.03117'),
    'PromptSRC': Paper(
        'Self-regulating Prompts: Foundational Model Adaptation without Forgetting', 'ICCV 2023', '2307.06948'
    ),
    'jigsaw puzzles': Paper(
        'Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles', 'ECCV 2016', '1603.09246'
    ),
    'InfoNCE': Paper('Representation Learning with Contrastive Predictive Coding', 'preprint 2018', '1807.03748'),
    'uniformity': Paper(
        'Understanding Contrastive Representation Learning through Alignment and Uniformity on the Hypersphere',
        'ICML 2020',
        '2005.10242',
    ),
    'Doodle2Search': Paper(f'Doodle to Search: Practical Zero-Shot {SBIR}', 'CVPR 2019', '1904.03451'),
    'gradient reversal': Paper('Unsupervised Domain Adaptation by Backpropagation', 'ICML 2015', '1409.7495'),
    'SAKE': Paper(f'Semantic-Aware Knowledge Preservation for Zero-Shot {SBIR}', 'ICCV 2019', '1904.03208'),
    'TCN': Paper(f'Transferable Coupled Network for Zero-Shot {SBIR}', 'TPAMI 2021'),
    'CrossGrad': Paper('Generalizing Across Domains via Cross-Gradient Training', 'ICLR 2018', '1804.10745'),
    'CC-DG': Paper(f'Generalising Fine-Grained {SBIR}', 'CVPR 2019'),
    'TVT': Paper(
        f'TVT: Three-Way Vision Transformer through Multi-Modal Hypersphere Learning for Zero-Shot {SBIR}', 'AAAI 2022'
    ),
    'DeiT': Paper(
        'Training data-efficient image transformers & distillation through attention', 'ICML 2021', '2012.12877'
    ),
    'SketchScape': Paper(f'Back To The Drawing Board: Rethinking Scene-Level {SBIR}', 'BMVC 2025', '2509.06566'),
    'RKD': Paper('Relational Knowledge Distillation', 'CVPR 2019', '1904.05068'),
    'MCC': Paper('Zero-Shot Sketch Based Image Retrieval via Modality Capacity Guidance', 'IJCAI 2024'),
    'soups': Paper(
        'Model soups: averaging weights of multiple fine-tuned models improves accuracy without increasing inference '
        'time',
        'ICML 2022',
        '2203.05482',
    ),
    'ZS-CVAE': Paper('A Zero-Shot Framework for Sketch Based Image Retrieval', 'ECCV 2018', '1807.11724'),
    'PSKD': Paper(
        'Prototype-based Selective Knowledge Distillation for Zero-Shot Sketch Based Image Retrieval', 'ACM MM 2022'
    ),
    'ZS-GCN': Paper(f'Zero-Shot {SBIR} via Graph Convolution Network', 'AAAI 2020'),
    'IIAE': Paper(
        'Variational Interaction Information Maximization for Cross-domain Disentanglement',
        'NeurIPS 2020',
        '2012.04251',
    ),
    'SEM-PCYC': Paper(f'Semantically Tied Paired Cycle Consistency for Zero-Shot {SBIR}', 'CVPR 2019', '1903.03372'),
    'Sketch3T': Paper('Sketch3T: Test-Time Training for Zero-Shot SBIR', 'CVPR 2022', '2203.14691'),
    'Holm': Paper('A Simple Sequentially Rejective Multiple Test Procedure', 'Scandinavian Journal of Statistics 1979'),
    'FS-COCO': Paper(
        'FS-COCO: Towards Understanding of Freehand Sketches of Common Objects in Context', 'ECCV 2022', '2203.02113'
    ),
    'MIEB': Paper('MIEB: Massive Image Embedding Benchmark', 'ICCV 2025', '2504.10471'),
    'TASK-former': Paper(
        'A Sketch Is Worth a Thousand Words: Image Retrieval with Text and Sketch', 'ECCV 2022', '2208.03354'
    ),
    'on-the-fly': Paper(
        'Sketch Less for More: On-the-Fly Fine-Grained Sketch Based Image Retrieval', 'CVPR 2020', '2002.10310'
    ),
}
ABOUT = """## Papers

Whose ideas are built or examined here, and in which room. A paper without a number has none that was found."""
Link = tuple[tuple[int, ...], tuple[str, ...]]  # the lessons that stand on a room, and its papers

LINKS: dict[str, Link] = {  # a pattern of rooms; the first that fits counts
    '00_core*': ((3, 4, 5, 6), ()),
    'world/*': ((1, 2), ()),
    'data/13_minisets*': ((1, 2, 3, 4, 5, 6), ()),
    'data/1[89]_*': ((4,), ()),
    'data/*': ((6,), ()),
    'clip/00_names*': ((2,), ()),
    'clip/01_weights*': ((2,), ()),
    'clip/02_finding*': ((2,), ()),
    'clip/03_texts*': ((2,), ('CLIP',)),
    'clip/04_plain_vit*': ((2, 3), ('ViT',)),
    'clip/05_stem*': ((2,), ('early convolutions',)),
    'clip/06_timm_vit*': ((3,), ()),
    'clip/07_whole_tower*': ((3,), ()),
    'clip/08_towers*': ((3,), ('Sketch_LVM',)),
    'clip/09_backbone*': ((1, 2, 3, 4, 5, 6), ('CLIP', 'modality gap')),
    'clip/10_prompts*': ((3,), ('Sketch_LVM', 'VPT', 'CoCoOp')),
    'clip/11_states*': ((3,), ()),
    'clip/12_text_prompts*': ((5,), ('CoOp', 'MaPLe', 'SpLIP')),
    'clip/13_encoder*': ((2, 6), ('Sketch_LVM',)),
    'clip/14_amp*': ((3,), ()),
    'clip/15_pretrain*': ((2,), ('CLIP',)),
    'clip/16_exchanges*': ((5,), ('SpLIP',)),
    'clip/17_minimodel*': ((2,), ()),
    'clip/18_realbatches*': ((2,), ()),
    'clip/19_realpretrain*': ((2,), ('CLIP',)),
    'clip/20_realmodel*': ((2,), ()),
    'clip/21_starts*': ((3,), ()),
    'clip/22_own*': ((6,), ()),
    'clip/23_precision*': ((6,), ()),
    'clip/24_compiled*': ((6,), ()),
    'methods/00_losses*': ((2, 3, 4, 5), ('Sketch_LVM', 'SpLIP')),
    'methods/01_options*': ((4,), ()),
    'methods/02_jigsaw*': ((5,), ('SpLIP', 'jigsaw puzzles')),
    'methods/03_learner*': ((3,), ()),
    'methods/04_objectives*': ((4,), ('Sketch_LVM', 'SpLIP')),
    'methods/05_family*': ((4,), ()),
    'methods/06_building*': ((5,), ()),
    'methods/07_assembly*': ((4,), ()),
    'methods/08_sketch_lvm*': ((3, 4), ('Sketch_LVM',)),
    'methods/09_splip*': ((5,), ('SpLIP',)),
    'methods/10_baselines*': ((3,), ('Sketch_LVM', 'VPT', 'CoCoOp', 'MaPLe')),
    'methods/11_later*': ((6,), ()),  # printed numbers; nothing of theirs is built
    'methods/12_catalogue*': ((4, 5), ()),
    'methods/classics/00_frame*': ((6,), ('Sketch_LVM',)),
    'methods/classics/01_grl*': ((6,), ('Doodle2Search', 'gradient reversal')),
    'methods/classics/02_sake*': ((6,), ('SAKE',)),
    'methods/classics/03_tcn*': ((6,), ('TCN',)),
    'methods/classics/04_crossgrad*': ((6,), ('CrossGrad',)),
    'methods/classics/05_ccdg*': ((6,), ('CC-DG',)),
    'methods/classics/06_tvt.*': ((6,), ('TVT', 'uniformity')),
    'methods/classics/07_tvttokens*': ((6,), ('TVT', 'DeiT')),
    'methods/classics/10_additions*': ((6,), ('InfoNCE', 'SketchScape', 'PromptSRC', 'RKD', 'MCC')),
    'methods/classics/11_soups*': ((6,), ('soups', 'PromptSRC')),
    'methods/classics/12_generate*': ((6,), ('ZS-CVAE',)),
    'methods/classics/13_prototypes*': ((6,), ('PSKD', 'ZS-GCN')),
    'methods/classics/14_iiae*': ((6,), ('IIAE',)),
    'methods/classics/15_sempcyc*': ((6,), ('SEM-PCYC',)),
    'methods/classics/16_sketch3t*': ((6,), ('Sketch3T',)),
    'train/*': ((3,), ()),
    'measure/00_definitions*': ((1, 6), ()),
    'measure/01_ranking*': ((1,), ()),
    'measure/02_accuracy*': ((4,), ('Sketch_LVM',)),
    'measure/03_metrics*': ((1, 6), ()),
    'measure/05_perquery*': ((4, 6), ()),
    'measure/06_protocols*': ((6,), ('Sketch_LVM', 'SEM-PCYC')),
    'measure/07_report*': ((6,), ()),
    'measure/08_evaluate*': ((6,), ()),
    'measure/09_compare*': ((2, 3, 4, 5, 6), ('Holm',)),
    'measure/10_power*': ((6,), ()),
    'measure/11_features*': ((6,), ()),
    'measure/12_publicbugs*': ((6,), ('FS-COCO', 'TCN')),
    'measure/13_mieb*': ((6,), ('MIEB',)),
    'measure/14_words*': ((5,), ('TASK-former',)),
    'measure/15_rerank*': ((4,), ()),
    'measure/16_guessed*': ((2,), ('CLIP',)),
    'study/02_runs*': ((1, 6), ()),
    'study/03_stored*': ((3, 5, 6), ()),
    'study/*': ((6,), ()),
    'look/01_geometry*': ((1, 2), ('modality gap',)),
    'look/02_correspondence*': ((4,), ('Sketch_LVM',)),
    'look/03_margins*': ((4,), ('Sketch_LVM',)),
    'look/04_anatomy*': ((3,), ()),
    'look/06_early*': ((1,), ('on-the-fly',)),
    'look/*': ((1,), ()),
    'show/08_gallery*': ((1, 6), ()),
    'show/09_comparisons*': ((4,), ()),
    'show/*': ((1,), ()),
    'app/*': ((1, 6), ()),
}


def link(page: str) -> Link:
    "Lessons and papers of a room; both empty for a page that has none"
    return next((found for pattern, found in LINKS.items() if fnmatch(page, pattern)), ((), ()))


def lessons(nbs: Path) -> dict[int, tuple[str, str]]:
    "The page and the title of each lesson, by its number"
    found = {}
    for path in sorted(nbs.glob('tutorials/[1-9]_*.ipynb')):
        first = ''.join(json.loads(path.read_text(encoding='utf-8'))['cells'][0]['source'])
        found[int(path.name[0])] = (path.relative_to(nbs).as_posix(), re.match(r'# (.+)', first)[1])
    return found


def arxiv(number: str) -> str:
    "The address of a paper"
    return f'https://arxiv.org/abs/{number}'


def line(page: str, known: dict[int, tuple[str, str]], there: bool = True) -> str:
    "Lessons and papers of a room as HTML; `there`: whether the site has the lessons. More than two show numbers only"
    numbers, keys = link(page)
    up, parts = '../' * page.count('/'), []
    if numbers:
        shown = []
        for n in numbers:
            path, title = known[n]
            text = f'{n}, {title}' if len(numbers) < 3 else str(n)
            to = f' href="{up}{path.replace(".ipynb", ".html")}" title="{title}"'
            shown.append(f'<a{to}>{text}</a>' if there else text)
        parts.append(f'Lesson{"s" * (len(numbers) > 1)} {(" and " if len(numbers) == 2 else ", ").join(shown)}')
    if keys:
        parts.append(f'Paper{"s" * (len(keys) > 1)}: ' + '; '.join(cited(PAPERS[k]) for k in keys))
    return f'<p class="links">{". ".join(parts)}.</p>' if parts else ''


def cited(p: Paper) -> str:
    "A paper as HTML"
    number = f', <a href="{arxiv(p.arxiv)}">arXiv {p.arxiv}</a>' if p.arxiv else ''
    return f'<cite>{p.title.replace("&", "&amp;")}</cite>, {p.venue}{number}'


def short(page: str, known: dict[int, tuple[str, str]]) -> str:
    "A room's lessons and papers as a cell of the map"
    numbers, keys = link(page)
    return '; '.join(
        p for p in (', '.join(f'[{n}]({known[n][0]})' for n in numbers if n in known), ', '.join(keys)) if p
    )


def papers(titles: dict[str, str]) -> str:
    "A section on the papers that these rooms build or examine, each with its rooms; nothing where there are none"
    rows = []
    for key, p in PAPERS.items():
        number = f'[arXiv {p.arxiv}]({arxiv(p.arxiv)})' if p.arxiv else ''
        if rooms := ', '.join(f'[{title}]({page})' for page, title in titles.items() if key in link(page)[1]):
            rows.append(f'| {key} | {p.title} | {p.venue} | {number} | {rooms} |')
    head = ['| called here | title | place | number | rooms |', '|---|---|---|---|---|']
    return '\n'.join([ABOUT, '', *head, *rows]) if rows else ''
