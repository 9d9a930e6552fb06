/** My question's page: what was sent is no draft any more, and the number can be handed on. Works without it. */

import { draftSent } from "./drafts.js";
import { attachShares } from "./share.js";

/** @type {HTMLElement | null} */
const arrived = document.querySelector("[data-draft-done]");
if (arrived) draftSent(arrived.dataset.draftDone ?? "");
attachShares();
