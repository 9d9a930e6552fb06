/** Shows the buttons that print the page; without this the browser's own menu does it. */

for (const button of document.querySelectorAll("button[data-print]")) {
  /** @type {HTMLButtonElement} */ (button).hidden = false;
  button.addEventListener("click", () => print());
}
