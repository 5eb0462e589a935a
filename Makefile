# Two commands are all there is to know: `make run` and `make test`.
# Settings: PORT, ENDPOINT, MODEL, PROTOCOL (see README.md).

PYTHON ?= python3
export PORT ENDPOINT MODEL PROTOCOL

.PHONY: run test check unit test-servers dist bench-boot bench-wire bench-keeper bench-markup pictures notices lock clean python

run: python
	@$(PYTHON) -m tools.run

test: python
	@$(PYTHON) -m tools.test all

check: python
	@$(PYTHON) -m tools.test check

unit: python
	@$(PYTHON) -m tools.test unit

test-servers: python
	@$(PYTHON) -m tools.test servers

dist: python
	@$(PYTHON) -m tools.dist

bench-boot: python
	@$(PYTHON) -m tools.test bench-boot

bench-wire: python
	@$(PYTHON) -m tools.test bench-wire

bench-keeper: python
	@$(PYTHON) -m tools.test bench-keeper

bench-markup: python
	@$(PYTHON) -m tools.test bench-markup

pictures: python
	@$(PYTHON) -m tools.test pictures

notices: python
	@$(PYTHON) -m tools.notices

lock: python
	@$(PYTHON) -m tools.lock

clean:
	rm -rf build dist static/vendor node_modules tests/servers/node_modules tests/bench/node_modules .venv

# The tools need a new enough Python to even be read; this line must work with any.
python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "thalweg: Python is missing. Install Python 3.11 or newer (or name it: make PYTHON=...)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "thalweg: this Python is too old. Install Python 3.11 or newer (or name it: make PYTHON=...)." >&2; exit 1; }
