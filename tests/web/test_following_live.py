"""How a phone follows a hearing: what it costs is what was chosen, and nothing interrupts whoever listens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

import web
from kachehri.i18n import words_for
from rooms.lifecycle import AdjournSession, CloseSession, OpenDoors, ResumeSession, StartSession
from signaling.client.media import Clip, Speaker
from signaling.media import compat
from signaling.media.process import Server, settings_of
from tests.web.conftest import Town
from tests.web.test_live_page import ask, phone, question_of, until

pytestmark = pytest.mark.anyio
EN = words_for("en")

#: Every connection that a page makes, and everything it plays, in the order of making.
PEERS = """window.peers = []; const Peer = RTCPeerConnection;
window.RTCPeerConnection = class extends Peer { constructor(...all) { super(...all); window.peers.push(this); } };
window.sounds = []; const Sound = Audio;
window.Audio = class extends Sound { constructor(...all) { super(...all); window.sounds.push(this); } };"""
#: What has arrived on all connections, closed ones excluded.
ARRIVED = """async () => {
  const sum = { sound: 0, energy: 0, picture: 0, pictures: 0, bytes: 0, open: 0 };
  for (const peer of window.peers) {
    if (peer.connectionState === "closed") continue;
    sum.open += 1;
    for (const entry of (await peer.getStats()).values()) {
      if (entry.type === "transport") sum.bytes += entry.bytesReceived;
      if (entry.type !== "inbound-rtp") continue;
      if (entry.kind === "audio") { sum.sound += entry.bytesReceived; sum.energy += entry.totalAudioEnergy ?? 0; }
      else { sum.picture += entry.bytesReceived + entry.headerBytesReceived; sum.pictures += entry.framesDecoded ?? 0; }
    }
  }
  return sum;
}"""
#: Whatever breaks the sound from now on is noted: what plays it is stopped or given something else.
STEADY = """() => {
  window.broke = [];
  [window.line] = window.peers.filter((peer) => peer.connectionState !== "closed");
  window.playing = window.sounds.filter((sound) => sound.srcObject);
  for (const sound of window.playing)
    for (const what of ["pause", "emptied", "ended"])
      sound.addEventListener(what, () => window.broke.push(what));
}"""
#: What was noted, whether the connection is the same, and how much has been heard on it.
STILL = """async () => {
  let energy = 0;
  for (const entry of (await window.line.getStats()).values()) energy += entry.totalAudioEnergy ?? 0;
  return { broke: window.broke, line: window.line.connectionState, playing: window.playing.length, energy };
}"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  Object.defineProperty(document, "visibilityState", { value: hidden ? "hidden" : "visible", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
async def plane(town: Town) -> AsyncIterator[Server]:
    compat.limit_client_addresses(["127.0.0.1"])
    server = Server(town.settings.media.socket, settings_of(town.settings))
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="module")
def clip() -> Clip:
    return Clip.load(Path(web.__file__).parent / "demo_media" / "water.webm")


@pytest.fixture
async def chair(town: Town, plane: Server, clip: Clip) -> AsyncIterator[tuple[str, Speaker]]:
    """A hearing that is on, with somebody in the chair who speaks and is seen. The seat is taken behind the rules'
    back: what a listener receives is the media process's affair."""
    session = await town.schedule(live=True)
    await plane.plane.open(session, 1, ("chair", "citizen"), "vp8")
    speaker = Speaker(clip)
    offer = await plane.plane.offer(session, "c" * 16, "publish")
    await plane.plane.answer(session, "c" * 16, offer.peer, await speaker.answer(offer.sdp))
    await plane.plane.seat(session, 1, "chair", "c" * 16, 1 << 40)
    yield session, speaker
    await speaker.close()


async def visit(browser: Browser, town: Town, session: str, follow: str = "") -> tuple[BrowserContext, Page]:
    context, page = await phone(browser)
    await context.add_init_script(PEERS)
    if follow:
        await context.add_cookies([{"name": "k_follow", "value": follow, "url": town.url}])
    await page.goto(f"{town.url}/s/{session}/live")
    return context, page


async def test_whoever_only_listens_is_sent_no_byte_of_a_picture(
    town: Town, browser: Browser, chair: tuple[str, Speaker], plane: Server
) -> None:
    session, _ = chair
    context, page = await visit(browser, town, session, "sound")
    assert await page.evaluate("window.peers.length") == 0, "nothing plays before a tap"
    await page.locator("#listen").click()
    await until(page, f"(async () => (await ({ARRIVED})()).energy > 0.003)()")
    [watcher] = plane.plane._stages[session].watchers.values()
    lines = [way.line.kind for way in watcher._outlets.values()]
    assert lines == ["audio", "audio"], "the media process has no picture to send to her"
    got = await page.evaluate(ARRIVED)
    assert (got["picture"], got["pictures"]) == (0, 0)
    await expect(page.locator("[data-follow=sound]")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#used")).to_contain_text("0.")

    await page.locator("#picture").click()
    await until(page, f"(async () => (await ({ARRIVED})()).pictures > 5)()")
    assert (await page.evaluate(ARRIVED))["open"] == 2, "the picture has a connection of its own"
    await page.locator("[data-follow=sound]").click()
    await until(page, f"(async () => (await ({ARRIVED})()).open === 1)()")
    assert (await page.evaluate(ARRIVED))["picture"] == 0
    await page.locator("[data-follow=text]").click()
    await until(page, f"(async () => (await ({ARRIVED})()).open === 0)()")
    await expect(page.locator("#listen")).to_be_hidden()
    await page.reload()
    await expect(page.locator("[data-follow=text]")).to_have_attribute("aria-pressed", "true")
    assert await page.evaluate("window.peers.length") == 0, "what was chosen is remembered"
    await context.close()


async def test_a_picture_comes_and_goes_and_a_phase_changes_without_a_break_in_the_sound(
    town: Town, browser: Browser, chair: tuple[str, Speaker]
) -> None:
    session, _ = chair
    context, page = await visit(browser, town, session)
    await page.locator("#listen").click()
    await until(page, f"(async () => (await ({ARRIVED})()).energy > 0.003)()")
    await until(page, f"(async () => (await ({ARRIVED})()).open === 1)()")
    await page.evaluate(STEADY)
    await page.locator("#picture").click()
    await until(page, f"(async () => (await ({ARRIVED})()).pictures > 3)()")
    await page.evaluate(HIDE, True)
    await until(page, f"(async () => (await ({ARRIVED})()).open === 1)()")
    await page.evaluate(HIDE, False)
    await until(page, f"(async () => (await ({ARRIVED})()).pictures > 3)()")
    await page.locator("[data-follow=sound]").click()
    await town.moderate(session, AdjournSession(reason="prayer"))
    await expect(page.locator("#phase-note")).not_to_be_empty()
    await town.moderate(session, ResumeSession())
    await expect(page.locator("#phase-note")).to_be_empty()
    # How long it is between two packets is the machine's business; that nothing was stopped or made anew is ours.
    before = await page.evaluate(STILL)
    await until(page, f"(async () => (await ({STILL})()).energy > {before['energy']})()")
    still = await page.evaluate(STILL)
    assert (still["broke"], still["line"]) == ([], "connected") and still["playing"] > 0
    assert await page.evaluate("navigator.mediaSession.playbackState") == "playing"
    assert await page.evaluate("navigator.mediaSession.metadata.title") == await page.title()
    await context.close()


async def test_the_watching_phone_is_taken_to_its_outcome(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    context, page = await phone(browser)
    await ask(page, town, session, "پانی کب آئے گا")
    await page.goto(f"{town.url}/s/{session}/live")
    await expect(page.locator("#mine-list .card")).to_have_count(1)
    await page.evaluate("window.same = true; scrollTo(0, document.body.scrollHeight)")
    await town.moderate(session, CloseSession())
    await expect(page.locator("#phase-note .figures")).to_be_visible()
    await expect(page.locator("#sr-status")).to_contain_text(words_for("ur").plain("live.outcome"))
    await expect(page.locator("#mine-list [data-link] a")).to_be_in_viewport()
    await expect(page.locator("#mine-list [data-state]")).to_have_text(words_for("ur").plain("state.written"))
    await expect(page.locator("#follow")).to_be_hidden()
    assert await page.evaluate("window.same"), "the page was not loaded anew"
    await page.locator("#mine-list [data-link] a").click()
    await expect(page.locator(".ref-n")).to_be_visible()
    await context.close()


async def test_the_lobby_turns_when_the_doors_open(town: Town, browser: Browser) -> None:
    session = await town.schedule()
    context, page = await phone(browser)
    await page.goto(f"{town.url}/s/{session}")
    await page.evaluate("window.same = true")
    await page.locator("input[name=follow][value=picture]").check()
    await town.moderate(session, OpenDoors())
    await expect(page.locator("#sr-status")).to_have_text(words_for("ur").plain("lobby.started"))
    await expect(page.locator("#main .btn-main", has_text=words_for("ur").plain("lobby.join"))).to_be_visible()
    assert await page.locator("input[name=follow]:checked").input_value() == "picture"
    await town.moderate(session, StartSession())
    assert await page.evaluate("window.same")
    await context.close()


async def test_who_comes_to_a_seat_after_another_is_not_shown_with_her_picture(town: Town, browser: Browser) -> None:
    """Both changes may reach a phone in one tick; the name and the topic are the second one's at once."""
    session = await town.schedule(live=True)
    context, page = await phone(browser)
    await ask(page, town, session, "پہلا سوال")
    await page.goto(f"{town.url}/s/{session}/live")
    await question_of(town, session, "پہلا سوال")
    shown = await page.evaluate(
        """async () => {
          const { Screens, attachSeats } = await import("/static/js/seats.js");
          const followers = [];
          const store = { view: null, follow: (each) => followers.push(each) };
          const tell = (view) => { store.view = view; for (const each of followers) each({ view: true }); };
          const screens = new Screens();
          const root = document.getElementById("watch");
          attachSeats(root, store, screens, { on() {}, now: () => Date.now() });
          const seat = (turn) => ({ citizen: { kind: "citizen", taken: true, turn } });
          const questions = { q1: { name: "First" }, q2: { name: "Second" } };
          const turns = { t1: { questions: ["q1"] }, t2: { questions: ["q2"] } };
          tell({ seats: seat("t1"), questions, turns });
          screens.show("citizen", new MediaStream());
          const video = root.querySelector("video");
          video.hidden = false;
          tell({ seats: seat("t2"), questions, turns });
          return [root.querySelector("[data-name]").textContent, video.hidden, root.querySelectorAll(".seat").length];
        }"""
    )
    assert shown == ["Second", True, 1]
    await context.close()


async def test_a_picture_at_rest_says_so_until_it_moves_again(town: Town, browser: Browser) -> None:
    """On a narrow line the media process holds the picture back; the page knows it by what it shows."""
    session = await town.schedule(live=True)
    context, page = await phone(browser)
    await page.goto(f"{town.url}/s/{session}/live")
    said = await page.evaluate(
        """async () => {
          const { Screens } = await import("/static/js/seats.js");
          const card = document.getElementById("t-seat").content.firstElementChild.cloneNode(true);
          document.getElementById("seats").append(card);
          const screens = new Screens();
          let frames = 0;
          const quality = () => ({ totalVideoFrames: frames });
          const video = { hidden: false, parentElement: card, getVideoPlaybackQuality: quality, remove() {} };
          screens.all.set("citizen", video);
          const looked = (more) => {
            frames += more;
            screens.look();
            return !card.querySelector("[data-rests]").hidden;
          };
          const said = [9, 9, 0, 0, 0, 1, 0, 0].map(looked);
          screens.clear();
          return [...said, !card.querySelector("[data-rests]").hidden];
        }"""
    )
    assert said == [False, False, False, True, True, False, False, True, False]
    await context.close()
