/**
 * The whole hearing, while it plays: from a chapter into it, what is said at the moment beside it, speed, and sound alone or
 * with pictures without losing the place. A browser that plays it by itself needs none of this; for one that does not, the
 * second player is fetched with a tap, and never before.
 */

const box = /** @type {HTMLElement} */ (document.querySelector(".whole"));
const frame = /** @type {HTMLElement} */ (box.querySelector(".whole-player"));
const fetchIt = /** @type {HTMLButtonElement} */ (box.querySelector("[data-fetch]"));
const speed = /** @type {HTMLSelectElement} */ (box.querySelector("select"));
const nowBox = /** @type {HTMLElement} */ (box.querySelector("[data-now-box]"));
const ways = /** @type {HTMLAnchorElement[]} */ (Array.from(box.querySelectorAll("a[data-way]")));
const elsewhere = /** @type {HTMLAnchorElement[]} */ (Array.from(nowBox.querySelectorAll("a[data-jump]")));
/** What can be heard, in order: chapters on this page, and links to those on others. */
const chapters = /** @type {HTMLElement[]} */ (Array.from(document.querySelectorAll(".chapter[data-jump]")))
  .concat(elsewhere)
  .sort((a, b) => Number(a.dataset.jump) - Number(b.dataset.jump));
const native = document.createElement("video").canPlayType("application/vnd.apple.mpegurl") !== "";
let way = box.dataset.way ?? "sound";
/** Whoever comes from another page of the hearing goes on where it was heard last. */
const carried = /^#whole-(\d+)$/.exec(location.hash);
let place = Number(carried?.[1] ?? box.dataset.start);
/** @type {HTMLMediaElement | null} */
let element = frame.querySelector("audio, video");
/** @type {any} */
let hls = null;

/** The moment's chapter, and how long it plays already, in milliseconds. */
function chapterNow() {
  const at = element?.currentTime ?? 0;
  const chapter = chapters.findLast((each) => Number(each.dataset.jump) <= at);
  const into = chapter ? (at - Number(chapter.dataset.jump)) * 1000 : 0;
  return chapter && into <= Number(chapter.dataset.long) ? { chapter, into } : null;
}

function draw() {
  const now = chapterNow();
  for (const each of chapters) each.toggleAttribute("data-playing", each === now?.chapter);
  for (const each of elsewhere) each.hidden = each !== now?.chapter;
  nowBox.hidden = !now;
  if (!now) return;
  const at = Number(now.chapter.dataset.starts) + now.into;
  const lines = /** @type {HTMLElement[]} */ (Array.from(now.chapter.querySelectorAll(".said [data-at]")));
  const line = lines.findLast((each) => Number(each.dataset.at) <= at);
  for (const each of lines) each.toggleAttribute("data-now", each === line);
  write("[data-now-name]", now.chapter.dataset.name ?? now.chapter.querySelector("h3")?.textContent ?? "");
  write("[data-now-line]", line?.querySelector("p")?.textContent ?? "");
  write("[data-now-queue]", now.chapter.querySelector(".chapter-line")?.textContent ?? "");
}

/** @param {string} where @param {string} text */
function write(where, text) {
  const target = nowBox.querySelector(where);
  if (target && target.textContent !== text.trim()) target.textContent = text.trim();
}

/** @param {HTMLMediaElement} made */
function attach(made) {
  made.playbackRate = Number(speed.value);
  made.addEventListener("timeupdate", draw);
  made.addEventListener("play", () => {
    made.playbackRate = Number(speed.value);
    for (const other of document.querySelectorAll("audio")) if (other !== made) other.pause();
  });
  for (const other of document.querySelectorAll(".chapter audio")) other.addEventListener("play", () => made.pause());
}

/** @param {number} from */
async function begin(from) {
  hls?.destroy();
  hls = null;
  const made = document.createElement(way === "sound" ? "audio" : "video");
  made.controls = true;
  made.setAttribute("playsinline", "");
  made.setAttribute("aria-labelledby", "h-whole");
  element = made;
  frame.replaceChildren(made);
  fetchIt.hidden = true;
  attach(made);
  const address = `${box.dataset.base}/${way}/replay.m3u8`;
  if (native) {
    made.src = address;
    made.addEventListener("loadedmetadata", () => (made.currentTime = from), { once: true });
  } else {
    try {
      const { default: Hls } = await import("../vendor/hls.js/hls.light.min.js");
      if (made !== element) return;
      hls = new Hls({ enableWorker: false, startPosition: from, backBufferLength: 30 });
      hls.loadSource(address);
      hls.attachMedia(made);
    } catch {
      fetchIt.hidden = false;
      return;
    }
  }
  made.play().catch(() => {});
}

/** @param {number} to */
function go(to) {
  place = to;
  if (element && element.readyState > 0) {
    element.currentTime = to;
    element.play().catch(() => {});
  } else void begin(to);
  box.scrollIntoView({ block: "nearest" });
}

if (native && element && !carried) attach(element);
else {
  frame.replaceChildren();
  element = null;
  fetchIt.hidden = false;
}
/** @type {HTMLElement} */ (box.querySelector("[data-speed]")).hidden = false;
fetchIt.addEventListener("click", () => void begin(place));
speed.addEventListener("change", () => {
  if (element) element.playbackRate = Number(speed.value);
});
for (const link of ways) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    way = link.dataset.way ?? "sound";
    for (const each of ways) each.toggleAttribute("aria-current", each === link);
    link.setAttribute("aria-current", "true");
    void begin(element && element.currentTime > 0 ? element.currentTime : place);
  });
}
for (const link of elsewhere) {
  link.addEventListener("click", () => {
    const at = Math.floor(element?.currentTime ?? 0);
    link.href = link.href.replace(/watch=\w+/, `watch=${way}`).replace(/#.*/, `#whole-${at}`);
  });
}
if (carried) box.scrollIntoView();
for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a[data-go]"))) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    go(Number(link.dataset.go));
  });
}
