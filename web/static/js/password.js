/** Lets a password be looked at while it is typed, and says in words whether it will do. */

const LEAST = 12;
const GOOD = 16;

for (const button of document.querySelectorAll("button[data-reveal]")) reveal(/** @type {HTMLButtonElement} */ (button));
for (const field of document.querySelectorAll("input[data-password]")) weigh(/** @type {HTMLInputElement} */ (field));

/** @param {HTMLButtonElement} button */
function reveal(button) {
  const field = document.getElementById(button.dataset.reveal ?? "");
  const words = button.querySelector("span");
  if (!(field instanceof HTMLInputElement) || !words) return;
  const show = words.textContent ?? "";
  button.hidden = false;
  button.addEventListener("click", () => {
    const open = field.type === "password";
    field.type = open ? "text" : "password";
    button.setAttribute("aria-pressed", String(open));
    words.textContent = open ? button.dataset.msgHide ?? "" : show;
  });
  // A field of type text would offer the password among what was typed before.
  field.form?.addEventListener("submit", () => (field.type = "password"));
}

/** @param {HTMLInputElement} field */
function weigh(field) {
  const said = document.getElementById(`${field.id}-good`);
  field.addEventListener("input", () => {
    if (said) said.textContent = field.value ? verdict(field) : "";
  });
}

/** The same rules as the server's; its word counts. @param {HTMLInputElement} field */
function verdict(field) {
  const { msgShort = "", msgPlain = "", msgFair = "", msgGood = "" } = field.dataset;
  const letters = [...field.value];
  if (letters.length < LEAST) return msgShort.replace("{n}", String(LEAST - letters.length));
  const login = document.getElementById(field.dataset.password ?? "");
  const name = login instanceof HTMLInputElement ? login.value.trim().toLowerCase() : "";
  if (new Set(letters).size < 5 || (name && field.value.toLowerCase().includes(name))) return msgPlain;
  return letters.length < GOOD ? msgFair : msgGood;
}
