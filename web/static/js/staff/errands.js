/** What the desk asks for beside its live line, over plain HTTP: words, people, sums, one decision on many questions. */

import { RefusedError } from "../connection.js";

const here = `/mod/${document.body.dataset.session}`;

/** @param {string} name @param {Record<string, string>} [fields] @returns {Promise<any>} */
export async function fetched(name, fields = {}) {
  return answered(await fetch(`${here}/${name}?${new URLSearchParams(fields)}`, { redirect: "manual" }).catch(lost));
}

/** @param {string} name @param {Record<string, unknown>} content @returns {Promise<any>} */
export async function posted(name, content) {
  const headers = { "content-type": "application/json", "x-form-token": document.body.dataset.formToken ?? "" };
  return answered(await fetch(`${here}/${name}`, { method: "POST", headers, body: JSON.stringify(content), redirect: "manual" }).catch(lost));
}

/** No line. @returns {never} */
function lost() {
  throw new RefusedError("lost");
}

/** @param {Response} response */
async function answered(response) {
  if (response.type === "opaqueredirect") throw new RefusedError("ended"); // the login is over: the answer is the way to a new one
  const said = await response.json().catch(() => ({}));
  if (!response.ok) throw new RefusedError(said.code ?? "other", said.params);
  return said;
}
