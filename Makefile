# The tasks of developers and CI; `make help` lists them.

# Options for the program that a target runs, such as `make run ARGS=--once`.
ARGS ?=

SWIFT_FILES := Package.swift Sources Tests Benchmarks

.PHONY: help setup build run test lint format schema reference bench
.DEFAULT_GOAL := help

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

setup: ## Install missing packages (as root), or list them
	@scripts/setup

build: setup ## Build the release binary .build/release/usher
	@swift build --configuration release --product usher >&2

run: build ## Start a database, a sandbox and a worker on this machine (usher dev)
	@exec .build/release/usher dev $(ARGS)

# Pure tests run first: they would take the processors from tests that wait for processes, databases
# and timeouts.
PURE := RulesTests ReconcilerTests ContactsTests ArchitectureTests

# Tests that measure the rate of requests run alone, or they would measure the tests beside them, too.
# So do the tests that kill workers, stop their database or API, set clocks wrong, stop requests in
# time or walk against leases: with other tests beside them, they would exceed their time limits.
APART := KillTests LimiterTests FaultMatrixTests DatabaseFaultTests FullDiskTests StopStateTests \
    StopTests ClockTests AuditAnswerTests RejectedSendTests UpgradeTests

# The number of concurrent tests, if the toolchain can bound it.
WIDTH := SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=24

test: setup ## Run all tests; ARGS="--filter Rules" for some
	@swift test --disable-xctest $(or $(ARGS),$(PURE:%=--filter %))
	@if [ -z '$(ARGS)' ]; then \
	    $(WIDTH) swift test --skip-build --disable-xctest $(PURE:%=--skip %) $(APART:%=--skip %) \
	        || exit 1; \
	    for suite in $(APART); do \
	        swift test --skip-build --disable-xctest --filter $$suite || exit 1; \
	    done; \
	fi

lint: setup ## Check the format and the repository's rules
	@swift format lint --strict --recursive --parallel $(SWIFT_FILES)
	@bash -n scripts/setup scripts/write-reference scripts/dump-schema .ci/run
	@! git ls-files --error-unmatch Package.resolved >/dev/null 2>&1 || { \
	    echo 'lint: Package.resolved is tracked; git rm --cached Package.resolved' >&2; exit 1; }

format: setup ## Format the code in place
	@swift format format --in-place --recursive --parallel $(SWIFT_FILES)

schema: setup ## Write migrations/schema.sql again, after a new migration
	@scripts/dump-schema

reference: setup ## Write the generated pages of docs/ again
	@scripts/write-reference

bench: setup ## Run the benchmarks; ARGS="--format json" for one object a line
	@swift run --configuration release usher-bench $(ARGS)
	@if [ -z '$(ARGS)' ] && [ -x .build/peers/bin/python ]; then \
	    .build/peers/bin/python Benchmarks/peers/run.py; \
	fi
