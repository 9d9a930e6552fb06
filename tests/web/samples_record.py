"""The record and the reports with believable contents."""

from __future__ import annotations

from dataclasses import replace

from kachehri.i18n import Words
from kachehri.reports.rates import Rate
from web.cards import Choice
from web.proof_shapes import Proven, VerifyPage
from web.report_shapes import OldestRow, ReportGroup, ReportPage, ReportRow

NOW = 1_767_589_200_000
KEY = "0ipoPbyDxqu+Y4WFzgsUWgfH0G4cvlTaNqDwLrH3j6w="
NAMES = {
    "ur": ("پبلک ہیلتھ انجینئرنگ، بہاولنگر", "محکمہ شاہرات", "تحصیل میونسپل انتظامیہ، چشتیاں"),
    "en": ("Public Health Engineering, Bahawalnagar", "Highways Department", "Municipal Administration, Chishtian"),
}
TITLE = {"ur": "ڈپٹی کمشنر کی کھلی کچہری: پینے کا پانی اور سڑکیں", "en": "Drinking water and roads"}
TOPIC = {"ur": "پینے کا پانی نہیں آ رہا · چک 57", "en": "No drinking water · Chak 57"}
HOUSE = {"ur": "دفتر ڈپٹی کمشنر بہاولنگر", "en": "Deputy Commissioner's office, Bahawalnagar"}
AGES = ("to3", "to7", "to15", "to30", "to60", "over", "all")


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    code = words.language.code
    form = VerifyPage(key=KEY, signed_at=NOW, entries=500)
    proven = Proven("2640718822", "abcdefgh", TITLE[code], NOW, 117, NOW)
    wrong = {"number": words.plain("verify.number_wrong"), "code": words.plain("verify.code_wrong")}
    days = (Choice("2026-11-21", words.dates.day(NOW)), Choice("2026-11-20", words.dates.day(NOW - 86_400_000)))
    ageing = ReportPage(
        name="ageing",
        columns=AGES,
        groups=(ReportGroup("", tuple(_ages(words))),),
        whole=ReportRow(words.plain("report.all"), (31, 22, 40, 18, 9, 4, 124), (25, 17.74, 32.26, 14.52, 7.26, 3.22)),
        oldest=(OldestRow("2640718822", NAMES[code][0], 83), OldestRow("2640718835", NAMES[code][1], 61)),
        made_at=NOW,
        day="",
        days=days,
        house=HOUSE[code],
        drawn=AGES[:-1],
    )
    small = (7, Rate(3, 4), Rate(5, 6), Rate(6, 6), Rate(4, 4), None)
    large = (140, Rate(66, 120), Rate(90, 131), Rate(101, 131), Rate(117, 120), 71)
    offices = replace(
        ageing,
        name="offices",
        columns=("tickets", "confirmed", "on_time", "not_disputed", "not_forced", "score"),
        groups=(
            ReportGroup(words.plain("report.size.large"), (ReportRow(NAMES[code][0], large),)),
            ReportGroup(words.plain("report.size.small"), (ReportRow(NAMES[code][2], small),)),
        ),
        whole=None,
        oldest=(),
        drawn=(),
        day="2026-11-20",
    )
    causes = replace(
        offices,
        name="causes",
        columns=("week", "people", "before", "burst"),
        groups=(ReportGroup("", (ReportRow(TOPIC[code], (23, 19, 2.5, 11.0)),)),),
    )
    return {
        "verify": ("verify.html", form),
        "verify-holds": (
            "verify.html",
            replace(form, proven=proven, number="26-4071-8822", code="3f2a-91bc-77d0-1e42"),
        ),
        "verify-unsigned": ("verify.html", replace(form, proven=replace(proven, signed_at=0), signed_at=0)),
        "verify-wrong": ("verify.html", replace(form, number="12", code="x", errors=wrong)),
        "verify-none": ("verify.html", replace(form, message=words.plain("verify.not_found"))),
        "reports": ("staff/reports.html", ageing),
        "reports-empty": ("staff/reports.html", replace(ageing, groups=(), whole=None, oldest=(), days=())),
        "reports-offices": ("staff/reports.html", offices),
        "reports-causes": ("staff/reports.html", causes),
        "reports-calm": ("staff/reports.html", replace(causes, groups=())),
    }


def _ages(words: Words) -> list[ReportRow]:
    code = words.language.code
    return [
        ReportRow(NAMES[code][0], (20, 12, 30, 10, 9, 4, 85), (23.53, 14.12, 35.29, 11.76, 10.59, 4.71)),
        ReportRow(NAMES[code][1], (11, 10, 10, 8, 0, 0, 39), (28.21, 25.64, 25.64, 20.51, 0, 0)),
    ]
