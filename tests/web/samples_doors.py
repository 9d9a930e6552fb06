"""The pages about programs of others with believable contents."""

from __future__ import annotations

from dataclasses import replace

from kachehri.api_keys import SCOPES
from kachehri.i18n import Words
from tests.web.samples_people import DAY, NOW
from web.api.reading import OPERATIONS
from web.developers_shapes import DevelopersPage
from web.keys_shapes import FreshApiKey, KeyRow, KeysPage, KeyValues
from web.pages.keys import faults, usual

ADDRESS = "https://kachehri.bahawalnagar.example"
PORTAL = {"ur": "پنجاب شہری پورٹل", "en": "Citizen portal of the province"}
TOWN = {"ur": "میونسپل کمیٹی کی ایپ", "en": "Application of the municipal committee, second try after the move"}


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    code = words.language.code
    who = {"ur": "نائلہ اختر", "en": "Naila Akhtar"}[code]
    rows = (
        KeyRow("k1", PORTAL[code], ("file", "updates"), NOW - 40 * DAY, who, 1_203, 30, 500, used_at=NOW),
        KeyRow("k2", TOWN[code], ("file",), NOW - DAY, who, 0, 600, 50_000),
    )
    gone = (replace(rows[1], id="k3", revoked_at=NOW - DAY),)
    page = KeysPage(rows=rows, gone=gone, values=usual(), scopes=SCOPES)
    fresh = FreshApiKey(PORTAL[code], "kch_f3Vd0uXbQ2mZk5xPq7LrAw1yTnCe8sHj", f"{ADDRESS}/open311/v2")
    bad = KeyValues(name="", scopes=(), per_minute="0", per_day="x")
    operations = tuple((each.path, each.name) for each in OPERATIONS)
    return {
        "keys": ("staff/keys.html", page),
        "keys-fresh": ("staff/keys.html", replace(page, fresh=fresh)),
        "keys-empty": ("staff/keys.html", replace(page, rows=(), gone=())),
        "keys-errors": ("staff/keys.html", replace(page, values=bad, errors=faults(bad, words))),
        "keys-revoked": ("staff/keys.html", replace(page, message=words.plain("programs.revoked"))),
        "developers": ("developers.html", DevelopersPage(ADDRESS, 600, "1991", operations)),
    }
