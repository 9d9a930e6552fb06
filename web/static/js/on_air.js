/** The live page where a program is made: the same page, with the program's player. */

import { attachChannels } from "./channels.js";
import { attempt, live, store } from "./live.js";
import { attachProgram } from "./program.js";

const program = document.getElementById("program");
if (program) attempt(() => attachProgram(program, store, live));
if (program) attempt(() => attachChannels(program, store));
