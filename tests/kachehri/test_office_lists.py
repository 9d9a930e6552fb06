"""Files with an office's lists: every mistake with its line, every habit of Excel, and all of it or nothing."""

from __future__ import annotations

import codecs

import pytest

from kachehri import offices, spreadsheets, staff
from kachehri.office_lists import COLUMNS, REQUIRED, Book, Kind, check
from kachehri.routing import routing
from kachehri.spreadsheets import Row, Unreadable
from kachehri.store import Store, district

OFFICES = "code,name_ur,name_en,triage\ndesk,ڈیسک,Desk,yes\nwater,پانی,Water,\n"


def looked(kind: Kind, text: str | bytes, book: Book | None = None) -> list[tuple[int, str]]:
    """(line, code) of everything that is wrong."""
    content = text if isinstance(text, bytes) else text.encode()
    try:
        table = spreadsheets.read(content, COLUMNS[kind], REQUIRED[kind])
    except Unreadable as unreadable:
        return [(fault.line, fault.code) for fault in unreadable.faults]
    return [(fault.line, fault.code) for fault in check(kind, table.rows, book or Book()).faults]


DESK = {"code": "desk", "name_ur": "ڈیسک", "name_en": "Desk", "parent": "", "triage": "yes"}
BOOK = Book({"offices": {"desk": DESK}})


class TestFile:
    @pytest.mark.parametrize(
        ("content", "encoding", "guessed"),
        [
            (OFFICES.encode(), "UTF-8", False),
            (codecs.BOM_UTF8 + OFFICES.encode(), "UTF-8", False),
            (codecs.BOM_UTF16_LE + OFFICES.replace(",", "\t").encode("utf-16-le"), "UTF-16-LE", False),
            (codecs.BOM_UTF16_BE + OFFICES.encode("utf-16-be"), "UTF-16-BE", False),
            (OFFICES.encode("utf-16-le"), "UTF-16-LE", True),
            (OFFICES.replace("ی", "ي").replace(",", ";").encode("cp1256"), "Windows-1256", True),
            (OFFICES.replace("\n", "\r\n").encode(), "UTF-8", False),
        ],
    )
    def test_is_read_however_an_office_saved_it(self, content: bytes, encoding: str, guessed: bool) -> None:
        table = spreadsheets.read(content, COLUMNS["offices"], REQUIRED["offices"])
        assert (table.encoding, table.guessed) == (encoding, guessed)
        assert [row.line for row in table.rows] == [2, 3]
        assert table.rows[0].cells["name_ur"] == "ڈیسک" and table.rows[1].cells["name_ur"] == "پانی"

    @pytest.mark.parametrize(
        ("content", "faults"),
        [
            (b"", [(0, "empty")]),
            (b"\xff\xfe", [(0, "empty")]),
            (b"PK\x03\x04rest", [(0, "workbook")]),
            (b"\xff\xfe\x00\xd8", [(0, "no_text")]),
            (b"a\x00b\x00c", [(0, "no_text")]),
            (b"x" * (spreadsheets.FILE_MOST + 1), [(0, "too_big")]),
            ("code,name\n1,2", [(1, "column_missing"), (1, "column_missing"), (1, "column_unknown")]),
            ("\n\nname_ur,name_en,name_en\n", [(3, "column_twice")]),
            ('name_ur,name_en\nا,"open\n', [(2, "quote")]),
            ("name_ur,name_en\nپانی,Water,more\n", [(2, "too_many_cells")]),
        ],
    )
    def test_that_cannot_be_used_says_why(self, content: str | bytes, faults: list[tuple[int, str]]) -> None:
        assert looked("offices", content) == faults

    def test_lines_are_those_that_a_person_sees(self) -> None:
        text = 'name_ur,name_en,triage\n\n"دو\nسطریں","Two\nlines",yes\n,,\n'
        table = spreadsheets.read(text.encode(), COLUMNS["offices"], REQUIRED["offices"])
        assert [(row.line, row.cells["name_en"]) for row in table.rows] == [(3, "Two lines")]


class TestRules:
    @pytest.mark.parametrize(
        ("rows", "faults"),
        [
            ("desk,a,A,,yes\nw,,,,", [(3, "no_code"), (3, "no_name")][1:]),
            (",a,,,yes", [(2, "no_code")]),
            ("Desk Two,a,A,,yes", [(2, "code")]),
            ("desk,a,A,,yes\nw,b,B,,\nw,c,C,,", [(4, "twice")]),
            ("desk,a,A,,yes\nw,b,B,nobody,", [(3, "unknown")]),
            ("desk,a,A,,yes\nw,b,B,w,", [(3, "own_parent")]),
            ("desk,a,A,,yes\nw,b,B,v,\nv,c,C,w,", [(3, "circle"), (4, "circle")]),
            ("desk,a,A,,yes\nw,b,B,,yes", [(3, "two_triage")]),
            ("desk,a,A,,\nw,b,B,,", [(0, "no_triage")]),
            ("desk,a,A,,perhaps", [(0, "no_triage"), (2, "yes_no")]),
            (f"desk,{'a' * 121},A,,yes", [(2, "long")]),
        ],
    )
    def test_offices(self, rows: str, faults: list[tuple[int, str]]) -> None:
        assert looked("offices", f"code,name_ur,name_en,parent,triage\n{rows}\n") == faults

    @pytest.mark.parametrize(
        ("kind", "head", "row", "faults"),
        [
            ("categories", "code,name_ur,name_en,office,days", "dry,خشک,Dry,water,7", [(2, "unknown")]),
            ("categories", "code,name_ur,name_en,office,days", "dry,خشک,Dry,desk,400", [(2, "days")]),
            ("categories", "code,name_ur,name_en,days", "dry,خشک,Dry,soon", [(2, "days")]),
            ("categories", "code,name_ur,name_en,days", "dry,خشک,Dry,7²", [(2, "days")]),
            ("categories", "code,name_ur,name_en,protected", "dry,خشک,Dry,maybe", [(2, "yes_no")]),
            ("posts", "office,title_ur,title_en", ",ڈی سی,DC", [(2, "no_office")]),
            ("posts", "office,title_ur,title_en", "nobody,ڈی سی,DC", [(2, "unknown")]),
            ("areas", "code,kind,name_ur,name_en,parent", "uc,big area,یوسی,UC,", [(2, "code")]),
        ],
    )
    def test_the_other_lists(self, kind: Kind, head: str, row: str, faults: list[tuple[int, str]]) -> None:
        assert looked(kind, f"{head}\n{row}\n", BOOK) == faults

    def test_every_mistake_is_told_at_once_in_the_order_of_the_lines(self) -> None:
        text = "code,name_ur,name_en,parent\nA B,a,A,\nw,,,\nw,b,B,x\n"
        assert [line for line, _ in looked("offices", text, BOOK)] == [2, 3, 4]

    def test_nobody_has_to_invent_codes(self) -> None:
        rows = [Row(2, {"name_en": "Public Health", "name_ur": ""}), Row(3, {"name_en": "Public Health"})]
        checked = check("offices", rows, BOOK)
        assert [entry["code"] for entry in checked.entries] == ["public-health", "public-health-2"]

    def test_parents_come_first_whatever_the_order_of_the_file(self) -> None:
        rows = [Row(2, {"code": "c", "name_en": "C", "parent": "b"}), Row(3, {"code": "b", "name_en": "B"})]
        assert [entry["code"] for entry in check("offices", rows, BOOK).entries] == ["b", "c"]

    def test_it_is_said_what_would_change(self) -> None:
        rows = [Row(2, DESK), Row(3, {"code": "w", "name_en": "W"})]
        checked = check("offices", rows, BOOK)
        assert (checked.new, checked.changed, checked.same) == (1, 0, 1)
        assert check("offices", [Row(2, {**DESK, "name_en": "Other"})], BOOK).changed == 1


class TestStore:
    @pytest.fixture
    def store(self, migrated_url: str) -> Store:
        return Store(migrated_url)

    def bring(self, store: Store, kind: Kind, text: str) -> None:
        with store.write() as conn:
            table = spreadsheets.read(text.encode(), COLUMNS[kind], REQUIRED[kind])
            checked = check(kind, table.rows, offices.book(conn))
            assert not checked.faults, checked.faults
            offices.write(conn, kind, checked.entries, store.now(conn))

    def test_what_is_taken_out_comes_back_the_same(self, store: Store) -> None:
        self.bring(store, "offices", OFFICES)
        self.bring(store, "posts", "code,office,title_ur,title_en,holder\nxen,water,ایکسین,XEN,Asif Ali\n")
        self.bring(
            store, "categories", "code,group,name_ur,name_en,office,days,protected,keywords\n"
            "dry,water,خشک,No water,water,7,no,پانی|nalka\nbribe,private,رشوت,Bribe,,10,yes,\n"
        )  # fmt: skip
        self.bring(store, "areas", "code,kind,name_ur,name_en,parent\nuc1,uc,چک,Chak,t1\nt1,tehsil,تحصیل,Tehsil,\n")
        with store.read() as conn:
            before = offices.book(conn)
        for kind, columns in COLUMNS.items():
            content = spreadsheets.write(columns, list(before.of(kind).values()))
            table = spreadsheets.read(content, columns, REQUIRED[kind])
            checked = check(kind, table.rows, before)
            assert not checked.faults and checked.same == len(before.of(kind)) > 0, kind
            self.bring(store, kind, content.decode("utf-8-sig"))
        with store.read() as conn:
            assert offices.book(conn) == before
            assert [area.path for area in district.all_areas(conn)] == ["t1/", "t1/uc1/"]
            assert [room.office_id for room in district.rooms(conn)] == ["desk"]
            route = routing(conn, 0).route("dry")
        assert (route.office, route.why) == ("water", "category")
        store.close()

    def test_a_retired_office_leaves_its_topics_to_the_desk_and_can_come_back(self, store: Store) -> None:
        self.bring(store, "offices", OFFICES)
        self.bring(store, "categories", "code,name_ur,name_en,office\ndry,خشک,Dry,water\n")
        with store.write() as conn:
            assert offices.retire(conn, "offices", "desk", 1) == "triage_stays"
            assert offices.retire(conn, "offices", "water", 1) == ""
        with store.read() as conn:
            assert (routing(conn, 0).route("dry").office, routing(conn, 0).route("dry").why) == ("desk", "office_gone")
        self.bring(store, "offices", "code,name_ur,name_en\nwater,پانی,Water\n")
        with store.read() as conn:
            assert routing(conn, 0).route("dry").office == "water"
        with store.write() as conn:
            assert offices.retire(conn, "categories", "dry", 1) == ""
            assert routing(conn, 0).route("dry").why == "unknown_category"
        store.close()

    def test_another_office_may_become_the_desk_that_sorts(self, store: Store) -> None:
        self.bring(store, "offices", OFFICES)
        self.bring(store, "offices", "code,name_ur,name_en,triage\nwater,پانی,Water,yes\n")
        with store.read() as conn:
            assert offices.book(conn).triage == "water"
        store.close()

    def test_who_holds_a_post_is_kept_with_its_times(self, store: Store) -> None:
        self.bring(store, "offices", OFFICES)
        for holder in ("Asif Ali", "Asif Ali", "Nasreen", ""):
            self.bring(store, "posts", f"code,office,title_ur,title_en,holder\nxen,water,ایکسین,XEN,{holder}\n")
        with store.read() as conn:
            assert district.holders(conn) == [] and offices.book(conn).of("posts")["xen"]["holder"] == ""
        with store.write() as conn:
            assert offices.retire(conn, "posts", "xen", 1) == ""
        with store.read() as conn:
            assert not offices.book(conn).of("posts")
        store.close()

    def test_an_account_may_sit_on_a_post_and_act_on_another(self, store: Store) -> None:
        staff.add(store, "asif", "Asif Ali", "officer", "tall-grass-by-the-canal")
        self.bring(store, "offices", OFFICES)
        head = "code,office,title_ur,title_en,reports_to,holder,login,acting,acting_login\n"
        rows = "xen,water,ایکسین,XEN,,,asif,,\nsdo,water,ایس ڈی او,SDO,xen,Nasreen,,,asif\n"
        self.bring(store, "posts", head + rows)
        with store.read() as conn:
            found = offices.book(conn).of("posts")
            assert (found["xen"]["holder"], found["xen"]["login"]) == ("Asif Ali", "asif")
            assert (found["sdo"]["holder"], found["sdo"]["acting"], found["sdo"]["acting_login"]) == (
                "Nasreen",
                "Asif Ali",
                "asif",
            )
            wrong = check(
                "posts", [Row(2, {"office": "water", "title_en": "X", "login": "nobody"})], offices.book(conn)
            )
            assert [(each.line, each.code) for each in wrong.faults] == [(2, "unknown")]
        store.close()

    def test_places_of_other_maps_come_in_one_file_in_any_order(self, store: Store) -> None:
        head = "code,name_ur,name_en,parent,tree,police\n"
        self.bring(store, "areas", head + "v,و,V,t,,ps\nt,ت,T,,,\nps,تھانہ,Station,,police,\nbeat,بیٹ,Beat,ps,,\n")
        with store.read() as conn:
            found = offices.book(conn).of("areas")
            assert {code: cells["tree"] for code, cells in found.items()} == {
                "v": "revenue",
                "t": "revenue",
                "ps": "police",
                "beat": "police",
            }
            assert (found["v"]["police"], found["v"]["electricity"]) == ("ps", "")
            book = offices.book(conn)
        for cells, code in (
            ({"tree": "moon"}, "tree"),
            ({"parent": "ps", "tree": "revenue"}, "other_tree"),
            ({"electricity": "ps"}, "not_in_tree"),
            ({"police": "nowhere"}, "unknown"),
        ):
            faults = check("areas", [Row(2, {"name_en": "X", **cells})], book).faults
            assert code in {each.code for each in faults}, cells
        store.close()

    def test_a_place_that_moves_takes_along_what_is_in_it(self, store: Store) -> None:
        self.bring(store, "areas", "code,kind,name_ur,name_en,parent\na,t,ا,A,\nb,t,ب,B,\nc,uc,پ,C,b\nd,v,ت,D,c\n")
        self.bring(store, "areas", "code,kind,name_ur,name_en,parent\nc,uc,پ,C,a\n")
        with store.read() as conn:
            assert {area.id: area.path for area in district.all_areas(conn)}["d"] == "a/c/d/"
        store.close()


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+92", "@SUM", "\u2066=1", "'=quoted", "a;=1", "پانی"])
def test_a_list_that_goes_out_holds_no_formula_and_comes_back_as_it_was(name: str) -> None:
    written = spreadsheets.write(["code", "name_en"], [{"code": "x", "name_en": name}])
    (cell,) = [line.split(b",", 1)[1].strip(b'"') for line in written.splitlines()[1:]]
    assert not cell.decode().lstrip("\u2066").startswith(("=", "+", "@"))
    assert spreadsheets.read(written, ["code", "name_en"], ["code"]).rows[0].cells["name_en"] == name
