/** Shows the buttons that copy a link. Without this, the link stands in its field and can be marked by hand. */

/** @type {NodeListOf<HTMLButtonElement>} */
const buttons = document.querySelectorAll("button[data-copy]");
for (const button of buttons) {
  const field = document.getElementById(button.dataset.copy ?? "");
  if (!(field instanceof HTMLInputElement)) continue;
  button.hidden = false;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // without TLS there is no clipboard to write to (Clipboard API, secure contexts)
    }
    const words = button.querySelector("span");
    if (words) words.textContent = button.dataset.msgCopied ?? "";
  });
}
