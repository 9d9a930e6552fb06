"""A recording is kept, or kept no longer, from the command line: by the page's rules, and answered for as there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kachehri import plain, staff
from kachehri.settings import Settings, from_mapping
from kachehri.store import Store, accounts, audit, redactions
from kachehri.store.tables import Audit
from recordings import holds
from recordings.holds import hold_command, lift_command
from tests.conftest import ManualClock
from tests.servers import run

from .archive.made import SESSION

WHY = "W.P. 1234/2026, 0301-2345678"


@pytest.fixture
def settings(house: Store, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for login, role in (("amina", "moderator"), ("bilal", "clerk"), ("chand", "moderator")):
        staff.add(house, login, "", role, "four quiet lamps")
    with house.write() as conn:
        gone = accounts.by_login(conn, "chand")
        assert gone is not None
        accounts.disable(conn, gone.id, 1)
    monkeypatch.setattr(holds, "Store", lambda url: Store(url, clock=clock))
    return from_mapping({"database": {"url": f"sqlite:///{tmp_path / 'house.db'}"}})


def day(house: Store, days: int) -> str:
    with house.read() as conn:
        now = house.now(conn)
    # At noon in UTC it is the same day in Karachi.
    return (datetime.fromtimestamp(now / 1_000, UTC) + timedelta(days=days)).date().isoformat()


def held(house: Store) -> tuple[str, str] | None:
    with house.read() as conn:
        row = redactions.held(conn, SESSION)
    return (row.reason, row.review_on) if row else None


def acts(house: Store) -> list[Audit]:
    with house.read() as conn:
        return audit.of_subject(conn, SESSION)


def test_it_is_kept_and_let_go_and_somebody_answers_for_both(
    house: Store, settings: Settings, clock: ManualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    soon, later = day(house, 30), day(house, 60)
    assert hold_command(settings, SESSION, " Amina", WHY, soon) == 0
    found = held(house)
    assert found is not None and found[1] == soon and "1234/2026" in found[0] and "2345678" not in found[0]
    said = capsys.readouterr().out
    assert soon in said and "is kept" in said and "محفوظ" in said
    clock.advance(1)  # acts of one millisecond stand in no order
    assert hold_command(settings, SESSION, "amina", "other", later) == 0 and held(house) == ("other", later)
    clock.advance(1)
    assert lift_command(settings, SESSION, "amina", "decided") == 0 and held(house) is None
    with pytest.raises(plain.Stop, match="hold_free"):
        lift_command(settings, SESSION, "amina", "decided")
    with house.read() as conn:
        amina = accounts.by_login(conn, "amina")
    assert amina is not None
    way = {"way": "kachehri recording"}
    assert [(act.action, act.reason, act.body) for act in acts(house)] == [
        ("recording.hold", found[0], {"day": soon, **way}),
        ("recording.hold", "other", {"day": later, **way}),
        ("recording.lift", "decided", way),
    ]
    assert {(act.account_id, act.session_id) for act in acts(house)} == {(amina.id, SESSION)}


@pytest.mark.parametrize("login", ["bilal", "chand", "nobody", ""])
def test_only_who_may_on_the_page_is_named(house: Store, settings: Settings, login: str) -> None:
    with pytest.raises(plain.Stop, match="hold_account"):
        hold_command(settings, SESSION, login, WHY, day(house, 30))
    assert held(house) is None and acts(house) == []


def test_what_is_missing_or_unfit_is_said(house: Store, settings: Settings) -> None:
    soon = day(house, 30)
    for wrong in ("", "soon", day(house, 0), day(house, -1), day(house, 367)):
        with pytest.raises(plain.Stop, match="hold_day"):
            hold_command(settings, SESSION, "amina", WHY, wrong)
    for reason in (" ", "x" * 2_000):
        with pytest.raises(plain.Stop, match="hold_reason"):
            hold_command(settings, SESSION, "amina", reason, soon)
        with pytest.raises(plain.Stop, match="hold_reason"):
            lift_command(settings, SESSION, "amina", reason)
    for session in ("nothing1", "../up", ""):
        with pytest.raises(plain.Stop, match="hold_no_session"):
            hold_command(settings, session, "amina", WHY, soon)
    assert held(house) is None and acts(house) == []


def test_the_command_line_leads_there(house: Store, settings: Settings, tmp_path: Path) -> None:
    config = tmp_path / "house.toml"
    config.write_text(f'[database]\nurl = "{settings.database.url}"\n')
    soon = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    who = ("--reason", "r", "--by", "amina", "--config", str(config))
    done = run("recording", "hold", SESSION, "--review", soon, *who)
    assert (done.returncode, held(house)) == (0, ("r", soon)), done.stderr
    assert run("recording", "lift", SESSION, *who).returncode == 0 and held(house) is None
    refused = run("recording", "hold", SESSION, "--review", "2020-01-01", *who)
    assert refused.returncode == 2 and "--review" in refused.stderr and "ایک سال" in refused.stderr
