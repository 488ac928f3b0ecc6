# Everything a person needs to run, test and change Ani. `make help` lists the targets.
# A fresh machine needs Python 3.11 or newer and make; the rest is fetched by the ordinary package clients.

MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh
.SHELLFLAGS := -euc
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Some shells forbid Python to keep what it compiled: every start, and every server of the tests, would compile all of Ani.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
NPM := $(PY) web/npm.py
PIP_INSTALL := $(PY) -m pip --disable-pip-version-check install --quiet --no-warn-script-location

LOCK := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command 'make lock'

# Which tests, and more words for pytest: make test T=tests/unit ARGS=-x
T ?= tests
ARGS ?=
# Three workers keep two cores busy, because many tests wait; beside them run those that play films in a browser, one by one.
WORKERS ?= 3

say = if [ -t 1 ]; then printf '\033[36m›\033[0m %s\n' "$(1)"; else printf '› %s\n' "$(1)"; fi

.PHONY: run
run: $(VENV)/.runtime web/dist/index.html ## Start Ani on http://127.0.0.1:8080 (makes demo content on the first start)
	@exec $(VENV)/bin/ani serve --demo

.PHONY: web
web: web/dist/index.html ## Build the web client if its sources changed

.PHONY: test
test: $(VENV)/.dev web/dist/index.html chromium ## Run every test, the web client's included
	@$(call say,Testing the web client)
	@$(NPM) --silent test
	@$(call say,Testing the server)
	@$(PY) -m tests.support.whole_run $(WORKERS) $(T) $(ARGS)

.PHONY: unit
unit: $(VENV)/.dev ## Run the quick tests of rules alone: no database, no server, no browser, no whole corpus
	@$(PY) -m pytest tests/unit -n 2 --dist worksteal -q -m 'not slow' $(ARGS)

# How many requests for each operation, as described and against its description, by each role.
FUZZ_EXAMPLES ?= 100

.PHONY: fuzz
fuzz: $(VENV)/.dev web/dist/index.html ## Try the whole API with made-up requests, for as long as it takes
	@FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(PY) -m pytest tests/acceptance/test_openapi.py -n 0 -s $(ARGS)

.PHONY: check
check: $(VENV)/.dev web/node_modules/.stamp ## Check formatting, lint, types and import contracts
	@$(call say,Formatting and lint)
	@$(PY) -m ruff format --check --quiet .
	@$(PY) -m ruff check --quiet .
	@$(call say,Types)
	@$(PY) -m mypy
	@$(call say,Import contracts)
	@$(VENV)/bin/lint-imports
	@$(call say,Web client)
	@$(PY) -m server.openapi | $(NPM) --silent run check-api-types
	@$(NPM) --silent run check

.PHONY: bench
bench: $(VENV)/.dev web/dist/index.html chromium ## Measure, and write bench/RESULTS.md
	@$(PY) -m bench $(ARGS)

.PHONY: stack
stack: $(VENV)/.dev ## Run PostgreSQL and Valkey for a try of cluster mode, until Ctrl-C
	@exec $(PY) -m server.local_stack

.PHONY: fmt
fmt: $(VENV)/.dev ## Format the Python code and repair what the linter can
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

.PHONY: docs
docs: $(VENV)/.dev api-types ## Write anew what is made from the code: .env.example, docs/events.md, the client's API types
	@$(PY) -m tests.support.env_example
	@$(PY) -m server.event_docs > $(VENV)/events.md && mv $(VENV)/events.md docs/events.md

.PHONY: api-types
api-types: $(VENV)/.dev web/node_modules/.stamp ## Write the web client's API types and field limits from the OpenAPI document
	@$(PY) -m server.openapi | $(NPM) --silent run api-types

.PHONY: wheel
wheel: $(VENV)/.dev web/dist/index.html ## Build the wheel into dist/, the web client inside
	@$(PY) -m pip --disable-pip-version-check wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@$(call say,$$(ls -t dist/*.whl | head -n 1))

.PHONY: lock
lock: $(VENV)/bin/python ## Resolve the dependencies into the lock files (newer ones: make lock ARGS=--upgrade)
	@$(PIP_INSTALL) uv
	@$(LOCK) $(ARGS) --extra romaji --group dev --output-file requirements-dev.lock pyproject.toml
	@$(LOCK) $(ARGS) --extra romaji --group build --constraint requirements-dev.lock --output-file requirements.lock pyproject.toml

.PHONY: clean
clean: ## Remove everything that was generated, except data/
	rm -rf $(VENV) web/node_modules web/dist dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# What the targets above stand on. A stamp is newer than the files it was made from, so a second call does nothing.

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Ani needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1 | grep Python || echo missing)." >&2; \
		echo "Name another one: make run PYTHON=/path/to/python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(call say,Making $(VENV) with $$($(PYTHON) --version))
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	@$(call say,Installing the locked dependencies: a minute or two the first time)
	@$(PIP_INSTALL) --require-hashes --no-deps -r requirements.lock
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/.runtime
	@$(call say,Installing what tests and checks need: a minute or two the first time)
	@$(PIP_INSTALL) --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

web/node_modules/.stamp: web/package.json web/package-lock.json | $(VENV)/bin/python
	@$(call say,Installing the packages of the web client)
	@$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -path web/tests -prune -o -type f ! -name npm.py -print)

web/dist/index.html: $(WEB_SOURCES) web/node_modules/.stamp
	@$(call say,Building the web client)
	@$(NPM) --silent run build -- --logLevel warn
	@touch $@

# Chromium comes from Debian's packages, only if it is missing and we may install it: the one without a desktop's windows, which
# takes less of the machine, or the whole. Without any the browser tests are skipped, and the test run says so at its end.
.PHONY: chromium
chromium:
	@if ! command -v chromium-headless-shell >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		$(call say,Installing Chromium for the browser tests); \
		export DEBIAN_FRONTEND=noninteractive; \
		{ apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium-headless-shell; } >/dev/null 2>&1 \
			|| command -v chromium >/dev/null \
			|| apt-get -qq install -y --no-install-recommends chromium >/dev/null \
			|| echo "Chromium could not be installed." >&2; \
	fi
