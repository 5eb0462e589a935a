// The half of `make bench-wire` that runs in Node: eventsource-parser with JSON.parse, and the
// decoder of app/wire inside Pyodide, in turn on the same bytes. JavaScript, since the peer is.
//
// Reads {"app": folder, "rounds": n, "chunks": [base64]} from standard input and writes
// {"peer": [ms], "ours": [ms], "text": characters}.
import { readFileSync } from "node:fs";
import { createParser } from "eventsource-parser";
import { loadPyodide } from "../../node_modules/pyodide/pyodide.mjs";

const task = JSON.parse(readFileSync(0, "utf8"));
const chunks = task.chunks.map((chunk) => new Uint8Array(Buffer.from(chunk, "base64")));

function peer() {
  let text = "";
  const parser = createParser({
    onEvent(event) {
      text += JSON.parse(event.data).choices[0]?.delta?.content ?? "";
    },
  });
  const decoder = new TextDecoder();
  for (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }));
  return text;
}

const pyodide = await loadPyodide();
pyodide.FS.mkdirTree("/w/app");
pyodide.mountNodeFS("/w/app", task.app);
const ours = pyodide.runPython(`
import sys
sys.path.insert(0, "/w")
from app.wire import AnswerReader, dialect
def ours(chunks):
    reader = AnswerReader(dialect("openai-chat"), 200, {"content-type": "text/event-stream"})
    for chunk in chunks:
        reader.feed(chunk.to_bytes())
    return reader.close().text
ours
`);

const times = { peer: [], ours: [] };
for (let round = -2; round < task.rounds; round++) {
  for (const [name, run] of [["peer", peer], ["ours", () => ours(chunks)]]) {
    const started = performance.now();
    const text = run();
    // The first two rounds warm up.
    if (round >= 0) times[name].push(performance.now() - started);
    if (name === "ours" && text !== peer()) throw new Error("the texts differ");
  }
}
process.stdout.write(JSON.stringify(times));
process.exit(0);
