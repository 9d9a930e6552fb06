/** What only the browser knows: whether this page may have a microphone, and what time it thinks it is. */

/** A person does not notice five minutes; certificates and sign-ins do. */
const APART_MS = 5 * 60_000;

const line = document.getElementById("secure");
if (line) {
  const words = line.querySelector("span");
  const apart = Math.abs(Date.now() - Number(line.dataset.server));
  const text = apart > APART_MS ? line.dataset.msgClock : window.isSecureContext ? line.dataset.msgYes : line.dataset.msgNo;
  if (words) words.textContent = text ?? "";
  line.classList.toggle("notice-warn", apart > APART_MS || !window.isSecureContext);
  line.hidden = false;
}
