"""What the terminal says during a demo: a few steps, where to go, who may sign in, and then what happens.

Both languages stand side by side. A terminal orders the letters itself (Unicode UAX #9); Urdu therefore stands at the
end of its line, where no terminal can tear it apart.
"""

from __future__ import annotations

import time
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from kachehri.tickets.reference import grouped
from web import lan
from web.rehearsal.citizen import Citizen
from web.rehearsal.hearing import Hearing

STEPS = {
    "founding": ("A district, its offices and its staff are made", "ضلع، دفاتر اور عملہ تیار ہو رہے ہیں"),
    "server": ("The server starts", "سرور شروع ہو رہا ہے"),
    "cast": ("Citizens come in", "شہری آ رہے ہیں"),
    "hearing": ("The hearing is live", "کچہری جاری ہے"),
    "closing": ("The hearing closes", "کچہری ختم ہو رہی ہے"),
    "verifying": ("A stranger looks at the outcome", "نتیجہ باہر سے جانچا جا رہا ہے"),
    "leaving": ("Everybody goes home", "سب رخصت ہو رہے ہیں"),
}
HAPPENINGS = {
    "asked": ("cyan", "asks"),
    "withdrawn": ("yellow", "takes it back"),
    "merged": ("yellow", "is joined with another that says the same"),
    "called": ("green", "is called"),
    "speaks": ("bold green", "speaks"),
    "spoke": ("green", "has spoken"),
    "line_lost": ("red", "loses the line; the seat is held"),
    "line_back": ("bold green", "is back on the same seat"),
    "person_admitted": ("bold magenta", "Your question is in line; you are called within about a minute."),
    "relieved": ("bold magenta", "A person is at the desk; the stand-in moderator steps back."),
    "back_at_desk": ("magenta", "Nobody is at the desk; the stand-in moderator is back."),
    "turn_failed": ("red", "could not take the turn"),
    "desk_refused": ("red", "the stand-in moderator was refused"),
    "trouble": ("red", "something went wrong"),
}
CANNOT = {
    "no_network": (
        "This machine has no address on a local network, so no phone can reach it. Connect it, or leave LAN=1 out.",
        "یہ مشین کسی مقامی نیٹ ورک پر نہیں، اس لیے کوئی فون نہیں پہنچ سکتا۔ نیٹ ورک سے جوڑیں یا LAN=1 کے بغیر چلائیں۔",
    ),
    "running": (
        "Another demo is running on {state}. End it with Ctrl-C first.",
        "{state} پر ایک اور ڈیمو چل رہا ہے۔ پہلے اسے Ctrl-C سے ختم کریں۔",
    ),
}
ROLES = {
    "moderator": "ماڈریٹر",
    "chair": "صدرِ کچہری",
    "official": "سرکاری افسر",
    "clerk": "کلرک",
    "administrator": "منتظم",
}


class Stage:
    """Arguments:
    brief: steps only, for a run that nobody watches.
    """

    def __init__(self, *, brief: bool = False) -> None:
        self._console = Console(highlight=False)
        self._brief = brief

    def step(self, name: str) -> None:
        english, urdu = STEPS[name]
        self._console.print(Text.assemble(("· ", "dim"), english, ("   ", ""), (urdu, "dim")))

    def cannot(self, code: str, **params: object) -> None:
        for sentence in CANNOT[code]:
            self._console.print(sentence.format(**params), style="red")

    def problem(self, sentence: str) -> None:
        self._console.print(Text(f"✗ {sentence}", "red"))

    def log(self, tail: str) -> None:
        """The server's last words, where something went wrong."""
        if tail:
            self._console.print(Text(tail, "dim"))

    def report(self, name: str, **facts: Any) -> None:
        """One thing that happened."""
        if name not in HAPPENINGS or (self._brief and name not in ("turn_failed", "desk_refused", "trouble")):
            return
        style, sentence = HAPPENINGS[name]
        line = Text.assemble((time.strftime("%H:%M:%S "), "dim"))
        citizen = facts.get("citizen")
        part = citizen.part if isinstance(citizen, Citizen) else facts.get("part")
        reason = facts.get("why") or facts.get("code")
        if name == "asked" and isinstance(citizen, Citizen) and citizen.asked:
            line.append(f"{grouped(citizen.asked.reference)}  ", "bold")
        if part is not None:
            line.append(f"{sentence}: " if name == "asked" else f"{sentence}  ", style)
            line.append(part.text if name == "asked" and not part.private else part.name)
        elif name == "called":
            line.append("You are called: answer on your page within 90 seconds.", "bold magenta")
        else:
            line.append(sentence, style)
        if reason:
            line.append(f"  ({reason})", "dim")
        line.truncate(max(40, self._console.width - 1), overflow="ellipsis")
        self._console.print(line, no_wrap=True)

    def open(self, hearing: Hearing, authority: str | None) -> None:
        """Where to go, and who may sign in."""
        base, session = hearing.where.url, hearing.founded.session
        links = Table.grid(padding=(0, 2))
        for english, path, urdu in (
            ("Home", "/", "پہلا صفحہ"),
            ("The hearing, live", f"/s/{session}/live", "کچہری، براہِ راست"),
            ("Moderator's console", f"/mod/{session}", "ماڈریٹر کا صفحہ"),
            ("Official's page", f"/official/{session}", "افسر کا صفحہ"),
            ("Staff sign-in", "/staff", "عملے کا داخلہ"),
        ):
            links.add_row(english, Text(base + path, "bold cyan"), urdu)
        logins = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        for heading in ("role", "login", "password", ""):
            logins.add_column(heading)
        for account in hearing.founded.accounts:
            if not account.simulated:
                logins.add_row(
                    account.role, Text(account.login, "bold"), Text(account.password, "bold green"), ROLES[account.role]
                )
        self._console.print()
        self._console.print(Panel(links, title="Kachehri · کچہری", border_style="cyan", expand=False))
        self._console.print(logins)
        if authority is not None and hearing.where.papers is not None:
            self._phones(hearing, authority)
        self._console.print(
            f"\n{hearing.script.citizens} simulated citizens are here. Open the live page, ask something, and you are "
            "called within about a minute.\nA moderator who opens the console relieves the stand-in. Ctrl-C ends all.\n"
        )

    def _phones(self, hearing: Hearing, authority: str) -> None:
        papers = hearing.where.papers
        assert papers is not None
        self._console.print("\nA phone on this network: once, let it trust this demo, then open the page.")
        self._console.print(f"1. Open [bold cyan]{authority}[/] on the phone; it loads the demo's certificate.")
        self._console.print("   Android: Settings › Security › Install a certificate › CA certificate.")
        self._console.print(
            "   iPhone: install the profile, then Settings › General › About › Certificate Trust Settings."
        )
        self._console.print(f"   It must say: [bold]{papers.fingerprint}[/]")
        self._console.print("   It vouches for private addresses only; remove it from the phone when you are done.")
        self._console.print(f"2. Open [bold cyan]{hearing.where.url}/[/]\n")
        # Straight out: wrapping or colouring would spoil the squares.
        print(lan.qr(f"{hearing.where.url}/"), flush=True)

    def balance(self, view: dict[str, Any]) -> None:
        """The hearing is closed: what became of everything."""
        table = Table(title="Closed · کچہری ختم", title_style="bold", box=None, padding=(0, 2, 0, 0))
        figures = view.get("balance", {})
        for name, urdu in (
            ("raised", "سوال آئے"),
            ("tickets", "شکایتیں درج"),
            ("followers", "دوسروں کے ساتھ جڑے"),
            ("withdrawn", "واپس لیے گئے"),
            ("refused", "رد ہوئے"),
        ):
            table.add_row(name, str(figures.get(name, 0)), urdu)
        self._console.print(table)
        self._console.print("Numbers can be followed on the pages until you end this with Ctrl-C.")
