/**
 * The program for this phone: in writing, with sound, with a small or a large picture, as a person chose and never more. The
 * page works without this file (links and the browser's own player); with it the way is changed without a new page, what
 * broke off begins again, the locked screen has its buttons, and whoever wants to be nearer to the moment taps for it: only
 * then is the second player fetched.
 */

const PROGRAM_AGAIN_MS = 3000;
const PROGRAM_COUNT_MS = 5000;
const PROGRAM_YEAR_S = 31536000;
const PROGRAM_LIST = "application/vnd.apple.mpegurl";

/**
 * @param {HTMLElement} box
 * @param {{ say: (element: Element, name: string, values?: Record<string, string | number>) => string,
 *   recall: (key: string) => string, remember: (key: string, value: string) => boolean,
 *   store: import("./store.js").LiveStore, live: import("./connection.js").LiveConnection }} page
 */
export function attachProgram(box, { say, recall, remember, store, live }) {
  const player = /** @type {HTMLElement} */ (box.querySelector("#player"));
  const near = /** @type {HTMLButtonElement} */ (box.querySelector("#near"));
  const modes = /** @type {HTMLAnchorElement[]} */ (Array.from(box.querySelectorAll("[data-follow]")));
  const kept = `k-used-${live.entrance.session}`;
  const native = document.createElement("video").canPlayType(PROGRAM_LIST) !== "";
  let mode = box.dataset.mode ?? "sound";
  /** The browser's own player unless somebody asked to be nearer, or the browser has none. */
  let nearer = false;
  let wanted = false;
  let playing = false;
  /** What earlier pages of this hearing cost, and what was played on this one. */
  let before = -1;
  let played = 0;
  /** @type {HTMLMediaElement | null} */
  let element = player.querySelector("audio, video");
  /** @type {any} */
  let hls = null;
  let again = 0;

  for (const each of modes) {
    each.addEventListener("click", (event) => {
      event.preventDefault();
      choose(each.dataset.follow ?? "sound");
    });
  }
  near.addEventListener("click", () => {
    nearer = native ? !nearer : true;
    begin();
  });
  if (element) attach(element);
  if (!native) player.replaceChildren();
  store.follow(({ view }) => {
    if (view && ["closed", "cancelled"].includes(store.view?.session?.phase) && !playing) box.hidden = true;
  });
  setInterval(count, PROGRAM_COUNT_MS);
  draw();

  /** @param {string} chosen */
  function choose(chosen) {
    mode = chosen;
    document.cookie = `k_follow=${mode}; path=/; max-age=${PROGRAM_YEAR_S}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    for (const each of modes) each.dataset.follow === mode ? each.setAttribute("aria-current", "true") : each.removeAttribute("aria-current");
    if (mode === "text") end();
    else begin();
  }

  /** A tap is for "until I say stop". */
  function begin() {
    wanted = true;
    end(false);
    const made = document.createElement(mode === "sound" ? "audio" : "video");
    made.controls = true;
    made.setAttribute("playsinline", "");
    made.setAttribute("aria-label", player.getAttribute(`data-label-${mode === "sound" ? "sound" : "picture"}`) ?? "");
    element = made;
    player.replaceChildren(made);
    attach(made);
    if (nearer || !native) void byScript(made);
    else {
      made.src = address();
      made.play().catch(() => {});
    }
    draw();
  }

  function end(forGood = true) {
    clearTimeout(again);
    hls?.destroy();
    hls = null;
    const old = element;
    element = null;
    old?.pause();
    old?.removeAttribute("src");
    old?.load();
    player.replaceChildren();
    playing = false;
    if (forGood) {
      wanted = false;
      if ("mediaSession" in navigator) navigator.mediaSession.playbackState = "none";
    }
    draw();
  }

  /** @param {HTMLMediaElement} made */
  function attach(made) {
    const mine = (/** @type {() => void} */ act) => () => made === element && act();
    made.addEventListener("play", mine(() => ((wanted = true), describe())));
    made.addEventListener("playing", mine(() => ((playing = true), draw())));
    made.addEventListener("pause", mine(() => ((playing = false), draw())));
    made.addEventListener("waiting", mine(draw));
    made.addEventListener("error", mine(() => !hls && later()));
    // What is over stays; a playlist that ended while the hearing goes on does not.
    made.addEventListener("ended", mine(() => ((playing = false), (wanted = false), draw())));
  }

  /** The program is away, or was not there yet: it is asked for again for as long as it is wanted. */
  function later() {
    playing = false;
    draw();
    clearTimeout(again);
    if (wanted) again = setTimeout(() => wanted && begin(), PROGRAM_AGAIN_MS + Math.random() * 2000);
  }

  /** @param {HTMLMediaElement} made */
  async function byScript(made) {
    try {
      const { default: Hls } = await import("../vendor/hls.js/hls.light.min.js");
      if (made !== element) return;
      hls = new Hls({ enableWorker: false, lowLatencyMode: true, backBufferLength: 10, maxLiveSyncPlaybackRate: 1.1 });
      hls.on(Hls.Events.ERROR, (/** @type {string} */ _name, /** @type {any} */ problem) => {
        if (!problem.fatal || made !== element) return;
        if (problem.type === Hls.ErrorTypes.MEDIA_ERROR && playing) hls.recoverMediaError();
        else later();
      });
      hls.loadSource(address());
      hls.attachMedia(made);
      made.play().catch(() => {});
    } catch {
      if (native) nearer = false;
      later();
    }
  }

  function address() {
    return `${box.dataset.base}/${mode}/live.m3u8`;
  }

  /** What the phone's locked screen says, with a button to stop (W3C Media Session). */
  function describe() {
    if (!("mediaSession" in navigator) || !("MediaMetadata" in window)) return;
    navigator.mediaSession.metadata = new MediaMetadata({ title: document.title, artist: box.dataset.artist ?? "" });
    navigator.mediaSession.playbackState = "playing";
    for (const action of /** @type {MediaSessionAction[]} */ (["pause", "stop"])) navigator.mediaSession.setActionHandler(action, () => element?.pause());
    // What was missed meanwhile is over: it goes on with what is said now.
    navigator.mediaSession.setActionHandler("play", begin);
  }

  function draw() {
    const state = mode === "text" ? "text" : !wanted ? "ready" : playing ? mode : "wait";
    write(box.querySelector("#program-now"), say(box, state));
    near.hidden = mode === "text" || (native && mode === "sound");
    near.setAttribute("aria-pressed", String(nearer));
    write(near.querySelector("span"), say(near, !native ? "listen" : nearer ? "far" : "near"));
  }

  /** What this visit has cost so far. A player tells nobody what it fetched: its time is counted, at the rate that was told. */
  function count() {
    if (document.hidden && !playing) return;
    if (before < 0) before = Number(recall(kept)) || 0;
    const rate = Number(modes.find((each) => each.dataset.follow === mode)?.dataset.rate) + (hls ? Number(box.dataset.nearRate) : 0);
    if (playing) played += (rate * 1e6 * PROGRAM_COUNT_MS) / 3.6e6;
    let bytes = before + played + live.bytes;
    for (const entry of performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))) {
      const { name, transferSize } = /** @type {PerformanceResourceTiming} */ (entry);
      if (!name.includes("/b/")) bytes += transferSize || 0;
    }
    remember(kept, String(Math.round(bytes)));
    write(box.querySelector("#used"), say(box, "used", { n: Math.max(0.1, bytes / 1e6).toFixed(1) }));
  }

  /** @param {Element | null} element @param {string} text */
  function write(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  }
}
