/**
 * The program's console: the preview on a tap, keys for who is large, and a dump key that is pressed twice. The page is whole
 * without this file; with it nothing is loaded anew, and what the program says of itself is looked at every few seconds.
 */

import { announce } from "../announcer.js";
import { LiveConnection } from "../connection.js";
import { freshPage, takeOver } from "../refresh.js";
import { Standing } from "../standing.js";
import { sentence } from "../words.js";

const LOOK_EVERY_MS = 2500;
/** After something happened in the hearing, so that who sat down is there at once. */
const LOOK_SOON_MS = 300;
/** So long the second press of the dump key counts. */
const SURE_MS = 4000;
const PARTS_SHOWN = ["program-phase", "how", "cuts", "withheld"];
const PARTS_THERE = ["away", "gallery", "unstopped", "dump-form"];
const KEYS_OFF = "k_desk_keys";
const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const said = element("said");
const dumpForm = /** @type {HTMLFormElement | null} */ (document.getElementById("dump-form"));
const cutForm = /** @type {HTMLFormElement | null} */ (document.getElementById("cut-form"));
/** What the server drew last: only what differs is drawn again, so that nobody loses the key she is on. @type {Map<string, Node | undefined>} */
const drawn = new Map(PARTS_SHOWN.map((id) => [id, document.getElementById(id)?.cloneNode(true)]));
let round = 0;
let sure = 0;
let looking = 0;
for (const id of ["dump", "preview-show"]) {
  const button = document.getElementById(id);
  if (button) button.dataset.first = button.querySelector("span")?.textContent ?? "";
}

if (dumpForm && cutForm) {
  const dump = /** @type {HTMLButtonElement} */ (element("dump"));
  dumpForm.addEventListener("submit", (event) => {
    event.preventDefault();
    if (sure) {
      calm(dump);
      void give(dumpForm, "do", "dump");
      return;
    }
    sure = setTimeout(() => calm(dump), SURE_MS);
    dump.dataset.sure = "";
    element("dump").querySelector("span")?.replaceChildren(sentence(document.body, "dump-again"));
    announce("dump", sentence(document.body, "dump-again"), { urgent: true });
  });
  cutForm.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    void give(cutForm, "seat", button?.value ?? "");
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || keysAreOff()) return;
    const digit = /^Digit(\d)$/.exec(event.code)?.[1] ?? (/^\d$/.test(event.key) ? event.key : "");
    const button = event.code === "KeyD" ? (dumpForm.hidden ? null : dump) : digit && cutForm.querySelector(`[aria-keyshortcuts="${digit}"]`);
    if (!(button instanceof HTMLButtonElement) || element("gallery").hidden) return;
    event.preventDefault();
    button.click();
  });
  setInterval(() => document.hidden || void look(), LOOK_EVERY_MS);
  preview();
}

/** Single keys can be switched off, here as on the desk (WCAG 2.2 §2.1.4). */
function keysAreOff() {
  try {
    return localStorage.getItem(KEYS_OFF) === "off";
  } catch {
    return false;
  }
}

/** @param {HTMLButtonElement} dump */
function calm(dump) {
  clearTimeout(sure);
  sure = 0;
  delete dump.dataset.sure;
  dump.querySelector("span")?.replaceChildren(dump.dataset.first ?? "");
}

/** @param {HTMLFormElement} form @param {string} name @param {string} value */
async function give(form, name, value) {
  round += 1; // a look that is on its way knows nothing of this yet
  const fields = new FormData(form);
  fields.set(name, value);
  try {
    const fresh = await posted(form.action, fields);
    if (isOurs(fresh)) {
      take(fresh);
      takeOver(fresh, ["said"]);
    } else said.textContent = sentence(document.body, "ended");
  } catch {
    said.textContent = sentence(document.body, "done-unheard");
  }
  announce("said", said.textContent?.trim() ?? "", { urgent: true });
}

async function look() {
  const mine = ++round;
  const fresh = await freshPage(location.pathname).catch(() => null);
  if (fresh && isOurs(fresh) && mine === round) take(fresh);
}

/** Not the page for a new login, to which a request leads once this one is over. @param {Document} fresh */
function isOurs(fresh) {
  return fresh.body.dataset.page === "program";
}

/** @param {Document} fresh */
function take(fresh) {
  for (const id of PARTS_SHOWN) {
    const now = fresh.getElementById(id);
    if (!now || now.isEqualNode(drawn.get(id) ?? null)) continue;
    drawn.set(id, now);
    const focused = element(id).contains(document.activeElement) ? /** @type {HTMLButtonElement} */ (document.activeElement).value : null;
    takeOver(fresh, [id]);
    if (focused !== null) /** @type {HTMLElement | null} */ (element(id).querySelector(`button[value="${focused}"]`))?.focus();
  }
  for (const id of PARTS_THERE) element(id).hidden = Boolean(fresh.getElementById(id)?.hidden);
}

/** @param {string} address @param {FormData} fields @returns {Promise<Document>} */
function posted(address, fields) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "document";
    request.timeout = 15000;
    request.onload = () => (request.status === 200 && request.responseXML ? done(request.responseXML) : failed(new Error(String(request.status))));
    request.onerror = request.ontimeout = () => failed(new Error("lost"));
    request.send(new URLSearchParams(/** @type {any} */ (fields)));
  });
}

/** The small picture of what is made, on a tap: without delay, and without sound until that is wanted too. */
function preview() {
  const box = document.getElementById("preview");
  const show = /** @type {HTMLButtonElement | null} */ (document.getElementById("preview-show"));
  const sound = /** @type {HTMLButtonElement | null} */ (document.getElementById("preview-sound"));
  if (!box || !show || !sound) return;
  const now = element("preview-now");
  const voice = new Audio();
  voice.muted = true;
  /** @type {import("../direct.js").Direct | null} */
  let direct = null;
  const live = new LiveConnection({
    session: document.body.dataset.session ?? "",
    formToken: document.body.dataset.formToken ?? "",
    as: "staff",
    position: () => ({}),
    onFrame: (frame) => {
      if (frame.type !== "tick" || looking) return;
      looking = setTimeout(() => ((looking = 0), void look()), LOOK_SOON_MS);
    },
    onState: () => {},
  });

  show.addEventListener("click", async () => {
    if (direct?.wanted) return direct.stop();
    show.disabled = true;
    try {
      const { Direct } = await import("../direct.js");
      direct ??= new Direct(live.start(), Standing, play, heard);
      direct.start();
    } catch {
      heard("lost");
    }
    show.disabled = false;
  });
  sound.addEventListener("click", () => hear(voice.muted));

  /** @param {boolean} aloud */
  function hear(aloud) {
    voice.muted = !aloud;
    sound?.setAttribute("aria-pressed", String(aloud));
    sound?.querySelector("span")?.replaceChildren(sentence(document.body, aloud ? "sound-off" : "sound-on"));
  }

  /** @param {{audio: MediaStream, video: MediaStream}} streams */
  function play({ audio, video }) {
    const picture = document.createElement("video");
    picture.muted = true;
    picture.playsInline = true;
    picture.setAttribute("aria-label", box?.dataset.label ?? "");
    picture.srcObject = video;
    box?.replaceChildren(...(video.getTracks().length ? [picture] : []));
    picture.play().catch(() => {});
    voice.srcObject = audio;
    voice.play().catch(() => {});
  }

  /** @param {import("../direct.js").DirectState} state */
  function heard(state) {
    const on = state === "on" || state === "wait";
    if (!on) {
      box?.replaceChildren();
      voice.srcObject = null;
      hear(false);
    }
    if (sound) sound.hidden = !on;
    show?.classList.toggle("btn-main", !on);
    show?.querySelector("span")?.replaceChildren(on ? sentence(document.body, "preview-hide") : show.dataset.first ?? "");
    const name = { on: "on", wait: "wait", off: "off", none: "none", full: "lost", no: "lost", lost: "lost" }[state];
    now.textContent = sentence(document.body, `preview-${name}`);
    if (!on && state !== "off") announce("preview", now.textContent, { urgent: true });
  }
}
