"""Forwards sound and picture between the people on stage and those who watch, without decoding.

May import: kachehri and below, and aiortc; the private names of aiortc, aioice and pylibsrtp stay in compat.
Does not belong here: who may speak (rooms, moderation), mixing or recording (recordings), what a page shows (web).
Start reading: port.py (what a worker may ask), then plane.py, offering.py, stage.py, forward.py.
"""
