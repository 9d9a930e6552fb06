"""The project's own interface for programs: what is public, as JSON, described in OpenAPI 3.1.

The description is made from the table of operations and from the types of the answers, so that neither can say what
the other does not do. Nothing is changed here; filing goes through Open311 (web/open311).
"""
