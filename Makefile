# Every target that a person types; `make` alone lists them. What takes more than a few lines is a script.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# Arguments for `make run`, for example ARGS='--rate 500 --seconds 30'.
ARGS ?=
MVN ?= scripts/mvn -B -ntp
# Warnings are errors, so they must be seen; all else is noise.
QUIET := -Dorg.slf4j.simpleLogger.defaultLogLevel=warn

##@ Main

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-zA-Z0-9_-]+:.*## / {printf "  %-22s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## Run everything in one process (ARGS='--help' lists the options)
	@scripts/run $(ARGS)

.PHONY: test
test: ## Run everything that tests
	@$(MVN) -T 2 verify

.PHONY: check
check: ## Check format and compile, without tests
	@$(MVN) $(QUIET) spotless:check test-compile

.PHONY: format
format: ## Format the Java code
	@$(MVN) $(QUIET) spotless:apply

.PHONY: build
build: ## Build the jars and their class path
	@$(MVN) $(QUIET) package -DskipTests

.PHONY: clean
clean: ## Remove what builds have made
	@$(MVN) $(QUIET) clean

include $(wildcard scripts/make/*.mk)
