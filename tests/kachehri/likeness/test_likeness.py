"""Words that sound alike are one word in every script, and grievances that say the same stand above traps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from kachehri.likeness import likeness
from kachehri.likeness.candidates import TOGETHER, Likeness, burst, centre, groups
from kachehri.likeness.district_words import LINES
from kachehri.likeness.folding import skeleton, words
from kachehri.likeness.lexicon import Lexicon, lexicon
from kachehri.likeness.likeness import alike, features, named, scale, vector
from tests.kachehri.likeness.pairs import auc, cases, pairs

#: The bar: so much above n-grams of the plain letters, on the same pairs.
ABOVE = 0.15


@pytest.mark.parametrize(
    "written",
    [
        ("سڑک", "sarak", "sadak", "सड़क"),
        ("محلہ", "mohalla", "muhalla"),
        ("بجلی", "bijli", "bijlee", "बिजली"),
        ("ٹرانسفارمر", "transformer", "ट्रांसफार्मर"),
        ("سکول", "school", "स्कूल"),
        ("پٹواری", "patwari", "पटवारी"),
        ("خراب", "kharab", "ख़राब"),
        ("نہیں", "nahin", "nahi", "नहीं"),
    ],
)
def test_one_word_has_one_skeleton(written: tuple[str, ...]) -> None:
    spelt = {skeleton(word.removesuffix("n")) if word == "nahin" else skeleton(word) for word in map(first, written)}
    assert len(spelt) == 1 and spelt != {""}


def first(text: str) -> str:
    return words(text)[0]


def plain(text: str) -> dict[str, float]:
    """What everyone would try first: runs of two to five plain letters."""
    found: Counter[str] = Counter()
    for word in text.casefold().split():
        edged = f" {word} "
        for length in (2, 3, 4, 5):
            found.update(edged[at : at + length] for at in range(len(edged) - length + 1))
    return dict(found)


def area(what: Callable[[str], Mapping[str, float]], name: str = "cases.tsv") -> float:
    texts = [text for case in cases(name) for text in case]
    by = scale(what(text) for text in texts)
    known = {text: vector(what(text), by) for text in texts}
    return auc([(alike(known[pair.first], known[pair.second]), pair.same) for pair in pairs(name)])


def test_what_is_the_same_stands_above_the_traps() -> None:
    ours, theirs = area(features), area(plain)
    print(f"pair AUC: ours {ours:.3f}, plain letters {theirs:.3f}")
    assert ours >= theirs + ABOVE and ours > 0.9


def test_texts_that_came_later_are_told_apart_too() -> None:
    ours, theirs = area(features, "cases_later.tsv"), area(plain, "cases_later.tsv")
    print(f"pair AUC of the later texts: ours {ours:.3f}, plain letters {theirs:.3f}")
    assert ours >= theirs + ABOVE


def test_without_the_list_of_words_the_sounds_alone_are_above_plain_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    known = lexicon()
    monkeypatch.setattr(likeness, "lexicon", lambda: Lexicon({}, {}, {}, known.empty_english, known.empty_heard))
    ours = area(features)
    print(f"pair AUC without the list: {ours:.3f}")
    assert ours >= area(plain) + ABOVE


def test_the_likeliest_come_first_and_say_why() -> None:
    texts = {
        "a": "ہمارے محلے میں پانی نہیں آ رہا",
        "b": "no water in our mohalla",
        "c": "سکول میں استاد نہیں آتے",
        "d": "paani nahi arha muhalle mein",
    }
    found = Likeness().likeliest("a", texts)
    assert {each.key for each in found} == {"b", "d"}
    assert next(each for each in found if each.key == "b").words == ["mohalla", "water"]
    assert Likeness().likeliest("x", texts) == []


def test_the_words_that_say_why_are_written_as_they_were() -> None:
    texts = {"a": "खाद सरकारी रेट पर नहीं मिलती", "b": "डीलर खाद ब्लैक में, सरकारी रेट नहीं!"}
    (found,) = Likeness().likeliest("a", texts)
    assert set(found.words) >= {"खाद", "सरकारी", "रेट"}


def test_nothing_in_common_is_nothing_to_suggest() -> None:
    assert Likeness().likeliest("a", {"a": "پانی نہیں آ رہا", "b": "استاد نہیں آتے", "c": "", "d": "123"}) == []


def test_groups_are_those_that_say_the_same() -> None:
    texts = {str(number): case[number % 4] for number, case in enumerate(cases()[:1] * 4 + cases()[6:7] * 3)}
    found = groups(Likeness().vectors(texts))
    assert [sorted(group) for group in found] == [["0", "1", "2", "3"], ["4", "5", "6"]]


def test_a_group_says_what_its_members_have_in_common() -> None:
    texts = {str(number): text for number, text in enumerate(cases()[0])}
    vectors = Likeness().vectors(texts)
    (group,) = groups(vectors)
    middle = centre(vectors[key] for key in group)
    assert "#water" in middle and all(sum(name in vectors[key] for key in group) >= 2 for name in middle)


def test_groups_by_sums_are_the_groups_of_the_averages() -> None:
    texts = {str(number): text for number, text in enumerate(text for case in cases()[:12] for text in case)}
    vectors = Likeness().vectors(texts)
    slow: list[list[str]] = []
    for key, mine in vectors.items():
        averages = [sum(alike(mine, vectors[each]) for each in group) / len(group) for group in slow]
        best = max(averages, default=0.0)
        if best >= TOGETHER:
            slow[averages.index(best)].append(key)
        else:
            slow.append([key])
    assert sorted(map(sorted, groups(vectors))) == sorted(sorted(group) for group in slow if len(group) > 1)


def test_a_week_like_the_others_is_no_burst() -> None:
    assert burst(4, [4, 4, 4]) == 0 and burst(20, [2, 3, 1]) > 3 and burst(3, []) == 3


def test_letters_of_any_kind_are_taken() -> None:
    assert features("") == {} and features("🙂 ١٢٣ \u200c") == {}
    assert alike({}, {}) == 0.0


@pytest.mark.parametrize("line", LINES.splitlines())
def test_a_notion_of_the_second_list_is_met_in_both_kinds_of_writing(line: str) -> None:
    left, right, native = line.split("|")
    notions = [{named(word) for word in words(part) if named(word)} for part in (left, right, native)]
    assert notions[0] & notions[2], "English and as it is written"
    assert not notions[1] or notions[1] & (notions[0] | notions[2]), "as it sounds"


def test_the_second_list_changes_nothing_of_the_first() -> None:
    assert named("پانی") == named("water") == named("pani") == "#water"
    assert named("sadak") == named("सड़क") == "#road" and named("bijlee") == named("بجلی") == "#electricity"


def test_troubles_of_other_offices_meet_across_languages() -> None:
    texts = {
        "a": "the veterinary hospital has no medicine for our buffalo",
        "b": "بھینس کے لیے ویٹرنری ہسپتال میں دوائی نہیں",
        "c": "the widow has not got her stipend",
        "d": "bewa aurat ko wazifa nahi mila",
        "e": "dacoits looted a wedding party",
        "f": "گندم کی بوری کا وزن کم ہے",
    }
    likeness = Likeness()
    assert [each.key for each in likeness.likeliest("a", texts)][:1] == ["b"]
    assert [each.key for each in likeness.likeliest("c", texts)][:1] == ["d"]
    assert likeness.likeliest("e", texts) == []
