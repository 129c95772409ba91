# The two commands of the README are `make demo` and `make test`; both set everything up first.
# STORE=neo4j make demo     the demo on a Neo4j server that is fetched and run here
# ARGS="-k canvas" make test   arguments for pytest
# ACT=stop make neo4j       also: status

BIN := .venv/bin
INSTALLED := .venv/.installed
NEO4J_DATA ?= .cache/neo4j
ACT ?= start
# The first interpreter that is new enough and can make a virtual environment.
FIND_PYTHON = for p in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done

.PHONY: demo test lint bench neo4j setup venv packages clean

demo: setup
	$(if $(filter neo4j,$(STORE)),@.ci/packages java maven)
	$(BIN)/mingcha demo $(if $(STORE),--store $(STORE))

test: setup packages lint
	$(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	@.ci/packages java maven chromium
	$(BIN)/python -m bench $(ARGS)

neo4j: setup
	@.ci/packages java maven
	$(BIN)/python -m graph.adapters.neo4j_server $(ACT) --home $(NEO4J_DATA)

setup: $(INSTALLED)

packages:
	@.ci/packages java maven chromium postgresql

$(INSTALLED): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(MAKE) --no-print-directory venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

venv:
	@test -n "$$($(FIND_PYTHON))" || .ci/packages python
	@python=$$($(FIND_PYTHON)); test -n "$$python" || { echo "Mingcha needs Python 3.11 or newer \
	with venv (Debian: apt-get install python3 python3-venv), or PYTHON=/path/to/python." >&2; exit 1; }; \
	$$python -m venv --clear .venv

# Data stays: the demo workspace and what lies in $(NEO4J_DATA) are removed by hand.
clean:
	rm -rf .venv build mingcha.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
