"""The command line: `python -m kachehri …`.

What lives in packages above this one is called by name, so that no import points upward.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kachehri import __version__, district, districts, keys, logs, plain, programs, rulebook, serving, staff, turn
from kachehri.attached import end_with_parent
from kachehri.companion import MediaLease
from kachehri.notices import simulator
from kachehri.proof import auditing, checking
from kachehri.proof.signing import Signer
from kachehri.settings import Settings, document, load
from kachehri.settings.reading import export
from kachehri.settings.rules import warnings
from kachehri.store import Store
from kachehri.store import check as check_database
from kachehri.store import migrate as migrate_database
from kachehri.tickets.reference import parse

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # its tracebacks print local variables, keys among them
    help="A self-hosted live public hearing.",
)
Config = Annotated[Path | None, typer.Option("--config", help="TOML file; else KACHEHRI_CONFIG.", show_default=False)]


def _settings(config: Path | None, **overrides: object) -> Settings:
    dotted = {name.replace("__", "."): value for name, value in overrides.items()}
    settings = load(config, overrides=dotted)
    export(config, dotted)
    return settings


@app.command()
def serve(
    config: Config = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default=False)] = None,
    port: Annotated[int | None, typer.Option(help="TCP port.", show_default=False)] = None,
    workers: Annotated[int | None, typer.Option(help="HTTP processes.", show_default=False)] = None,
    media: Annotated[bool, typer.Option(help="Start the media process too.")] = True,
) -> None:
    """Serve pages, the live protocol and the stage, until told to stop."""
    settings = _settings(config, server__host=host, server__port=port, server__workers=workers)
    logs.set_up(settings)
    for sentence in warnings(settings):
        print(sentence, file=sys.stderr)
    serving.serve(settings, media=media)


@app.command()
def media(
    config: Config = None,
) -> None:
    """Run the media process alone: the stage's sound and picture. `serve` starts it by itself."""
    settings = _settings(config)
    logs.set_up(settings)
    lease = MediaLease(settings.database.url, str(settings.media.socket.absolute()))
    serving.resolve("signaling.media.process:main")(settings, lease.take())


@app.command()
def program(
    session: Annotated[str, typer.Argument(help="The hearing's id, as in its address.")],
    fence: Annotated[int, typer.Option(hidden=True)] = 0,
    attached: Annotated[bool, typer.Option("--attached", hidden=True, help="End with whoever started it.")] = False,
    config: Config = None,
) -> None:
    """Make one hearing's program, the picture and sound that are broadcast and recorded; `serve` starts it itself."""
    settings = _settings(config)
    logs.set_up(settings)
    if settings.program.enabled == "no":
        raise plain.Stop("program_off")
    if attached:
        end_with_parent()
    serving.resolve("recordings.program.process:main")(settings, session, fence or programs.take(settings, session))


@app.command()
def edition(
    session: Annotated[str, typer.Argument(help="The hearing's id, as in its address.")],
    mark: Annotated[str, typer.Option(hidden=True)] = "",
    attached: Annotated[bool, typer.Option("--attached", hidden=True, help="End with whoever started it.")] = False,
    config: Config = None,
) -> None:
    """Make what everybody gets of a closed hearing's recording, and carry redactions out; `serve` starts it itself."""
    settings = _settings(config)
    logs.set_up(settings)
    if attached:
        end_with_parent()
    serving.resolve("recordings.edition.making:main")(settings, session, mark)


@app.command()
def migrate(config: Config = None) -> None:
    """Make the database, or bring it up to date."""
    settings = _settings(config)
    serving.state_folder(settings)
    print(f"The database is at revision {migrate_database(settings.database.url)}.")


@app.command()
def check_config(
    config: Config = None,
    write_reference: Annotated[bool, typer.Option("--write-reference", help="Write kachehri/SETTINGS.md.")] = False,
) -> None:
    """Say everything that is wrong with the settings, at once."""
    if write_reference:
        document.PATH.write_text(document.render(), encoding="utf-8")
        return
    settings = _settings(config)
    for sentence in warnings(settings):
        print(sentence)
    print(f"The settings are in order; people reach the server at {settings.public_url}.")


@app.command("keys")
def make_key(config: Config = None) -> None:
    """Make the master key, once, in the file that secrets.key_file names."""
    settings = _settings(config)
    path = settings.secrets.key_file
    try:
        keys.make(path)
    except FileExistsError:
        raise plain.Stop("key_exists", path=path) from None
    print(f"A new key is in {path}. Keep a copy in a safe place: without it sealed names cannot be read.")


@app.command("turn")
def write_turn(
    write: Annotated[
        Path | None, typer.Option(help="Write coturn's configuration to this file.", show_default=False)
    ] = None,
    config: Config = None,
) -> None:
    """The relay for networks that block UDP: coturn's configuration, its service and its firewall."""
    settings = _settings(config)
    if not settings.turn.host:
        raise plain.Stop("turn_none")
    shared = turn.secret(keys.read(settings.secrets.key_file)[0])
    if write is None:
        print(turn.configuration(settings, "(kept out: --write puts it in a file)"))
    else:
        turn.write(write, turn.configuration(settings, shared))
        print(f"# coturn's configuration is in {write}; make it readable for its account: chown turnserver {write}\n")
    print(turn.hints(settings, (write or Path("/etc/kachehri-turn.conf")).absolute()))


@app.command("staff")
def add_staff(
    login: str,
    role: Annotated[str, typer.Option(help=f"One of {', '.join(staff.ROLES)}.")],
    name: Annotated[str, typer.Option(help="Shown to colleagues; else the login.")] = "",
    password_file: Annotated[
        Path | None, typer.Option(help="First line is the password; without it you are asked.", show_default=False)
    ] = None,
    config: Config = None,
) -> None:
    """Make an account for a member of staff."""
    settings = _settings(config)
    if password_file is not None:
        password = password_file.read_text(encoding="utf-8").partition("\n")[0]
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    store = Store(settings.database.url)
    try:
        check_database(store)
        account = staff.add(store, login, name, role, password)
    except staff.StaffRefused as refused:
        raise plain.Stop(f"staff_{refused.code}", roles=", ".join(staff.ROLES)) from None
    finally:
        store.close()
    print(f"{account.login} may sign in as {account.role}.")


@app.command("district")
def write_district(
    file: Annotated[Path, typer.Argument(help="Like web/demo_data/district.toml, which is an example to copy.")],
    config: Config = None,
) -> None:
    """Take offices, areas, categories and rooms from a file; again after the file has changed."""
    settings = _settings(config)
    try:
        found = district.load_district(file)
    except district.DistrictError as wrong:
        raise plain.Stop("district", path=file, errors="\n  ".join(["", *wrong.errors])) from None
    store = Store(settings.database.url)
    try:
        check_database(store)
        with store.write() as connection:
            districts.write_district(connection, found, store.now(connection))
    finally:
        store.close()
    print(
        f"{len(found.offices)} offices, {len(found.categories)} categories and {len(found.areas)} areas are in force."
    )


@app.command()
def demo(
    lan: Annotated[bool, typer.Option("--lan", help="Let phones of this network in, over TLS.")] = False,
    state: Annotated[
        Path | None,
        typer.Option(help="Folder for its database and key, else var/demo; begun anew.", show_default=False),
    ] = None,
) -> None:
    """A live hearing with simulated citizens, on this machine."""
    raise SystemExit(serving.resolve("web.demo:main")(lan=lan, state=state))


@app.command()
def gateway(
    port: Annotated[int, typer.Option(help="TCP port on this machine.")] = 9080,
    price: Annotated[int, typer.Option(help="Of a segment, in hundredths.")] = 250,
    config: Config = None,
) -> None:
    """A gateway for short messages that sends nothing: shows each one, and what it would have cost. Ctrl-C ends it."""
    settings = _settings(config)
    with suppress(KeyboardInterrupt):
        asyncio.run(simulator.show(port, price, settings.notices.currency, lambda line: print(line, flush=True)))


@app.command()
def demo_check() -> None:
    """The demo without a person: run it, verify it from outside, end with one JSON line."""
    raise SystemExit(serving.resolve("web.demo:check")())


@app.command()
def protocol(
    write: Annotated[bool, typer.Option("--write", help="Write the generated documents.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Fail when they differ from the code.")] = False,
) -> None:
    """The documents of the rules and of the live protocol, generated from the code."""
    if write == check:
        raise typer.BadParameter("give one of --write and --check")
    stale = [rulebook.main(write=write), serving.resolve("signaling.docs:main")(write=write)]
    raise SystemExit(max(stale))


@app.command("verify")
def verify_log(
    log: Annotated[Path, typer.Argument(help="The downloaded log of a hearing.")],
    number: Annotated[str, typer.Option(help="The ten digits on the slip.")] = "",
    code: Annotated[str, typer.Option(help="The proof code on the slip.")] = "",
    key: Annotated[str, typer.Option(help="The house's public key, got elsewhere; else the log's own.")] = "",
) -> None:
    """Check a downloaded log, and whether the question on a slip is in it. Needs no database and no network."""
    try:
        with log.open("rb") as lines:
            found = checking.check(lines, key)
    except OSError as error:
        raise plain.Stop("log_unreadable", path=log, why=error.strerror) from None
    except checking.Tampered as tampered:
        said, urdu = checking.WHYS[tampered.why]
        print(f"This is not the log that was published. Line {tampered.line}: {said} ({tampered.why}).")
        print(f"یہ وہ ریکارڈ نہیں جو جاری ہوا تھا۔ سطر {tampered.line}: {urdu}۔")
        raise SystemExit(1) from None
    # An older copy of the log is as genuine as this one, so it is said when it was made.
    made = datetime.fromtimestamp(found.at / 1000, UTC).isoformat(timespec="seconds")
    print(f"The log of {found.session} holds: {found.events} events, signed by {found.key} at {made}.")
    print(f"{found.session} کا ریکارڈ درست ہے: {found.events} اندراج، {made} کو دستخط ہوئے۔")
    if not key:
        print("Compare this key with the one that the house publishes on its page /verify, or give it with --key.")
        print("اس کلید کو ادارے کے صفحے /verify کی کلید سے ملائیں، یا --key سے دیں۔")
    if number or code:
        reference = parse(number)
        if reference is None or not checking.is_code(code):
            what = "number" if reference is None else "proof code"
            print(f"This is no {what} of a slip: ten digits, and a code of sixteen digits and letters from a to f.")
            print("یہ پرچی کا نمبر یا کوڈ نہیں: دس ہندسے، اور سولہ نشان، ہندسے اور a سے f تک حروف۔")
            raise SystemExit(1)
        seq = checking.holds(found, reference, code)
        print(f"The question is in it, as event {seq}." if seq else "No question in it has this number and code.")
        print(f"سوال اس میں ہے، اندراج نمبر {seq}۔" if seq else "اس نمبر اور کوڈ کا کوئی سوال اس میں نہیں۔")
        raise SystemExit(0 if seq else 1)


audit = typer.Typer(no_args_is_help=True, help="What must be answered for.")
app.add_typer(audit, name="audit")


@audit.command("verify")
def verify_record(
    heads: Annotated[
        Path | None, typer.Option(help="The file of signed heads that was kept elsewhere.", show_default=False)
    ] = None,
    config: Config = None,
) -> None:
    """Recompute every chain of the database, and compare it with the heads that were signed."""
    settings = _settings(config)
    signer = Signer(keys.read(settings.secrets.key_file))
    file = heads or settings.heads_file
    lines = file.read_bytes().splitlines(keepends=True) if file.is_file() else None
    store = Store(settings.database.url)
    try:
        check_database(store)
        with store.read() as connection:
            report = auditing.verify(connection, signer.public, lines)
    finally:
        store.close()
    for each in report.findings:
        print(f"{each.kind} {each.id} at {each.seq}: {each.why}")
    told = f"{report.sessions} sessions, {report.tickets} tickets, {report.heads} signed heads"
    print(f"{told}: {f'{len(report.findings)} do not hold.' if report.findings else 'everything holds.'}")
    if lines is None:
        print(f"There is no file of heads at {file}; the heads in the database itself were taken.")
    raise SystemExit(1 if report.findings else 0)


recording = typer.Typer(no_args_is_help=True, help="Recordings on this machine.")
app.add_typer(recording, name="recording")
Recorded = Annotated[str, typer.Argument(help="The hearing's id, as in its address.")]


@recording.command("check")
def check_recording(
    session: Annotated[str, typer.Argument(help="One hearing's id; else all.", show_default=False)] = "",
    config: Config = None,
) -> None:
    """Compare every segment with its checksum. Exit code 1 when one is not what was written."""
    raise SystemExit(serving.resolve("recordings.tending:check_command")(_settings(config), session))


@recording.command("rebuild")
def rebuild_recording(session: Recorded, config: Config = None) -> None:
    """Make the index, the lines and the rows of a hearing's recording anew from its segments."""
    raise SystemExit(serving.resolve("recordings.tending:rebuild_command")(_settings(config), session))


@recording.command("fetch")
def fetch_recording(session: Recorded, config: Config = None) -> None:
    """Bring a hearing's recording back from the storage; what is here stays as it is."""
    raise SystemExit(serving.resolve("recordings.tending:fetch_command")(_settings(config), session))


@recording.command("hold")
def hold_recording(
    session: Recorded,
    reason: Annotated[str, typer.Option(help="What it is needed for, such as the number of a case.")],
    review: Annotated[str, typer.Option(help="The day on which somebody looks again: 2026-12-31.")],
    by: Annotated[str, typer.Option(help="The login of the moderator who answers for it.")],
    config: Config = None,
) -> None:
    """Keep a hearing's recording, and all sealed originals, whatever their time is; again for another reason or day."""
    raise SystemExit(serving.resolve("recordings.holds:hold_command")(_settings(config), session, by, reason, review))


@recording.command("lift")
def lift_recording(
    session: Recorded,
    reason: Annotated[str, typer.Option(help="Why it is not needed any more.")],
    by: Annotated[str, typer.Option(help="The login of the moderator who answers for it.")],
    config: Config = None,
) -> None:
    """End a hold: the recording goes when its time is over, like others."""
    raise SystemExit(serving.resolve("recordings.holds:lift_command")(_settings(config), session, by, reason))


@app.command()
def version() -> None:
    """Print the version."""
    print(__version__)


def main() -> None:
    """The entry point: foreseen trouble is one plain sentence, in both languages, and exit code 2."""
    with plain.plainly():
        app()


if __name__ == "__main__":
    main()
