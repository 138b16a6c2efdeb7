# The front door: `make demo` to try Partidor, `make test` to prove it. `make help` names the rest.

PYTHON ?= python3
BIN    := .venv/bin
LOCKS  := requirements/run.txt requirements/dev.txt
ASSETS := $(shell find assets partidor/inbound/web partidor/outbound/notices partidor/locale -type f \
	! -path '*/node_modules/*' ! -path '*/__pycache__/*' ! -path '*/made/*' ! -path '*/served/*' ! -path '*/notices/html/*' ! -name '*.mo')
LOCK   := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: help install check format demo test bench fairness docs screenshots lighthouse messages lock clean

help:  ## Show what can be made
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 18

install: .venv/.built  ## Make .venv with everything pinned by hash, and the assets (a no-op the second time)
	@:

.venv/.installed: $(LOCKS) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Partidor needs Python 3.11 or newer; name one by make PYTHON=python3.12 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation -e .
	touch $@

.venv/.built: .venv/.installed $(ASSETS)
	$(BIN)/python -m assets.build
	@touch $@

check: install  ## Format, lint, types, imports, house rules, domain tests: a minute or two
	@.ci/check

format: install  ## Write the code as the formatter wants it
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

demo: install  ## Start a living demo vendor and print its address and keys
	$(BIN)/partidor demo

test: install  ## All tests: domain alone, then everything on SQLite and on PostgreSQL
	@.ci/test

bench: install  ## Measure; every benchmark prints its table
	$(BIN)/python -m bench

fairness: install  ## Simulate the fair share beside other ways, for docs/fairness.md
	$(BIN)/python -m bench.fairness --write

docs: install  ## Draw again what the docs show of the code
	$(BIN)/python -m docs.draw

screenshots: install  ## Take the pictures of the README anew
	$(BIN)/python -m docs.screenshots

lighthouse: install  ## Let Lighthouse look at inbox, lead page and Today
	$(BIN)/python -m bench.lighthouse

messages: install  ## Gather new texts into the catalogues of translations
	$(BIN)/python -m assets.catalogues

lock: install  ## Pin the newest allowed versions
	$(LOCK) requirements/run.in --output-file requirements/run.txt
	$(LOCK) requirements/dev.in --output-file requirements/dev.txt
	$(LOCK) requirements/node.in --output-file requirements/node.txt

clean:  ## Remove what can be made again (never var/, your data)
	rm -rf .venv build dist assets/node_modules partidor/inbound/web/made partidor/inbound/web/served partidor/outbound/notices/html *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
