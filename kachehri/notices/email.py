"""E-mail over SMTP (RFC 5321), in a thread: the standard library speaks it line by line.

The Message-ID follows from the delivery key, so that two copies of one message are one to programs that look at it;
mails of one ticket refer to one thread (RFC 5322 §3.6.4), and List-Id (RFC 2919) lets a reader sort them.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, formataddr
from hashlib import sha256
from typing import Final

from kachehri.settings.tree import Email

from .doubt import Said
from .gateway import Receipt, Refused, Sent, Uncertain
from .wording import Message

TIMEOUT_S: Final = 30.0


class SmtpEmail:
    """Speaks to the mail server of the settings. `honours_key`: mail servers carry what they took as often as they took
    it.
    """

    honours_key = False
    price = 0

    def __init__(self, settings: Email, *, timeout_s: float = TIMEOUT_S) -> None:
        self.email = settings
        self._timeout_s = timeout_s
        file = self.email.password_file
        self._password = file.read_text().strip() if file else ""

    async def send(self, to: str, message: Message, key: str) -> Sent:
        """One mail."""
        mail = self.write(to, message, key, datetime.now(UTC))
        await asyncio.to_thread(self._hand_over, mail, to)
        return Sent(str(mail["Message-ID"]))

    async def status(self, key: str, provider_id: str) -> Said:
        """Mail servers do not say."""
        return "silent"

    def parse_receipt(self, fields: Mapping[str, str]) -> Receipt | None:
        """Mail servers send none that could be believed."""
        return None

    def write(self, to: str, message: Message, key: str, at: datetime) -> EmailMessage:
        """The mail as it goes out."""
        domain = self.email.sender.rpartition("@")[2]
        mail = EmailMessage()
        mail["From"] = formataddr((self.email.sender_name, self.email.sender))
        mail["To"] = to
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = f"<{key}@{domain}>"
        if message.thread:
            # Nobody shall read a ticket's number in a header that every server on the way keeps.
            thread = f"<t{sha256(message.thread.encode()).hexdigest()[:24]}@{domain}>"
            mail["In-Reply-To"] = thread
            mail["References"] = thread
        mail["List-Id"] = f"<tickets.{domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine shall answer it
        mail.set_content(message.text + "\n")
        mail["Content-Language"] = message.language
        return mail

    def _hand_over(self, mail: EmailMessage, to: str) -> None:
        email = self.email
        left = taken = False
        try:
            with self._connect() as server:
                if email.user:
                    server.login(email.user, self._password)
                server.ehlo_or_helo_if_needed()
                _taken(server.mail(email.sender))
                _taken(server.rcpt(to))
                left = True
                _taken(server.data(mail.as_bytes(policy=SMTP_POLICY)))
                taken = True
        except smtplib.SMTPResponseException as error:
            if taken:  # what goes wrong while parting changes nothing
                return
            raise Refused("refused", again=400 <= error.smtp_code < 500) from None
        except (OSError, smtplib.SMTPException) as error:
            if taken:
                return
            if left:
                raise Uncertain("timeout" if isinstance(error, TimeoutError) else "cut") from None
            raise Refused("network", again=True) from None

    def _connect(self) -> smtplib.SMTP:
        email = self.email
        context = ssl.create_default_context()
        if email.security == "tls":
            return smtplib.SMTP_SSL(email.host, email.port, timeout=self._timeout_s, context=context)
        server = smtplib.SMTP(email.host, email.port, timeout=self._timeout_s)
        if email.security == "starttls":
            server.starttls(context=context)
        return server


def _taken(answer: tuple[int, bytes]) -> None:
    code, said = answer
    if not 200 <= code < 300:
        raise smtplib.SMTPResponseException(code, said)
