"""One module per group of pages: reads what the page shows, fills its frozen `…Page`, renders; takes its forms.

A page module may import web, kachehri, moderation and rooms, never another page module.
"""
