"""What stands between a page and whoever means it harm: headers, the content policy, and forged forms.

Content policy: nothing is allowed but our own origin, and one inline script, the import map, by a nonce. No page is
ever framed. Referrers never leave, because a receipt's address is its key.
Forged forms (CSRF): a state-changing request must come from our own origin by Sec-Fetch-Site or Origin (both are set
by the browser and out of a page's reach), and must carry the token of its cookie. Phones too old for either header
still have the token; a request without any sign of its origin is refused where there is no token.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CSRF_COOKIE: Final = "k_form"
#: Cookies that say who somebody is: browser, login, half a sign-in, and the form token's secret.
BOUND: Final = frozenset({"k_device", "k_login", "k_step", CSRF_COOKIE})
_HOST_PREFIX: Final = b"__Host-"
CSRF_FIELD: Final = "form_token"
CSRF_HEADER: Final = "x-form-token"
_TOKEN_BYTES: Final = 16
_HOST: Final = re.compile(r"[A-Za-z0-9.\-]+(?::\d{1,5})?|\[[0-9a-fA-F:]+\](?::\d{1,5})?")


def content_policy(nonce: str, host: str = "") -> str:
    """The Content-Security-Policy (CSP Level 3) of one page. Safari before 15.4 does not count sockets as 'self'."""
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return (
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{nonce}'; "
        "style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self' blob:; "
        f"connect-src 'self'{sockets}; "
        "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'"
    )


class SecurityHeaders:
    """Adds the headers to every response and hands each request a nonce in `scope["state"]["nonce"]`.

    Plain ASGI, not Starlette's middleware base class: that one buffers through a task of its own on every request.
    """

    def __init__(self, app: ASGIApp, *, https: Callable[[], bool] = lambda: False) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            _without_nul(scope)
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = base64.b64encode(secrets.token_bytes(16)).decode()
        scope.setdefault("state", {})["nonce"] = nonce
        bound = scope["scheme"] == "https"
        if bound:
            scope["headers"] = [
                (name, _unbound(value) if name == b"cookie" else value) for name, value in scope["headers"]
            ]
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if scope["state"].get("piece"):
                    # Sound and picture are no document, and come several times a second: what can matter, and no more.
                    headers["x-content-type-options"] = "nosniff"
                    headers["cross-origin-resource-policy"] = "same-origin"
                    await send(message)
                    return
                headers.setdefault("content-security-policy", content_policy(nonce, host))
                headers.setdefault("cache-control", "no-store")
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "no-referrer"
                headers["cross-origin-opener-policy"] = "same-origin"
                headers["cross-origin-resource-policy"] = "same-origin"
                headers["permissions-policy"] = "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()"
                headers["x-frame-options"] = "DENY"
                if bound:
                    message["headers"] = [(name, _bind(name, value)) for name, value in message["headers"]]
                if self._https():
                    headers["strict-transport-security"] = "max-age=31536000"
            await send(message)

        await self._app(scope, receive, guarded)


def _without_nul(scope: Scope) -> None:
    """An address with a zero character in it is one that does not exist. PostgreSQL takes none into any text, so asking
    it would look as if it had failed.
    """
    if "\0" in scope["path"]:
        scope["path"] = scope["path"].replace("\0", "\ufffd")
    if b"%00" in scope["query_string"]:
        scope["query_string"] = scope["query_string"].replace(b"%00", b"%EF%BF%BD")


def _bind(name: bytes, value: bytes) -> bytes:
    """A cookie that matters is set under a name which only this host, over TLS and for all paths, can set."""
    if name != b"set-cookie" or value.partition(b"=")[0].decode("latin-1") not in BOUND:
        return value
    return _HOST_PREFIX + value + (b"" if b"; secure" in value.lower() else b"; Secure")


def _unbound(value: bytes) -> bytes:
    """The cookies of a request by their plain names; those that another host or plain HTTP may have put there are left
    out (RFC 6265bis §4.1.3.2).
    """
    kept = []
    for each in value.split(b";"):
        name = each.strip().partition(b"=")[0]
        if name.startswith(_HOST_PREFIX):
            kept.append(each.strip().removeprefix(_HOST_PREFIX))
        elif name.decode("latin-1") not in BOUND:
            kept.append(each.strip())
    return b"; ".join(kept)


def own_path(target: str) -> str:
    """Where a form may lead back to: a path of ours, never another site (open redirect); anything else is home."""
    if not target.startswith("/") or target.startswith(("//", "/\\")) or any(ord(c) < 33 for c in target):
        return "/"
    return target


def new_secret() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(_TOKEN_BYTES)).decode()


def form_token(secret: str) -> str:
    """The secret of the cookie under a fresh mask, for a form.

    Pages are compressed and repeat what people typed; an unmasked token could be guessed from the length of the answer
    (BREACH). The mask makes it different in every response.
    """
    raw = _unpack(secret)
    mask = secrets.token_bytes(len(raw))
    return base64.urlsafe_b64encode(mask + bytes(a ^ b for a, b in zip(mask, raw, strict=True))).decode()


def token_matches(secret: str | None, token: str | None) -> bool:
    if not secret or not token:
        return False
    raw, both = _unpack(secret), _unpack(token)
    if len(raw) != _TOKEN_BYTES or len(both) != 2 * _TOKEN_BYTES:
        return False
    mask, masked = both[:_TOKEN_BYTES], both[_TOKEN_BYTES:]
    return hmac.compare_digest(raw, bytes(a ^ b for a, b in zip(mask, masked, strict=True)))


def _unpack(text: str) -> bytes:
    try:
        return base64.b64decode(text, altchars=b"-_", validate=True)
    except ValueError:
        return b""


def own_origin(headers: Headers, host: str, origins: frozenset[str] = frozenset()) -> bool:
    """False only where the browser says that another site sent this. `origins` are the announced addresses behind a
    proxy.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    if origin is None:
        return True
    return origin in origins or urlsplit(origin).netloc == host


def is_forged(request: Request, token: str | None, origins: frozenset[str] = frozenset()) -> bool:
    """Whether a state-changing request was not made on a page of ours in this browser."""
    if not own_origin(request.headers, request.headers.get("host", ""), origins):
        return True
    return not token_matches(request.cookies.get(CSRF_COOKIE), token)
