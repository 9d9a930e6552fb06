/** What a phone's locked screen says while it plays, with its buttons (W3C Media Session). */

/**
 * @param {string} artist below the page's title
 * @param {{ play: () => void, pause: () => void, stop: () => void }} buttons
 */
export function onLockedScreen(artist, buttons) {
  if (!("mediaSession" in navigator) || !("MediaMetadata" in window)) return;
  navigator.mediaSession.metadata = new MediaMetadata({ title: document.title, artist });
  navigator.mediaSession.playbackState = "playing";
  for (const [action, act] of Object.entries(buttons)) navigator.mediaSession.setActionHandler(/** @type {MediaSessionAction} */ (action), act);
}

export function offLockedScreen() {
  if ("mediaSession" in navigator) navigator.mediaSession.playbackState = "none";
}
