"""The database itself refuses to rewrite a log, whoever asks: a slip in a statement cannot undo history."""

from alembic import op


def forbid_changes(*tables: str) -> None:
    """Deny UPDATE and DELETE (and TRUNCATE, where it exists) on these tables."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'append_only: % is a log', TG_TABLE_NAME; END $$"
        )
    forbid(*tables)


def forbid(*tables: str) -> None:
    """The same on further tables, where the first step has made the function."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for table in tables:
        if postgres:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
            continue
        for action in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action} BEFORE {action.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'append_only: {table} is a log'); END"
            )
