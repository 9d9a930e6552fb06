"""Figures about complaints that say what they mean: pure functions of facts, and how they were on each day.

Rule 1: what an office says and what citizens confirm are never one figure.
Rule 2: small numbers stay numbers: of fewer than five nobody reckons a share, and a share is shown with how sure it is.
Rule 3: offices are compared with offices of their own size.
Does not belong here: SQL (kachehri/store/reports.py), pages (web).
Start reading: figures.py.
"""
