"""Tells people and programs outside the house what became of a ticket: whom, by which way, when, in which words.

What happened stands in the outbox, written with its cause; here it is sent, once. table.py says who hears of what,
timing.py when, wording.py in which words; dispatcher.py sends and remembers; gateways carry.
"""
