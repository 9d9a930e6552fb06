"""The settings themselves: one class a section, one line a setting.

A name ends in its unit (`_s` seconds, `_ms` milliseconds, `_bytes`). Defaults are safe for one machine that
nobody else can reach; opening the server to a network is always a choice somebody wrote down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

T = TypeVar("T")


def setting(default: T, help: str, *, unit: str = "", least: int | None = None, most: int | None = None) -> T:
    """A field with its explanation. Typed as its default so that the tree reads like plain values."""
    made: Any = field(default=default, metadata={"help": help, "unit": unit, "least": least, "most": most})
    return made  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Server:
    """Where the pages and the live protocol are served."""

    host: str = setting(
        "127.0.0.1",
        "Address to listen on. The default reaches this machine only; put a proxy in front, or name another.",
    )
    port: int = setting(8000, "TCP port; 0 takes any free one.", least=0, most=65_535)
    workers: int = setting(1, "HTTP processes. More than one needs PostgreSQL and Redis.", least=1, most=64)
    public_url: str = setting(
        "",
        "What people type, for links, QR codes and the Origin check: https://hearing.example.pk. Empty: host and port.",
    )
    certificate: Path | None = setting(
        None, "TLS certificate chain (PEM). Phones give a microphone to HTTPS pages only."
    )
    certificate_key: Path | None = setting(None, "Private key of the certificate (PEM).")
    trusted_proxies: tuple[str, ...] = setting(
        (), "Addresses or networks whose X-Forwarded-For and -Proto are believed: 127.0.0.1 for nginx on this machine."
    )
    grace_s: int = setting(10, "How long a stopping server lets requests finish.", unit="seconds", least=0, most=300)


@dataclass(frozen=True, slots=True)
class Database:
    """The truth: the log of every session, tickets, people."""

    url: str = setting(
        "sqlite:///var/kachehri.db", "sqlite:///path for one process, postgresql://user:password@host/name for several."
    )


@dataclass(frozen=True, slots=True)
class Bus:
    """How processes tell each other what was committed. Nothing is lost when it is: the database is the truth."""

    kind: Literal["memory", "local", "redis"] = setting(
        "local",
        "memory: a single process. local: processes of this machine, over a Unix socket. redis: several workers.",
    )
    url: str = setting("redis://127.0.0.1:6379/0", "Where Redis listens, for kind redis.")
    socket: Path = setting(Path("var/bus.sock"), "The Unix socket, for kind local; at most 100 bytes long.")


@dataclass(frozen=True, slots=True)
class Media:
    """The stage: sound and picture of the people who speak."""

    addresses: tuple[str, ...] = setting(
        (), "Local addresses to send and receive media on. Empty: every address of this machine."
    )
    announced_addresses: tuple[str, ...] = setting(
        (), "Addresses that phones are told instead, when this machine stands behind NAT."
    )
    backend: Literal["mux", "direct"] = setting(
        "mux", "mux: one UDP port for everybody, and less work for each packet. direct: a UDP port for each connection."
    )
    port: int = setting(
        0, "The one UDP port of mux; open it in the firewall. 0: port_low, or any.", least=0, most=65_535
    )
    port_low: int = setting(0, "First UDP port of direct; 0 lets the system choose.", least=0, most=65_535)
    port_high: int = setting(0, "Last UDP port of direct; open the whole range in the firewall.", least=0, most=65_535)
    codec: Literal["vp8", "h264"] = setting(
        "vp8", "The video codec that a hearing is planned with unless told otherwise; studio equipment needs h264."
    )
    socket: Path = setting(
        Path("var/media.sock"), "Unix socket between workers and the media process; at most 100 bytes."
    )

    @property
    def udp_ports(self) -> tuple[int, int] | None:
        """Lowest and highest UDP port that a firewall has to let through; None while the system chooses."""
        if self.backend == "mux" and self.port:
            return self.port, self.port
        return (self.port_low, self.port_high) if self.port_low else None


@dataclass(frozen=True, slots=True)
class Turn:
    """The relay (coturn) for phones whose network blocks UDP: `python -m kachehri turn` writes its configuration."""

    host: str = setting(
        "", "Name that phones find the relay by, such as turn.hearing.example.pk. Empty: there is no relay."
    )
    addresses: tuple[str, ...] = setting(
        (), "Addresses of its machine that the relay listens on and sends from; best not those of the media."
    )
    announced_address: str = setting("", "The relay's public address, when its machine stands behind NAT.")
    port: int = setting(3478, "Port for UDP and TCP.", least=1, most=65_535)
    tls_port: int = setting(443, "Port for TLS; the strictest networks let only 443 through.", least=1, most=65_535)
    certificate: Path | None = setting(
        None, "TLS certificate chain (PEM) for `host`. Empty: server.certificate, and without any no TLS."
    )
    certificate_key: Path | None = setting(None, "Private key of that certificate (PEM).")
    port_low: int = setting(49_152, "First UDP port that the relay sends from.", least=1_024, most=65_535)
    port_high: int = setting(65_535, "Last UDP port that the relay sends from.", least=1_024, most=65_535)
    allocations_per_person: int = setting(
        24, "Relayed lines of one person; a browser opens one for each way and connection.", least=1, most=1_000
    )
    allocations: int = setting(3_000, "Relayed lines of everyone.", least=1, most=30_000)
    total_kbps: int = setting(
        200_000, "All that the relay may carry, in kbit/s, so that it cannot fill the line.", least=100, most=10_000_000
    )


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must never be shown."""

    key_file: Path = setting(
        Path("var/key"), "The master key, made by `python -m kachehri keys`, readable by the server's account only."
    )
    metrics_token_file: Path | None = setting(
        None, "File with a token of 16 characters or more that opens /metrics from other machines. None: this one only."
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """What one person, one address or one connection may use up."""

    connections: int = setting(5_000, "Live connections of one process.", least=1, most=100_000)
    connections_per_address: int = setting(
        1_000,
        "Live connections from one address. Whole towns share one address on mobile networks.",
        least=1,
        most=100_000,
    )
    tick_ms: int = setting(150, "Shortest time between two live updates.", unit="milliseconds", least=50, most=1_000)
    behind_bytes: int = setting(
        262_144, "A reader this far behind is cut off and resumes later.", unit="bytes", least=32_768, most=16_777_216
    )
    questions_per_minute_device: int = setting(6, "New questions from one browser.", least=1, most=1_000)
    questions_per_minute_network: int = setting(
        300,
        "New questions from one address. Whole towns share one address on mobile networks.",
        least=1,
        most=100_000,
    )
    newcomers_per_minute_network: int = setting(
        1_200,
        "Browsers that a hearing has not seen before, from one address. Those that come back are not counted.",
        least=1,
        most=100_000,
    )
    program_reads_per_minute_network: int = setting(
        600, "Readings by other programs (/open311, /api) from one address.", least=1, most=100_000
    )
    track_tries_per_hour: int = setting(5, "Guesses at a ticket's number and phone digits.", least=1, most=100)
    login_tries_per_hour: int = setting(10, "Failed staff sign-ins of one account or address.", least=1, most=1_000)


@dataclass(frozen=True, slots=True)
class Place:
    """Whom this server is for."""

    name: str = setting("Kachehri", "Name of the district or office, as shown on every page.")
    helpline: str = setting("", "Phone number for help, shown on every page. Empty: none.")
    timezone: str = setting("Asia/Karachi", "IANA time zone that dates are shown and working days counted in.")


@dataclass(frozen=True, slots=True)
class Notices:
    """Telling people and programs what became of a ticket. Off, nothing is sent and what should be is kept."""

    send: Literal["off", "on"] = setting("off", "on: messages leave the house by whatever of [sms] and [email] is set.")
    opens: int = setting(9, "Hour of the day from which phones may ring.", least=0, most=23)
    closes: int = setting(21, "Hour of the day from which they may not.", least=0, most=23)
    digest: str = setting("08:30", "When officers get the morning's summary, on working days.")
    stale_h: int = setting(
        72, "What waited longer is listed for a person and not sent: no news any more.", least=1, most=720
    )
    currency: str = setting("PKR", "What the cost of messages is counted in (ISO 4217).")


@dataclass(frozen=True, slots=True)
class Sms:
    """The gateway for short messages, over HTTP.

    Filled in: `{to}`, `{text}`, `{key}`, `{sender}`, `{user}`, `{secret}`.
    """

    url: str = setting("", "https://sms.example.pk/send?to={to}&text={text}&ref={key}. Empty: there is no gateway.")
    body: str = setting("", "What is posted, as a form (to={to}&text={text}) or as JSON. Empty: GET.")
    authorization: str = setting("", "The header Authorization, such as Bearer {secret}.")
    user: str = setting("", "The account's name at the gateway.")
    secret_file: Path | None = setting(None, "File with the account's secret.")
    sender: str = setting("", "What phones show as the sender, as agreed with the gateway.")
    taken: str = setting(
        "", "Regular expression that an answer matches when the message was taken; its group is the gateway's own id."
    )
    honours_key: Literal["no", "yes"] = setting(
        "no", "yes only if the gateway sends a message with the same {key} once, however often it gets it."
    )
    status_url: str = setting("", "Where the gateway is asked about a message, with {key} or {id}. Empty: it is not.")
    receipt_secret_file: Path | None = setting(
        None, "File with the secret in the address of receipts, /hooks/sms/SECRET; 16 characters or more. None: none."
    )
    receipt_key: str = setting("ref", "Field of a receipt that holds our {key}.")
    receipt_id: str = setting("id", "Field of a receipt that holds the gateway's own id.")
    receipt_state: str = setting("status", "Field of a receipt that says what became of it, as in SMPP: DELIVRD.")
    price: int = setting(0, "Price of one segment, in hundredths of the currency.", least=0, most=1_000_000)
    timeout_s: int = setting(15, "How long an answer is waited for.", unit="seconds", least=1, most=60)


@dataclass(frozen=True, slots=True)
class Email:
    """The mail server, for citizens who asked for e-mail and for staff."""

    host: str = setting("", "Name of the mail server. Empty: there is none.")
    port: int = setting(587, "Its port.", least=1, most=65_535)
    security: Literal["starttls", "tls", "none"] = setting(
        "starttls", "How the line is kept private; none only for a server on this machine."
    )
    user: str = setting("", "Account at the mail server. Empty: none is needed.")
    password_file: Path | None = setting(None, "File with its password.")
    sender: str = setting("", "Address that mails come from, such as kachehri@district.example.pk.")
    sender_name: str = setting("Kachehri", "Name that mails come from.")


@dataclass(frozen=True, slots=True)
class Program:
    """The one picture and sound that is made of the stage, broadcast and recorded. Off, hearings are not recorded."""

    enabled: Literal["no", "yes"] = setting("no", "yes: a program is made of every hearing while it is live.")
    renditions: Literal["all", "light", "sound"] = setting(
        "all", "all: 640x360, 426x240 and the sound alone. light: without the first. sound: for the smallest machines."
    )
    delay_s: int = setting(
        0,
        "Safety delay before broadcast and recording, within which a moderator can dump what was said. Typed lines are"
        " held as long.",
        unit="seconds",
        least=0,
        most=10,
    )
    direct_viewers: int = setting(
        20,
        "Most viewers of one hearing who may follow the program without delay (WebRTC); staff and those on deck may"
        " beyond it.",
        least=0,
        most=500,
    )
    interpreted: tuple[str, ...] = setting(
        ("en", "ur"), "Languages that interpreters speak, the first interpreter's seat first: tags such as ps, sd, pnb."
    )
    adjourned_s: int = setting(
        1_800, "How long a program goes on while its hearing is adjourned.", unit="seconds", least=0, most=36_000
    )

    @property
    def held_ms(self) -> int:
        """How long what was said waits until it goes out, in milliseconds; typed lines too."""
        return 1_000 * self.delay_s if self.enabled == "yes" else 0


@dataclass(frozen=True, slots=True)
class Recordings:
    """Where recordings are kept, and for how long."""

    folder: Path = setting(Path("var/recordings"), "Folder on this machine that they are written to.")
    least_mb: int = setting(
        500, "Nothing more is recorded when less is free on its disk; the hearing goes on.", least=50, most=1_000_000
    )
    warn_percent: int = setting(15, "Somebody is warned when less of its disk is free.", least=1, most=90)
    keep_days: int = setting(0, "Older ones are removed, everywhere. 0: none is.", least=0, most=36_500)
    sealed_days: int = setting(
        90, "So long what was taken out of one is kept, sealed, and can be put back.", least=1, most=3_650
    )
    storage: Literal["local", "s3"] = setting(
        "local", "local: the folder alone. s3: whole segments are also sent to a storage that speaks S3."
    )
    endpoint: str = setting("", "https://s3.example.pk, for s3 at another place than Amazon's.")
    region: str = setting("us-east-1", "The storage's region; most that are not Amazon's ignore it.")
    bucket: str = setting("", "The storage's bucket, which is there already.")
    prefix: str = setting("", "Put before every name in the bucket, such as kachehri/.")
    access_key: str = setting("", "The account's access key at the storage.")
    secret_key_file: Path | None = setting(None, "File with its secret key.")


@dataclass(frozen=True, slots=True)
class Logs:
    """One JSON object a line on standard error, without names, texts, numbers or addresses of people."""

    level: Literal["debug", "info", "warning", "error"] = setting(
        "info", "The least important line that is still written."
    )
    shape: Literal["json", "plain"] = setting("json", "json for collectors, plain for a person at a terminal.")


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole tree. `Settings()` is a valid server on loopback."""

    server: Server = Server()
    database: Database = Database()
    bus: Bus = Bus()
    media: Media = Media()
    turn: Turn = Turn()
    secrets: Secrets = Secrets()
    limits: Limits = Limits()
    place: Place = Place()
    notices: Notices = Notices()
    sms: Sms = Sms()
    email: Email = Email()
    program: Program = Program()
    recordings: Recordings = Recordings()
    logs: Logs = Logs()

    @property
    def heads_file(self) -> Path:
        """Where the signed ends of all chains stand (kachehri/proof): beside the key, to be copied out of the house."""
        return self.secrets.key_file.parent / "heads.jsonl"

    @property
    def sqlite(self) -> bool:
        return self.database.url.startswith("sqlite")

    @property
    def public_url(self) -> str:
        """What people type, without a slash at the end."""
        if self.server.public_url:
            return self.server.public_url.rstrip("/")
        scheme = "https" if self.server.certificate else "http"
        host = f"[{self.server.host}]" if ":" in self.server.host else self.server.host
        return f"{scheme}://{host}:{self.server.port}"
