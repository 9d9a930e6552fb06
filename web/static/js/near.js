/**
 * The second player: by script, nearer to the moment than a browser's own, and for a browser that has none. It is fetched
 * with the first tap for it.
 */

/**
 * @param {HTMLMediaElement} element @param {string} address of a playlist
 * @param {{ wanted: () => boolean, playing: () => boolean, onLost: () => void }} player whether it is still this element that
 *   is to play, and whether it does; what follows when nothing comes any more
 * @returns {Promise<any>} to be destroyed; null when it is not wanted any more
 */
export async function playNear(element, address, { wanted, playing, onLost }) {
  const { default: Hls } = await import("../vendor/hls.js/hls.light.min.js");
  if (!wanted()) return null;
  const hls = new Hls({ enableWorker: false, lowLatencyMode: true, backBufferLength: 10, maxLiveSyncPlaybackRate: 1.1 });
  hls.on(Hls.Events.ERROR, (/** @type {string} */ _name, /** @type {any} */ problem) => {
    if (!problem.fatal || !wanted()) return;
    if (problem.type === Hls.ErrorTypes.MEDIA_ERROR && playing()) hls.recoverMediaError();
    else onLost();
  });
  hls.loadSource(address);
  hls.attachMedia(element);
  element.play().catch(() => {});
  return hls;
}
