/** What this browser keeps for itself. Storage may be full, switched off or forbidden: then nothing is kept, and nothing breaks. */

/** @param {string} key @param {string} value @param {"tab" | "phone"} [where] until the tab is closed, or for good */
export function remember(key, value, where = "tab") {
  try {
    (where === "tab" ? sessionStorage : localStorage).setItem(key, value);
    return true;
  } catch {
    return false; // even naming the storage throws where it is forbidden
  }
}

/** @param {string} key @param {"tab" | "phone"} [where] */
export function recall(key, where = "tab") {
  try {
    return (where === "tab" ? sessionStorage : localStorage).getItem(key) ?? "";
  } catch {
    return "";
  }
}
