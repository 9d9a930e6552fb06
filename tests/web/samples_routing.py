"""Posts, rules and what they leave open, with believable contents."""

from __future__ import annotations

from kachehri.i18n import Words
from kachehri.tickets.chart import about_office
from web.cards import AreaGroup, Choice
from web.post_shapes import OfficePosts, PostingRow, PostPage, PostRow, PostsPage, PostValues, TakeValues
from web.routing_shapes import (
    ConcernedPage,
    EmptyRow,
    Found,
    GroupRules,
    HoleRow,
    HolesPage,
    RoutingPage,
    RulePage,
    RuleRow,
    RuleValues,
    ShiftRow,
    TopicRules,
    TrialView,
    TryValues,
)

NOW = 1_767_589_200_000
DAY = 86_400_000


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    ur = words.language.code == "ur"

    def say(urdu: str, english: str) -> str:
        return urdu if ur else english

    water, desk = say("پبلک ہیلتھ انجینئرنگ", "Public Health Engineering"), say("کچہری ڈیسک", "Kachehri Desk")
    xen, sdo = say("ایکسین پبلک ہیلتھ", "Executive Engineer"), say("ایس ڈی او نور گڑھ", "SDO Noorgarh")
    dc = say("ڈپٹی کمشنر", "Deputy Commissioner")
    vacant = PostRow("sdo-n", sdo, to=xen)
    away = PostRow("sdo-m", say("ایس ڈی او مہر آباد", "SDO Mehrabad"), away="Bilal", away_until=NOW + 9 * DAY, to=xen)
    acting = PostRow("sub", say("سب انجینئر", "Sub-Engineer"), "حنا اقبال", "acting", NOW, NOW + 30 * DAY)
    head = PostRow("xen", xen, "آصف محمود", "holds", NOW, above=dc, login=True, head=True, below=(vacant, away, acting))
    chief = PostRow("dc", dc, "سلمیٰ جاوید", "holds", NOW, login=True, head=True)
    posts = PostsPage(
        (OfficePosts("desk", desk, True, (chief,)), OfficePosts("water", water, False, (head,))),
        (say("سوئی گیس دفتر", "Gas Company Office"), say("محکمہ انہار", "Irrigation Department")),
        5,
        2,
    )
    offices = (Choice("desk", desk), Choice("water", water))
    above = (AreaGroup(desk, (Choice("dc", dc),)), AreaGroup(water, (Choice("xen", xen),)))
    people = (
        PostingRow("a", "حنا اقبال", "acting", "now", NOW, NOW + 9 * DAY, "hina"),
        PostingRow("b", "رفیق حسین", "away", "now", NOW, 0),
        PostingRow("c", "Nasreen", "holds", "later", NOW + 40 * DAY, 0),
    )
    post = PostPage(
        PostValues("water", "ایس ڈی او", "SDO Noorgarh", "xen"),
        offices,
        above,
        "sdo-n",
        sdo,
        water,
        acting,
        people,
        (PostingRow("d", "Bilal Ahmad", "holds", "over", NOW - 400 * DAY, NOW - DAY),),
        (Choice("1", "Asif (asif)"),),
        line=((xen, "آصف محمود"), (dc, "")),
        today="2026-01-05",
        saved="holds",
        undo="take.x.y",
    )
    wrong = PostPage(
        PostValues("", "", "", "", "Bad code"),
        offices,
        above,
        errors={
            "title_ur": words.plain("lists.no_name"),
            "office": words.plain("lists.no_office"),
            "code": words.plain("lists.code", code="Bad code"),
        },
    )
    no_days = PostPage(
        PostValues("water", "ایس ڈی او", "SDO"),
        offices,
        above,
        "sdo-n",
        sdo,
        water,
        vacant,
        take=TakeValues("holds", "", "", "2026-05-05", "2026-05-01"),
        errors={"name": words.plain("posts.no.posting_who"), "until": words.plain("posts.no.posting_days")},
    )
    dry, dirty = say("پانی نہیں آ رہا", "No water"), say("گندا پانی", "Dirty water")
    noorgarh, everywhere = say("تحصیل نور گڑھ", "Tehsil Noorgarh"), words.plain("routing.everywhere")
    to = words.plain("routing.to_post", post=sdo, office=water)
    rules = (
        TopicRules(
            words.plain("routing.all_of", group=say("پانی", "Water")), (RuleRow(to, noorgarh, "r1"),), whole=True
        ),
        TopicRules(
            dry,
            (
                RuleRow(to, noorgarh, "r2", "later", NOW + 30 * DAY),
                RuleRow(xen, everywhere, "r3", "over", 0, NOW - DAY),
                RuleRow(water),
            ),
        ),
        TopicRules(dirty, (RuleRow(water),), private=True),
    )
    topics = (AreaGroup(say("پانی", "Water"), (Choice("water_none", dry), Choice("water_dirty", dirty))),)
    places = (AreaGroup(noorgarh, (Choice("uc-57", say("چک 57 فتح", "Chak 57 Fateh")),)),)
    targets = (AreaGroup(water, (Choice("o.water", water), Choice("p.sdo-n", sdo))),)
    abouts = (AreaGroup(water, (Choice(about_office("water"), water), Choice("xen", xen))),)
    rule = words.plain("routing.rule_of", topic=dry, place=noorgarh, to=to)
    found = Found(
        words.plain("routing.to_post", post=dc, office=desk),
        "سلمیٰ جاوید",
        (
            (False, words.t("routing.step.rule.concerned", rule=rule)),
            (False, words.t("routing.step.category.concerned", to=water)),
            (True, words.t("routing.step.around.applies", to=dc)),
            (False, words.t("routing.step.rule.elsewhere", 3)),
        ),
    )
    group = GroupRules("water", say("پانی", "Water"), "water", 3, rules)
    quiet = GroupRules("gas", say("گیس", "Gas"), "gas", 0, (TopicRules(say("گیس بند", "No gas"), (RuleRow(water),)),))
    routing = RoutingPage(
        (group, quiet), topics, places, abouts, TryValues("water_none", "uc-57", "xen"), found, 3, 1, 2, "new", 7
    )
    bare = RoutingPage((quiet,), topics, places, abouts, TryValues(), saved="not_last")
    holes = HolesPage(
        (
            HoleRow(dry, "water_none", "office_gone", True),
            HoleRow(dirty, "water_dirty", "no_office", False, (noorgarh, say("شاہ والا", "Shahwala")), 3),
        ),
        (EmptyRow(to, 3, "/posts/sdo-n", xen), EmptyRow(say("محکمہ انہار", "Irrigation"), 1, "/posts/new")),
    )
    values = RuleValues("c.water_none", "uc-57", "p.sdo-n", "2026-01-05", "2026-06-30")
    subjects = (AreaGroup(say("پانی", "Water"), (Choice("g.water", words.plain("routing.all_of", group="")),)),)
    shifts = (ShiftRow(words.plain("routing.what_where", topic=dry, place=noorgarh), water, to, 7, "2640718822"),)
    trial = TrialView(rule, 412, 9, shifts, 2)
    told = {"what": words.plain("routing.no.twice"), "until": words.plain("routing.no.days")}
    return {
        "posts": ("staff/posts.html", posts),
        "posts-none": ("staff/posts.html", PostsPage((), (desk, water), 0, 0)),
        "post": ("staff/post.html", post),
        "post-wrong": ("staff/post.html", wrong),
        "post-days": ("staff/post.html", no_days),
        "routing": ("staff/routing.html", routing),
        "routing-bare": ("staff/routing.html", bare),
        "routing-holes": ("staff/routing_holes.html", holes),
        "routing-whole": ("staff/routing_holes.html", HolesPage((), ())),
        "routing-rule": ("staff/routing_rule.html", RulePage(values, subjects, places, targets, "r1", None, told)),
        "routing-trial": ("staff/routing_rule.html", RulePage(values, subjects, places, targets, "", trial)),
        "concerned-question": (
            "staff/concerned.html",
            ConcernedPage("2640718822", abouts, "", "k" * 22, path="/sessions/s/about/q", back="/mod/s"),
        ),
        "concerned": ("staff/concerned.html", ConcernedPage("2640718822", abouts, "xen", "k" * 22)),
    }
