# Redstart: all that a developer does, from a fresh clone on. `make help` lists it.
# Needs a Rust toolchain, Python >= 3.10 and a C compiler; everything else goes into `.venv`.

.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := /bin/sh
VENV := .venv
PY := $(CURDIR)/$(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input --quiet
STAMP := $(VENV)/.stamp
CRATES := --workspace --exclude redstart-python

# The environment of the caller may point to another Python; the build looks at this one only.
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
export PYO3_PYTHON := $(PY)
export PATH := $(PATH):$(HOME)/.cargo/bin
unexport CONDA_PREFIX CONDA_DEFAULT_ENV PYTHONHOME PYTHONPATH

SOURCES := $(wildcard Cargo.toml Cargo.lock pyproject.toml) \
	$(shell find crates -name target -prune -o -type f -print 2>/dev/null)
ifeq ($(wildcard python/redstart/_native.*.so python/redstart/_native.*.pyd),)
SOURCES += missing-extension
endif

.PHONY: help setup build demo serve test soak conformance lint bench bench-web spec docs clean toolchain missing-extension

help: ## Lists these targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: toolchain $(STAMP)-build $(STAMP)-test $(STAMP)-lint ## Makes .venv with all that building, testing and checking need.

build: toolchain $(STAMP)-extension ## Builds the extension in release mode and installs it into .venv.

demo: build $(STAMP)-demo ## Serves the Flask example with gunicorn, talks to it over HTTP, stops it.
	@exec env PYTHONPATH=examples "$(PY)" -m flask_app.demo </dev/null

serve: build $(STAMP)-demo ## Serves the Flask example until Ctrl-C and prints its address.
	@exec env PYTHONPATH=examples "$(PY)" -m flask_app.demo --serve </dev/null

test: build $(STAMP)-test ## Runs every test there is; one summary at the end.
	@"$(PY)" tests/run.py </dev/null

soak: build $(STAMP)-test ## Loads one pool for SOAK_SECONDS (600) while its server fails, and looks for what is lost.
	@exec env PYTHONPATH=tests "$(PY)" -m stress.soak </dev/null

conformance: build $(STAMP)-test ## Checks each framework under each server on each database, and writes the table into the guide.
	@"$(PY)" -m pytest -q tests/frameworks --conformance-all \
	  --conformance-table docs/guide/frameworks/conformance.md </dev/null

spec: build $(STAMP)-test ## Prints which facts of peewee's specification the tests show.
	@"$(PY)" -m pytest -q -rN --tb=no --spec-report tests </dev/null

lint: toolchain $(STAMP)-lint ## Checks format, lints and types of Rust and Python.
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	"$(PY)" -m ruff check .
	"$(PY)" -m ruff format --check .
	"$(PY)" -m mypy
	"$(PY)" -m basedpyright --level error

bench: build $(STAMP)-bench ## Measures against raw drivers, peewee and SQLAlchemy and prints the ratios.
	@"$(PY)" benches/python/run.py </dev/null

bench-web: build $(STAMP)-bench ## Measures requests to one application on Redstart, its peers and the bare driver (needs wrk).
	@"$(PY)" benches/web/run.py </dev/null

docs: build $(STAMP)-docs ## Makes the reference of the crates and of the package in target/doc.
	RUSTDOCFLAGS="-D warnings" cargo doc $(CRATES) --no-deps --locked
	"$(PY)" -m pdoc --docformat google --output-directory target/doc/python redstart

clean: ## Removes all that these targets made.
	rm -rf target $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -f python/redstart/_native.*.so python/redstart/_native.*.pyd
	find python tests examples benches -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP)-extension: $(SOURCES) $(STAMP)-build
	@echo "Building the extension in release mode. The first time, this compiles its dependencies: some minutes."
	@"$(PY)" -m maturin develop --release --locked </dev/null || { \
	  echo "The build failed: the first error above says where. A missing C compiler or an old Rust are usual causes;" >&2; \
	  echo "'rustup update' brings the compiler up to date, 'make clean' starts afresh." >&2; exit 1; }
	@touch $@

$(STAMP)-test: requirements/build.txt requirements/demo.txt
$(STAMP)-bench: requirements/build.txt
$(STAMP)-%: requirements/%.txt requirements/constraints.txt $(STAMP)-python
	@echo "Installing requirements/$*.txt into $(VENV)"
	@$(PIP) install -r requirements/$*.txt </dev/null || { \
	  echo "Installing requirements/$*.txt failed: see above. It needs the package index, once." >&2; exit 1; }
	@touch $@

# The first Python that is new enough makes the environment; `make PYTHON=/path/to/python …` chooses another.
$(STAMP)-python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python3.10 python; do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' </dev/null >/dev/null 2>&1 || continue; \
	  "$$python" -c 'import ensurepip, venv' </dev/null >/dev/null 2>&1 || { \
	    echo "$$python has no venv module: install it (Debian, Ubuntu: apt-get install python3-venv)." >&2; exit 1; }; \
	  echo "Making $(VENV) with $$("$$python" --version)"; \
	  "$$python" -m venv --clear $(VENV) </dev/null && touch $@ && exit 0; \
	  echo "$$python -m venv $(VENV) failed: see above." >&2; exit 1; \
	done; \
	echo "No Python >= 3.10 was found: install one, or say which with 'make PYTHON=/path/to/python'." >&2; exit 1

toolchain:
	@command -v cargo >/dev/null || { echo "cargo was not found: install a Rust toolchain (rustup)." >&2; exit 1; }
	@command -v cc >/dev/null || command -v gcc >/dev/null || command -v clang >/dev/null || { \
	  echo "No C compiler was found: install one (Debian, Ubuntu: apt-get install gcc libc6-dev)." >&2; exit 1; }
