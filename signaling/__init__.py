"""Keeps each browser connected: the live protocol, the hub that fans out, and the WebRTC stage.

May import: kachehri and below. aiortc stays in signaling/media and signaling/client/media.
Does not belong here: rules of a session (rooms), pages (web).
Start reading: signaling/PROTOCOL.md, then signaling/protocol.py.
"""
