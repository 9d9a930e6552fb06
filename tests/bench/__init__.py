"""The long campaigns behind the project's figures: `make bench NAME=x` runs `python -m tests.bench.x`.

Each prints what it does and ends with one line of JSON. `--small` is the sample that the test suite runs.
"""
