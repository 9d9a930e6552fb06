"""The ways out: what is put where in a request, what each answer means, and where we do not go."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from kachehri.notices.browsers import PushGateway
from kachehri.notices.email import SmtpEmail
from kachehri.notices.gateway import Refused, Uncertain
from kachehri.notices.sms import HttpSms
from kachehri.notices.wire import Wire
from kachehri.notices.wording import Message
from kachehri.push_post import Post
from kachehri.settings.tree import Email, Sms
from tests.kachehri.notices.listener import Listener, listener
from tests.push import PushBrowser, pack, push_service

pytestmark = pytest.mark.anyio
WORDS = Message("Your matter", 'دفتر & "کام"\n€', "ur", "/track", "2640718822")
KEY = "0123456789abcdef0123456789abcdef"


def sms_of(listening: Listener, **more: object) -> HttpSms:
    return HttpSms(Sms(url=listening.url + "?to={to}&m={text}&k={key}", **more), timeout_s=0.3)  # type: ignore[arg-type]


class TestSms:
    async def test_an_address_is_filled_with_encoded_values(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("p&ss=\n")
        async with listener() as other:
            settings = Sms(
                url=other.url + "?u={user}&p={secret}&s={sender}&to={to}&m={text}&k={key}",
                user="dc office",
                secret_file=secret,
                sender="DC",
                authorization="Bearer {secret}",
            )
            await HttpSms(settings).send("+923001234567", WORDS, KEY)
        ((line, headers, body),) = other.got
        assert line.startswith("GET /in?u=dc%20office&p=p%26ss%3D&s=DC&to=%2B923001234567&m=%D8%AF")
        assert f"&k={KEY} HTTP/1.1" in line and body == b"" and headers["authorization"] == "Bearer p&ss="

    async def test_json_is_filled_with_escaped_values(self) -> None:
        async with listener() as other:
            settings = Sms(url=other.url, body='{"to": "{to}", "text": "{text}", "ref": "{key}"}')
            await HttpSms(settings).send("+923001234567", WORDS, KEY)
        ((line, headers, body),) = other.got
        assert line.startswith("POST /in ") and headers["content-type"] == "application/json"
        assert json.loads(body) == {"to": "+923001234567", "text": WORDS.text, "ref": KEY}

    async def test_values_with_braces_are_filled_once(self) -> None:
        async with listener() as other:
            settings = Sms(url=other.url, body="to={to}&text={text}", user="nobody")
            await HttpSms(settings).send("+923001234567", WORDS._replace(text="{user}"), KEY)
        assert other.got[0][2] == b"to=%2B923001234567&text=%7Buser%7D"

    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (400, Refused("refused")),
            (401, Refused("refused")),
            (302, Refused("refused")),
            (429, Refused("refused", again=True)),
            (408, Uncertain("fault")),
            (500, Uncertain("fault")),
            (503, Uncertain("fault")),
        ],
    )
    async def test_what_an_answer_means(self, status: int, error: Refused | Uncertain) -> None:
        async with listener() as other:
            other.answer(status)
            with pytest.raises(type(error)) as raised:
                await sms_of(other).send("+92300", WORDS, KEY)
        assert vars(raised.value) == vars(error)

    async def test_an_answer_that_says_no_in_a_friendly_status(self) -> None:
        async with listener() as other:
            other.answers = [
                b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nERROR 1002",
                b"HTTP/1.1 200 OK\r\n\r\nOK: 77 ",
            ]
            adapter = sms_of(other, taken=r"^OK: (\d+)")
            with pytest.raises(Refused):
                await adapter.send("+92300", WORDS, KEY)
            assert (await adapter.send("+92300", WORDS, KEY)).provider_id == "77"

    @pytest.mark.parametrize(
        "raw", [b"", b"HTTP/1.1\r\n\r\n", b"\xff\xfe\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nOK"]
    )
    async def test_half_an_answer_says_nothing(self, raw: bytes) -> None:
        async with listener() as other:
            other.answers = [raw]
            with pytest.raises(Uncertain, match="cut"):
                await sms_of(other).send("+92300", WORDS, KEY)

    async def test_an_answer_in_pieces(self) -> None:
        async with listener() as other:
            other.answers = [
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nOK: \r\n2;x=y\r\n77\r\n0\r\n\r\n"
            ]
            assert (await sms_of(other, taken=r"OK: (\d+)").send("+92300", WORDS, KEY)).provider_id == "77"

    @pytest.mark.parametrize(
        ("status", "body", "said"),
        [
            (200, b'{"state": "DELIVRD"}', "delivered"),
            (200, b"UNDELIV", "failed"),
            (200, b"queued", "sent"),
            (200, b"perhaps", "silent"),
            (404, b"", "none"),
            (500, b"DELIVRD", "silent"),
        ],
    )
    async def test_what_it_says_when_asked(self, status: int, body: bytes, said: str) -> None:
        async with listener() as other:
            other.answers = [f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body]
            adapter = sms_of(other, status_url=other.url + "?k={key}&i={id}")
            assert await adapter.status(KEY, "7") == said
            assert other.got[0][0] == f"GET /in?k={KEY}&i=7 HTTP/1.1"
        assert await adapter.status(KEY, "7") == "silent"


class TestWire:
    @pytest.mark.parametrize(
        "url",
        [
            "http://example.com/",
            "https://localhost/",
            "https://10.0.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://example.com:8443/",
            "https://me@example.com/",
            "https://example.com/#x",
            "https://printer.local/",
            "ftp://example.com/",
            "https://exa mple.com/",
            "https://example.com/\r\nX: y",
            "https://" + "a" * 5_000,
            "https:///x",
            "https://[x/",
        ],
    )
    async def test_an_address_that_was_typed_is_not_trusted(self, url: str) -> None:
        wire = Wire(trusted=False)
        assert not wire.takes(url)
        with pytest.raises(Refused, match="address"):
            await wire.exchange("POST", url, {})

    async def test_a_name_that_leads_home_is_not_followed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def found(*_: object, **__: object) -> list[tuple[object, ...]]:
            return [
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.113.1", 443)),
                (2, 1, 6, "", ("127.0.0.1", 443)),
            ]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)
        with pytest.raises(Refused, match="address"):
            await Wire(trusted=False).exchange("POST", "https://rebound.example.com/", {})

    def test_the_settings_may_name_the_offices_own_network_but_not_in_clear(self) -> None:
        wire = Wire(trusted=True)
        assert wire.takes("https://10.1.2.3:8443/send") and wire.takes("http://127.0.0.1:9/x")
        assert not wire.takes("http://10.1.2.3/send") and not wire.takes("http://sms.example.pk/")

    async def test_nobody_there_means_that_nothing_left(self) -> None:
        async with listener() as other:
            url = other.url
        with pytest.raises(Refused) as raised:
            await Wire(trusted=True).exchange("GET", url, {})
        assert raised.value.again and raised.value.code == "network"

    async def test_a_header_cannot_be_smuggled_in(self) -> None:
        async with listener() as other:
            with pytest.raises(Refused):
                await Wire(trusted=True).exchange("GET", other.url, {"X": "a\r\nY: b"})
        assert other.got == []

    async def test_a_redirection_is_no_way(self) -> None:
        async with listener() as other:
            other.answers = [b"HTTP/1.1 307 Away\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"]
            assert (await Wire(trusted=True).exchange("POST", other.url, {}, b"x")).status == 307
        assert len(other.got) == 1


@dataclass
class MailServer:
    """Speaks as much SMTP as a client needs, and breaks off where it is told to."""

    port: int = 0
    got: list[bytes] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)

    def run(self, listening: socket.socket) -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with line, line.makefile("rb") as heard:
                self._talk(line, heard)

    def _talk(self, line: socket.socket, heard: object) -> None:
        def say(verb: str, usual: str) -> bool:
            reply = self.replies.get(verb, usual)
            if reply:
                line.sendall(reply.encode() + b"\r\n")
            return bool(reply)

        if not say("", "220 here"):
            return
        for raw in heard:  # type: ignore[attr-defined]
            verb = raw[:4].decode().upper().strip()
            self.said.append(raw.decode().strip())
            if verb == "DATA":
                if not say("DATA", "354 go on"):
                    return
                if self.replies.get("DATA", "354").startswith("354"):
                    body = b""
                    while (each := heard.readline()) not in (b".\r\n", b""):  # type: ignore[attr-defined]
                        body += each
                    self.got.append(body)
                    if not say("END", "250 taken"):
                        return
            elif verb == "QUIT":
                say("QUIT", "221 bye")
                return
            elif not say(verb, "250 fine"):
                return


@contextmanager
def mail_server(**replies: str) -> Iterator[MailServer]:
    found = MailServer(replies=replies)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found.port = listening.getsockname()[1]
        thread = threading.Thread(target=found.run, args=(listening,), daemon=True)
        thread.start()
        yield found
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(30)


def mail_of(server: MailServer) -> SmtpEmail:
    settings = Email(
        host="127.0.0.1", port=server.port, security="none", sender="k@noorgarh.example", sender_name="نور گڑھ"
    )
    return SmtpEmail(settings, timeout_s=1)


class TestEmail:
    async def test_a_mail_as_it_goes_out(self) -> None:
        with mail_server() as server:
            await mail_of(server).send("a@b.example", WORDS, KEY)
        mail = message_from_bytes(server.got[0], policy=policy.default)
        assert mail["To"] == "a@b.example" and mail["Subject"] == "Your matter" and "نور گڑھ" in mail["From"]
        assert mail["Message-ID"] == f"<{KEY}@noorgarh.example>" and mail["List-Id"] == "<tickets.noorgarh.example>"
        assert mail["Auto-Submitted"] == "auto-generated" and mail["Content-Language"] == "ur"
        assert mail.get_content().split() == WORDS.text.split() and "2640718822" not in server.got[0].decode()
        assert "rcpt TO:<a@b.example>" in server.said

    def test_mails_of_one_ticket_are_one_thread(self) -> None:
        adapter = mail_of(MailServer(port=1))
        first, second = (adapter.write("a@b.example", WORDS, key, datetime.now(UTC)) for key in ("1", "2"))
        other = adapter.write("a@b.example", WORDS._replace(thread="2640718823"), "3", datetime.now(UTC))
        assert first["References"] == second["References"] != other["References"]
        assert first["Message-ID"] != second["Message-ID"]

    def test_a_subject_cannot_smuggle_a_header(self) -> None:
        with pytest.raises(ValueError):
            mail_of(MailServer(port=1)).write(
                "a@b.example", WORDS._replace(subject="x\r\nBcc: y"), "1", datetime.now(UTC)
            )

    @pytest.mark.parametrize(
        ("replies", "error"),
        [
            ({"RCPT": "550 nobody"}, Refused("refused")),
            ({"RCPT": "451 later"}, Refused("refused", again=True)),
            ({"MAIL": "530 no"}, Refused("refused")),
            ({"END": "554 spam"}, Refused("refused")),
            ({"RCPT": ""}, Refused("network", again=True)),
            ({"": ""}, Refused("network", again=True)),
            ({"END": ""}, Uncertain("cut")),
        ],
    )
    async def test_what_an_answer_means(self, replies: dict[str, str], error: Refused | Uncertain) -> None:
        with mail_server(**replies) as server:
            with pytest.raises(type(error)) as raised:
                await mail_of(server).send("a@b.example", WORDS, KEY)
        assert vars(raised.value) == vars(error)

    @pytest.mark.parametrize("bye", ["", "421 tired"])
    async def test_what_goes_wrong_while_parting_changes_nothing(self, bye: str) -> None:
        with mail_server(QUIT=bye) as server:
            await mail_of(server).send("a@b.example", WORDS, KEY)
        assert len(server.got) == 1


class TestBrowser:
    async def test_a_notice_for_a_browser_says_nothing_more(self) -> None:
        own = PushBrowser()
        async with push_service() as service:
            gateway = PushGateway(bytes(32), Post(near=True), lambda: "https://k.example.pk")
            to = json.dumps([service.endpoint("one"), pack(own.point), pack(own.auth)])
            await gateway.send(to, WORDS, KEY)
            (delivered,) = service.got
        shown = json.loads(own.opened(delivered.body))
        assert shown["body"] == WORDS.text and shown["path"] == "/track" and shown["tag"] == f"k-{KEY}"
        # RFC 8030 §5.4: a topic has 32 letters of URL-safe base64 at most.
        assert len(delivered.headers["topic"]) <= 32 and base64.urlsafe_b64decode(delivered.headers["topic"])

    @pytest.mark.parametrize(
        ("status", "code", "again"),
        [
            (410, "gone", False),
            (404, "gone", False),
            (429, "refused", True),
            (503, "refused", True),
            (400, "refused", False),
        ],
    )
    async def test_what_a_service_answers(self, status: int, code: str, again: bool) -> None:
        own = PushBrowser()
        async with push_service() as service:
            service.answers["/push/one"] = [status]
            to = json.dumps([service.endpoint("one"), pack(own.point), pack(own.auth)])
            with pytest.raises(Refused) as raised:
                await PushGateway(bytes(32), Post(near=True), lambda: "").send(to, WORDS, KEY)
        assert (raised.value.code, raised.value.again) == (code, again)
