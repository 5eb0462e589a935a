// PyScript reads pyscript.toml through this parser (the attribute config-parser in index.html),
// because its own accepts only part of TOML, names no line when it fails, and checks no types.
// Here its own half of the file is checked; the table [thalweg] is Python's to check.

import { parse as parseToml } from "./vendor/smol-toml/index.js";

// What PyScript is told when the file is refused: show nothing, and take the loader that then stays out. It is
// named, not imported: importing it starts the interpreter, also where the settings name another one.
const REFUSED = { interpreter: new URL("./interpreter.js", import.meta.url).href, plugins: ["!error"] };

const isText = (value) => typeof value === "string";
const isTable = (value) => Object.prototype.toString.call(value) === "[object Object]"; // no list, no date
const TEXT = [isText, "a text in quotes"];
const TEXTS = [(value) => Array.isArray(value) && value.every(isText), "a list of texts in quotes"];
const TABLE = [(value) => isTable(value) && Object.values(value).every(isText), "a table of texts in quotes"];
const TABLES = [(value) => isTable(value) && Object.values(value).every(isTable), "a table of tables"];
const YES_OR_NO = [(value) => typeof value === "boolean", "true or false"];
const NUMBER = [Number.isSafeInteger, "a whole number"];
const KINDS = {
  interpreter: [(value) => isText(value) && /\.m?js$/.test(value), "the address of a JavaScript module"],
  packages: TEXTS,
  plugins: TEXTS,
  files: TABLE,
  packages_cache: TEXT,
  index_urls: TEXTS,
  js_modules: TABLES,
  fetch: [(value) => Array.isArray(value) && value.every(isTable), "a list of tables"],
  sync_main_only: YES_OR_NO,
  debug: YES_OR_NO,
  experimental_create_proxy: TEXT,
  experimental_ffi_timeout: NUMBER,
  name: TEXT,
  description: TEXT,
  version: TEXT,
};

/** The line, from 1, where a key outside all tables, or the table of this name, begins; else 0. */
function lineOf(text, key) {
  const lines = text.split("\n");
  const header = lines.findIndex((line) => line.trimStart().startsWith("["));
  const name = `["']?${key}["']?`;
  const assigns = new RegExp(`^\\s*${name}\\s*[.=]`);
  const opens = new RegExp(`^\\s*\\[+\\s*${name}\\s*[.\\]]`);
  const isHere = (line, index) => (header < 0 || index < header ? assigns : opens).test(line);
  return lines.findIndex(isHere) + 1;
}

/** What is wrong with PyScript's half, as sentences that name key and line. */
function problemsOf(settings, text) {
  const problems = [];
  if (!("interpreter" in settings)) {
    problems.push('line 1: The key "interpreter" is missing. Add it before the first table.');
  }
  for (const [key, [fits, kind]] of Object.entries(KINDS)) {
    if (!(key in settings) || fits(settings[key])) continue;
    problems.push(`line ${lineOf(text, key)}: The key "${key}" must be ${kind}.`);
  }
  return problems;
}

function refuse(happened, cause) {
  document.documentElement.dataset.refused = "";
  thalweg.fail(happened, "Correct it (or put the old file back), then reload the page.", cause);
  return REFUSED;
}

/** Parse the settings; what is wrong with them is said on the page, with key and line. */
export function parse(text) {
  thalweg.keepSettings(text); // for Python, which reads our own table out of it
  let settings;
  try {
    settings = parseToml(text);
  } catch (error) {
    const [reason] = error.message.split("\n");
    const { line, column, codeblock = "" } = error; // absent when it nests too deeply for the parser
    return refuse(
      `The settings file pyscript.toml cannot be read: ${line ? `line ${line}` : "it"} is not valid TOML.`,
      `${reason}${line ? `, line ${line}, column ${column}` : ""}\n${codeblock}`,
    );
  }
  const problems = problemsOf(settings, text);
  if (problems.length === 0) return settings;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more, see below)` : "";
  return refuse(
    `Thalweg cannot start with these settings. In pyscript.toml, ${problems[0]}${more}`,
    problems.join("\n"),
  );
}
