/** Sentences that the page carries for its scripts: one catalogue, on the server, and nothing is worded here. */

/**
 * @param {Element} element its `data-msg-…` holds the sentence
 * @param {string} name
 * @param {Record<string, string | number>} [values] fill the {braces}; numbers stay in Western digits
 */
export function sentence(element, name, values = {}) {
  const raw = element.getAttribute(`data-msg-${name}`) ?? "";
  return raw.replace(/\{(\w+)\}/g, (_, key) => `\u2068${values[key] ?? ""}\u2069`);
}

/** @param {Element | null} element @param {string} attribute @returns {Record<string, string>} */
export function table(element, attribute) {
  return JSON.parse(element?.getAttribute(attribute) ?? "{}");
}

/** Ten digits as 2-4-4. @param {string} reference */
export function grouped(reference) {
  return `${reference.slice(0, 2)}-${reference.slice(2, 6)}-${reference.slice(6)}`;
}

/**
 * These and no others, in this order; nothing is touched where that is so already, because a slow phone pays for each move.
 * @param {Element} list @param {Element[]} wanted
 */
export function inOrder(list, wanted) {
  const same = wanted.length === list.children.length && wanted.every((each, index) => each === list.children[index]);
  if (!same) list.replaceChildren(...wanted);
}
