# make demo: the product, offline, on a made-up county.  make test: every check that CI runs.
# Each target brings what it needs: uv into .uv/, the locked packages, a Chromium.
SHELL := /bin/sh
# Compiled once, so that every command starts at once.
export UV_COMPILE_BYTECODE := 1
UV := $(shell scripts/bring_uv.sh)

.PHONY: ready browser demo test check bench format

ready:
	@test -n "$(UV)" || exit 2
	@"$(UV)" sync --locked --quiet

browser: ready
	@scripts/bring_chromium.sh "$(UV)"

demo: browser
	@"$(UV)" run --locked xuncha demo

check: ready
	"$(UV)" run --locked ruff format --check .
	"$(UV)" run --locked ruff check .
	"$(UV)" run --locked mypy
	"$(UV)" run --locked pytest -q -n 2 --dist loadfile -m "not browser and not slow"

test: browser
	"$(UV)" run --locked ruff format --check .
	"$(UV)" run --locked ruff check .
	"$(UV)" run --locked mypy
	"$(UV)" run --locked pytest -q -n 2 --dist loadfile --no-loadscope-reorder

bench: browser
	"$(UV)" run --locked python -m bench.night > docs/measures.md
	"$(UV)" run --locked python -m bench.chain > docs/chain.md
	"$(UV)" run --locked --group bench python -m bench.names > docs/names.md
	"$(UV)" run --locked --group bench python -m bench.names --benchmark >> docs/names.md
	"$(UV)" run --locked python -m bench.links > docs/links.md
	@cat docs/measures.md docs/chain.md docs/names.md docs/links.md

# Resumable: what is finished lies in .soak/; a failed trial keeps the table and fails the target.
soak: browser
	@mkdir -p .soak
	"$(UV)" run --locked python -m bench.soak > .soak/table.md; state=$$?; cp .soak/table.md docs/soak.md; cat docs/soak.md; exit $$state

format: ready
	"$(UV)" run --locked ruff format .
	"$(UV)" run --locked ruff check --fix .
