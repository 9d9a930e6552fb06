"""The papers of a closed session: the register of its questions and the minutes, in both languages side by side.

May import: what pages import, never a page. Does not belong here: how paper is printed (kachehri/papers).
Start reading: register.py, then minutes.py, which follows from the log; web/templates/staff/register.html is the page
that prints without a document library.
"""
