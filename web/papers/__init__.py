"""The papers of a closed session: the register of its questions and the minutes, in both languages side by side.

May import: kachehri and what pages import. Does not belong here: how paper is printed (kachehri/papers).
Start reading: register.py, then staff/register.html, the page that also prints without a document library.
"""
