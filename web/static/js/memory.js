/** What this browser keeps for itself. Storage may be full, switched off or forbidden: then nothing is kept, and nothing breaks. */

const YEAR_S = 31536000;

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

/** How this phone follows; a cookie, so that the next page knows it. @param {string} way */
export function rememberWay(way) {
  document.cookie = `k_follow=${way}; path=/; max-age=${YEAR_S}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
}
