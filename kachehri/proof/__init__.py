"""Lets people outside check that the record is as it was: a session's public log, proof codes, signed heads.

Three things hold each other. Every question has a proof code on its slip, which the public log must show. Every line of
that log is chained to the one before, and its end is signed. The ends of all chains, of sessions and of tickets, are
signed again and again into a file outside the database: whoever can rewrite the whole database cannot rewrite that.
Does not belong here: the chains themselves (kachehri/store), pages (web).
Start reading: public_log.py.
"""
