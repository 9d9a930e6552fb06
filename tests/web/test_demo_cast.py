"""The parts of the rehearsal by themselves: forms, settings, the stand-in's judgement, and what the stranger counts."""

from __future__ import annotations

import socket
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from kachehri.notices.simulator import simulator
from kachehri.settings import load
from kachehri.tickets.reference import grouped
from web import demo
from web.demo_data import CitizenQuestion, questions
from web.rehearsal import script, server, verify
from web.rehearsal.browser import Browser, Form, Page, Unexpected
from web.rehearsal.citizen import MEDIA, Asked, Citizen, Pace
from web.rehearsal.desk import Desk
from web.rehearsal.founding import SEATS, Account
from web.rehearsal.hearing import Hearing
from web.rehearsal.verify import Outcome
from web.rehearsal.watching import Stranger

pytestmark = pytest.mark.anyio

FORM = """<form method="post" action="/s/x/ask"><input type="hidden" name="form_token" value="t">
<input type="radio" name="category" value="a"><input type="radio" name="category" value="b" checked>
<input type="checkbox" name="private" value="1"><textarea name="text">two
lines</textarea><select name="area"><option value="">any</option><option value="z" selected>Z</option></select>
<button name="step" value="send">Go</button></form><script>var a = "<form>"</script><p>Seen &amp; read</p>"""


def page(body: str, status: int = 200, path: str = "/s/x/ask") -> Page:
    return Page(f"http://house{path}", status, {}, body.encode())


class TestBrowser:
    def test_sends_back_what_the_form_holds_and_nothing_else(self) -> None:
        form = page(FORM).form("text")
        assert form.fields == {"form_token": "t", "category": "b", "text": "two\nlines", "area": "z"}
        assert form.buttons == [("step", "send")]
        assert page(FORM).words == "any Z Go Seen & read"

    def test_says_which_form_is_missing(self) -> None:
        with pytest.raises(Unexpected, match="no form with 'password'"):
            page(FORM).form("password")
        with pytest.raises(Unexpected, match="no form token"):
            _ = page("<p>nothing</p>").form_token

    async def test_without_a_network_there_is_no_pass(self) -> None:
        browser = Browser("http://127.0.0.1:9", "ab2cd3ef")
        browser.away = True
        with pytest.raises(OSError, match="no network"):
            await browser.entry_pass()


class TestServer:
    def test_its_settings_file_is_read_by_the_server_itself(self, tmp_path: Path) -> None:
        where = server.here()
        where.claim.close()
        values = server.tree(tmp_path, tmp_path, where, 'A "quoted" \\ ضلع')
        server.write_tree(tmp_path / "demo.toml", values)
        settings = load(tmp_path / "demo.toml", environ={})
        assert settings.place.name == 'A "quoted" \\ ضلع'
        assert settings.public_url == where.url == f"http://127.0.0.1:{where.port}"
        assert settings.media.addresses == ("127.0.0.1",)
        assert tomllib.loads((tmp_path / "demo.toml").read_text()) == values

    async def test_short_messages_of_a_demo_go_to_its_own_gateway(self, tmp_path: Path) -> None:
        where = server.here()
        where.claim.close()
        (tmp_path / server.RECEIPTS).write_text("f" * 32)
        async with simulator(price=250) as gateway:
            server.write_tree(tmp_path / "demo.toml", server.tree(tmp_path, tmp_path, where, "x", gateway))
        settings = load(tmp_path / "demo.toml", environ={})
        assert settings.program.enabled == "no"
        made = server.tree(tmp_path, tmp_path, where, "x", program=True)
        assert made["program"] == {"enabled": "yes"} and str(tmp_path) in str(made["recordings"]["folder"])
        assert settings.notices.send == "on" and settings.sms.url == gateway.url and settings.sms.price == 250

    def test_a_claimed_port_is_nobody_elses_until_it_is_let_go(self) -> None:
        claim = server.claim_port("127.0.0.1")
        address = claim.getsockname()
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with pytest.raises(OSError, match="in use"):
                other.bind(address)
        claim.close()
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(address)

    def test_two_demos_have_two_ports(self) -> None:
        one, two = server.here(), server.here()
        assert one.port != two.port
        one.claim.close()
        two.claim.close()


class TestScripts:
    @pytest.mark.parametrize("acts", [script.DEMO, script.CHECK], ids=["demo", "check"])
    def test_fit_the_questions_the_seats_and_the_recordings(self, acts: script.Script) -> None:
        keys = {each.key for each in acts.asking}
        assert acts.citizens >= verify.LEAST_CITIZENS
        assert set(acts.called) <= set(acts.voices) <= keys
        seats = {plan.seat for plan in SEATS if plan.kind == "citizen"}
        for voice in (*acts.voices.values(), acts.voice):
            assert (MEDIA / f"{voice.clip}.webm").is_file()
            assert voice.seat is None or voice.seat in seats
        assert sum(each.withdraws for each in acts.asking) == sum(bool(each.same_as) for each in acts.asking) == 1

    def test_the_check_calls_three_and_one_of_them_loses_her_line(self) -> None:
        voices = [script.CHECK.voices[key] for key in script.CHECK.called]
        assert len(voices) == 3 and sum(voice.away_s > 3.0 for voice in voices) == 1
        assert len(script.CHECK.asking) >= verify.LEAST_RAISED
        assert {voice.seat for voice in voices} == {"citizen-1", "citizen-2"}

    def test_in_the_demo_every_fate_is_seen(self) -> None:
        assert {todo.outcome for todo in script.DEMO.triage.values()} == {"hold", "answer", "defer", "not_take"}
        assert set(script.DEMO.triage) <= {each.key for each in questions()}


class TestStateFolder:
    def test_a_folder_that_no_demo_made_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "key").write_text("precious")
        with pytest.raises(FileExistsError), demo.alone(tmp_path):
            raise AssertionError("never reached")
        assert (tmp_path / "key").read_text() == "precious"
        assert demo.main(state=tmp_path) == demo.EXIT_CANNOT
        assert (tmp_path / "key").read_text() == "precious"

    def test_what_a_demo_made_is_swept_but_the_authority_stays(self, tmp_path: Path) -> None:
        kept = tmp_path / "lan" / "ca.key"
        kept.parent.mkdir()
        for name in ("key", "kachehri.db", "kachehri.db-wal", "demo.toml", "lan/ca.key", "notes.txt"):
            (tmp_path / name).write_text(name)
        with demo.alone(tmp_path), pytest.raises(BlockingIOError), demo.alone(tmp_path):
            raise AssertionError("never reached")
        assert {path.name for path in tmp_path.iterdir()} == {"lan", "lock", "notes.txt"} and kept.exists()


@dataclass
class Line:
    """A live line that only remembers what was said over it."""

    view: dict[str, Any]
    participant: str = "standin"
    said: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    seq: int = 1

    async def send(self, kind: str, **fields: Any) -> dict[str, Any]:
        self.said.append((kind, fields))
        return {"seq": 1}

    async def until(self, condition: Any, timeout: float = 0) -> Any:
        return condition()


def view(**rows: Any) -> dict[str, Any]:
    return {"session": {"phase": "live"}, "questions": {}, **rows}


def desk(shown: dict[str, Any], told: list[str], **parts: CitizenQuestion) -> tuple[Desk, Line]:
    made = Desk(
        Browser("http://house", "ab2cd3ef", "staff"),
        Account("stand-in", "moderator", "", ""),
        script.DEMO,
        parts,
        lambda participant: participant.startswith("sim"),
        Pace(),
        lambda name, **_: told.append(name),
    )
    line = Line(shown)
    made.client = cast(Any, line)
    return made, line


PARTS = {each.key: each for each in questions()}


class TestStandIn:
    async def test_a_persons_question_goes_in_line_at_once(self) -> None:
        told: list[str] = []
        made, line = desk(view(new=("q1",), questions={"q1": {"asker": "human"}}), told)
        await made._triage()
        assert line.said == [("question.admit", {"question": "q1"})] and told == ["person_admitted"]

    async def test_a_private_one_is_kept_from_the_stage(self) -> None:
        made, line = desk(view(new=("q1",), questions={"q1": {"asker": "human", "private": True}}), [])
        await made._triage()
        assert line.said == [("question.hold", {"question": "q1", "reason": "private"})]

    async def test_nobody_is_let_in_before_a_person_who_waits(self) -> None:
        rows = {"mine": {"asker": "human"}, "q2": {"asker": "sim2"}}
        made, line = desk(view(line=("mine",), questions=rows), [], q2=PARTS["road"])
        await made._sort("q2")
        assert line.said == []
        line.view["line"] = ()
        await made._sort("q2")
        assert line.said == [("question.admit", {"question": "q2"})]

    async def test_what_says_the_same_is_joined(self) -> None:
        rows = {"q1": {"asker": "sim1"}, "q2": {"asker": "sim2"}}
        made, line = desk(view(questions=rows), [], q1=PARTS["water"], q2=PARTS["water-again"])
        await made._sort("q2")
        assert line.said == [("question.merge", {"question": "q2", "into": "q1"})]

    async def test_calls_follow_the_line_and_wait_for_whoever_speaks(self) -> None:
        turns = {"t1": {"state": "on_stage", "participant": "sim1"}}
        rows = {"q2": {"asker": "human"}}
        made, line = desk(view(turns=turns, line=("q2",), questions=rows), [])
        await made._call()
        assert line.said == []
        turns.clear()
        await made._call()
        assert line.said == [("turn.call", {"question": "q2"})]

    async def test_a_person_who_does_not_answer_holds_nobody_up_and_one_who_does_is_waited_for(self) -> None:
        turns = {"t1": {"state": "called", "participant": "human"}}
        made, _ = desk(view(turns=turns), [])
        assert [made._busy(), made._person_comes()] == [False, True]
        turns["t1"]["state"] = "on_deck"
        assert [made._busy(), made._person_comes()] == [True, True]
        turns["t1"] = {"state": "called", "participant": "sim1"}
        assert [made._busy(), made._person_comes()] == [True, False]

    async def test_the_cast_is_brief_while_a_person_waits(self) -> None:
        made, line = desk(view(line=("q1",), questions={"q1": {"asker": "human"}}), [])
        made._look_around()
        assert made._pace.brisk
        line.view["line"] = ()
        made._look_around()
        assert not made._pace.brisk

    async def test_steps_back_when_a_person_moderates_and_says_so_once(self) -> None:
        told: list[str] = []
        made, line = desk(view(staff={"standin": "moderator"}), told)
        made._look_around()
        assert not made.relieved
        line.view["staff"]["speaker"] = "official"  # is no moderator
        made._look_around()
        assert not made.relieved and told == []
        line.view["staff"]["human"] = "moderator"
        made._look_around()
        made._look_around()
        assert told == ["relieved"] and made._person_at is not None


class TestStranger:
    def test_counts_a_turn_from_its_own_packets_before_and_after_a_break(self) -> None:
        stranger = Stranger(Browser("http://house", "ab2cd3ef"))
        counts = {"citizen-1": 100}
        stranger._sound = lambda seat: counts.get(seat, 0)  # type: ignore[method-assign]
        row = {"questions": ["q1"], "seat": "citizen-1", "state": "on_stage"}
        stranger.client.view = {"turns": {"t1": row}}
        for state, packets in (("on_stage", 100), ("dropped", 140), ("on_stage", 140), ("on_stage", 170)):
            row["state"], counts["citizen-1"] = state, packets
            stranger._look()
        stranger.client.view = {"turns": {}}
        counts["citizen-1"] = 500  # the next one on the same seat
        stranger._look()
        stranger._look()
        turn = stranger.turns["t1"]
        assert turn.broke and turn.heard and turn.heard_again and turn.over
        assert turn.back == 140

    def test_silence_is_not_being_heard(self) -> None:
        stranger = Stranger(Browser("http://house", "ab2cd3ef"))
        row = {"questions": ["q1"], "seat": "citizen-1", "state": "on_stage"}
        stranger.client.view = {"turns": {"t1": row}}
        stranger._look()
        stranger._look()
        assert not stranger.turns["t1"].heard


class Pages(Browser):
    """The pages of a house that the test makes up."""

    def __init__(self, made: Mapping[str, Page]) -> None:
        super().__init__("http://house", "ab2cd3ef")
        self.made = made

    async def get(self, path: str) -> Page:
        return self.made.get(path, page("", 404, path))

    async def send(
        self, page: Page, form: Form, values: Mapping[str, str], button: Mapping[str, str] | None = None
    ) -> Page:
        return self.made[f"track {values['reference']} {values['digits']}"]


def house(**changes: str) -> tuple[Hearing, Outcome]:
    """Three citizens, one of whom follows another and one of whom has withdrawn; `changes` replace page bodies."""
    asked = {"water": "2600000001", "water-again": "2600000002", "mistake": "2600000003"}
    made = {"/track": page('<form action="/track"><input name="reference"><input name="digits"></form>', 200, "/track")}
    citizens = []
    for key, reference in asked.items():
        number, part = grouped(reference), PARTS[key]
        citizen = Citizen(Browser("http://house"), part, script.DEMO.voice, Pace(), lambda *_, **__: None)
        citizen.asked = Asked(f"id-{key}", reference, f"/q/{key}")
        citizens.append(citizen)
        body = changes.get(key, f"<p>{number}</p><p>follows {grouped(asked['water'])}</p>")
        if not part.withdraws:
            made[f"/t/{number}"] = page(body, 200)
        made[f"track {number} {part.phone[-4:]}"] = page(f"<p>{number}</p>", 200, f"/q/{key}")

    @dataclass
    class Fake:
        citizens: list[Citizen]

        def browser(self, language: str = "ur") -> Browser:
            return Pages(made)

    return cast(Hearing, Fake(citizens)), Outcome(raised=3, tickets=1, followers=1, withdrawn=1)


class TestVerification:
    async def test_finds_nothing_where_all_is_well(self) -> None:
        hearing, found = house()
        await verify._pages(found, hearing)
        assert found.problems == [] and found.balanced
        assert "problems" not in found.line()

    async def test_notices_a_page_that_shows_who_asked(self) -> None:
        hearing, found = house(water=f"<p>26-0000-0001</p>{PARTS['water'].name}")
        await verify._pages(found, hearing)
        assert found.problems == ["/t/26-0000-0001 (water) shows who asked"] and not found.balanced

    async def test_notices_a_follower_that_does_not_follow(self) -> None:
        hearing, found = house(**{"water-again": "<p>26-0000-0002</p>"})
        await verify._pages(found, hearing)
        assert found.problems == ["/t/26-0000-0002 does not say that it follows 26-0000-0001"]

    async def test_notices_a_balance_that_the_pages_do_not_bear_out(self) -> None:
        hearing, found = house()
        found.tickets = 2
        await verify._pages(found, hearing)
        assert len(found.problems) == 1 and not found.balanced

    async def test_notices_a_ticket_that_is_missing(self) -> None:
        hearing, found = house()
        pages = cast(Pages, hearing.browser())
        del cast(dict[str, Page], pages.made)["/t/26-0000-0001"]
        await verify._pages(found, hearing)
        assert "/t/26-0000-0001 (water) answered 404" in found.problems
