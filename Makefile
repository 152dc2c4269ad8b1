# The commands of the project. `make up` starts it, `make test` tests it.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do command -v $$p >/dev/null 2>&1 && $$p -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null && echo $$p && break; done)
PY = .venv/bin/python

.PHONY: up setup setup-tests test check bench soak docs lock words audit

up: setup ## Install what is missing and start everything
	@exec $(PY) -m jobs.supervise

setup:
	@test -n "$(PYTHON)" || { echo "Sluice needs Python 3.11 or later; none was found"; exit 1; }
	@$(PYTHON) jobs/setup.py

setup-tests:
	@test -n "$(PYTHON)" || { echo "Sluice needs Python 3.11 or later; none was found"; exit 1; }
	@$(PYTHON) jobs/setup.py --tests

test: setup-tests ## Run the whole test suite
	@$(PY) -m tests.run

check: setup-tests ## Lint, types, layers
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports

bench: setup-tests ## Measure against the floor of this machine
	@$(PY) -m benchmarks

soak: setup-tests ## Slow proofs; MINUTES=120 lets the whole product run, and be killed, for two hours
	@MINUTES=$(MINUTES) $(PY) -m pytest -m soak

docs: ## Build the site of the documentation into var/site, with pictures of a walk through the tutorial
	@test -n "$(PYTHON)" || { echo "Sluice needs Python 3.11 or later; none was found"; exit 1; }
	@$(PYTHON) jobs/setup.py --tests --docs
	@$(PY) -m pytest -q tests/browser/test_tutorial.py
	@NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --strict --quiet
	@echo "the site is in var/site"

audit: setup ## Ask whether any package has a known hole; needs the network
	@$(PY) -m jobs.audit

lock: ## Compile the loose ranges into pinned requirements
	@uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url requirements.in -o requirements.txt
	@uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url requirements-dev.in -o requirements-dev.txt
	@uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url requirements-docs.in -o requirements-docs.txt
	@uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url requirements-otel.in -o requirements-otel.txt

PO = app/translations/zh_Hans_CN/LC_MESSAGES/messages.po

words: setup ## Gather the texts that people read, and tell which have no translation yet
	@$(PY) -m babel.messages.frontend -q extract -F babel.cfg -k lazy_gettext -k say -k NotFound:1 --add-location file --sort-by-file --no-wrap --project Sluice -o var/messages.pot .
	@$(PY) -m babel.messages.frontend -q update -i var/messages.pot -o $(PO) -l zh_Hans_CN --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(PY) -m app.languages
