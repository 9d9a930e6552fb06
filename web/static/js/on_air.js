/** The live page where a program is made: the same page, with the program's player. */

import { announce } from "./announcer.js";
import { attachChannels } from "./channels.js";
import { attempt, live, store } from "./live.js";
import { recall, remember } from "./memory.js";
import { attachProgram } from "./program.js";
import { Standing } from "./standing.js";
import { sentence } from "./words.js";

const program = document.getElementById("program");
if (program) attempt(() => attachProgram(program, { say: sentence, announce, recall, remember, store, live, Standing }));
if (program) attempt(() => attachChannels(program, store));
