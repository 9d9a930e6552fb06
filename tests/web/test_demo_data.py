"""The demo's district and its citizens fit together and show what the house is for."""

from kachehri.district import District, Named
from kachehri.tickets.places import PICKED
from kachehri.tickets.routing import Route, Routing
from moderation.masking import mask
from rooms.limits import NAME_MAX, QUESTION_MAX
from rooms.text import clean
from web.demo_data import district, questions
from web.icons import SHAPES

DISTRICT = district()
QUESTIONS = questions()


class TestDistrict:
    def test_is_of_a_believable_size(self) -> None:
        assert len(DISTRICT.offices) >= 12
        assert len(DISTRICT.categories) >= 40
        assert {area.kind for area in DISTRICT.areas if area.tree == PICKED} == {"district", "tehsil", "union_council"}
        assert DISTRICT.session is not None

    def test_every_picture_exists(self) -> None:
        assert {group.icon for group in DISTRICT.groups} <= set(SHAPES)
        assert {category.icon for category in DISTRICT.categories} <= set(SHAPES)

    def test_every_group_has_categories(self) -> None:
        assert {category.group for category in DISTRICT.categories} == {group.code for group in DISTRICT.groups}

    def test_every_name_is_clean_and_in_both_languages(self) -> None:
        entries: list[Named | District] = [DISTRICT, *DISTRICT.offices, *DISTRICT.areas, *DISTRICT.rooms]
        entries += [*DISTRICT.groups, *DISTRICT.categories]
        for entry in entries:
            assert clean(entry.name_en, NAME_MAX) == entry.name_en
            assert clean(entry.name_ur, NAME_MAX) == entry.name_ur
            assert entry.name_en.isascii()
            assert any("\u0600" <= letter <= "\u06ff" for letter in entry.name_ur)

    def test_matters_that_endanger_the_asker_are_protected(self) -> None:
        protected = {category.code for category in DISTRICT.categories if category.protected}
        assert protected == {"bribe", "harassment", "child"}


class TestQuestions:
    def test_are_enough_for_a_hearing_and_no_two_have_one_name(self) -> None:
        assert len(QUESTIONS) >= 40
        assert len({question.key for question in QUESTIONS}) == len(QUESTIONS)
        assert len({question.phone for question in QUESTIONS}) == len(QUESTIONS)
        assert len({question.text for question in QUESTIONS}) == len(QUESTIONS)

    def test_name_areas_and_categories_that_exist(self) -> None:
        assert {question.area for question in QUESTIONS} <= {area.code for area in DISTRICT.areas}
        assert {question.category for question in QUESTIONS} <= {category.code for category in DISTRICT.categories}

    def test_are_mostly_urdu_with_english_and_roman_urdu(self) -> None:
        urdu = sum(question.lang == "ur" for question in QUESTIONS)
        assert urdu > len(QUESTIONS) / 2
        assert {question.lang for question in QUESTIONS} == {"ur", "en", "ur-Latn"}

    def test_pass_the_cleaner_unchanged(self) -> None:
        for question in QUESTIONS:
            assert clean(question.text, QUESTION_MAX) == question.text
            assert clean(question.name, NAME_MAX, one_line=True) == question.name

    def test_show_the_masking_at_work_and_only_where_it_should(self) -> None:
        found = {question.key: mask(question.text).kinds for question in QUESTIONS if mask(question.text).kinds}
        assert found == {"cnic": ("id_number",), "phone": ("phone",), "cuts": ("email",)}
        assert all(mask(question.phone).kinds == ("phone",) for question in QUESTIONS)

    def test_have_one_to_merge_one_to_withdraw_and_private_ones(self) -> None:
        keys = [question.key for question in QUESTIONS]
        (again,) = [question for question in QUESTIONS if question.same_as]
        assert again.same_as in keys[: keys.index(again.key)]
        assert sum(question.withdraws for question in QUESTIONS) == 1
        assert any(question.private and question.hide_name for question in QUESTIONS)

    def test_reach_many_offices(self) -> None:
        routing = Routing(
            {entry.code: Route(entry.code, entry.office, entry.protected) for entry in DISTRICT.categories},
            {office.code for office in DISTRICT.offices},
            DISTRICT.triage.code,
        )
        assert len({routing.route(question.category).office for question in QUESTIONS}) >= 11
