"""The program of a hearing: its recording and what is told of it, by subject."""
