"""The screens on which somebody is told and says how: a promise that is read back, and how she is reached.

Cells like those of state_matrix.py, walked by the same test.
"""

from __future__ import annotations

from typing import Final

from kachehri.store import StoreError
from rooms.lifecycle import CloseSession
from rooms.outcomes import NoteOutcome
from tests.web.state_matrix import HOME
from tests.web.state_matrix_scene import Cell, Make, Scene
from tests.web.state_matrix_ways import admit, without_a_line

ORDER: Final = "نیا پمپ لگے گا"
CHANGED: Final = "نیا پمپ اور نئی موٹر"


async def promised(scene: Scene) -> str:
    """Something was promised to this phone; the page on which it is read back."""
    start = await scene.hearing()
    await scene.asked()
    await scene.desk(admit(scene))
    await order(scene, ORDER)
    return f"{start}/promise"


async def order(scene: Scene, words: str) -> None:
    await scene.desk(
        NoteOutcome(question=scene.question, outcome="ordered", office="water", due="2030-03-01", note=words)
    )


def says(said: str) -> Make:
    async def make(scene: Scene) -> str:
        path = await promised(scene)
        await scene.phone.get(path)
        await scene.phone.post(path, said=said)
        return path

    return make


async def over(scene: Scene) -> str:
    path = await promised(scene)
    await scene.closed(CloseSession())
    return path


async def nothing_promised(scene: Scene) -> str:
    start = await scene.hearing()
    await scene.asked()
    return f"{start}/promise"


async def put_otherwise(scene: Scene) -> str:
    """The words were written anew while she had the old ones before her eyes."""
    path = await promised(scene)
    await scene.phone.get(path)
    await order(scene, CHANGED)
    await scene.phone.post(path, said="yes")
    return ""


async def promise_broken(scene: Scene) -> str:
    path = await promised(scene)

    def broken(*_: object) -> None:
        raise StoreError("io")

    scene.patch.setattr("web.pages.promises.promising.noted", broken)
    return path


def contact(*, phone: str = "0301-2345678", close: bool = False, **fields: str) -> Make:
    """Her page of how she is reached, after she has sent it with these fields, if any."""

    async def make(scene: Scene) -> str:
        await scene.hearing()
        await scene.asked(phone=phone)
        if close:
            await scene.closed()
        path = f"{scene.receipt}/notices"
        if not fields:
            return path
        await scene.phone.get(path)
        await scene.phone.post(path, **{"language": scene.language, "hours": "", **fields})
        return ""

    return make


async def erased(scene: Scene) -> str:
    path = await contact()(scene)
    await scene.phone.get(f"{scene.receipt}/mine")
    await scene.phone.post(f"{scene.receipt}/erase", sure="1")
    return path


async def contact_broken(scene: Scene) -> str:
    path = await contact()(scene)
    scene.broken(StoreError("io"))
    return path


READ_BACK, CONTACT = 'action="/s/{session}/promise"', 'action="{receipt}/notices"'
CELLS: Final = (
    Cell("read back", "loading", promised, ("promise.ask", "promise.yes", "promise.no"), (ORDER, READ_BACK)),
    Cell("read back", "yes", says("yes"), ("promise.said_yes",), (ORDER,), (READ_BACK,)),
    Cell("read back", "not like this", says("no"), ("promise.said_no",), (ORDER,), (READ_BACK,)),
    Cell("read back", "changed", put_otherwise, ("refused.order_changed",), (HOME,), status=409),
    Cell("read back", "empty", nothing_promised, ("live.no_js",), ('data-page="live"',), (READ_BACK,)),
    Cell("read back", "ended", over, ("promise.title",), (ORDER,), (READ_BACK,)),
    Cell("read back", "offline", without_a_line("{start}/promise"), ("offline.title",), browser=True),
    Cell("read back", "server error", promise_broken, ("error.503", "error.503_more"), status=503),
    Cell("contact", "loading", contact(), ("contact.sms", "contact.plain", "contact.hours"), (CONTACT,)),
    Cell("contact", "empty", contact(phone=""), ("contact.no_phone", "contact.plain"), (CONTACT,), ('name="sms"',)),
    Cell("contact", "saved", contact(sms="1", plain="1"), ("contact.saved",), (CONTACT,)),
    Cell("contact", "mistyped", contact(email="nobody"), ("contact.email_wrong",), (CONTACT, "nobody"), status=422),
    Cell("contact", "ended", contact(close=True), ("contact.title", "contact.save"), (CONTACT,)),
    Cell("contact", "erased", erased, ("error.404", "error.404_more"), (HOME,), status=404),
    Cell("contact", "offline", without_a_line("{receipt}/notices"), ("offline.title",), browser=True),
    Cell("contact", "server error", contact_broken, ("error.503", "error.503_more"), status=503),
)
NEVER: Final[dict[tuple[str, str], str]] = {
    **{
        (screen, state): why
        for screen in ("read back", "contact")
        for state, why in (
            ("reconnecting", "it has no live line of its own"),
            ("mic denied", "nobody speaks here"),
            ("full", "a page is no live line"),
            ("banned", "whoever is barred keeps her questions and what was promised on them"),
        )
    }
}
