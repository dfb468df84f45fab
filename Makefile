# Every target makes .venv first if it is missing; nothing but Python 3.11 to 3.13 is needed. PYTHON=python3.12 chooses one.
PYTHON ?= python3
BIN := .venv/bin
FLAGS ?=
OUT ?= runs/quickstart
COUNT ?= 100
SEED ?= 0
DONE := .venv/.installed

.PHONY: install quickstart check test times mutants lab docs slides export clean
install: $(DONE)

$(DONE): settings.ini constraints.txt setup.py
	sh tools/install.sh $(PYTHON)
	touch $@

quickstart: $(DONE)
	$(BIN)/sketch_lvm quickstart --out $(OUT)

check: $(DONE)
	$(BIN)/python tools/check.py drift lint quick

test: $(DONE)
	$(BIN)/python tools/check.py --flags "$(FLAGS)"

times: $(DONE)
	$(BIN)/python tools/check.py times --flags "$(FLAGS)"

mutants: $(DONE)
	$(BIN)/python tools/mutants.py --count $(COUNT) --seed $(SEED) --keep

lab: $(DONE)
	$(BIN)/jupyter lab nbs/index.ipynb

# from stored outputs, in docs/_build/html; opens from the file system. The page to draw on is trained once, in two minutes
docs: $(DONE)
	$(BIN)/python -c 'import myst_nb, pydata_sphinx_theme' 2>/dev/null || sh tools/install.sh $(PYTHON) dev,docs
	test -f docs/_build/draw.html || { mkdir -p docs/_build && $(BIN)/sketch_lvm page docs/_build/draw.html; }
	$(BIN)/python docs/build.py

# of the six lessons, from stored outputs, in docs/_build/slides; each file opens as it is
slides: $(DONE)
	$(BIN)/python tools/slides.py

export: $(DONE)
	$(BIN)/nbdev_clean && $(BIN)/nbdev_export && $(BIN)/python tools/export_tests.py && $(BIN)/python tools/rooms.py && $(BIN)/python tools/readme.py && $(BIN)/python tools/exercises.py

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf
