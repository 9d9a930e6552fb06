"""The list of commands and events is whole, and an event is recorded under its tag."""

import msgspec

from rooms.base import Event, SetFact
from rooms.kinds import COMMANDS, EVENTS, encode_event
from rooms.questions import SupportCounted


class TestTypes:
    def test_every_command_and_event_has_a_tag_of_its_own(self) -> None:
        tags = [str(kind.__struct_config__.tag) for kind in (*COMMANDS, *EVENTS)]
        assert len(tags) == len(set(tags))
        assert all("." in tag for tag in tags)

    def test_every_text_field_exists(self) -> None:
        for kind in COMMANDS:
            assert set(kind.texts) <= {field.name for field in msgspec.structs.fields(kind)}

    def test_a_fact_of_its_own_is_no_event(self) -> None:
        assert not issubclass(SetFact, Event)
        assert encode_event(SupportCounted(counts={})).startswith(b'{"type":"support.counted"')
