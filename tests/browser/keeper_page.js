// The page of tests/browser/test_keeper.py: it reads addresses and keeps what came, by name.
const readings = new Map();

// What is waited for comes within this time, unless it never comes.
const SECONDS = 30;

async function until(isSo) {
  for (const start = performance.now(); !isSo(); ) {
    if (performance.now() - start > SECONDS * 1000) throw new Error(`it never came: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function follow(reading, address, options) {
  try {
    const response = await fetch(address, options);
    const headers = Object.fromEntries(response.headers);
    reading.head = { status: response.status, headers };
    const reader = response.body?.getReader();
    for (let part; reader && !(part = await reader.read()).done; ) {
      reading.parts.push(part.value);
      reading.bytes += part.value.length;
    }
    reading.end = "ended";
  } catch (error) {
    reading.end = error.name;
  }
}

globalThis.story = {
  read(name, address, options = {}) {
    const stop = new AbortController();
    const reading = { parts: [], bytes: 0, end: null, head: null, stop };
    readings.set(name, reading);
    follow(reading, address, { ...options, signal: stop.signal });
  },
  stop(name) {
    readings.get(name).stop.abort();
  },
  async head(name) {
    const reading = readings.get(name);
    await until(() => reading.head || reading.end);
    return reading.head ?? reading.end;
  },
  async received(name, bytes) {
    const reading = readings.get(name);
    await until(() => reading.bytes >= bytes || reading.end);
    return reading.bytes;
  },
  async end(name) {
    const reading = readings.get(name);
    await until(() => reading.end);
    return reading.end;
  },
  async body(name) {
    const bytes = new Uint8Array(await new Blob(readings.get(name).parts).arrayBuffer());
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  },

  async register() {
    await navigator.serviceWorker.register("keeper.js", { updateViaCache: "none" });
    await until(() => navigator.serviceWorker.controller);
  },
  hasChanged: false,
  async update() {
    navigator.serviceWorker.oncontrollerchange = () => (story.hasChanged = true);
    await (await navigator.serviceWorker.ready).update();
  },
  // Settles once no version waits or is being installed.
  async changed() {
    const registration = await navigator.serviceWorker.ready;
    await until(() => !(registration.installing || registration.waiting || registration.active.state !== "activated"));
  },
  keep(milliseconds) {
    navigator.serviceWorker.controller.postMessage({ keep: milliseconds });
  },

  open() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(`keeper of ${new URL("./", location.href).href}`, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("logs", { keyPath: "id" });
        request.result.createObjectStore("bytes");
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  },
  // Everything the keeper has stored, its bytes as text.
  async stored() {
    const database = await story.open();
    const tables = [...database.objectStoreNames];
    const transaction = database.transaction(tables);
    const all = (table) =>
      new Promise((resolve) => {
        const request = transaction.objectStore(table).getAll();
        request.onsuccess = () => resolve(request.result);
      });
    const values = {};
    for (const table of tables) values[table] = await all(table);
    database.close();
    const text = (value) => (value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : value);
    return Object.fromEntries(tables.map((table) => [table, values[table].map(text)]));
  },
  async put(record, text) {
    const database = await story.open();
    const transaction = database.transaction(["logs", "bytes"], "readwrite");
    transaction.objectStore("logs").put(record);
    transaction.objectStore("bytes").put(new TextEncoder().encode(text), [record.id, 0]);
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    database.close();
  },
};
