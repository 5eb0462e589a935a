// Starts the interpreter and PyScript, its host: side by side, and after the page is on the screen.

import { painted } from "./interpreter.js";

await painted;
import("./settings.js"); // PyScript asks for it in a moment
await import("./vendor/pyscript/core.js");
