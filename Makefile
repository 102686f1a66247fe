# Teller Server. `make` prints the commands; each of them sets up what it needs by itself.
SHELL := /bin/bash
.DELETE_ON_ERROR:

PYTHON ?= python3
UV     ?= uv
BIN    := .venv/bin

# One environment serves both locks: the development lock contains the runtime lock, version by version.
RUNTIME     := .venv/.runtime
DEVELOPMENT := .venv/.development
JSTYPES     := web/node_modules/.installed

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test check format proof bench pictures soak lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: $(RUNTIME) ## the environment in .venv, from requirements.lock with hashes

setup-dev: $(DEVELOPMENT) ## the same with the test tools, from requirements-dev.lock

$(RUNTIME): requirements.lock pyproject.toml .ci/environment .ci/system-packages
	@PYTHON="$(PYTHON)" .ci/environment runtime

$(DEVELOPMENT): requirements-dev.lock pyproject.toml .ci/environment .ci/system-packages
	@PYTHON="$(PYTHON)" .ci/environment development

demo: setup ## a whole branch on http://127.0.0.1:8080 with demo staff; the second start takes seconds
	@exec $(BIN)/teller-server demo

test: setup-dev ## every test, browser journeys included; asserts no wall-clock figure
	@.ci/test

check: setup-dev $(JSTYPES) ## lint, formatting, types, import contracts, JavaScript types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@.ci/js-types check

$(JSTYPES): web/package.json web/package-lock.json .ci/js-types
	@.ci/js-types install

format: setup-dev ## rewrite the Python files as `make check` wants them
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

proof: setup-dev ## every figure that the documents name, measured again; output in docs/proof/ (ONLY="tests media": these)
	@.ci/proof $(ONLY)

bench: setup-dev ## every benchmark, each with its reference in the same run
	$(BIN)/python -m bench

pictures: setup-dev ## the documents' screenshots, taken anew from a real visit
	@mkdir -p docs/images
	PICTURES=docs/images $(BIN)/pytest tests/browser/test_loan.py

soak: setup-dev ## the evidence's nightly numbers, as many as fit in SOAK_MINUTES=30; docs/reliability.md
	@.ci/soak

lock: ## rewrite both locks (needs uv); LOCK=--upgrade takes newer versions
	@UV="$(UV)" .ci/lock $(LOCK)

clean: ## remove the environment and every cache; evidence and databases stay
	rm -rf .venv web/node_modules build *.egg-info .mypy_cache .ruff_cache .pytest_cache \
	  .hypothesis .import_linter_cache
