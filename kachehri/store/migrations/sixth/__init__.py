"""What is taken out of recordings, and of the words beside them, by subject."""
