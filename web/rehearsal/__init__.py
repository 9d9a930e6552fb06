"""A hearing without people, for the demo and for practice: simulated citizens, officials and a moderator who use the
server as people do.

Everybody here is a client: pages over HTTP, the live protocol over a socket, sound and picture over WebRTC, in
a process other than the server's. What is known of the outcome is what a stranger could find out.
May import: web and everything below, never anything that a running server imports from here.
Does not belong here: terminal and exit codes (web/demo.py), what is asked (web/demo_data).
Start reading: script.py (what will happen), then hearing.py.
"""
