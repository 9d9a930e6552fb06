"""Shows people pages and takes their forms; wires the HTTP process together.

May import: everything below it.
Does not belong here: rules, SQL, the live protocol.
Start reading: web/app.py, the composition root, then web/routes.py.
"""
