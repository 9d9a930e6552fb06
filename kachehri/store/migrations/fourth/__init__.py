"""The life of tickets after a hearing, by subject."""
