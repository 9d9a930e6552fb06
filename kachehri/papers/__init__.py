"""Makes papers and workbooks, away from the server: a child process with little priority and bounded time and memory.

May import: kachehri/fonts and the settings' paths. Does not belong here: what stands on a paper (web/papers).
Start reading: press.py, which feeds the child part by part; then child.py, which prints.
"""
