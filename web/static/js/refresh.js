/**
 * Fetches a page of ours again and takes parts of it over, so that whoever listens is not interrupted by a reload. The
 * request answers with a document (XMLHttpRequest, responseType "document"): it is parsed, and nothing in it is run.
 */

/** @param {string} path @returns {Promise<Document>} */
export function freshPage(path) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("GET", path);
    request.responseType = "document";
    request.timeout = 15000;
    request.onload = () => (request.status === 200 && request.responseXML ? done(request.responseXML) : failed(new Error(String(request.status))));
    request.onerror = request.ontimeout = () => failed(new Error("lost"));
    request.send();
  });
}

/** Puts the fresh contents of these elements in place of the old ones. @param {Document} fresh @param {string[]} ids */
export function takeOver(fresh, ids) {
  addIcons(fresh);
  for (const id of ids) {
    const old = document.getElementById(id);
    const now = fresh.getElementById(id);
    if (!old || !now) continue;
    const [into, from] = old instanceof HTMLTemplateElement ? [old.content, /** @type {HTMLTemplateElement} */ (now).content] : [old, now];
    into.replaceChildren(...Array.from(from.childNodes, (node) => document.importNode(node, true)));
    old.hidden = now.hidden;
  }
}

/** A page carries only the icons that it shows. @param {Document} fresh */
function addIcons(fresh) {
  const sprite = document.querySelector("symbol")?.parentNode;
  for (const symbol of fresh.querySelectorAll("symbol")) {
    if (!document.getElementById(symbol.id)) sprite?.append(document.importNode(symbol, true));
  }
}
