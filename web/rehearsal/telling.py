"""What the terminal says during a demo: a few steps, where to go, who may sign in, and then what happens.

Both languages stand side by side. A terminal orders the letters itself (Unicode UAX #9); Urdu therefore stands at the
end of its line, where no terminal can tear it apart.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from kachehri.tickets.reference import grouped
from web import lan
from web.demo_data import CitizenQuestion
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
    "foreign": (
        "{path} was not made by a demo, and a demo would remove it. Choose another folder: make demo STATE=folder.",
        "{path} کسی ڈیمو نے نہیں بنایا، اور ڈیمو اسے مٹا دے گا۔ دوسرا فولڈر چنیں: make demo STATE=folder",
    ),
    "running": (
        "Another demo is running on {state}. End it with Ctrl-C first.",
        "{state} پر ایک اور ڈیمو چل رہا ہے۔ پہلے اسے Ctrl-C سے ختم کریں۔",
    ),
}
ROLES = {
    "moderator": ("triage, call, close", "ماڈریٹر"),
    "chair": ("preside, and all that a moderator may", "صدرِ کچہری"),
    "official": ("sit on the stage", "سرکاری افسر"),
    "clerk": ("file for others", "کلرک"),
    "administrator": ("announce hearings", "منتظم"),
}


class Stage:
    """The terminal of a demo.

    Arguments:
        topics: names of categories, by code.
        brief: steps only, for a run that nobody watches.
    """

    def __init__(self, topics: Mapping[str, str], *, brief: bool = False) -> None:
        # Long lines are left to the terminal: an address that was cut or wrapped cannot be clicked or copied.
        self._console = Console(highlight=False, soft_wrap=True)
        self._topics = topics
        self._brief = brief
        self._at = ""

    def step(self, name: str) -> None:
        english, urdu = STEPS[name]
        if name != "leaving":
            self._at = english
        self._console.print(Text.assemble(("· ", "dim"), english, ("   ", ""), (urdu, "dim")))

    def cannot(self, code: str, **params: object) -> None:
        for sentence in CANNOT[code]:
            self._console.print(sentence.format(**params), style="red")

    def trouble(self, error: Exception) -> str:
        """What stopped a run, and where it was."""
        said = str(error)
        if isinstance(error, TimeoutError):
            said = f"waited in vain for {said}" if said else "no answer came in time"
        return f"{self._at}: {said or type(error).__name__}"

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
        citizen = facts.get("citizen")
        part = citizen.part if isinstance(citizen, Citizen) else facts.get("part")
        if name == "called" and part is None:
            style, sentence = "bold magenta", "You are called: answer on your page within 90 seconds."
        line = Text.assemble((time.strftime("%H:%M:%S  "), "dim"), (sentence, style))
        reason = facts.get("why") or facts.get("code")
        if reason:
            line.append(f"  ({reason})", "dim")
        if isinstance(part, CitizenQuestion):
            # Nobody's words: the terminal is no more trusted with a written ID number than the public is.
            if name == "asked" and isinstance(citizen, Citizen) and citizen.asked:
                line.append(f"  {grouped(citizen.asked.reference)}", "bold")
            if name in ("asked", "called"):
                line.append(f"  {self._topics.get(part.category, '')}")
            if not part.private and not part.hide_name:
                line.append(f"  {part.name}", "dim" if name == "asked" else "")
        self._console.print(line)

    def open(self, hearing: Hearing, authority: str | None) -> None:
        """Where to go, and who may sign in."""
        base, session = hearing.where.url, hearing.founded.session
        say = self._console.print
        say()
        say(Rule(" Kachehri · کچہری ", style="cyan"), soft_wrap=False)
        for english, path, urdu in (
            ("Home", "/", "پہلا صفحہ"),
            ("The hearing, live", f"/s/{session}/live", "کچہری، براہِ راست"),
            ("Moderator's console", f"/mod/{session}", "ماڈریٹر کا صفحہ"),
            ("Official's page", f"/official/{session}", "افسر کا صفحہ"),
            ("Staff sign-in", "/staff", "عملے کا داخلہ"),
        ):
            say(Text.assemble(f"  {english:<21}", (base + path, "bold cyan"), "  ", (urdu, "dim")))
        say()
        say(Text(f"  {'login':<11}{'password':<17}may", "dim"))
        for account in hearing.founded.accounts:
            if not account.simulated:
                login, word = (f"{account.login:<11}", "bold"), (f"{account.password:<17}", "bold green")
                say(Text.assemble("  ", login, word, ROLES[account.role][0], "  ", (ROLES[account.role][1], "dim")))
        if authority is not None and hearing.where.papers is not None:
            self._phones(hearing, hearing.where.papers, authority)
        say(Rule(style="cyan"), soft_wrap=False)
        say(
            f"{hearing.script.citizens} simulated citizens are here. Open the live page and ask something: you are "
            "called within about a minute.\n"
            "A moderator who opens the console relieves the stand-in. Ctrl-C ends everything.\n"
        )

    def _phones(self, hearing: Hearing, papers: lan.Papers, authority: str) -> None:
        self._console.print("\nA phone on this network: once, let it trust this demo, then open the page.")
        self._console.print(f"1. Open [bold cyan]{authority}[/] on the phone; it loads the demo's certificate.")
        self._code(authority)
        self._console.print("   Android: Settings › Security › Install a certificate › CA certificate.")
        self._console.print(
            "   iPhone: install the profile, then Settings › General › About › Certificate Trust Settings."
        )
        self._console.print(f"   It must say: [bold]{papers.fingerprint}[/]")
        self._console.print("   It vouches for private addresses only; remove it from the phone when you are done.")
        self._console.print(f"2. Open [bold cyan]{hearing.where.url}/[/]")
        self._code(f"{hearing.where.url}/")

    @staticmethod
    def _code(address: str) -> None:
        """Straight out: wrapping or colouring would spoil the squares."""
        print(lan.qr(address), flush=True)

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
