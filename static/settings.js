// PyScript reads pyscript.toml through this parser (the attribute config-parser in index.html),
// because its own accepts only part of TOML and names no line when it fails.

import { parse as parseToml } from "./vendor/smol-toml/index.js";

/** Parse the settings; if they cannot be read, say so on the page, with the line. */
export function parse(text) {
  thalweg.keepSettings(text); // for Python, which reads our own table out of it
  try {
    return parseToml(text);
  } catch (error) {
    const [reason] = error.message.split("\n");
    thalweg.fail(
      `The settings file pyscript.toml cannot be read: line ${error.line} is not valid TOML.`,
      "Mend that line (or put the old file back), then reload the page.",
      `${reason}, line ${error.line}, column ${error.column}\n${error.codeblock ?? ""}`,
    );
    throw error;
  }
}
