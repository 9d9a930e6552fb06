/** Shows the buttons that hand something on, where the phone can (Web Share). Without it, the links beside them do the same. */

export function attachShares() {
  if (!navigator.share) return;
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-share]"))) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const given = { title: document.title, text: button.dataset.text ?? "", url: button.dataset.share ?? "" };
      navigator.share(given).catch(() => {}); // closed again without choosing anybody: nothing to be said
    });
  }
}
