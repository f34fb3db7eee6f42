VENV := .venv
PY := $(VENV)/bin/python
# Named after the folder: a copied or moved tree must not run on the scripts of the old one.
STAMP := $(VENV)/.ready-$(shell printf %s '$(CURDIR)' | cksum | cut -d ' ' -f 1)
LOCKS := requirements.lock requirements-dev.lock
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
PYTEST ?= $(PY) -m pytest
ARGS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test long check messages reference screenshots soak bench services wheel lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: $(STAMP) ## open the example campaign, as it stood on 10 May 2021; without a terminal, rehearse it
	@$(VENV)/bin/loa demo $(ARGS)

test: $(STAMP) ## the fast tests (ARGS="-k word" narrows them)
	@$(PYTEST) -n auto --dist worksteal $(ARGS)

long: $(STAMP) ## tests that go whole ways in processes of their own: the tutorial, new plugins, installing them
	@$(PYTEST) -n auto --dist worksteal -m long $(ARGS)

check: $(STAMP) ## ruff, mypy, and whether the catalogue of messages is complete
	@code=0; \
	$(PY) -m ruff check . || code=1; \
	$(PY) -m ruff format --check . || code=1; \
	$(PY) -m mypy || code=1; \
	$(PY) tools/messages.py check || code=1; \
	exit $$code

messages: $(STAMP) ## renew the Vietnamese catalogue after a change of a sentence, and name what is to be translated
	@$(PY) tools/messages.py update

reference: $(STAMP) ## renew the code on the reference page of the plugins' door, after a change of it
	@$(PY) -m tools.reference

screenshots: $(STAMP) ## renew the pictures of the screens and the guide's table of keys (ARGS="today queue" narrows them)
	@$(PY) -m tools.keys_page
	@$(PY) -m tools.screenshots $(ARGS)

soak: $(STAMP) ## the kill test and the long tests, in full
	@$(PYTEST) -m 'kill or soak' $(ARGS)

bench: $(STAMP) ## the speed table, each number beside its reference
	@$(PY) -m bench $(ARGS)

services: ## the Debian packages that `pytest -m service` needs
	@bash .ci/services

wheel: $(STAMP) ## dist/: wheel and source archive
	@rm -rf dist
	@$(PY) -m hatchling build -d dist

# The resolver looks only at its own settings: hand it the index that pip is set up with.
lock: $(STAMP) ## renew the locks after a change in pyproject.toml (ARGS=--upgrade: newest of all)
	@set -e; tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; \
	$(PY) -m venv --without-pip "$$tmp"; \
	$(PY) -m pip --python "$$tmp/bin/python" install -q uv; \
	index=$${PIP_INDEX_URL:-$$($(PY) -m pip config get global.index-url 2>/dev/null || true)}; \
	[ -z "$$index" ] || export UV_DEFAULT_INDEX="$$index"; \
	compile() { "$$tmp/bin/uv" pip compile pyproject.toml "$$@" $(ARGS) -q --universal \
		--python-version 3.11 --generate-hashes --custom-compile-command 'make lock'; }; \
	compile -o requirements.lock >/dev/null; \
	compile --group dev -c requirements.lock -o requirements-dev.lock >/dev/null

clean: ## remove what was built and cached; .venv and var stay
	@rm -rf build dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(STAMP): export PIP_DISABLE_PIP_VERSION_CHECK := 1
$(STAMP): export PIP_NO_INPUT := 1
$(STAMP): export PIP_USER := 0
$(STAMP): export PIP_USE_PEP517 := 1
$(STAMP): $(LOCKS) pyproject.toml scheduler/__init__.py | $(PY)
	@echo "Loa: installing what the locks name into $(VENV)" >&2
	@rm -f $(VENV)/.ready-*
	@pip="$(PY) -m pip"; \
	$$pip --version >/dev/null 2>&1 || pip="$$(cat $(VENV)/.maker) -m pip --python $(PY)"; \
	$$pip install -q --require-hashes -r requirements-dev.lock
	@$(PY) -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

# Debian's own Python, without python3-venv, makes a .venv but cannot put pip into it: its pip can.
$(PY):
	@for name in $(PYTHON); do \
		"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		"$$name" -m venv --clear $(VENV) >/dev/null 2>&1 && exit; \
		"$$name" -m venv --clear --without-pip $(VENV) 2>/dev/null || continue; \
		"$$name" -m pip --python $@ --version >/dev/null 2>&1 || continue; \
		command -v "$$name" >$(VENV)/.maker && exit; \
	done; \
	echo "Loa needs Python 3.11 or newer, with pip. Looked for: $(PYTHON)." >&2; \
	echo "Debian and Ubuntu: sudo apt install python3-venv. Elsewhere: make PYTHON=/path/to/python3" >&2; \
	exit 1
