/** Whose turn it is to speak, how much time is left of it, and who is heard speaking: the same on every page of a hearing. */

/** The rules' own numbers (rooms/limits.py): a turn that ends so soon says so, and has so long for its last sentence. */
export const WARN_MS = 30000;
export const GRACE_MS = 30000;

/** @param {number} left milliseconds; below zero when the time is over @returns {"" | "low" | "grace" | "over"} */
export function timeStage(left) {
  if (left > WARN_MS) return "";
  if (left > 0) return "low";
  return left > -GRACE_MS ? "grace" : "over";
}

/** Minutes and seconds that are left, with a plus for what is over. @param {number} left milliseconds */
export function timeText(left) {
  const seconds = left > 0 ? Math.ceil(left / 1000) : Math.floor(-left / 1000);
  return `${left > 0 ? "" : "+"}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/**
 * Who has the turn to speak; null when nobody has. `turn` is missing for those who sit by themselves.
 * @param {any} view @returns {{seat: any, turn: any, question: any} | null}
 */
export function floorOf(view) {
  const seat = view?.seats?.[view.floor ?? ""];
  const turn = view?.turns?.[seat?.turn ?? ""];
  if (!seat || (!seat.taken && turn?.state !== "dropped")) return null;
  return { seat, turn, question: view.questions?.[turn?.questions?.[0] ?? ""] };
}

/**
 * Shows the clock of a turn in a box with `[data-time]` and `[data-time-word]`; nothing of it is read aloud.
 * @param {HTMLElement} box its `data-msg-…` hold the words @param {any} turn @param {number} now the server's time
 */
export function showTime(box, turn, now) {
  const running = turn?.state === "on_stage";
  const left = running ? turn.ends_at - now : 0;
  const stage = running ? timeStage(left) : "";
  const digits = /** @type {HTMLElement} */ (box.querySelector("[data-time]"));
  const word = /** @type {HTMLElement} */ (box.querySelector("[data-time-word]"));
  if (box.dataset.stage !== stage) box.dataset.stage = stage;
  const text = running ? timeText(left) : "";
  if (digits.textContent !== text) digits.textContent = text;
  const says = turn?.state === "dropped" ? "held" : !running ? "" : stage === "grace" || stage === "over" ? stage : "left";
  const said = says ? (box.getAttribute(`data-msg-${says}`) ?? "") : "";
  if (word.textContent !== said) word.textContent = said;
}

/** Marks the seats that are heard speaking, by a ring and a sign; it is for eyes only, who listens hears it anyway. */
export class Voices {
  /** @param {import("./connection.js").LiveConnection} live @param {ParentNode} root of everything with `data-seat` */
  constructor(live, root) {
    this.root = root;
    /** @type {Set<string>} */
    this.seats = new Set();
    this.onChange = () => {};
    live.on("media.speaking", (frame) => {
      this.seats = new Set(frame.seats ?? []);
      this.mark();
      this.onChange();
    });
  }

  mark() {
    for (const each of this.root.querySelectorAll("[data-seat]")) {
      each.toggleAttribute("data-speaks", this.seats.has(each.getAttribute("data-seat") ?? ""));
    }
  }
}
