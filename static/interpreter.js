// The interpreter that pyscript.toml names. PyScript imports this module and calls loadPyodide().
//
// static/start.js also loads it first of all, so that the interpreter starts while PyScript itself
// is still on its way: from a memory snapshot (made by tools/snapshot.mjs) in which the packages and
// the app are already imported. The snapshot API is private to Pyodide; on any failure, the plain
// boot takes over: PyScript then installs `packages` with micropip, as always.

import { loadPyodide as load, version } from "./vendor/pyodide/pyodide.mjs";
import { snapshot } from "./vendor/manifest.js";

const indexURL = new URL("./vendor/pyodide/", import.meta.url).href;
const root = document.documentElement;

/** Settles once the static shell was painted: downloads may start before, work may not. */
export const painted = new Promise((resolve) => {
  if (document.hidden) resolve(); // no frame will come
  else requestAnimationFrame(() => setTimeout(resolve));
  setTimeout(resolve, 200); // nor in a frame that is out of view
});

/** Download the snapshot (the browser checks its hash) and unpack it: about 31 MB. */
async function readSnapshot() {
  const address = new URL(`./vendor/${snapshot.address}`, import.meta.url);
  const response = await fetch(address, { integrity: snapshot.integrity }).catch((error) => {
    // Browsers say no more than "Failed to fetch" when it is missing, and when its hash is wrong.
    throw new Error(`${address.pathname} is missing, changed or out of reach (${error.message})`);
  });
  if (!response.ok) throw new Error(`${address.pathname} answered with status ${response.status}`);
  const raw = response.body.pipeThrough(new DecompressionStream("gzip"));
  const memory = new Uint8Array(await new Response(raw).arrayBuffer());
  if (memory.length !== snapshot.bytes) throw new Error("the snapshot has the wrong length");
  return memory;
}

/** Start the interpreter from the snapshot. PyScript's own output functions come in later. */
async function fromSnapshot() {
  const memory = readSnapshot();
  memory.catch(() => {}); // Pyodide awaits it late; until then a failure would count as unhandled
  if (snapshot.pyodide !== version) throw new Error(`the snapshot is for Pyodide ${snapshot.pyodide}`);
  await painted;
  const output = { write: console.log, warn: console.error };
  const python = await load({
    indexURL,
    _loadSnapshot: memory,
    stdout: (line) => output.write(line),
    stderr: (line) => output.warn(line),
  });
  // Otherwise every visitor would draw the same "random" numbers: they are frozen as well.
  python.runPython("import random; random.seed()");
  return { python, output };
}

/**
 * Answer PyScript's call for micropip: what the snapshot holds is installed already, anything
 * else is installed for real.
 */
function withoutBakedPackages(python) {
  const { loadPackage, pyimport } = python;
  const restore = () => Object.assign(python, { loadPackage, pyimport });
  const baked = (wanted) => snapshot.wheels.includes(wanted.split("/").pop());
  python.loadPackage = async (name, ...rest) =>
    name === "micropip" ? [] : loadPackage.call(python, name, ...rest);
  python.pyimport = (name) => {
    if (name !== "micropip") return pyimport.call(python, name);
    return {
      async install(packages, options) {
        restore();
        const missing = packages.filter((wanted) => !baked(wanted));
        if (missing.length === 0) return;
        await python.loadPackage("micropip");
        const micropip = python.pyimport("micropip");
        await micropip.install(missing, options);
        micropip.destroy();
      },
      destroy: restore,
    };
  };
  return python;
}

const early = fromSnapshot();
// Reported where it is awaited; without this the browser would call it unhandled before then.
early.catch(() => {});

/** What PyScript calls, once. Its options: stdout, stderr, indexURL. */
export async function loadPyodide(options) {
  // The settings are refused (static/settings.js): wait for ever, since PyScript would show an error as well.
  if ("refused" in root.dataset) await new Promise(() => {});
  try {
    const { python, output } = await early;
    output.write = options.stdout ?? output.write;
    output.warn = options.stderr ?? output.warn;
    root.dataset.boot = "snapshot";
    return withoutBakedPackages(python);
  } catch (error) {
    console.warn(`Thalweg starts without its snapshot, which takes longer: ${error.message ?? error}`);
    root.dataset.boot = "plain";
    return load({ ...options, indexURL });
  }
}

export { version };
