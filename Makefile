# What people and CI do with Usher; `make help` lists it.

# Options for the program that a target runs, such as `make run ARGS=--once`.
ARGS ?=

SWIFT_FILES := Package.swift Sources Tests Benchmarks

.PHONY: help setup build run test lint bench
.DEFAULT_GOAL := help

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 8

setup: ## Install what is missing (as root), or say what is
	@scripts/setup

build: setup ## Build the release binary .build/release/usher
	@swift build --configuration release --product usher >&2

run: build ## Start usher dev: a database, a sandbox and a worker, all on this machine
	@exec .build/release/usher dev $(ARGS)

# What only computes runs first: beside it, tests that wait for processes, databases and time-outs would
# wait for the processors.
PURE := RulesTests ReconcilerTests ContactsTests ArchitectureTests

# What measures how fast something is sent runs alone: the tests beside it would be measured too. So do
# the tests that kill workers, take their database or API away, set clocks wrong, stop what is sent in time or
# walk against leases: in their time limits, they would wait for the processors with all others.
APART := KillTests LimiterTests FaultMatrixTests DatabaseFaultTests FullDiskTests StopStateTests \
    ClockTests AuditAnswerTests RejectedSendTests

# So many tests at once, where the toolchain can bound them.
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

lint: setup ## Check the code's format and the repository's rules
	@swift format lint --strict --recursive --parallel $(SWIFT_FILES)
	@bash -n scripts/setup scripts/write-reference .ci/run
	@! git ls-files --error-unmatch Package.resolved >/dev/null 2>&1 || { \
	    echo 'lint: Package.resolved is tracked; git rm --cached Package.resolved' >&2; exit 1; }

bench: setup ## Run the benchmarks; ARGS="--format json" for one object a line
	@swift run --configuration release usher-bench $(ARGS)
	@if [ -z '$(ARGS)' ] && [ -x .build/peers/bin/python ]; then \
	    .build/peers/bin/python Benchmarks/peers/run.py; \
	fi
