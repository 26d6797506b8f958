# Admit One. `make run` serves a demo, `make setup` prepares for development, `make test` checks everything.
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
VENV := .venv
BIN := $(VENV)/bin
BASE := $(VENV)/base.stamp
DEV := $(VENV)/dev.stamp
MESSAGES := $(VENV)/messages.stamp
CATALOGUES := $(wildcard src/admitone/locale/*/LC_MESSAGES/*.po)
CODE := src tests bench scripts
TEMPLATES = $(shell find src -name '*.html')
PYTEST := $(BIN)/python -m pytest
POSTGRES := $(BIN)/python -m tests.postgres run --
PARALLEL := -n $(WORKERS) --dist loadfile
BY_GROUP := -n $(WORKERS) --dist loadgroup
# A storm has processes and threads of its own.
STORMY := -n 2 --dist loadfile
# Checks import the settings; with a key given they leave no data directory behind.
LINT := env ADMITONE_SECRET_KEY=lint ADMITONE_DATA_DIR=.test/lint
# Every server that tests start would compile all modules again.
export PYTHONDONTWRITEBYTECODE :=
PIN := CUSTOM_COMPILE_COMMAND="make pins" ../$(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes --strip-extras \
	--no-emit-options

.NOTPARALLEL:
.PHONY: run setup messages needs check test lint types typed-and-test-sqlite test-sqlite test-postgres e2e soak soak-storms soak-screens bench format pins audit clean

run: $(BASE) messages ## Serve the demo at http://HOST:PORT
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/demo $(HOST) $(PORT)

setup: $(DEV) messages ## Everything to run and to develop

$(BASE): requirements/base.txt pyproject.toml
	@scripts/venv $(VENV) requirements/base.txt
	@touch $@

# It has all that base.txt has.
$(DEV): requirements/base.txt requirements/dev.txt pyproject.toml
	@scripts/venv $(VENV) requirements/dev.txt
	@touch $(BASE) $@

messages: $(MESSAGES)

$(MESSAGES): $(BASE) $(CATALOGUES)
	@$(if $(CATALOGUES),$(BIN)/pybabel --quiet compile --directory src/admitone/locale --domain django)
	@touch $@

needs:
	@scripts/needs

# The core and the rules of the house; `make test` runs the rest.
QUICK := tests/test_repository.py $(foreach place,logic links booking events calendars values workflows forms pipelines,tests/$(place))

check: setup lint ## The quick part: format, imports, templates, the core on SQLite
	$(PYTEST) $(PARALLEL) -q $(QUICK) -m "not browser and not storm and not soak and not slow"

test: setup needs lint typed-and-test-sqlite test-postgres e2e ## Everything but the soak

# mypy has one processor to itself and the tests wait now and then.
typed-and-test-sqlite: setup
	@$(LINT) $(BIN)/mypy & types=$$!; $(MAKE) --no-print-directory test-sqlite; tests=$$?; wait $$types && exit $$tests

lint: setup
	$(BIN)/ruff format --check --quiet $(CODE)
	$(BIN)/ruff check --quiet $(CODE)
	$(LINT) $(BIN)/lint-imports --no-logo
	@$(if $(TEMPLATES),$(BIN)/djade --check --target-version 5.2 $(TEMPLATES))

types: setup
	$(LINT) $(BIN)/mypy

# Each worker reads every file that it is given: give it none in vain.
NOT_BROWSER := --ignore=tests/browser
STORMS = $(shell grep -rl --include='test_*.py' 'mark\.storm' tests)

test-sqlite: setup
	$(PYTEST) $(PARALLEL) $(NOT_BROWSER) -q -m "not storm and not soak"
	$(PYTEST) $(STORMY) $(STORMS) -q -m "storm and not soak"

# What never asks a database is not run twice, nor are pages and routes, which only call services; the soak runs them there too.
PURE := $(foreach place,logic ui docs config,--ignore=tests/$(place))
SCREENS := $(foreach place,manage api public hooks contract/test_tenancy.py contract/test_safe_methods.py \
	contract/test_workflow_registries.py,tests/$(place))

test-postgres: setup
	$(POSTGRES) $(PYTEST) $(PARALLEL) $(NOT_BROWSER) $(PURE) $(SCREENS:%=--ignore=%) -q -m "not storm and not soak"
	$(POSTGRES) $(PYTEST) $(STORMY) $(STORMS) -q -m "storm and not soak"

e2e: setup ## Browser tests
	$(PYTEST) $(BY_GROUP) tests/browser -q -m "not soak"

SOAKS = $(shell grep -rl --include='test_*.py' --exclude-dir=browser 'mark\.soak' tests)

soak: setup needs soak-storms soak-screens ## Long storms and full matrices; either part alone: soak-storms, soak-screens

soak-storms: setup
	$(PYTEST) $(SOAKS) -q -m soak
	$(POSTGRES) $(PYTEST) $(SOAKS) -q -m soak

soak-screens: setup
	$(PYTEST) $(BY_GROUP) tests/browser -q -m soak
	$(POSTGRES) $(PYTEST) $(PARALLEL) $(SCREENS) -q -m "not storm and not soak"

bench: setup ## Benchmarks, as ratios against a floor measured in the same run
	@set -e; for script in bench/[a-z]*.py bench/http; do $(BIN)/python $$script; done

format: setup
	$(BIN)/ruff check --quiet --fix $(CODE)
	$(BIN)/ruff format --quiet $(CODE)
	@$(if $(TEMPLATES),$(BIN)/djade --target-version 5.2 $(TEMPLATES) || true)

pins: $(DEV) ## Recompile requirements/*.txt (UPGRADE=--upgrade for newer versions)
	cd requirements && $(PIN) $(UPGRADE) --output-file=base.txt base.in
	cd requirements && $(PIN) $(UPGRADE) --output-file=dev.txt dev.in

audit: $(DEV) ## Known vulnerabilities in the pinned packages (needs the network)
	$(BIN)/pip-audit --require-hashes --disable-pip --requirement requirements/base.txt

clean: ## Remove the environment and caches, never the data directory
	rm -rf $(VENV) .test .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
