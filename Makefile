# Two commands for a newcomer: `make demo` and `make test`. Both make .venv themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STORY := fixtures/edge-gateway/repo
OUT := build/demo

.PHONY: demo test lint docs goldens clean

demo: $(VENV)/.installed ## Scan the edge-gateway story and say where its roadmap is
	@mkdir -p $(OUT)
	@$(BIN)/rustplan scan $(STORY) --output html=$(OUT)/roadmap.html --output json=$(OUT)/rustplan.json
	@echo "Open $(CURDIR)/$(OUT)/roadmap.html"

test: $(VENV)/.installed-test ## Run the whole suite
	@$(BIN)/python -m pytest -n auto

lint: $(VENV)/.installed-test ## Format, lint, types, layers
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

docs: $(VENV)/.installed-test ## Regenerate the reference pages
	@$(BIN)/rustplan rules reference --out docs/reference/rules
	@$(BIN)/rustplan config schema > docs/reference/rustplan-config.schema.json
	@$(BIN)/rustplan config schema analysis > docs/reference/rustplan.schema.json
	@$(BIN)/python tests/readme_blocks.py

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("rustplan needs Python 3.10 or newer; run: make PYTHON=python3.12 ..." if sys.version_info < (3, 10) else 0)'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("rustplan needs Python 3.10 or newer; run: make PYTHON=python3.12 ..." if sys.version_info < (3, 10) else 0)'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

clean:
	@rm -rf $(VENV) build dist

goldens: $(VENV)/.installed-test ## Rewrite the stories' goldens; review the diff like code
	@RUSTPLAN_WRITE_GOLDENS=1 $(BIN)/python -m pytest tests/golden
