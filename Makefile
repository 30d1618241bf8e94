# Everything a developer or a first-time user types. `make` alone prints this list.

PYTHON ?= python3
SHELL := /bin/sh
RUN := .venv
DEV := .venv-dev
AUDIT := .venv-audit
ifeq ($(OS),Windows_NT)
BIN := Scripts
else
BIN := bin
endif
DAY := 2018-06-04
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run test dev check lint security types docs docs-check audit golden bench test-long coverage clean

help: ## Print the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

run: $(RUN)/.installed ## Install annexa as a user would and build the sample authority's Annex A
	$(RUN)/$(BIN)/annexa build --inspection-date $(DAY) --config sample_data/annexa.toml --output annexa-$(DAY)

test: $(DEV)/.installed ## Run the tests
	$(DEV)/$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q

dev: $(DEV)/.installed ## Install annexa for development, with its tools

check: lint security types docs-check ## Lint, a security scan, types and documentation

lint: $(DEV)/.installed
	$(DEV)/$(BIN)/ruff format --check src tests
	$(DEV)/$(BIN)/ruff check src tests

# The rules of bandit, as ruff has them. `lint` runs them among the rest; here they are seen to run.
security: $(DEV)/.installed
	$(DEV)/$(BIN)/ruff check --select S src

types: $(DEV)/.installed
	$(DEV)/$(BIN)/mypy

docs: $(DEV)/.installed ## Write the generated pages of docs/
	$(DEV)/$(BIN)/python -m tests.support.docs

docs-check: $(DEV)/.installed
	$(DEV)/$(BIN)/python -m tests.support.docs --check

# Without the network it fails, since nothing was looked up. It has an environment of its own: annexa needs none of it.
audit: ## Look the tested versions of all dependencies up for known vulnerabilities (needs the internet)
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(AUDIT)/$(BIN)/pip-audit --strict --disable-pip --no-deps --requirement constraints.txt

golden: $(DEV)/.installed ## Rewrite the sample extract's expected lists; review the diff
	$(DEV)/$(BIN)/python -m tests.golden.rewrite

bench: $(DEV)/.installed ## Measure speed and memory, as ratios in one run
	$(DEV)/$(BIN)/python -m tests.benchmarks.bench $(if $(SIZES),--sizes $(SIZES))

test-long: $(DEV)/.installed ## Run the property tests with many more examples
	ANNEXA_HYPOTHESIS=long $(DEV)/$(BIN)/python -m pytest -n $(WORKERS) -q tests/property

coverage: $(DEV)/.installed ## Run the tests and report branch coverage, subprocesses included
	$(DEV)/$(BIN)/coverage erase
	$(DEV)/$(BIN)/coverage run -m pytest -q
	$(DEV)/$(BIN)/coverage combine -q
	$(DEV)/$(BIN)/coverage report

clean: ## Remove what the targets above made
	rm -rf $(RUN) $(DEV) $(AUDIT) annexa-$(DAY) .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(RUN)/.installed: pyproject.toml constraints.txt $(shell find src configs sample_data -type f)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "annexa needs Python 3.11 or later: set PYTHON, as in make PYTHON=python3.12 run")'
	$(PYTHON) -m venv $(RUN)
	$(RUN)/$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt .
	@touch $@

$(DEV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "annexa needs Python 3.11 or later: set PYTHON, as in make PYTHON=python3.12 test")'
	$(PYTHON) -m venv $(DEV)
	$(DEV)/$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@
