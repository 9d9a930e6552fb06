/**
 * The microphone: asked for on a tap, given 12 s to answer, and each way of failing told apart by the error's name.
 * In-app browsers (Facebook, Instagram) have the function, but its promise never settles.
 */

const PATIENCE_MS = 12000;
const IN_APP = /FB_IAB|FBAN|FBAV|Instagram|; wv\)/;

/** @typedef {"denied" | "dismissed" | "busy" | "absent" | "inapp" | "insecure"} Cause */

export class MicrophoneError extends Error {
  /** @param {Cause} cause */
  constructor(cause) {
    super(cause);
    /** @type {Cause} */
    this.why = cause;
  }
}

/** @param {MediaStreamConstraints} constraints @returns {Promise<MediaStream>} */
export async function capture(constraints) {
  if (!navigator.mediaDevices?.getUserMedia) throw new MicrophoneError(isSecureContext ? "inapp" : "insecure");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new MicrophoneError("inapp")), PATIENCE_MS);
  });
  try {
    const asked = navigator.mediaDevices.getUserMedia(constraints);
    return await /** @type {Promise<MediaStream>} */ (Promise.race([asked, late]));
  } catch (error) {
    throw error instanceof MicrophoneError ? error : new MicrophoneError(await causeOf(/** @type {Error} */ (error)));
  } finally {
    clearTimeout(timer);
  }
}

/** @param {Error} error @returns {Promise<Cause>} */
async function causeOf(error) {
  if (IN_APP.test(navigator.userAgent)) return "inapp";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "absent";
  if (error.name !== "NotAllowedError" && error.name !== "SecurityError") return "busy";
  try {
    const { state } = await navigator.permissions.query(/** @type {any} */ ({ name: "microphone" }));
    return state === "prompt" ? "dismissed" : "denied";
  } catch {
    return "denied"; // the browser does not tell: the longer advice fits both
  }
}

/**
 * Moves a bar with the loudness of a track, and says once that something was heard.
 * @param {MediaStream} stream @param {HTMLElement} bar @param {() => void} onHeard
 */
export function meter(stream, bar, onHeard) {
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
