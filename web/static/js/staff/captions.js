/**
 * The captioner's page: a line goes on its way with Enter while the next one is typed. Lines keep their order, and one that
 * could not be sent comes back into the field. Without this file each line loads the page anew.
 */

import { announce } from "../announcer.js";
import { newKey } from "../connection.js";
import { takeOver } from "../refresh.js";
import { sentence } from "../words.js";

const PARTS = ["captions-phase", "captions-state", "captions-last"];
const form = /** @type {HTMLFormElement} */ (document.getElementById("captions-form"));
const line = /** @type {HTMLInputElement} */ (document.getElementById("line"));
const lost = /** @type {HTMLElement} */ (document.getElementById("captions-lost"));
let began = 0;
/** What is on its way: a line waits for the one before it. @type {Promise<void>} */
let sending = Promise.resolve();

line.addEventListener("input", () => {
  began = line.value ? began || performance.now() : 0;
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = line.value.trim();
  if (!text) return;
  const fields = new FormData(form);
  fields.set("line", text);
  fields.set("key", newKey());
  fields.set("took", String(began ? Math.round(performance.now() - began) : 0));
  line.value = "";
  began = 0;
  line.focus();
  sending = sending.then(() => send(fields, text));
});

/** @param {FormData} fields @param {string} text */
async function send(fields, text) {
  try {
    const fresh = await posted(fields);
    if (!fresh.getElementById("captions-form")) throw new Error("ended"); // this is the page for a new login
    takeOver(fresh, PARTS);
    say(fresh.querySelector("#line-error span")?.textContent ?? "", text);
  } catch {
    say(sentence(form, "lost"), text);
  }
}

/** A problem, with the line that it is about back in the field unless another one was begun. @param {string} problem @param {string} text */
function say(problem, text) {
  lost.hidden = !problem;
  /** @type {HTMLElement} */ (lost.querySelector("span")).textContent = problem;
  if (!problem) return;
  if (!line.value) line.value = text;
  announce("fail", problem);
}

/** @param {FormData} fields @returns {Promise<Document>} */
function posted(fields) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.responseType = "document";
    request.timeout = 15000;
    request.onload = () => ((request.status === 200 || request.status === 422) && request.responseXML ? done(request.responseXML) : failed(new Error(String(request.status))));
    request.onerror = request.ontimeout = () => failed(new Error("lost"));
    request.send(new URLSearchParams(/** @type {any} */ (fields)));
  });
}
