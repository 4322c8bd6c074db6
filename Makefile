# Everything is done from here; each target makes what it needs first.
#   make demo ARGS=--stay    make test SYSTEM=0    make crash SEEDS=20

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=
SEEDS  ?=
SYSTEM ?= 1
STRICT ?= 0
export SEEDS

SEED_ARGS := $(if $(SEEDS),--seeds $(SEEDS))
OURS      := config values mailer sheets documents workflow
UV_LOCK   := $(BIN)/uv pip compile pyproject.toml --group build --universal --python-version 3.11 \
             --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet

.DEFAULT_GOAL := help
.PHONY: help env dev system demo test lint bench crash sim fuzz lock docs clean

help:
	@echo "make env     the environment in $(VENV)"
	@echo "make demo    the whole story with every role played (ARGS=--stay keeps it running)"
	@echo "make test    lint, types, arrows and all tests (SYSTEM=0 installs no system packages)"
	@echo "make bench | crash | sim | fuzz    figures and long tests (ARGS=, SEEDS=)"
	@echo "make lock    makes the lock files anew"
	@echo "make docs    prints the generated parts of the documents anew"

env: $(VENV)/.env-done
dev: $(VENV)/.dev-done

$(VENV)/pyvenv.cfg:
	@PYTHON="$(PYTHON)" sh scripts/make-venv.sh $(VENV)

$(VENV)/.env-done: $(VENV)/pyvenv.cfg requirements.lock pyproject.toml
	@sh scripts/install.sh $(VENV) requirements.lock
	@touch $@

$(VENV)/.dev-done: $(VENV)/pyvenv.cfg requirements-dev.lock pyproject.toml
	@sh scripts/install.sh $(VENV) requirements-dev.lock
	@touch $@ $(VENV)/.env-done

system:
	@SYSTEM="$(SYSTEM)" sh scripts/system-packages.sh

demo: env
	@$(BIN)/countersign demo $(ARGS)

lint: dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: system lint
	COUNTERSIGN_STRICT=$(STRICT) $(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

bench: dev
	$(BIN)/python -m bench $(ARGS)

crash: dev
	$(BIN)/python -m tests.crash $(SEED_ARGS) $(ARGS)

sim: dev
	$(BIN)/python -m tests.sim $(SEED_ARGS) $(ARGS)

fuzz: dev
	$(BIN)/python tests/letters/fuzz.py $(SEED_ARGS) $(ARGS)

docs: dev
	$(BIN)/python scripts/generate_docs.py $(ARGS)

lock: dev
	$(UV_LOCK) --extra demo -o requirements.lock
	$(UV_LOCK) --all-extras -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
