"""One module per group of pages: reads what the page shows, fills its frozen `…Page`, renders; takes its forms.

May import: web, kachehri, moderation and rooms; of another page module only facts that both show, never a page.
Does not belong here: what a hearing allows (rooms), who may open a page (moderation/roles.py), markup (web/templates).
Start reading: web/routes.py for which address leads where, then citizen.py.
"""
