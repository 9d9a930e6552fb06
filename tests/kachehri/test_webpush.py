"""What leaves for a phone: sealed as RFC 8291 has it, signed as RFC 8292 has it, to nobody in our own house."""

from __future__ import annotations

import asyncio
import socket

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from kachehri.push_post import Post, Unreachable
from kachehri.webpush import PADDED_BYTES, Signer, Target, pack, seal, target, unpack
from tests.push import PushBrowser, push_service, signed

MASTER = bytes(range(32))
# RFC 8291 §5 and appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
READER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_y"
    "l95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard() -> None:
    own = ec.derive_private_key(int.from_bytes(unpack(SENDER), "big"), ec.SECP256R1())
    to = Target("https://push.example.net/push/x", unpack(READER), unpack(AUTH))
    assert pack(seal(PLAIN, to, own=own, salt=unpack(SALT), padded=0)) == SEALED


def test_only_the_browser_reads_it_and_every_message_is_as_long() -> None:
    browser = PushBrowser()
    to = target("https://push.example.net/a", pack(browser.point), pack(browser.auth))
    assert to is not None
    short, long = seal(b"a", to), seal("دور".encode() * 40, to)
    assert browser.opened(short) == b"a"
    assert browser.opened(long) == "دور".encode() * 40
    assert len(short) == len(long) > PADDED_BYTES
    assert short != seal(b"a", to), "a fresh key and salt each time"
    with pytest.raises(InvalidTag):
        PushBrowser().opened(short)


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [("", ""), ("!!", "??"), (pack(bytes(65)), pack(bytes(16))), (READER, pack(bytes(15))), (READER[:-2], AUTH)],
)
def test_keys_that_are_none_are_refused(p256dh: str, auth: str) -> None:
    assert target("https://push.example.net/a", p256dh, auth) is None


def test_the_sender_is_named_for_one_service_and_a_while() -> None:
    signer = Signer(MASTER)
    claims, key = signed(signer.authorization("https://push.example.net:443/x/y", 1_000, "https://kachehri.example"))
    assert claims == {"aud": "https://push.example.net:443", "exp": 1_000 + 43_200, "sub": "https://kachehri.example"}
    assert key == signer.public == Signer(MASTER).public != Signer(bytes(reversed(MASTER))).public
    assert len(unpack(key)) == 65
    assert "sub" not in signed(signer.authorization("https://a.b/x", 1, "http://127.0.0.1"))[0]


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.net/a",
        "https://push.example.net:8443/a",
        "https://user@push.example.net/a",
        "https://push.example.net/a#b",
        "https://localhost/a",
        "https://router.local/a",
        "https://127.0.0.1/a",
        "https://10.0.0.1/a",
        "https://192.168.1.1/a",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a",
        "https://[fe80::1]/a",
        "https://[::ffff:10.0.0.1]/a",
        "https://[2002:0a00:0001::1]/a",
        "https://[64:ff9b::10.0.0.1]/a",
        "https://[::127.0.0.1]/a",
        "https://0x7f.1/a\r\nX: y",
        "https://",
        "ftp://push.example.net/a",
        "https://push.example.net/" + "a" * 1_000,
        "https://پش.example/a",
    ],
)
def test_an_address_in_our_own_house_is_not_gone_to(endpoint: str) -> None:
    assert not Post().takes(endpoint)


def test_an_address_of_a_push_service_is_taken() -> None:
    assert Post().takes("https://push.example.com/send/abc:def")
    assert Post().takes("https://updates.push.services.mozilla.com/wpush/v2/abc")


@pytest.mark.anyio
async def test_a_name_that_means_this_machine_is_not_gone_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is public and its address is not: found out before anything is sent, and asked once only."""
    asked = []

    async def found(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(0, 0, 0, "", (each, port)) for each in ("93.184.215.14", "127.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)
    with pytest.raises(Unreachable, match="unsafe"):
        await Post().send("https://push.example.net/a", {}, b"")
    assert asked == ["push.example.net"]


@pytest.mark.anyio
async def test_the_answer_is_its_status_and_silence_has_an_end() -> None:
    async with push_service() as service:
        service.answers["/push/b"] = [410]
        post = Post(near=True)
        assert await post.send(service.endpoint("a"), {"TTL": "60"}, b"words") == 201
        assert await post.send(service.endpoint("b"), {}, b"") == 410
        assert (service.got[0].headers["ttl"], service.got[0].body) == ("60", b"words")
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        with pytest.raises(Unreachable, match="timeout"):
            await Post(near=True, timeout_s=0.2).send(f"http://127.0.0.1:{deaf.getsockname()[1]}/", {}, b"")
    with pytest.raises(Unreachable, match="network"):
        await post.send(service.endpoint("a"), {}, b"")
