"""The tables of the first step, as they were then. These files are not changed when the tables are."""
