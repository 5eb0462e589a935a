// The keeper: a service worker that performs the request to a model server, logs the answer's bytes and gives
// them to the page, so that an answer outlives the page that asked. A dumb byte log: it parses nothing and
// decides nothing. Below the page's own address:
//
//   POST   keeper/ID         performs the request to the address in X-Keeper-Upstream; the answer streams back.
//                            The page may leave: the request goes on. A known ID is never requested again (409).
//   GET    keeper/ID?from=N  the bytes from N on, then live ones; as many readers as like. Ends as upstream ended.
//   DELETE keeper/ID         ends the request and forgets the log.
//   GET    keeper/           a list of the logs.
//
// The rest of the site is not touched. What upstream was sent (keys are in it) is not kept anywhere.
"use strict";

const BASE = new URL("keeper/", registration.scope);
const NAME = `keeper of ${registration.scope}`; // of the database and of the lock
const STORE_AFTER = 500; // milliseconds that bytes wait to be stored; with the writing itself, less than a second
const AT_ONCE = 64 * 1024; // the most bytes that a reader is given at once
const GIVE_AFTER = 1; // milliseconds: what comes faster is given together, which spares a fast answer work
const BREAK_AFTER = 200; // milliseconds: an error overtakes the bytes that are still on their way to the page
const HELD = 64 * 1024 * 1024; // bytes of a live log in memory; what is more is read back from the store
const AGE = 24 * 60 * 60 * 1000;
const LEASE = 30_000; // milliseconds that a request keeps the worker; then the page's messages have to
const LONGEST_LEASE = 290_000; // Chromium kills a worker one of whose events takes 300 s

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// ---- The store, in IndexedDB: what a log is, and its bytes in batches under [ID, offset] ------------------------
let opening = null;

const database = () =>
  (opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("logs", { keyPath: "id" });
      request.result.createObjectStore("bytes");
    };
    request.onsuccess = () => {
      request.result.onclose = () => (opening = null); // the person cleared the site's data
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  }));

/** Do one thing with both tables, whole or not at all; give the result of the request that `work` returns. */
async function inStore(mode, work) {
  const transaction = (await database()).transaction(["logs", "bytes"], mode);
  const request = work(transaction.objectStore("logs"), transaction.objectStore("bytes"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

const keysOf = (id, to) => IDBKeyRange.bound([id, 0], [id, to]);

// ---- A log -----------------------------------------------------------------------------------------------------
class Log {
  state = "live"; // then "finished" or "broken"
  bytes = 0;
  status = 0; // upstream's; 0 before its headers came
  type = null; // its Content-Type
  cause = ""; // why it broke
  startedAt = Date.now();
  endedAt = null;
  upstream = new AbortController();
  #chunks = []; // {at, data}, without a gap: all bytes from the first one's `at` on
  #waiting = []; // called when there is something new
  #givenAt = 0;
  #giveTimer = null;
  #storedBytes = 0;
  #storedState = null;
  #storeTimer = null;
  #isStoring = false;
  #isStorable = true;

  constructor(record) {
    Object.assign(this, record);
    this.#storedBytes = this.bytes;
    this.ended = new Promise((resolve) => (this.hasEnded = resolve));
  }

  /** What is stored. Never anything of the request. */
  get record() {
    const { id, state, bytes, status, type, cause, startedAt, endedAt } = this;
    return { id, state, bytes, status, type, cause, startedAt, endedAt };
  }

  append(data) {
    this.#chunks.push({ at: this.bytes, data });
    this.bytes += data.length;
    if (performance.now() - this.#givenAt >= GIVE_AFTER) this.give();
    else this.#giveTimer ??= setTimeout(() => this.give(), GIVE_AFTER);
    this.storeInTime();
  }

  end(state, cause = "") {
    if (this.state !== "live") return;
    Object.assign(this, { state, cause, endedAt: Date.now() });
    this.hasEnded();
    this.give();
    this.storeInTime();
  }

  /** Settles when headers or bytes came, or the log has ended. */
  news() {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  give() {
    clearTimeout(this.#giveTimer);
    this.#giveTimer = null;
    this.#givenAt = performance.now();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Bytes from an offset on that has some: at least one. */
  async read(at) {
    if (this.#chunks[0]?.at <= at) return this.#joined(at, Math.min(this.bytes, at + AT_ONCE));
    // The last batch that begins there or before.
    const found = await inStore("readonly", (_, bytes) => bytes.openCursor(keysOf(this.id, at), "prev"));
    return found.value.subarray(at - found.key[1]);
  }

  #joined(from, to) {
    const whole = new Uint8Array(to - from);
    for (let index = this.#chunks.findLastIndex(({ at }) => at <= from), done = from; done < to; index += 1) {
      const { at, data } = this.#chunks[index];
      const part = data.subarray(done - at, to - at);
      whole.set(part, done - from);
      done += part.length;
    }
    return whole;
  }

  storeInTime() {
    if (this.state !== this.#storedState) this.#store();
    else if (this.bytes > this.#storedBytes) this.#storeTimer ??= setTimeout(() => this.#store(), STORE_AFTER);
  }

  /** Store what is not stored yet. Where the store fails, the log goes on from memory. */
  async #store() {
    clearTimeout(this.#storeTimer);
    this.#storeTimer = null;
    if (this.#isStoring || !this.#isStorable) return;
    this.#isStoring = true;
    const { record } = this;
    const from = this.#storedBytes;
    const data = this.#joined(from, record.bytes);
    try {
      await inStore("readwrite", (records, bytes) => {
        if (data.length) bytes.put(data, [this.id, from]);
        return records.put(record);
      });
      this.#storedBytes = record.bytes;
      this.#storedState = record.state;
      // In memory the batch takes the place of its chunks. What need not be there is read back when asked for.
      const earlier = this.#chunks.filter(({ at }) => at < from && at >= record.bytes - HELD);
      const later = this.#chunks.filter(({ at }) => at >= record.bytes);
      this.#chunks = record.state === "live" ? [...earlier, { at: from, data }, ...later] : later;
    } catch {
      this.#isStorable = false;
    }
    this.#isStoring = false;
    this.storeInTime();
  }

  /** End the request, and forget all of it. */
  drop() {
    logs.delete(this.id);
    this.#isStorable = false;
    this.upstream.abort();
    this.end("broken", "the log was deleted");
    const forget = (records, bytes) => (bytes.delete(keysOf(this.id, Infinity)), records.delete(this.id));
    inStore("readwrite", forget).catch(() => {}); // then it was not stored either
  }
}

// ---- All logs --------------------------------------------------------------------------------------------------
const logs = new Map(); // by ID

/** Take over what an earlier worker stored. Its live logs broke when it ended: only one worker runs at a time. */
async function restore() {
  for (const record of await inStore("readonly", (records) => records.getAll())) {
    if (logs.has(record.id)) continue;
    const log = new Log(record);
    logs.set(log.id, log);
    log.hasEnded();
    log.end("broken", "the worker was ended");
  }
  dropOld();
}

function dropOld() {
  for (const log of [...logs.values()]) if (log.endedAt && log.startedAt < Date.now() - AGE) log.drop();
}

// Not before the first event: while a new version of this file is being installed, the old one still works.
// A store that fails or hangs holds nothing up.
let restoring = null;
const restored = () => (restoring ??= Promise.race([restore().catch(() => {}), sleep(3000)]));

/** Settles after this time, or when no log is live any more. */
async function lease(milliseconds) {
  await restored();
  const ends = [...logs.values()].map((log) => log.ended);
  await Promise.race([Promise.all(ends), sleep(Math.min(milliseconds, LONGEST_LEASE))]);
}

// ---- Which servers may be asked: those that the page's own policy names -------------------------------------------
let allowed = [];

async function readPolicy() {
  const address = new URL("index.html", registration.scope);
  // Where the site cannot be reached, the copy that the browser has will do.
  const page = await fetch(address, { cache: "no-cache" }).catch(() => fetch(address, { cache: "force-cache" }));
  const policy = /<meta[^>]+http-equiv="Content-Security-Policy"[^>]+content="([^"]*)"/i.exec(await page.text());
  const sources = /(?:^|;)\s*connect-src\s([^;]*)/i.exec(policy?.[1])?.[1] ?? "";
  // Whole origins only: a source with a wildcard or a path equals none, and so allows nothing.
  allowed = sources.split(/\s+/).map((source) => (source === "'self'" ? location.origin : source));
}

/** Why this address may not be asked; empty if it may. */
async function refusal(address) {
  if (!URL.canParse(address)) return "X-Keeper-Upstream is no absolute address";
  const { protocol, origin } = new URL(address);
  if (!/^https?:$/.test(protocol)) return `${protocol} addresses are not asked`;
  if (!allowed.includes(origin)) await readPolicy(); // it may have changed since
  return allowed.includes(origin) ? "" : `${origin} is not in connect-src of index.html`;
}

// ---- Requests --------------------------------------------------------------------------------------------------
const says = (status, word, details = null) =>
  new Response(details && JSON.stringify(details), {
    status,
    headers: { "X-Keeper": word, ...(details && { "Content-Type": "application/json" }) },
  });

/** The bytes from an offset on as a stream, at the reader's own pace; ends as the log does. */
function stream(log, at) {
  const pull = async (controller) => {
    while (at === log.bytes && log.state === "live") await log.news();
    if (at < log.bytes) {
      const data = await log.read(at);
      at += data.length;
      controller.enqueue(data);
    } else if (log.state === "finished") controller.close();
    else {
      await sleep(BREAK_AFTER);
      controller.error(new TypeError(log.cause));
    }
  };
  return new ReadableStream({ pull }, { highWaterMark: 0 }); // an error would throw away what waits in between
}

// What the browser added to the page's request, and adds to the worker's by itself.
const OWN_HEADERS = /^(?:x-keeper-.*|user-agent|accept-language|referer|origin|sec-.*)$/;

async function begin(request, id) {
  const address = request.headers.get("X-Keeper-Upstream");
  // Without the page's policy nobody is asked; the page takes it for what it most likely is: no network.
  const cause = await refusal(address).catch(() => null);
  if (cause === null) return Response.error();
  if (cause) return says(403, "refused", { cause });
  if (logs.has(id)) return says(409, "known");
  const log = new Log({ id });
  logs.set(id, log);
  log.storeInTime(); // now, so that the next worker knows that it was asked
  navigator.locks.request(NAME, { mode: "shared" }, () => log.ended);
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: [...request.headers].filter(([name]) => !OWN_HEADERS.test(name)),
      body: await request.arrayBuffer(),
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      redirect: "error", // to another origin it would pass by the policy, and no model server redirects a POST
      signal: log.upstream.signal,
    });
    const { status, statusText, body } = response;
    const headers = new Headers(response.headers);
    Object.assign(log, { status, type: headers.get("Content-Type") });
    log.give();
    pump(log, body);
    headers.delete("Content-Encoding");
    headers.delete("Content-Length");
    headers.set("X-Keeper", "live");
    return new Response(body && stream(log, 0), { status, statusText, headers });
  } catch (error) {
    log.end("broken", String(error));
    return Response.error(); // what a direct fetch would have given
  }
}

/** Log an answer from now on, whoever reads it. */
async function pump(log, body) {
  try {
    const reader = body?.getReader();
    for (let part; reader && !(part = await reader.read()).done; ) log.append(part.value);
    log.end("finished");
  } catch (error) {
    log.end("broken", String(error));
  }
}

async function read(log, from) {
  if (!/^\d{1,15}$/.test(from)) return says(400, "from");
  if (!log) return says(404, "unknown");
  while (log.state === "live" && !log.status) await log.news();
  const { state, bytes, status, type, cause } = log;
  const at = Number(from);
  if (at > bytes) return says(416, "beyond");
  if (state === "broken" && at === bytes) return says(410, "broken", { state, bytes, status, cause });
  const headers = new Headers({ "X-Keeper": state, "X-Keeper-Status": status, "X-Keeper-Bytes": bytes });
  if (type) headers.set("Content-Type", type);
  return new Response(stream(log, at), { headers });
}

function list() {
  dropOld();
  return says(200, "list", [...logs.values()].map(({ record: { type, cause, ...shown } }) => shown));
}

async function answer(request) {
  await restored();
  const { pathname, searchParams } = new URL(request.url);
  const id = pathname.slice(BASE.pathname.length);
  if (!id) return request.method === "GET" ? list() : says(405, "method");
  if (!/^[\w.-]{1,128}$/.test(id)) return says(400, "id");
  if (request.method === "POST") return begin(request, id);
  if (request.method === "GET") return read(logs.get(id), searchParams.get("from") ?? "0");
  if (request.method !== "DELETE") return says(405, "method");
  logs.get(id)?.drop();
  return says(204, "dropped");
}

addEventListener("fetch", (event) => {
  const { request, clientId } = event;
  if (!request.url.startsWith(BASE.href)) return;
  // For fetch() of our own pages only: what a model server says must not become a page or a script of this origin.
  const isFetch = request.destination === "" && clientId;
  if (!isFetch) return event.respondWith(says(404, "unseen", { cause: "for fetch() only" }));
  const answered = answer(request);
  event.respondWith(answered);
  event.waitUntil(answered.then(() => lease(LEASE)));
});

addEventListener("message", (event) => {
  if (event.data?.keep > 0) event.waitUntil(lease(event.data.keep));
});

// ---- Versions: a new one waits while the old one has a live log, each of which has a share of the lock ------------
addEventListener("install", (event) => {
  const takeOver = (lock) => lock && skipWaiting().then(() => true);
  const whenIdle = async () => {
    // Not in the lock's queue: those who come after us would wait behind us, and be cut.
    while (!(await navigator.locks.request(NAME, { ifAvailable: true }, takeOver))) await sleep(1000);
  };
  event.waitUntil(whenIdle()); // if the browser ends this wait, it installs again at a later load
});

addEventListener("activate", (event) => event.waitUntil(Promise.all([clients.claim(), restored()])));
