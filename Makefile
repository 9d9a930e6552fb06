# make demo · make demo-check · make test · make check · make bench NAME=…   (README.md says what each does)
#
# Everything Python goes into .venv, from lock files with hashes; a stamp with the lock's checksum says what is in it.
# `requirements.txt` is what running needs; `requirements-dev.txt` is the same and what testing needs.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help demo demo-check test check coverage bench programs screenshots lock

PY ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
SUM = $(shell cat $(1) pyproject.toml 2>/dev/null | sha256sum | cut -c1-16)
RUN := .venv/.run-$(call SUM,requirements.txt)
DEV := .venv/.dev-$(call SUM,requirements-dev.txt)
PYTEST := $(BIN)/python -m pytest

help:
	@echo 'make demo [LAN=1]      a live hearing with simulated citizens; LAN=1 lets phones of this network in'
	@echo 'make demo-check        the same without a person, verified from outside'
	@echo 'make test              every check and test, real browser and servers included'
	@echo 'make check             format, lint, types, layers, generated documents'
	@echo 'make bench NAME=kill   one benchmark; its last line is one JSON object'

demo: $(RUN)
	@sh kachehri/papers/libraries.sh
	$(BIN)/python -m kachehri demo $(if $(LAN),--lan) $(if $(STATE),--state '$(STATE)')

demo-check: $(RUN)
	$(BIN)/python -m kachehri demo-check

test: programs
	$(MAKE) --jobs=2 --output-sync=target check coverage
	$(PYTEST) -n 2 --dist loadfile -m 'not browser and not slow' --ignore=tests/rooms --ignore=tests/moderation
	$(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder -m 'browser or slow'

# The rules by their own tests alone: every branch.
coverage: $(DEV)
	$(PYTEST) -q --cov --cov-report=term-missing tests/rooms tests/moderation

check: $(DEV)
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m kachehri protocol --check

bench: $(DEV)
	@test -n '$(NAME)' || { echo 'make bench NAME=…: one of' tests/bench/[a-z]*.py >&2; exit 2; }
	@$(BIN)/python -m tests.bench.$(subst -,_,$(NAME))

# The pictures of the README, from a running demo.
screenshots: $(DEV)
	$(BIN)/python -m tests.screenshots

# Chromium, Redis, PostgreSQL, strace, and what sets Urdu on paper: installed where we may, else named.
programs:
	sh tests/programs.sh
	sh kachehri/papers/libraries.sh

$(RUN): | .venv/bin/python
	$(call install,requirements.txt)
	@rm -f .venv/.run-*
	@touch $@

$(DEV): | .venv/bin/python
	$(call install,requirements-dev.txt)
	@rm -f .venv/.run-* .venv/.dev-*
	@touch $@ $(RUN)

define install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r $(1)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endef

.venv/bin/python:
	@'$(PY)' -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || \
	  { echo 'Kachehri needs Python 3.11; name it: make PY=/path/to/python3.11' >&2; exit 2; }
	@'$(PY)' -c 'import ensurepip' 2>/dev/null || { \
	  test "$$(id -u)" = 0 && command -v apt-get >/dev/null || \
	    { echo 'This Python cannot make environments; install the package python3-venv (as root) and try again.' >&2; exit 2; }; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv; }
	'$(PY)' -m venv .venv

# Only after changing dependencies in pyproject.toml. uv reads no pip settings, so nothing of this machine gets in.
lock:
	uv pip compile pyproject.toml --generate-hashes --universal --python-version 3.11 --no-header -q -o requirements.txt
	uv pip compile pyproject.toml --group dev --generate-hashes --universal --python-version 3.11 --no-header -q \
	  -o requirements-dev.txt
