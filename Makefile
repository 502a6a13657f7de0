# Everything a developer or an owner does, by name. `make` alone lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DASHBOARD := app/dashboard
DASHBOARD_MODULES := $(DASHBOARD)/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help packages run test lint lock lock-check docs api-types dashboard dashboard-check dashboard-test dashboard-build screenshots torture backtest bench bench-growth load demo-alpaca demo-fyers demo-ideas demo-options deploy deploy-plan clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/run.stamp: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt
	@touch $@

# uv takes an eighth of pip's processor time. Where only pip knows the index to ask, pip does it.
$(VENV)/test.stamp: requirements.txt tests/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps "$$(grep '^uv==' tests/requirements.txt)"
	$(BIN)/uv pip install --quiet --system-certs --no-deps --python $(BIN)/python -r tests/requirements.txt || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r tests/requirements.txt
	@touch $(VENV)/run.stamp $@

packages: $(VENV)/test.stamp $(DASHBOARD_MODULES) ## Install what tests, checks and builds take

run: $(VENV)/run.stamp ## Serve on port 8080 with SQLite and the paper broker
	@exec $(BIN)/python main.py

# Tests wait for servers now and then: with twice as many processes as cores others go on meanwhile.
PROCESSES ?= $(shell $(PYTHON) -c "import os; print(2 * (os.cpu_count() or 1))")

# The tests start hundreds of servers: each would compile the whole application anew.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(VENV)/test.stamp ## Run every test, on every core (PROCESSES=1 runs them one after the other)
	$(BIN)/python -m pytest -q -n $(PROCESSES) --dist worksteal

lint: $(VENV)/test.stamp ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links
TO_RUN = pyproject.toml --extra fyers
TO_TEST = $(TO_RUN) --extra dev -c requirements.txt

lock: $(VENV)/test.stamp ## Bring the locks up to pyproject.toml (UPGRADE=1 takes newer releases)
	$(COMPILE) $(if $(UPGRADE),--upgrade) $(TO_RUN) -o requirements.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) $(TO_TEST) -o tests/requirements.txt

lock-check: $(VENV)/test.stamp ## Fail when the locks do not belong to pyproject.toml
	@cp requirements.txt $(VENV)/lock.txt && $(COMPILE) $(TO_RUN) -o $(VENV)/lock.txt
	@cmp requirements.txt $(VENV)/lock.txt
	@cp tests/requirements.txt $(VENV)/lock.txt && $(COMPILE) $(TO_TEST) -o $(VENV)/lock.txt
	@cmp tests/requirements.txt $(VENV)/lock.txt

docs: $(VENV)/test.stamp ## Write the generated parts of the documentation anew
	$(BIN)/python -m docs.generate

# Node is wanted by whoever changes the dashboard; its build is in the repository, so that nobody else needs any.
$(DASHBOARD_MODULES): $(DASHBOARD)/package-lock.json
	@node --version >/dev/null 2>&1 || { echo "The dashboard is built with Node 20 or newer: install it first."; exit 1; }
	cd $(DASHBOARD) && npm ci --no-progress
	@touch $@

api-types: $(VENV)/test.stamp $(DASHBOARD_MODULES) ## Write the dashboard's types from the API's own document
	$(BIN)/python -m docs.generate
	cd $(DASHBOARD) && npm run --silent api-types

dashboard: $(DASHBOARD_MODULES) ## Check the dashboard and build it into app/dashboard/dist
	cd $(DASHBOARD) && npm run --silent check && npm run --silent build && npm run --silent sizes

dashboard-check: dashboard-test dashboard-build ## Check the dashboard as the repository has it: its tests and its build

dashboard-test: $(DASHBOARD_MODULES) ## Run the dashboard's own tests
	cd $(DASHBOARD) && npm run --silent test

dashboard-build: $(DASHBOARD_MODULES) ## Fail when the dashboard's build or types are not what its sources make, or too large
	cd $(DASHBOARD) && scripts/check.sh

screenshots: $(VENV)/test.stamp ## Write the documentation's pictures anew, from the dashboard's build (Chromium)
	$(BIN)/python -m tests.browser.pictures

torture: $(VENV)/test.stamp ## Kill real servers and their PostgreSQL under load, with faulty brokers too; account for every alert
	$(BIN)/python -m tests.reliability.torture --kills 100
	$(BIN)/python -m tests.reliability.torture --broker alpaca --kills 40
	$(BIN)/python -m tests.reliability.torture --broker fyers --kills 24
	$(BIN)/python -m tests.reliability.torture structures --kills 30
	$(BIN)/python -m tests.reliability.torture structures --broker alpaca --kills 30
	$(BIN)/python -m tests.reliability.torture --store postgres --kills 40
	$(BIN)/python -m tests.reliability.torture --store postgres --broker alpaca --kills 20
	$(BIN)/python -m tests.reliability.torture structures --store postgres --kills 10
	$(BIN)/python -m tests.reliability.ideas --kills 50

load: $(VENV)/test.stamp ## 1,000 alerts twice, then 200 identical ones at once
	$(BIN)/python -m tests.reliability.flood

bench: $(VENV)/test.stamp ## Measure throughput, CPU, start and memory beside a forty-line app
	$(BIN)/python -m benchmarks.run
	$(BIN)/python -m benchmarks.ledger
	$(BIN)/python -m benchmarks.options
	$(BIN)/python -m benchmarks.tab
	$(BIN)/python -m benchmarks.analytics
	$(BIN)/python -m benchmarks.in_process --compare
	$(BIN)/python -m benchmarks.many
	$(BIN)/python -m benchmarks.many --counted

bench-growth: $(VENV)/test.stamp ## Measure alerts, lists, reports and the clock at 1,000 to a million tickets, on both databases
	$(BIN)/python -m benchmarks.growth

# Deploying needs Python and gcloud; where the packages are installed, settings are checked before anything is made.
DEPLOY = $(if $(wildcard $(BIN)/python),$(BIN)/python,$(PYTHON)) -m deploy
TOLD = $(foreach name,PROJECT REGION SQL EGRESS YES,$(name)='$($(name))')

deploy: ## Deploy to Cloud Run: PROJECT=… REGION=… [SQL=1] [EGRESS=1] [YES=1]; asks once, safe to run again
	@$(DEPLOY) $(TOLD)

deploy-plan: ## Print every command that a first deployment runs, and run none
	@$(DEPLOY) plan $(TOLD)

backtest: $(VENV)/run.stamp ## Play the example's alerts at its prices; the report goes to data/backtest
	@$(BIN)/flask backtest --alerts examples/alerts.csv --bars AAPL=examples/bars.csv --set use_strategy_contracts=true --out data/backtest

demo-alpaca: $(VENV)/test.stamp ## Serve against a simulated Alpaca on this machine
	@exec $(BIN)/python -m tests.simulators.demo_alpaca

demo-fyers: $(VENV)/test.stamp ## Serve against a simulated Fyers on this machine
	@exec $(BIN)/python -m tests.simulators.demo_fyers

demo-ideas: $(VENV)/test.stamp ## Serve trade ideas with a simulated OpenAI and Optionomics on this machine
	@exec $(BIN)/python -m tests.simulators.demo_ideas

demo-options: $(VENV)/test.stamp ## Serve an iron condor on paper, with a market and a clock to move
	@exec $(BIN)/python -m tests.simulators.demo_options

clean: ## Remove what the targets made, but never data/
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
