"""Decides what may happen in a session and what follows from it.

May import: the standard library's types and msgspec. Pure: no clock, randomness, input or output.
Does not belong here: who may do what (moderation), storing, sending, showing.
Start reading: rooms/session.py, where each command and event finds its feature.
"""
