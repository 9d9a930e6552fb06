"""Decides what becomes of a question after its hearing: its number, its opening, its office, its states, and what the
office tells the citizen meanwhile.

The modules here are pure: no clock, randomness, input or output; may import moderation and rooms. Only desk.py, which
writes what an office does, and reach.py, which says whose tickets somebody sees, take a connection.
Does not belong here: rows and SQL (kachehri/store), pages (web).
Start reading: opening.py, the balance that every close must reach.
"""
