"""Which grievances may be the same, across Urdu, Roman Urdu, Hindi and English. Suggestions for people, never deeds.

Pure: words in, numbers and reasons out. Protected categories are kept out by whoever calls.
Does not belong here: who may join questions (rooms), pages (web).
Start reading: folding.py, why "sarak", "sadak", سڑک and सड़क are one word.
"""
