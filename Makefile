# make demo   set up, run the worked example and serve its page (SERVE=0: write demo/ and exit)
# make test   set up and run every check and test
# Everything lives in .venv; what is needed beside Python 3.11, git and make is fetched on first use.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test check bench focus-check lock docs clean

BIN := .venv/bin
RUN := .venv/.ready-run
DEV := .venv/.ready-dev
SERVE ?= 1
PROJECT := pyproject.toml tools/setup.sh
COMPILE := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header

help:  ## Show the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile

$(RUN): requirements.lock $(PROJECT)
	@tools/setup.sh requirements.lock
	@touch $@

$(DEV): requirements-dev.lock requirements.lock $(PROJECT)
	@tools/setup.sh requirements-dev.lock tests
	@touch $@ $(RUN)

demo: $(RUN)  ## Run the worked example and serve its page
ifeq ($(SERVE),0)
	@$(BIN)/bothhalves demo --out demo
else
	@$(BIN)/bothhalves demo
endif

check: $(DEV)  ## Style, types and import directions
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

test: check  ## Everything: checks, then the tests (the page tests use Chromium)
	@$(BIN)/python -m pytest -n 2

bench: $(DEV)  ## Measure speed against the limits of the machine and other programs (FULL=1: full sizes)
	@$(BIN)/python -m bench $(if $(FULL),--full)

focus-check: $(DEV)  ## Validate the FOCUS export of the examples with the official validator (Python 3.12)
	@$(BIN)/python -m tools.focus_check

docs: $(DEV)  ## Write the generated pages of docs/ again
	@$(BIN)/python -m tools.docs

lock:  ## Resolve the dependencies again (needs uv); the lock files hold hashes and no addresses
	$(COMPILE) --group build -o requirements.lock
	$(COMPILE) --group build --group dev -c requirements.lock -o requirements-dev.lock
	uv pip compile tools/focus-validator.in --quiet --python-version 3.12 --universal --generate-hashes \
		--no-emit-index-url --no-header -o tools/focus-validator.lock

clean:  ## Remove everything that is not source
	rm -rf .venv .venv-focus demo dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
