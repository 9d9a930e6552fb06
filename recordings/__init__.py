"""Keeps what was broadcast and makes it findable.

May import: signaling and below.
Does not belong here: the live stage (signaling/media), pages (web).
Start reading: this package holds no code yet; a hearing is not recorded, and the pages say so.
"""
