// Starts the interpreter and PyScript, its host: side by side, and after the page is on the screen.

import { painted } from "./interpreter.js";

await painted;
await import("./vendor/pyscript/core.js");
