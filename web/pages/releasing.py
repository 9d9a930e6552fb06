"""Whether everybody may read the masked words of what a program filed: a moderator reads them first."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kachehri import filing
from kachehri.i18n.digits import only_digits
from kachehri.store import Connection
from kachehri.store.tables import Account
from web import forms
from web.house import house_of, see
from web.staff import guarded
from web.ticket_reading import found_in


@guarded("ticket.release")
async def post(request: Request, account: Account) -> Response:
    """POST /tickets/{reference}/words: `do` is show or hide."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    reference = only_digits(request.path_params["reference"][:32])
    if fields.get("do") not in ("show", "hide"):
        raise forms.FormRefused(400)

    def write(conn: Connection, now: int) -> None:
        filing.release(conn, now, found_in(conn, account, reference, now), account.id, shown=fields["do"] == "show")

    await house.write(write)
    return see(f"/tickets/{reference}")
