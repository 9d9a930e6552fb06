"""A storage that speaks S3, by Amazon or anybody else, through obstore."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import obstore
from obstore.exceptions import (
    BaseError,
    NotFoundError,
    PermissionDeniedError,
    UnauthenticatedError,
    UnknownConfigurationKeyError,
)
from obstore.store import S3Store

from .port import StorageError, Stored, checked, checked_prefix, checked_span

#: Names in one request to delete; the protocol's limit.
_DELETED_AT_ONCE: Final = 1_000
_TIMEOUT: Final = timedelta(seconds=30)
_TRIES: Final = 3


class S3Storage:
    """One bucket, which is there already.

    Arguments:
        endpoint: https://s3.example.pk; empty for Amazon's own.
        prefix: put before every name; ends in a slash, or is empty.
    """

    def __init__(
        self, *, bucket: str, region: str, access_key: str, secret_key: str, endpoint: str = "", prefix: str = ""
    ) -> None:
        self._prefix = checked_prefix(prefix)
        options: dict[str, Any] = {"endpoint": endpoint} if endpoint else {}
        self._store = S3Store(
            bucket,
            region=region,
            access_key_id=access_key,
            secret_access_key=secret_key,
            virtual_hosted_style_request=False,
            client_options={
                "timeout": _TIMEOUT,
                "connect_timeout": _TIMEOUT,
                "allow_http": endpoint.startswith("http:"),
            },
            retry_config={"max_retries": _TRIES, "retry_timeout": _TIMEOUT},
            **options,
        )

    def put(self, name: str, data: bytes) -> None:
        path = self._prefix + checked(name)
        with _told():
            obstore.put(self._store, path, data, use_multipart=False)
            if obstore.head(self._store, path)["size"] != len(data):
                raise StorageError("away", "it keeps less than it was given")

    def get(self, name: str) -> bytes:
        path = self._prefix + checked(name)
        with _told():
            return bytes(obstore.get(self._store, path).bytes())

    def range(self, name: str, offset: int, length: int) -> bytes:
        checked_span(offset, length)
        path = self._prefix + checked(name)
        with _told():
            return bytes(obstore.get_range(self._store, path, start=offset, length=length))

    def list(self, prefix: str) -> Iterator[Stored]:
        top = self._prefix + checked_prefix(prefix)
        with _told():
            for page in obstore.list(self._store, top or None):
                for each in page:
                    yield Stored(each["path"].removeprefix(self._prefix), each["size"])

    def delete(self, names: Iterable[str]) -> None:
        paths = [self._prefix + checked(name) for name in names]
        for first in range(0, len(paths), _DELETED_AT_ONCE):
            with _told():
                obstore.delete(self._store, paths[first : first + _DELETED_AT_ONCE])


@contextmanager
def _told() -> Iterator[None]:
    """Say what went wrong in the words of the port; the account is in none of them."""
    try:
        yield
    except (NotFoundError, FileNotFoundError):
        raise StorageError("gone") from None
    except (PermissionDeniedError, UnauthenticatedError, UnknownConfigurationKeyError) as error:
        raise StorageError("refused", type(error).__name__) from None
    except (BaseError, OSError) as error:
        raise StorageError("away", type(error).__name__) from None
