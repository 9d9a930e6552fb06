/**
 * The microphone: asked for on a tap, given 12 s to answer, and each way of failing told apart by the error's name.
 * In-app browsers (Facebook, Instagram) have the function, but its promise never settles.
 */

const PATIENCE_MS = 12000;
const IN_APP = /FB_IAB|FBAN|FBAV|Instagram|; wv\)/;

/** @typedef {"denied" | "dismissed" | "busy" | "absent" | "inapp" | "insecure" | "ended"} Cause */

export class MicrophoneError extends Error {
  /** @param {Cause} cause @param {Promise<MediaStream>} [late] what may still come, after the patience is over */
  constructor(cause, late) {
    super(cause);
    /** @type {Cause} */
    this.why = cause;
    this.late = late;
  }
}

/** Whether another program shows this page: Facebook, Instagram and others have browsers of their own. */
export function isInApp() {
  return IN_APP.test(navigator.userAgent);
}

/** @param {MediaStreamConstraints} constraints @returns {Promise<MediaStream>} */
export async function capture(constraints) {
  if (!navigator.mediaDevices?.getUserMedia) throw new MicrophoneError(isSecureContext ? "inapp" : "insecure");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((done) => (timer = setTimeout(done, PATIENCE_MS, null)));
  try {
    const asked = navigator.mediaDevices.getUserMedia(constraints);
    const stream = /** @type {MediaStream | null} */ (await Promise.race([asked, late]));
    if (stream) return stream;
    throw new MicrophoneError(!isInApp() && (await permission()) === "prompt" ? "dismissed" : "inapp", asked);
  } catch (error) {
    throw error instanceof MicrophoneError ? error : new MicrophoneError(await causeOf(/** @type {Error} */ (error)));
  } finally {
    clearTimeout(timer);
  }
}

/** @param {Error} error @returns {Promise<Cause>} */
async function causeOf(error) {
  if (isInApp()) return "inapp";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "absent";
  if (error.name !== "NotAllowedError" && error.name !== "SecurityError") return "busy";
  return (await permission()) === "prompt" ? "dismissed" : "denied"; // where it is not told, the longer advice fits both
}

async function permission() {
  try {
    return (await navigator.permissions.query(/** @type {any} */ ({ name: "microphone" }))).state;
  } catch {
    return "";
  }
}

/**
 * Moves a bar with the loudness of a track, and says once that something was heard.
 * @param {MediaStream} stream @param {HTMLElement} bar @param {() => void} onHeard
 */
export function meter(stream, bar, onHeard) {
  if (!("AudioContext" in window)) return () => {}; // the microphone works without its bar
  const audio = new AudioContext();
  const analyser = audio.createAnalyser();
  analyser.fftSize = 4096; // 85 ms at 48 kHz: nearly all of what is said between two looks
  audio.createMediaStreamSource(stream).connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  let loud = 0;
  const timer = setInterval(() => {
    analyser.getByteTimeDomainData(samples);
    const level = samples.reduce((most, each) => Math.max(most, Math.abs(each - 128)), 0) / 128;
    bar.style.transform = `scaleX(${Math.min(1, level * 2).toFixed(2)})`;
    if (level > 0.04 && ++loud === 2) onHeard();
  }, 100);
  void audio.resume();
  return () => {
    clearInterval(timer);
    if (audio.state !== "closed") void audio.close(); // a turn that was dropped comes on the stage more than once
  };
}
