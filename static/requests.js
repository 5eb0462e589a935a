"use strict";
// Requests whose failures arrive as values. A network error of WebKit has no `stack`: Pyodide takes it for no error,
// and Python would wait for ever for a promise that has failed with it.
(() => {
  const failure = (error) => ({ failure: `${error?.name ?? "Error"}: ${error?.message ?? error}` });

  /** Carry a request out: {response} once its headers are there, or {failure} in the browser's words. */
  const open = (url, options) => fetch(url, options).then((response) => ({ response }), failure);

  /** Read on: {chunk}, which is undefined at the end, or {failure}. */
  const read = (reader) => reader.read().then(({ value }) => ({ chunk: value }), failure);

  /** Call a method that gives a promise, and tell a function, which lives as long as the page, if it fails. */
  const start = (failed, object, method, ...values) =>
    void object[method](...values).catch((error) => failed(failure(error).failure));

  globalThis.thalwegRequests = Object.freeze({ open, read, start });
})();
