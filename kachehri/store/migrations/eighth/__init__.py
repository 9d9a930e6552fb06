"""What the eighth version of the database adds, by subject."""
