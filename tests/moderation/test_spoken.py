"""A number that was said digit by digit is pointed at in every script; what people count with is not."""

from __future__ import annotations

import pytest

from moderation.masking import mask
from moderation.spoken import suspects


def found(text: str) -> list[str]:
    return [text[start:end] for start, end in suspects(text)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("my number is three four two zero one", "three four two zero one"),
        ("میرا نمبر تین چار دو صفر ایک ہے", "تین چار دو صفر ایک"),
        ("mera number teen char do sifar hai", "teen char do sifar"),
        ("मेरा नंबर तीन चार दो शून्य है", "तीन चार दो शून्य"),
        ("نمبر یو دوه درې څلور", "یو دوه درې څلور"),
        ("it ends in double 5, 4 two", "double 5, 4 two"),
        ("۳۴۲۰۱ ۱۲۳", "۳۴۲۰۱ ۱۲۳"),
        ("1234 and 342 013", "342 013"),
    ],
)
def test_points_at_digits_that_were_said(text: str, said: str) -> None:
    assert found(text) == [said]


@pytest.mark.parametrize(
    "text",
    ["", "since 2024", "two or three weeks", "ایک دو تین دن", "paid 45000 rupees", "one, two, and then nothing"],
)
def test_leaves_what_people_count_with(text: str) -> None:
    assert found(text) == []


def test_points_at_what_the_masker_hid() -> None:
    text = mask("call 0301-2345678 or 3 4 2 0 1 9").text
    assert found(text) == ["•••••", "3 4 2 0 1 9"]
