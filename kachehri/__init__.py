"""Runs commands through the rules, remembers the outcome and tells whoever must know.

May import: moderation, rooms. SQL stays in kachehri/store, Redis in kachehri/bus.
Does not belong here: sockets and media (signaling), pages (web).
Start reading: kachehri/service.py, the path of one command.
"""

__version__ = "0.1.0"
