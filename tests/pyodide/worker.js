// Runs the suite in a worker, so that the page stays free to be asked whether it has ended.
// Plain JavaScript, since it starts the interpreter that Python runs in.
import { loadPyodide } from "/pyodide/pyodide.mjs";

async function run() {
  const pyodide = await loadPyodide({ indexURL: "/pyodide/" });
  const suite = await fetch("/suite.zip");
  pyodide.unpackArchive(await suite.arrayBuffer(), "zip", { extractDir: "/suite" });
  return pyodide.runPython(`
import sys
sys.path[:0] = ["/suite/thalweg", "/suite/packages"]
from tests.pyodide.inside import report
report("/suite/thalweg")
`);
}

run().then(postMessage, (error) => postMessage(JSON.stringify({ crash: String(error) })));
