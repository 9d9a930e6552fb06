"""Shows people pages and takes their forms; wires the HTTP process together.

May import: everything below it.
Does not belong here: rules, SQL, the live protocol; who may open a page (moderation/roles.py).
Start reading: web/app.py, the composition root, then web/routes.py, which names every address and its action.
"""
