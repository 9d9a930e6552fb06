/**
 * What somebody has begun to write, kept on this phone so that a call, a reload or an empty battery loses nothing.
 *
 * Each draft has a place of its own, named after its form's key. A page that finds its place written by another page
 * leaves it alone and takes a new one, so that two pages never write over each other. Drafts are forgotten when their
 * question was sent, and after a day: phones are shared. Phone numbers are never kept.
 */

import { recall, remember } from "./memory.js";

const DAY_MS = 86400000;
const BEGIN = "k-draft-";

/** @typedef {{at: number, page: string, values: Record<string, string>}} Draft */

/** Names this page, as it was loaded this time. */
const THIS_PAGE = Array.from(crypto.getRandomValues(new Uint32Array(4)), (each) => each.toString(36)).join("");

/** A form's key as the server makes them: 128 bits in base64url. */
export function newFormKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Whether this browser keeps anything at all. */
export function canKeep() {
  try {
    localStorage.setItem(`${BEGIN}?`, "1");
    localStorage.removeItem(`${BEGIN}?`);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} name a hearing and a form's key @returns {Draft | null} */
export function draftAt(name) {
  try {
    return JSON.parse(localStorage.getItem(BEGIN + name) ?? "null");
  } catch {
    return null;
  }
}

/** Whether another page writes at this place. @param {string} name */
export function isTaken(name) {
  const there = draftAt(name);
  return there !== null && there.page !== THIS_PAGE;
}

/** @param {string} name @param {Record<string, string>} values @returns {boolean} false if there is no room */
export function keepAt(name, values) {
  try {
    localStorage.setItem(BEGIN + name, JSON.stringify({ at: Date.now(), page: THIS_PAGE, values }));
    return true;
  } catch {
    return false;
  }
}

/** @param {string} name */
export function forgetDraft(name) {
  try {
    localStorage.removeItem(BEGIN + name);
  } catch {
    // Nothing is kept here.
  }
}

/** It arrived: nothing of it stays here. @param {string} name */
export function draftSent(name) {
  forgetDraft(name);
  remember(`k-sent-${name}`, "1");
}

/** Whether what was written under this name has arrived already. @param {string} name */
export function wasSent(name) {
  return recall(`k-sent-${name}`) === "1";
}

/** Drafts of a hearing, newest first; those of yesterday are thrown away. @param {string} session @returns {[string, Draft][]} */
export function draftsOf(session) {
  /** @type {[string, Draft][]} */
  const found = [];
  try {
    for (const key of Object.keys(localStorage).filter((each) => each.startsWith(BEGIN))) {
      const name = key.slice(BEGIN.length);
      const draft = draftAt(name);
      // A phone whose clock was put back has drafts of tomorrow; they are kept like those of today.
      if (!draft || Date.now() - draft.at > DAY_MS) localStorage.removeItem(key);
      else if (name.startsWith(`${session}-`)) found.push([name, draft]);
    }
  } catch {
    return [];
  }
  return found.sort((one, other) => other[1].at - one[1].at);
}
