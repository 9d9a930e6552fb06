"""What the seventh version of the database adds, by subject."""
