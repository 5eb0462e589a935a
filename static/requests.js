"use strict";
// Requests whose failures arrive as values. A network error of WebKit has no `stack`: Pyodide takes it for no error,
// and Python would wait for ever for a promise that has failed with it.
(() => {
  const MOST = 1 << 20; // bytes that wait to be taken; the network waits with what is more

  const failure = (error) => ({ failure: `${error?.name ?? "Error"}: ${error?.message ?? error}` });

  /** Carry a request out: {response} once its headers are there, or {failure} in the browser's words. */
  const open = (url, options) => fetch(url, options).then((response) => ({ response }), failure);

  /**
   * Read a body to its end. `came` is called when something waits to be taken, once until it is. What is returned
   * takes it: all bytes there are as one array; after the last, {end: true} or {failure}.
   */
  const gather = (body, came) => {
    let parts = [];
    let size = 0;
    let ending = null;
    let isTold = false;
    let goOn = null;
    const tell = () => {
      if (isTold) return;
      isTold = true; // before: all may be taken at once
      came();
    };
    const read = async () => {
      // The next read() is asked for at once: WebKit withholds what comes while none is (WebKit bug 322545).
      const reader = body.getReader();
      for (let part; !(part = await reader.read()).done; ) {
        parts.push(part.value);
        size += part.value.length;
        tell();
        if (size > MOST) await new Promise((resolve) => (goOn = resolve));
      }
      return { end: true };
    };
    read().catch(failure).then((how) => {
      ending = how;
      tell();
    });
    return () => {
      if (!parts.length) return ending;
      const taken = parts.length > 1 ? joined(parts, size) : parts[0];
      parts = [];
      size = 0;
      isTold = false;
      goOn?.();
      if (ending) queueMicrotask(tell);
      return taken;
    };
  };

  const joined = (parts, size) => {
    const whole = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  };

  /** Call a method that gives a promise, and tell a function, which lives as long as the page, if it fails. */
  const start = (failed, object, method, ...values) =>
    void object[method](...values).catch((error) => failed(failure(error).failure));

  globalThis.thalwegRequests = Object.freeze({ open, gather, start });
})();
