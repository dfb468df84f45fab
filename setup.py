"Everything comes from settings.ini, nbdev's one source of truth"

from configparser import ConfigParser
from pathlib import Path

from setuptools import find_packages, setup

config = ConfigParser(delimiters=['='])
config.read(Path(__file__).parent / 'settings.ini', encoding='utf-8')
cfg = config['DEFAULT']


def words(key):
    return cfg.get(key, '').split()


setup(
    name=cfg['lib_name'],
    version=cfg['version'],
    description=cfg['description'],
    keywords=cfg['keywords'],
    author=cfg['author'],
    license='Apache-2.0',
    long_description=(Path(__file__).parent / 'README.md').read_text(encoding='utf-8'),
    long_description_content_type='text/markdown',
    python_requires=f">={cfg['min_python']},<3.14",
    # data/ lies beside the package in a checkout and travels inside it in a wheel; core.data_path knows both places
    packages=[*find_packages(include=['sketch_lvm', 'sketch_lvm.*']), 'sketch_lvm._data'],
    package_dir={'sketch_lvm._data': 'data'},
    package_data={
        'sketch_lvm._data': ['**/*'],
        'sketch_lvm.show': ['*.js', '*.css', '*.mplstyle'],
        'sketch_lvm.app': ['app.*'],
    },
    include_package_data=False,
    install_requires=words('requirements'),
    extras_require={k: words(f'{k}_requirements') for k in ('dev', 'browser', 'docs', 'onnx', 'milvus', 'heic')},
    entry_points={'console_scripts': words('console_scripts')},
    classifiers=['Programming Language :: Python :: 3', 'License :: OSI Approved :: Apache Software License'],
    zip_safe=False,
)
