"""The composition root of an HTTP process: makes each part once and hands it to those that need it.

Nothing else in this package makes a service, a bus or a hub. `create_app(settings)` is what `kachehri serve` runs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from kachehri import consents, erasure, keys
from kachehri.alerts import Alerts
from kachehri.allowance import Allowance, Asking
from kachehri.api_keys import Paces
from kachehri.bus import Bus
from kachehri.bus.local import LocalHub
from kachehri.bus.memory import MemoryBus
from kachehri.bus.redis import RedisBus
from kachehri.carrying import Carrying
from kachehri.filing import Filer
from kachehri.house_settings import HouseSettings, from_file
from kachehri.identity import Identity
from kachehri.invited import Invited
from kachehri.inviting import Invitations
from kachehri.notices.service import Notices
from kachehri.papers.press import Press
from kachehri.papers.studio import Studio
from kachehri.people import People
from kachehri.proof.keeping import Keeping
from kachehri.proof.signing import Signer
from kachehri.references import References
from kachehri.reports.snapshots import Snapshots
from kachehri.service import Service
from kachehri.settings import Settings
from kachehri.store import Store, StoreError, check
from kachehri.sweeping import Sweeping
from kachehri.ticket_clock import TicketClock
from kachehri.tickets.status import TicketRefused
from kachehri.vault import Vault, check_key
from recordings.keeper import keeper_of
from rooms.base import Refused
from signaling.clock import LoopClock
from signaling.door import Door
from signaling.equipment import Equipment
from signaling.hub import Hub
from signaling.media_signalling import MediaSignalling
from signaling.passes import Passes
from signaling.watch import Watch
from web.assets import Assets
from web.broadcasting import broadcasting
from web.consenting import Consenting
from web.crowds import Crowds
from web.doors import Doors
from web.errors import Errors
from web.forms import FormRefused
from web.house import House
from web.numbers import Numbers
from web.program_desk import ProgramDesk
from web.render import Renderer, Site
from web.routes import routes
from web.security import SecurityHeaders
from web.stage import stage
from web.topics import Districts
from web.visitors import Visitors


def create_app(settings: Settings) -> Starlette:
    """The application; its parts come to life with the server's lifespan."""
    renderer = Renderer(Assets(), Site.of(from_file(settings)), recorded=settings.program.enabled == "yes")
    errors = Errors(renderer)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, Any]]:
        async with hearing(settings, renderer, app) as door:
            yield {"live": door}

    return Starlette(
        routes=routes(renderer.assets),
        middleware=[Middleware(SecurityHeaders, https=lambda: renderer.site.https)],
        exception_handlers={
            HTTPException: errors.http,
            Refused: errors.refused,
            TicketRefused: errors.ticket,
            FormRefused: errors.form,
            StoreError: errors.storage,
            Exception: errors.fault,
        },
        lifespan=lifespan,
    )


@asynccontextmanager
async def hearing(settings: Settings, renderer: Renderer, app: Starlette) -> AsyncIterator[Door]:
    """Store, bus, service, hub and stage, opened in this order and closed in the other."""
    masters = keys.read(settings.secrets.key_file)
    # What must not change when a new key is put in front follows from the oldest.
    oldest = masters[-1]
    store = Store(settings.database.url)
    check(store)
    vault = Vault(masters)
    check_key(store, vault)
    with store.write() as conn:
        consents.keep_wordings(conn, store.now(conn), recorded=settings.program.enabled == "yes")
    bus = make_bus(settings)
    await bus.start()
    people = People(vault, keys.derive(oldest, "receipts"))
    references = References(keys.derive(oldest, "references"), settings.place.timezone)
    shared, held_ms = settings.server.workers > 1, settings.program.held_ms
    service = Service(store, people, references, bus, shared=shared, held_ms=held_ms)
    passes = Passes(masters)
    identity = Identity(store, masters, bus, tries_per_hour=settings.limits.login_tries_per_hour)
    house = HouseSettings(settings, store, bus)
    crowds = Crowds(bus)
    carrying = Carrying(store, bus)
    studio = Studio()
    sweeping = Sweeping(store)
    snapshots = Snapshots(store, lambda: house.place.timezone)
    record = Keeping(store, Signer(masters), settings.heads_file)
    press = Press(settings.secrets.key_file.parent / "papers")
    ticket_clock = TicketClock(store, lambda: house.place.timezone)
    rounds = (sweeping.rounds, record.rounds, ticket_clock.rounds, snapshots.rounds)
    program = broadcasting(settings, bus, masters)
    keeper = keeper_of(settings, store)
    alerts = Alerts(service, masters, bus, contact=lambda: house.place.address)
    notices = Notices(settings, store, vault, people, masters, lambda: house.place)
    limits = settings.limits
    asking = Asking(device=limits.questions_per_minute_device, network=limits.questions_per_minute_network)
    try:
        await service.start()
        service.follow(lambda announced: erasure.heard(people, announced))
        await erasure.resume(service)
        service.follow(record.heard)
        app.state.snapshots, app.state.record, app.state.keeper = snapshots, record, keeper
        await house.start()
        for each in rounds:
            each.start()
        if keeper is not None:
            keeper.start()
        crowds.start()
        await carrying.start()
        await alerts.start()
        notices.start()
        house.follow(lambda place: references.keep_time(place.timezone))
        house.follow(lambda place: renderer.dress(Site.of(place)))
        app.state.house = House(
            settings=settings,
            service=service,
            renderer=renderer,
            visitors=Visitors(
                service,
                identity,
                carrying,
                https=lambda: renderer.site.https,
                newcomers=Allowance(limits.newcomers_per_minute_network),
            ),
            districts=Districts(service),
            passes=passes,
            masters=masters,
            identity=identity,
            invitations=Invitations(store, oldest),
            invited=Invited(store, identity),
            asking=asking,
            alerts=alerts,
            notices=notices,
            own=house,
            crowds=crowds,
            press=press,
            studio=studio,
            consenting=Consenting(service),
            doors=Doors(Filer(people, oldest), Paces(), Allowance(limits.program_reads_per_minute_network)),
            broadcasting=program,
            program=ProgramDesk(bus) if program is not None else None,
        )
        hub = Hub(
            service, LoopClock(), tick_ms=settings.limits.tick_ms, bus=bus if settings.server.workers > 1 else None
        )
        async with stage(settings, hub) as media:
            hub.start()
            app.state.equipment = Equipment(hub, media.plane, media)
            app.state.equipment.start()
            token = settings.secrets.metrics_token_file
            app.state.numbers = Numbers(hub, media, token.read_text().strip() if token else "", keeper, notices)
            watch = Watch(hub, LoopClock(), identity.roles_of_logins)
            watch.start()
            identity.on_revoked(watch.told)
            carrying.follow(lambda moved: media.moved(moved.session_id, moved.participant))
            carrying.follow(lambda moved: alerts.moved(moved.session_id, moved.participant))
            door = make_door(settings, hub, passes, bus, media, asking)
            house.follow(lambda place: door.announce(place.origins))
            try:
                yield door
            finally:
                watch.stop()
                await hub.stop()
    finally:
        if program is not None:
            program.waiting.close()
        if keeper is not None:
            await keeper.close()
        await notices.close()
        await alerts.stop()
        carrying.close()
        await crowds.close()
        house.close()
        await press.close()
        for each in reversed(rounds):
            await each.close()
        await studio.close()
        await service.stop()
        if program is not None:
            program.files.close()
        identity.close()
        await bus.close()
        store.close()


def make_bus(settings: Settings) -> Bus:
    match settings.bus.kind:
        case "redis":
            return RedisBus(settings.bus.url)
        case "local":
            return LocalHub(settings.bus.socket)
        case _:
            return MemoryBus()


def make_door(
    settings: Settings, hub: Hub, passes: Passes, bus: Bus, media: MediaSignalling | None, asking: Asking
) -> Door:
    limits = settings.limits
    return Door(
        hub,
        passes,
        bus.burn,
        media=media,
        asking=asking,
        connections=limits.connections,
        per_address=limits.connections_per_address,
        behind_bytes=limits.behind_bytes,
        trusted_proxies=settings.server.trusted_proxies,
    )
