"""Makes papers and workbooks, away from the server: a child process with little priority and bounded time and memory.

Two kinds of child: one prints a register or minutes and ends, the other draws small pictures for as long as any are
wanted.
May import: kachehri/fonts, kachehri/logs, moderation/release; WeasyPrint, pypdfium2 and XlsxWriter within a child
alone.
Does not belong here: what stands on a paper (web/papers).
Start reading: press.py, which feeds the child part by part; then child.py, which prints.
"""
