// The keeper: a service worker that performs a request to a model server, logs the answer's bytes, and gives
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

const BASE = new URL("keeper/", registration.scope).href;
const NAME = `keeper of ${registration.scope}`; // of the database and of the lock
const BATCH = 64 * 1024; // bytes that may wait to be stored, and the most that is given at once
const DELAY = 500; // milliseconds that bytes may wait; with the writing itself they are stored within a second
const HELD = 64 * 1024 * 1024; // bytes of one log in memory; what is more is read back from the store
const AGE = 24 * 60 * 60 * 1000;
const LEASE = 30_000; // milliseconds a request keeps the worker by itself; then the page's messages have to
const LONGEST_LEASE = 290_000; // Chromium kills a worker one of whose events takes 300 s

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// ---- The store: two tables in IndexedDB, what a log is and its bytes in batches under [ID, offset] --------------
let opening = null;

function database() {
  opening ??= new Promise((resolve, reject) => {
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
  });
  return opening;
}

/** Do one thing with both tables, whole or not at all; give the result of the request that `work` returns. */
async function inStore(mode, work) {
  const transaction = (await database()).transaction(["logs", "bytes"], mode);
  const request = work(transaction.objectStore("logs"), transaction.objectStore("bytes"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

const keysOf = (id, from, to) => IDBKeyRange.bound([id, from], [id, to]);

// ---- A log -----------------------------------------------------------------------------------------------------
class Log {
  state = "live"; // then "finished" or "broken"
  bytes = 0;
  status = 0; // upstream's; 0 before its headers came
  type = null; // its Content-Type
  cause = ""; // why it broke
  startedAt = Date.now();
  endedAt = null;
  stored = 0; // bytes that are in the store
  chunks = []; // {at, data}, one after the other without a gap; all bytes from the first chunk's `at` on
  upstream = new AbortController();
  #waiting = []; // called at the next byte or at the end
  #timer = null; // of the next storing
  #isStoring = false;
  #isStorable = true;

  constructor(id) {
    this.id = id;
    this.answered = new Promise((resolve) => (this.wasAnswered = resolve)); // headers came, or never will
    this.ended = new Promise((resolve) => (this.hasEnded = resolve));
  }

  /** What is stored and listed. Never anything of the request. */
  get record() {
    const { id, state, bytes, status, type, cause, startedAt, endedAt } = this;
    return { id, state, bytes, status, type, cause, startedAt, endedAt };
  }

  append(data) {
    this.chunks.push({ at: this.bytes, data });
    this.bytes += data.length;
    this.#wake();
    if (this.bytes - this.stored >= BATCH) this.store();
    else this.#timer ??= setTimeout(() => this.store(), DELAY);
  }

  end(state, cause = "") {
    if (this.state !== "live") return;
    Object.assign(this, { state, cause, endedAt: Date.now() });
    this.wasAnswered();
    this.hasEnded();
    this.#wake();
    this.store();
  }

  /** Settles when there is more to read, or the log has ended. */
  more() {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake() {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** The bytes between two offsets, which have to be in memory. */
  #joined(from, to) {
    let index = this.chunks.findLastIndex((chunk) => chunk.at <= from);
    const part = () => this.chunks[index].data.subarray(from - this.chunks[index].at);
    if (part().length >= to - from) return part().subarray(0, to - from);
    const whole = new Uint8Array(to - from);
    for (let done = 0; done < whole.length; index += 1) {
      const next = part().subarray(0, whole.length - done);
      whole.set(next, done);
      done += next.length;
      from += next.length;
    }
    return whole;
  }

  /** Bytes from an offset on that has some: one byte to a batch. */
  async read(at) {
    if (this.chunks.length && this.chunks[0].at <= at) return this.#joined(at, Math.min(this.bytes, at + BATCH));
    // The last batch that begins there or before.
    const cursor = await inStore("readonly", (_, bytes) => bytes.openCursor(keysOf(this.id, 0, at), "prev"));
    return cursor.value.subarray(at - cursor.key[1]);
  }

  /** Store what is not stored yet. Where the store fails, the log goes on from memory. */
  async store() {
    if (this.#isStoring || !this.#isStorable) return;
    this.#isStoring = true;
    try {
      let record;
      do {
        clearTimeout(this.#timer);
        this.#timer = null;
        record = this.record;
        await this.#storeUpTo(record);
      } while (this.#isStorable && (this.bytes - this.stored >= BATCH || this.state !== record.state));
    } catch {
      this.#isStorable = false;
    }
    this.#isStoring = false;
  }

  async #storeUpTo(record) {
    const at = this.stored;
    const data = at < record.bytes ? this.#joined(at, record.bytes) : null;
    await inStore("readwrite", (logs, bytes) => {
      if (data) bytes.put(data, [this.id, at]);
      return logs.put(record);
    });
    this.stored = record.bytes;
    // In memory the batch takes the place of its chunks; what the memory need not hold, it lets go.
    const isIn = ({ at: from }) => from >= at && from < record.bytes;
    if (data) this.chunks.splice(this.chunks.findIndex(isIn), this.chunks.filter(isIn).length, { at, data });
    const limit = record.state === "live" ? record.bytes - HELD : record.bytes;
    while (this.chunks.length && this.chunks[0].at + this.chunks[0].data.length <= limit) this.chunks.shift();
  }

  /** End the request, and forget all of it. */
  drop() {
    logs.delete(this.id);
    this.#isStorable = false;
    this.upstream.abort();
    this.end("broken", "the log was deleted");
    inStore("readwrite", (records, bytes) => {
      bytes.delete(keysOf(this.id, 0, Infinity));
      return records.delete(this.id);
    }).catch(() => {}); // then it was not stored either
  }
}

// ---- All logs --------------------------------------------------------------------------------------------------
const logs = new Map(); // by ID

/** Take over what an earlier worker has stored. Its live logs broke when it ended: only one worker runs at a time. */
async function restore() {
  for (const record of await inStore("readonly", (records) => records.getAll())) {
    if (logs.has(record.id)) continue;
    const log = Object.assign(new Log(record.id), record, { stored: record.bytes });
    logs.set(log.id, log);
    log.wasAnswered();
    if (log.state === "live") log.end("broken", "the worker was ended");
  }
  dropOld();
}

function dropOld() {
  for (const log of [...logs.values()]) {
    if (log.state !== "live" && log.startedAt < Date.now() - AGE) log.drop();
  }
}

// Not before the first event: while a new version of this file is being installed, the old one still works.
// A store that fails or hangs holds nothing up.
let restoring = null;
const restored = () => (restoring ??= Promise.race([restore().catch(() => {}), sleep(3000)]));

const isIdle = () => ![...logs.values()].some((log) => log.state === "live");

/** Settles after this time, or when no log is live any more. */
async function lease(milliseconds) {
  await restored();
  const end = Date.now() + Math.min(milliseconds, LONGEST_LEASE);
  const live = () => [...logs.values()].filter((log) => log.state === "live");
  const idle = async () => {
    while (live().length) await Promise.all(live().map((log) => log.ended));
  };
  await Promise.race([idle(), sleep(end - Date.now())]);
}

// ---- Which servers may be asked: those that the page's own policy names -------------------------------------------
let allowed = null;

async function readPolicy() {
  const address = new URL("index.html", registration.scope);
  // Where the site cannot be reached, the copy that the browser has will do.
  const page = await fetch(address, { cache: "no-cache" }).catch(() => fetch(address, { cache: "force-cache" }));
  const policy = /<meta[^>]+http-equiv="Content-Security-Policy"[^>]+content="([^"]*)"/i.exec(await page.text())?.[1];
  const directive = /(?:^|;)\s*connect-src\s([^;]*)/i.exec(policy ?? "")?.[1];
  // Whole origins only: a source with a wildcard or a path matches none, and so allows nothing.
  return (directive ?? "").trim().split(/\s+/).map((source) => (source === "'self'" ? location.origin : source));
}

/** Why this address may not be asked; empty if it may. */
async function refusal(address) {
  if (!URL.canParse(address)) return "X-Keeper-Upstream is no absolute address";
  const { protocol, origin } = new URL(address);
  if (!/^https?:$/.test(protocol)) return `${protocol} addresses are not asked`;
  if (allowed?.includes(origin)) return "";
  try {
    allowed = await readPolicy(); // it may have changed since
  } catch (error) {
    return `the policy of index.html could not be read: ${error}`;
  }
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
  return new ReadableStream(
    {
      async pull(controller) {
        while (at === log.bytes && log.state === "live") await log.more();
        if (at < log.bytes) {
          const data = await log.read(at);
          at += data.length;
          controller.enqueue(data);
        } else if (log.state === "finished") controller.close();
        else controller.error(new TypeError(log.cause));
      },
    },
    { highWaterMark: 0 }, // an error would throw away what waits in between
  );
}

// What the browser added to the page's request, and adds to the worker's by itself.
const OWN_HEADERS = /^(?:x-keeper-.*|user-agent|accept-language|referer|origin|sec-.*)$/;

async function begin({ request }, id) {
  const address = request.headers.get("X-Keeper-Upstream");
  const cause = await refusal(address);
  if (cause) return says(403, "refused", { cause });
  if (logs.has(id)) return says(409, "known");
  const log = new Log(id);
  logs.set(id, log);
  log.store(); // so that the next worker knows that it was asked
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
    return keep(log, response);
  } catch (error) {
    log.end("broken", String(error));
    return Response.error(); // what a direct fetch would have given
  }
}

/** Log an answer from now on, whoever reads it, and give it on. */
function keep(log, response) {
  const { status, statusText, body } = response;
  Object.assign(log, { status, type: response.headers.get("Content-Type") });
  log.wasAnswered();
  const headers = new Headers(response.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.set("X-Keeper", "live");
  pump(log, body);
  return new Response(body && stream(log, 0), { status, statusText, headers });
}

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
  await log.answered;
  const { state, bytes, status, type, cause } = log;
  const at = Number(from);
  if (at > bytes) return says(416, "beyond");
  if (state === "broken" && at === bytes) return says(410, "broken", { state, bytes, status, cause });
  const headers = new Headers({ "X-Keeper": state, "X-Keeper-Status": status, "X-Keeper-Bytes": bytes });
  if (type) headers.set("Content-Type", type);
  return new Response(stream(log, at), { headers });
}

async function answer(event, { pathname, searchParams }) {
  await restored();
  const { method } = event.request;
  const id = pathname.slice(new URL(BASE).pathname.length);
  if (!id) {
    if (method !== "GET") return says(405, "method");
    dropOld();
    const list = [...logs.values()].map(({ record: { type, cause, ...shown } }) => shown);
    return says(200, "list", list);
  }
  if (!/^[\w.-]{1,128}$/.test(id)) return says(400, "id");
  if (method === "POST") return begin(event, id);
  if (method === "GET") return read(logs.get(id), searchParams.get("from") ?? "0");
  if (method !== "DELETE") return says(405, "method");
  logs.get(id)?.drop();
  return says(204, "dropped");
}

addEventListener("fetch", (event) => {
  const { url, destination } = event.request;
  if (!url.startsWith(BASE)) return;
  // For fetch() of our own pages only: what a model server says must not become a page or a script of this origin.
  if (destination !== "" || !event.clientId) return event.respondWith(says(404, "unseen", { cause: "for fetch() only" }));
  event.respondWith(answer(event, new URL(url)));
  event.waitUntil(lease(LEASE));
});

addEventListener("message", (event) => {
  const { keep: milliseconds } = event.data ?? {};
  if (milliseconds > 0) event.waitUntil(lease(milliseconds));
});

// ---- Versions: a new one waits while the old one has a live log; the browser ends the wait after some minutes and
// tries again at a later load. Every live log has a share of the lock. ------------------------------------------------
addEventListener("install", (event) => {
  const takeOver = (lock) => lock && skipWaiting().then(() => true);
  const whenIdle = async () => {
    // Not in the lock's queue: those who come after us would wait behind us, and be cut.
    while (!(await navigator.locks.request(NAME, { ifAvailable: true }, takeOver))) await sleep(1000);
  };
  event.waitUntil(whenIdle());
});

addEventListener("activate", (event) => event.waitUntil(Promise.all([clients.claim(), restored()])));
