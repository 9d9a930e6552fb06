"""Who hears whom behind the stage: the rules, with ends that take notes and no network."""

from __future__ import annotations

import pytest

from signaling.media.backroom import TALK_S
from signaling.media.private import KEPT_S, PHRASE_S
from tests.signaling.media.behind_stage import Phone, Room, refusal, sound


class TestListening:
    def test_nobody_is_heard_before_her_page_has_told_her(self) -> None:
        room = Room("asma")
        room.back.private("moderator", "asma", False, 0.0)
        room.microphones["asma"].speak(1, 0.1)
        assert room.said == ["asked"] and not room.got("moderator")
        room.back.echo("asma", "told", 0.2)
        room.microphones["asma"].speak(2, 0.3)
        assert room.said == ["asked", "listening"] and room.got("moderator") == [("asma", 77)]
        assert not room.got("other") and not room.got("asma")

    def test_who_only_listens_is_not_heard(self) -> None:
        room = Room("asma")
        room.back.private("moderator", "asma", False, 0.0)
        room.back.spoken(room.phones["moderator"], sound(1), 1, 0.1)
        assert not room.got("asma")
        room.back.private("moderator", "asma", True, 0.2)
        room.back.spoken(room.phones["moderator"], sound(2), 2, 0.3)
        assert room.got("asma") == [("moderator", 77)]
        room.back.private("moderator", "asma", False, 0.4)
        room.back.spoken(room.phones["moderator"], sound(3), 3, 0.5)
        assert len(room.got("asma")) == 1

    def test_another_page_of_hers_has_to_tell_her_again(self) -> None:
        room = Room("asma")
        room.back.private("moderator", "asma", False, 0.0)
        room.back.echo("asma", "told", 0.1)
        room.back.join(Phone("asma"))
        room.microphones["asma"].speak(1, 0.2)
        assert room.said == ["asked", "listening", "asked"] and not room.got("moderator")

    def test_one_person_at_a_time_and_one_moderator(self) -> None:
        room = Room("asma", "bina")
        room.back.private("moderator", "asma", True, 0.0)
        assert refusal(room.back.private, "other", "asma", False, 0.1) == "media_busy"
        room.back.private("moderator", "bina", True, 0.2)
        assert [(each.participant, each.state, each.cause) for each in room.told] == [
            ("asma", "asked", ""), ("asma", "over", "ended"), ("bina", "asked", ""),
        ]  # fmt: skip
        room.back.private("other", "asma", False, 0.3)
        assert refusal(room.back.private, "other", "moderator", False, 0.4) == "media_busy"
        assert refusal(room.back.private, "other", "other", False, 0.4) == "media_invalid"

    def test_somebody_who_has_no_line_can_be_neither_heard_nor_spoken_to(self) -> None:
        room = Room("asma")
        assert refusal(room.back.private, "moderator", "nobody", False, 0.0) == "media_unknown_peer"
        assert refusal(room.back.private, "stranger", "asma", False, 0.0) == "media_unknown_peer"


class TestEnd:
    def talking(self) -> Room:
        room = Room("asma")
        room.back.private("moderator", "asma", True, 0.0)
        room.back.echo("asma", "told", 0.0)
        return room

    def silent(self, room: Room, cause: str) -> None:
        before = len(room.got("moderator")), len(room.got("asma"))
        room.microphones["asma"].speak(9, 500.0)
        room.back.spoken(room.phones["moderator"], sound(9), 9, 500.0)
        assert (len(room.got("moderator")), len(room.got("asma"))) == before
        assert (room.told[-1].state, room.told[-1].cause) == ("over", cause)
        assert room.microphones["asma"].tap is None

    @pytest.mark.parametrize("who", ["asma", "moderator"])
    def test_going_on_stage_ends_it(self, who: str) -> None:
        room = self.talking()
        room.seated.add(who)
        room.back.settle()
        self.silent(room, "on_stage")
        assert refusal(room.back.private, "moderator", "asma", True, 1.0) == "media_on_stage"

    def test_the_moderators_leaving_ends_it(self) -> None:
        room = self.talking()
        room.back.part(room.phones["moderator"])
        self.silent(room, "left")

    def test_it_has_to_be_renewed(self) -> None:
        room = self.talking()
        room.back.private("moderator", "asma", True, TALK_S - 1)
        room.back.tick(TALK_S + 1)
        assert room.said[-1] == "talking"
        room.back.tick(2 * TALK_S)
        self.silent(room, "timeout")

    def test_the_moderator_ends_it_and_asking_twice_is_no_error(self) -> None:
        room = self.talking()
        room.back.private("moderator", None, False, 1.0)
        room.back.private("moderator", None, False, 1.0)
        assert room.said == ["asked", "talking", "over"]
        self.silent(room, "ended")

    def test_an_orphaned_session_ends_all(self) -> None:
        room = self.talking()
        room.back.clear()
        self.silent(room, "ended")


class TestEcho:
    def test_her_phrase_comes_back_to_her_alone_at_its_own_pace(self) -> None:
        room = Room("asma")
        microphone = room.microphones["asma"]
        microphone.speak(1, 0.0)
        assert microphone.tap is None, "nothing is kept unasked"
        room.back.echo("asma", "record", 0.0)
        late = 0.0
        for i in range(50):
            late = 0.03 if i % 7 else 0.0  # the network delivers unevenly
            microphone.speak(10 + i, i * 0.04 + late)
        heard = room.back.echo("asma", "play", 2.1)
        assert heard is not None
        assert (heard.packets, heard.lost, heard.level, heard.ms) == (50, 0, 20, 49 * 40)
        room.back.tick(2.1)
        now = 2.1
        while now < 4.2:
            now += 0.01
            room.back.tick(now)
        times = [at for _, _, at in room.phones["asma"].got]
        assert len(times) == 50 and [ext for _, ext, _ in room.phones["asma"].got] == list(range(10, 60))
        gaps = [after - before for before, after in zip(times, times[1:], strict=False)]
        assert max(gaps) < 0.055 and min(gaps) > 0.025
        assert not room.got("moderator") and not room.got("other")
        assert not room.back.phrases and microphone.tap is None

    def test_what_is_lost_on_the_way_up_is_counted(self) -> None:
        room = Room("asma")
        room.back.echo("asma", "record", 0.0)
        for i in range(40):
            if i % 4:
                room.microphones["asma"].speak(i, i * 0.04, level=None)
        heard = room.back.echo("asma", "play", 2.0)
        assert heard is not None and (heard.packets, heard.lost, heard.level) == (30, 9, None)

    def test_nothing_came(self) -> None:
        room = Room("asma")
        assert refusal(room.back.echo, "asma", "play", 0.0) == "media_unknown_peer"
        room.back.echo("asma", "record", 0.0)
        heard = room.back.echo("asma", "play", 4.0)
        assert heard is not None and heard.packets == 0
        room.back.tick(4.1)
        assert not room.back.phrases

    def test_only_the_last_seconds_are_kept_and_not_for_long(self) -> None:
        room = Room("asma")
        room.back.echo("asma", "record", 0.0)
        for i in range(300):
            room.microphones["asma"].speak(i, i * 0.04)
        heard = room.back.echo("asma", "play", 12.0)
        assert heard is not None and heard.packets in (100, 101) and heard.ms <= 1_000 * PHRASE_S
        room.back.echo("asma", "record", 20.0)
        room.back.tick(20.0 + KEPT_S + 1)
        assert not room.back.phrases and room.microphones["asma"].tap is None

    def test_a_moderators_voice_has_precedence(self) -> None:
        room = Room("asma")
        room.back.echo("asma", "record", 0.0)
        room.microphones["asma"].speak(1, 0.1)
        room.back.echo("asma", "play", 1.0)
        room.back.private("moderator", "asma", True, 1.0)
        room.back.tick(1.5)
        assert not room.got("asma")
        assert refusal(room.back.echo, "asma", "record", 2.0) == "media_busy"

    def test_not_from_the_stage(self) -> None:
        room = Room("asma")
        room.back.echo("asma", "record", 0.0)
        room.seated.add("asma")
        room.back.settle()
        assert not room.back.phrases
        assert refusal(room.back.echo, "asma", "record", 1.0) == "media_on_stage"

    def test_somebody_who_publishes_nothing_is_heard_on_her_private_line(self) -> None:
        room = Room()
        room.back.echo("moderator", "record", 0.0)
        room.back.spoken(room.phones["moderator"], sound(1), 1, 0.1)
        heard = room.back.echo("moderator", "play", 1.0)
        assert heard is not None and heard.packets == 1
