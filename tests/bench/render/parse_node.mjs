// The half of R13 that runs in Node: app/markup inside Pyodide, drawing into a sink that keeps nothing.
//
// Reads {"app": folder, "wheels": [file], "runs": n, "pieces": [text]} from standard input and writes
// [[milliseconds of every piece], …], a list a run.
import { readFileSync } from "node:fs";
import { loadPyodide } from "../../../node_modules/pyodide/pyodide.mjs";

const task = JSON.parse(readFileSync(0, "utf8"));
const pyodide = await loadPyodide();
for (const wheel of task.wheels) pyodide.unpackArchive(new Uint8Array(readFileSync(wheel)), "wheel");
pyodide.FS.mkdirTree("/w/app");
pyodide.mountNodeFS("/w/app", task.app);
const run = pyodide.runPython(`
import itertools, sys, time
sys.path.insert(0, "/w")
from app.markup import MarkdownStream

class Nowhere:
    """Takes every operation that a Sink knows, today or later; those that make a node get a number."""

    def __init__(self):
        self._numbers = itertools.count(1)

    def __getattr__(self, name):
        def operation(*arguments, **named):
            return next(self._numbers)

        setattr(self, name, operation)
        return operation

def run(pieces):
    stream = MarkdownStream(Nowhere())
    times = []
    for piece in pieces.to_py():
        before = time.perf_counter()
        stream.feed(piece)
        times.append((time.perf_counter() - before) * 1000)
    stream.close()
    return times
run
`);
const times = [];
for (let number = -2; number < task.runs; number++) {
  const taken = run(task.pieces).toJs();
  if (number >= 0) times.push(taken);
}
process.stdout.write(JSON.stringify(times), () => process.exit(0));
