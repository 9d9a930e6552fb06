"""Staff accounts, signed-in browsers, and wrong guesses."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, case, delete, select, update

from .rows import fetch, fetch_one, insert_into, put
from .tables import Account, Login, SignInAttempt, table_of

_account = table_of(Account)
_login = table_of(Login)
_attempt = table_of(SignInAttempt)
_SIGNED_IN = (
    select(_account, _login.c.seen_at)
    .join(_login, _login.c.account_id == _account.c.id)
    .where(
        _login.c.token_hash == bindparam("hash"),
        _login.c.revoked_at.is_(None),
        _login.c.expires_at > bindparam("now"),
        _account.c.disabled_at.is_(None),
    )
)


def add(conn: Connection, account: Account) -> None:
    """Write a new account; a login name that is taken is a Conflict."""
    put(conn, [account])


def by_login(conn: Connection, login: str) -> Account | None:
    """The account with this folded login name, disabled or not."""
    return fetch_one(conn, Account, _account.c.login == login)


def by_id(conn: Connection, account_id: str) -> Account | None:
    """One account."""
    return fetch_one(conn, Account, _account.c.id == account_id)


def listing(conn: Connection) -> list[Account]:
    """Every account by login name."""
    return fetch(conn, Account, order=(_account.c.login,))


def set_password(conn: Connection, account_id: str, password_hash: str, at: int | None = None) -> None:
    """Store a new hash. With `at`, a new password; without, the same one hashed at today's cost."""
    values: dict[str, object] = {"password_hash": password_hash}
    if at is not None:
        values["password_set_at"] = at
    conn.execute(update(_account).where(_account.c.id == account_id).values(values))


def set_role(conn: Connection, account_id: str, role: str) -> None:
    """Give an account another role. The caller ends its logins."""
    conn.execute(update(_account).where(_account.c.id == account_id).values(role=role))


def take_step(conn: Connection, account_id: str, step: int) -> bool:
    """Use up a step of the second factor, and all before it. Whether nobody had used it."""
    statement = update(_account).where(_account.c.id == account_id, _account.c.totp_step < step)
    return conn.execute(statement.values(totp_step=step)).rowcount == 1


def set_factor(conn: Connection, account_id: str, sealed: bytes | None, recovery: Sequence[str], step: int = 0) -> None:
    """Store a second factor and the hashes of its recovery codes, or take it away with None."""
    values = {"totp": sealed, "recovery": list(recovery), "totp_step": step}
    conn.execute(update(_account).where(_account.c.id == account_id).values(values))


def begin_factor(conn: Connection, account_id: str, sealed: bytes, recovery: Sequence[str], step: int) -> bool:
    """Store a second factor where there is none. Whether there was none."""
    statement = update(_account).where(_account.c.id == account_id, _account.c.totp.is_(None))
    values = {"totp": sealed, "recovery": list(recovery), "totp_step": step}
    return conn.execute(statement.values(values)).rowcount == 1


def recovery(conn: Connection, account_id: str) -> list[str]:
    """The hashes of the recovery codes that are left; the row is locked until the transaction ends."""
    statement = select(_account.c.recovery).where(_account.c.id == account_id).with_for_update()
    return list(conn.execute(statement).scalar_one())


def set_recovery(conn: Connection, account_id: str, hashes: Sequence[str]) -> None:
    """Store what is left of the recovery codes."""
    conn.execute(update(_account).where(_account.c.id == account_id).values(recovery=list(hashes)))


def describe(conn: Connection, account_id: str, *, name: str, language: str, title_ur: str, title_en: str) -> None:
    """What an account says of its owner."""
    values = {"name": name, "language": language, "title_ur": title_ur, "title_en": title_en}
    conn.execute(update(_account).where(_account.c.id == account_id).values(values))


def place(conn: Connection, account_id: str, role: str, office_id: str | None) -> None:
    """Give an account another role and office. The caller ends its logins."""
    values = {"role": role, "office_id": office_id}
    conn.execute(update(_account).where(_account.c.id == account_id).values(values))


def disable(conn: Connection, account_id: str, at: int | None) -> None:
    """Shut an account, or open it again with None."""
    conn.execute(update(_account).where(_account.c.id == account_id).values(disabled_at=at))


def add_login(conn: Connection, login: Login) -> None:
    """Write a signed-in browser."""
    put(conn, [login])


def signed_in(conn: Connection, token_hash: bytes, now: int) -> tuple[Account, int] | None:
    """Whose login this is and when it was last seen; None when it expired, was revoked, or the account is shut."""
    row = conn.execute(_SIGNED_IN, {"hash": token_hash, "now": now}).one_or_none()
    if row is None:
        return None
    values = dict(row._mapping)
    seen_at = int(values.pop("seen_at"))
    return Account(**values), seen_at


def signed_in_before(conn: Connection, account_id: str, device_id: str) -> bool:
    """Whether this account has been signed in from this browser, lately or not."""
    statement = select(_login.c.device_id).where(_login.c.account_id == account_id, _login.c.device_id == device_id)
    return conn.execute(statement.limit(1)).first() is not None


def touch(conn: Connection, token_hash: bytes, now: int, expires_at: int, longest_ms: int = 2**60) -> None:
    """The login is in use: it lasts until `expires_at`, but never longer than `longest_ms` in all."""
    end = _login.c.created_at + longest_ms
    until = case((end < expires_at, end), else_=expires_at)
    conn.execute(update(_login).where(_login.c.token_hash == token_hash).values(seen_at=now, expires_at=until))


def revoke(conn: Connection, token_hash: bytes, now: int) -> bool:
    """End one login. Whether there was one."""
    statement = update(_login).where(_login.c.token_hash == token_hash, _login.c.revoked_at.is_(None))
    return conn.execute(statement.values(revoked_at=now)).rowcount == 1


def revoke_all(conn: Connection, account_id: str, now: int, keep: bytes | None = None) -> int:
    """End every login of an account, but the one to keep; how many there were."""
    statement = update(_login).where(_login.c.account_id == account_id, _login.c.revoked_at.is_(None))
    if keep is not None:
        statement = statement.where(_login.c.token_hash != keep)
    return conn.execute(statement.values(revoked_at=now)).rowcount


def logins(conn: Connection, account_id: str, now: int) -> list[Login]:
    """The browsers that are signed in, the one used last first."""
    here = (_login.c.account_id == account_id, _login.c.revoked_at.is_(None), _login.c.expires_at > now)
    return fetch(conn, Login, *here, order=(_login.c.seen_at.desc(), _login.c.created_at.desc()))


def attempt(conn: Connection, scope: str, subject: bytes, address: str) -> SignInAttempt | None:
    """The wrong guesses so far at this subject from this address."""
    return fetch_one(
        conn,
        SignInAttempt,
        _attempt.c.scope == scope,
        _attempt.c.subject == subject,
        _attempt.c.address == address,
    )


def count_attempt(
    conn: Connection, scope: str, subject: bytes, address: str, now: int, window_ms: int
) -> SignInAttempt:
    """Count one try, atomically, and return the row; a row whose window is over starts again at one."""
    statement = insert_into(conn, _attempt).values(
        scope=scope, subject=subject, address=address, failures=1, window_start=now, last_at=now
    )
    fresh = _attempt.c.window_start + window_ms <= now
    statement = statement.on_conflict_do_update(
        index_elements=[_attempt.c.scope, _attempt.c.subject, _attempt.c.address],
        set_={
            "failures": case((fresh, 1), else_=_attempt.c.failures + 1),
            "window_start": case((fresh, now), else_=_attempt.c.window_start),
            "last_at": now,
        },
    ).returning(*_attempt.c)
    return SignInAttempt(**conn.execute(statement).one()._mapping)


def forget_attempts(conn: Connection, scope: str, subject: bytes, address: str) -> None:
    """A right guess: start again from nothing."""
    conn.execute(
        delete(_attempt).where(_attempt.c.scope == scope, _attempt.c.subject == subject, _attempt.c.address == address)
    )


def sweep(conn: Connection, before: int) -> None:
    """Drop guesses that no longer count and logins that ended long ago."""
    conn.execute(delete(_attempt).where(_attempt.c.last_at < before))
    conn.execute(delete(_login).where(_login.c.expires_at < before))
