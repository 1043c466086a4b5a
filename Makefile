# The whole vocabulary: setup demo run dev check test fuzz generate bench lighthouse pages. CI calls the same recipes.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
CARGO_TARGET_DIR ?= $(CURDIR)/target
export CARGO_TARGET_DIR
BIN := $(CARGO_TARGET_DIR)/debug
export CARGO_TERM_COLOR ?= auto
NEXTEST := cargo nextest run --workspace

.PHONY: help setup web build demo run dev check test fuzz generate bench lighthouse pages
help:
	@printf 'make demo      the main job happening in this terminal, with everything it needs\n'
	@printf 'make test      every test\n'
	@printf 'make fuzz      five minutes of made-up requests to every operation of the API; FUZZ="--seed 7" has a run again\n'
	@printf 'make run       the real product, empty; it says what to do next\n'
	@printf 'make dev       the product, restarted when a source changes\n'
	@printf 'make check     format, lints, licences\n'
	@printf 'make generate  what is generated: the test that compares it runs in make test\n'
	@printf 'make bench     the figures of docs/performance.md\n'
	@printf 'make lighthouse  the pages on phone settings: accessibility 100, performance at least 90\n'
	@printf 'make pages     every page of the panel in a real browser; make test walks the main way only\n'
	@printf 'make setup     what is missing on this machine (the others call it)\n'

setup:
	@bash infra/setup.sh

# The panel is embedded in the binary, so it comes first.
web: setup
	@if [ -e web/package.json ]; then bash infra/web.sh build; fi

build: web
	@cargo build --workspace --bins --quiet

demo: build
	@bash infra/demo.sh "$(BIN)"

run: build
	@"$(BIN)/switchboard" serve

dev: build
	@bash infra/dev.sh

check: setup
	@cargo fmt --all --check
	@cargo clippy --workspace --all-targets --quiet -- -D warnings
	@bash infra/check-tree.sh

# The programs are built together with the tests: by themselves they would be built with other features, the runtime twice.
test: web
	@cargo build --workspace --bins --tests --quiet
	@out=$$(cargo test --workspace --doc --quiet 2>&1) || { printf '%s\n' "$$out"; exit 1; }
	@bash tests/peers/safesmm/run.sh "$(BIN)/panel-simulator"
	@bash infra/web.sh check
	@$(NEXTEST)
	@bash infra/browser.sh "$(BIN)" walk.spec.ts live.spec.ts

# About twenty minutes: every page in every state, on a phone and on a desktop.
pages: build
	@bash infra/browser.sh "$(BIN)"

# A whole installation of its own, and schemathesis over web/openapi.json.
fuzz: build
	@bash infra/fuzz.sh "$(BIN)" $(FUZZ)

generate: web
	@cargo build --workspace --bins --tests --quiet
	@"$(BIN)/switchboard" config > docs/settings.toml
	@"$(BIN)/switchboard" errors > docs/errors.md
	@"$(BIN)/switchboard" policy matrix > policy/matrix.txt
	@"$(BIN)/switchboard" openapi > web/openapi.json

bench: setup
	@bash infra/bench.sh

lighthouse: build
	@bash infra/lighthouse.sh "$(BIN)"
