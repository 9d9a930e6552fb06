"""Keeps what was broadcast and makes it findable.

May import: signaling and below.
Does not belong here: the live stage (signaling/media), pages (web).
Start reading: RECORDING.md for what lies on the disk, program/program.py for what is on the air.
"""
