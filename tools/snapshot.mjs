// Make the memory snapshot that the page boots from, and boot it once to prove it.
//
//   node tools/snapshot.mjs PLAN.json
//
// PLAN.json: { pyodide, wheels, sources, modules, output, expectedBytes }
//   pyodide        directory of the vendored interpreter
//   wheels         wheel files, unpacked into site-packages before the imports
//   sources        zip of app/, unpacked into the home directory
//   modules        Python modules to import, in order
//   output         where the gzipped snapshot goes
//   expectedBytes  size of the interpreter's default heap: a larger snapshot cannot be loaded
// Prints one JSON line: { bytes, compressedBytes, roomBytes, heap }.
//
// The API is private to Pyodide, which is why the version is pinned (shared by every caller).

import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const HOME = "/home/pyodide"; // what the page uses too: it is frozen into the modules' paths
const plan = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { loadPyodide } = await import(pathToFileURL(`${plan.pyodide}/pyodide.mjs`).href);

const bytesOf = (path) => new Uint8Array(readFileSync(path));
const fail = (message) => {
  console.error(message);
  process.exit(1);
};

const python = await loadPyodide({
  _makeSnapshot: true,
  indexURL: plan.pyodide,
  env: { HOME },
});
for (const wheel of plan.wheels) python.unpackArchive(bytesOf(wheel), "wheel");
python.unpackArchive(bytesOf(plan.sources), "zip", { extractDir: HOME });
python.globals.set("_modules", plan.modules.join(" "));
python.runPython(`
import gc, importlib, sys
for _name in _modules.split():
    importlib.import_module(_name)
# What these hold describes this machine's files, not the page's.
sys.path_importer_cache.clear()
del _modules, _name
gc.collect()
`);

const snapshot = python.makeMemorySnapshot();
const heap = python._module.HEAPU8.length;
if (heap !== plan.expectedBytes) {
  fail(
    `The snapshot needs ${heap} bytes of memory, but the page's interpreter starts with ` +
      `${plan.expectedBytes}. Import less before it is made (tools/vendor.py, SNAPSHOT_MODULES).`,
  );
}

let top = snapshot.length;
while (top > 0 && snapshot[top - 1] === 0) top -= 1;
const compressed = gzipSync(snapshot, { level: 9 });
writeFileSync(plan.output, compressed);

const revived = await loadPyodide({
  _loadSnapshot: snapshot,
  indexURL: plan.pyodide,
  env: { HOME },
});
const missing = revived.runPython(
  `import sys; " ".join(n for n in ${JSON.stringify(plan.modules)} if n not in sys.modules)`,
);
if (missing) fail(`The snapshot boots, but lacks these modules: ${missing}.`);

console.log(
  JSON.stringify({
    bytes: snapshot.length,
    compressedBytes: compressed.length,
    roomBytes: snapshot.length - top,
    heap,
  }),
);
