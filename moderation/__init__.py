"""Decides who may do what, and what becomes of what was said before anyone else sees it.

May import: rooms, and phonenumbers for its tables of numbering plans. Pure: no clock, randomness, input or output.
Does not belong here: tickets (kachehri/tickets), the order of the queue (rooms).
Start reading: moderation/roles.py, the one table of permissions.
"""
