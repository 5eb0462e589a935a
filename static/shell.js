"use strict";
// What the page can do without Python: its theme, a composer that keeps what is sent, and a start that fails in words.
// It listens on the document, because it runs before there is a body and must not wait for the interpreter's modules.
(() => {
  const root = document.documentElement;
  const find = (selector, from = document) => from.querySelector(selector);

  // ---- Trusted Types -------------------------------------------------------------------------------------------
  // The one function that may be made from a string: PyScript 0.7.31 calls Function() with it while it loads.
  const ADMITTED =
    'function anonymous(\n) {\nreturn(w,x)=>(async(e,t,...n)=>{for(const r of n)await r(e,t)})(w,x,...[({interpreter:e})=>{e.registerJsModule("_pyscript",{fs:{ERROR:"storage permissions not granted",NAMESPACE:"@pyscript.fs"},interpreter:e})}])\n}';
  globalThis.trustedTypes?.createPolicy("default", {
    // Chromium shows the function in parentheses, Firefox without.
    createScript: (source) => (source === ADMITTED || source === `(${ADMITTED})` ? source : null),
    // And the one script that is loaded by its address from code: the service worker.
    createScriptURL: (address) => (address === new URL("keeper.js", location).href ? address : null),
  });

  // ---- Storage: blocked or full storage throws, and the page goes on without ------------------------------------
  const read = (area, key) => {
    try {
      return globalThis[area].getItem(key);
    } catch {
      return null;
    }
  };
  const write = (area, key, value) => {
    try {
      globalThis[area].setItem(key, value);
      return true;
    } catch {
      return false;
    }
  };

  // ---- Theme: the person's choice, else the site's --------------------------------------------------------------
  const THEMES = ["auto", "light", "dark"];
  const THEME_KEY = "thalweg.theme";
  const known = (theme) => (THEMES.includes(theme) ? theme : null);
  let siteTheme = known(root.dataset.theme) ?? "auto";
  let chosenTheme = known(read("localStorage", THEME_KEY));

  const showTheme = () => {
    const theme = chosenTheme ?? siteTheme;
    root.dataset.theme = theme;
    for (const bar of document.querySelectorAll('meta[name="theme-color"]')) {
      const scheme = bar.dataset.scheme;
      bar.media = theme === "auto" ? `(prefers-color-scheme: ${scheme})` : theme === scheme ? "all" : "not all";
    }
    const toggle = find("#theme");
    toggle?.setAttribute("aria-label", `Theme: ${theme}`);
    toggle?.setAttribute("title", `Theme: ${theme}`);
  };
  const nextTheme = () => {
    chosenTheme = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
    write("localStorage", THEME_KEY, chosenTheme);
    showTheme();
    find("#announcer").textContent = `Theme: ${chosenTheme}`;
  };
  showTheme();

  // ---- Questions sent before Python is up -----------------------------------------------------------------------
  const KEPT_KEY = "thalweg.kept";
  let survivesReload = true;

  const restore = () => {
    try {
      const questions = JSON.parse(read("sessionStorage", KEPT_KEY) ?? "[]");
      return Array.isArray(questions) ? questions.filter((question) => typeof question === "string") : [];
    } catch {
      return [];
    }
  };
  let kept = restore();
  const store = () => {
    survivesReload = write("sessionStorage", KEPT_KEY, JSON.stringify(kept));
  };
  const scrollToEnd = () => {
    find("#bottom").scrollIntoView({ block: "end" });
  };
  const showKept = (question) => {
    const row = find("#kept").content.firstElementChild.cloneNode(true);
    find(".question-text", row).textContent = question;
    find("#hint").hidden = true;
    const failure = find("#exchanges > .failure");
    if (failure) failure.before(row);
    else find("#exchanges").append(row);
    scrollToEnd();
  };
  const keep = (text) => {
    const question = text.trim();
    if (!question) return false;
    kept.push(question);
    store();
    if (document.readyState !== "loading") showKept(question); // else with those kept before
    return true;
  };

  let settings = ""; // the text of pyscript.toml, once it is there

  // ---- The composer until Python takes over ---------------------------------------------------------------------
  const starting = new AbortController();
  const listen = (type, handler) => document.addEventListener(type, handler, { signal: starting.signal });

  listen("keydown", (event) => {
    const field = event.target;
    // The key code 229 is Safari's word for an Enter that ends a composition.
    const composing = event.isComposing || event.keyCode === 229;
    if (field.id !== "question" || event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    field.form.requestSubmit();
  });
  listen("submit", (event) => {
    if (event.target.id !== "composer") return;
    event.preventDefault();
    if (keep(event.target.elements.question.value)) event.target.reset();
  });
  listen("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.action === "prompt") keep(button.textContent);
    // A finger on a button must not raise the keyboard; a mouse or a key goes on writing.
    const leadsToField = button?.id === "send" || button?.dataset.action === "prompt";
    if (leadsToField && event.pointerType !== "touch") find("#question").focus();
  });

  // ---- For as long as the page lives ----------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.id === "theme") nextTheme();
    if (button?.dataset.action === "reload") location.reload();
  });

  // Where the style sheet cannot let the field grow with its text, a height is written; a reset shrinks it again.
  const grow = (field) => {
    field.style.blockSize = "auto";
    field.style.blockSize = `${field.scrollHeight}px`;
  };
  if (!CSS.supports("field-sizing", "content")) {
    document.addEventListener("input", (event) => {
      if (event.target.id === "question") grow(event.target);
    });
    document.addEventListener("reset", (event) => {
      // The event comes before the text is gone.
      queueMicrotask(() => grow(event.target.elements.question));
    });
  }

  // "interactive" comes when the page is parsed; DOMContentLoaded would wait for the interpreter's modules.
  document.addEventListener("readystatechange", () => {
    if (document.readyState !== "interactive") return;
    showTheme();
    // Inside another page the focus is that page's to give.
    if (globalThis.top === globalThis.self) find("#question").focus({ preventScroll: true });
    if (root.dataset.state !== "starting") return;
    kept.forEach(showKept);
  });

  let isVague = false; // the failure that is shown names no file; a reason that comes later is better

  // A script that cannot be loaded says so only here, to a listener that captures; what fails while a module
  // runs comes here as well.
  addEventListener(
    "error",
    (event) => {
      const isScript = event.target?.localName === "script";
      if (root.dataset.state !== "starting" || (!isScript && event.target !== globalThis)) return;
      fail(
        "Thalweg could not start: a part of the program did not load.",
        "Check the connection and reload the page. If it stays like this, the site is incomplete.",
        isScript ? `Not loaded: ${event.target.src}` : event.message,
      );
      isVague = true;
    },
    { capture: true, signal: starting.signal },
  );

  // Neither PyScript nor Pyodide says what it cannot fetch, and the latter then waits for ever; the browser's
  // list of loaded resources tells. The snapshot is left out: without it the start is slower, no more.
  const isNeeded = (url) =>
    url.origin === location.origin && /\.(?:m?js|py|toml|wasm|zip|whl|json)$/.test(url.pathname);
  const lineNaming = (part) => settings.split("\n").findIndex((line) => line.includes(part)) + 1; // 0: none does
  const failMissing = (name, status) => {
    if (!(status >= 400) || (root.dataset.state !== "starting" && !isVague)) return;
    const file = name.split("/").pop();
    const line = lineNaming(file);
    fail(
      `Thalweg could not start: ${file} did not load.`,
      line
        ? `pyscript.toml names it in line ${line}. Correct the name or put the file there, then reload the page.`
        : "Put the file where the page looks for it, then reload the page.",
      `${name} answered with status ${status}`,
    );
  };
  const watcher = new PerformanceObserver((list) => {
    for (const { name, responseStatus } of list.getEntries()) {
      if (isNeeded(new URL(name))) failMissing(name, responseStatus);
    }
  });
  watcher.observe({ type: "resource", buffered: true });

  // WebKit's list has no status: where the start takes longer than one from the snapshot, each file is asked for it.
  const SUSPICIOUS = 5_000; // milliseconds
  const askForStatus = async () => {
    for (const { name } of performance.getEntriesByType("resource")) {
      if (root.dataset.state !== "starting" && !isVague) return;
      if (!isNeeded(new URL(name))) continue;
      const answer = await fetch(name, { method: "HEAD" }).catch(() => null);
      failMissing(name, answer?.status);
    }
  };
  if (!("responseStatus" in PerformanceResourceTiming.prototype)) setTimeout(askForStatus, SUSPICIOUS);

  // Nor does anything else say that an address of the settings may not be asked. What a browser's extensions
  // try to load is not our concern.
  document.addEventListener(
    "securitypolicyviolation",
    ({ blockedURI, effectiveDirective }) => {
      const line = URL.canParse(blockedURI) ? lineNaming(new URL(blockedURI).host) : 0;
      if (root.dataset.state !== "starting" || !line) return;
      fail(
        `Thalweg could not start: pyscript.toml, line ${line}, names a file on another server.`,
        "Let it name files of this site only, then reload the page.",
        `${blockedURI} is not allowed by the page's security policy (${effectiveDirective})`,
      );
    },
    { signal: starting.signal },
  );

  // A download that hangs, or a broken part that fails without a word.
  const LONG = 20_000; // milliseconds; a plain start on a slow phone takes about half of it
  setTimeout(() => {
    // Later it would say nothing, and cost a look at all the page's styles.
    if (root.dataset.state === "starting") root.dataset.slow = "";
  }, LONG);

  // What fails inside the interpreter's start. If it starts all the same, taking over clears the message.
  addEventListener(
    "unhandledrejection",
    ({ reason }) => {
      if (root.dataset.state !== "starting") return;
      fail(
        "Thalweg could not start: a part of the program failed.",
        "Reload the page. If it stays like this, tell the people who run the site.",
        String(reason?.message ?? reason),
      );
      isVague = true;
    },
    { signal: starting.signal },
  );

  // PyScript opens a database before anything else, and where the browser does not let it, fails in vague words.
  const sayBlocked = (error) => {
    if (root.dataset.state !== "starting" && !isVague) return;
    fail(
      "Thalweg cannot start here: the browser keeps no data for this page.",
      "Allow cookies and site data for this site, then reload the page.",
      String(error?.message ?? error),
    );
  };
  const probe = () => {
    try {
      const opening = indexedDB.open("thalweg.probe");
      opening.onsuccess = () => opening.result.close();
      opening.onerror = () => sayBlocked(opening.error);
    } catch (error) {
      sayBlocked(error);
    }
  };
  document.addEventListener("readystatechange", probe, { once: true });

  const removeProvisional = () => {
    for (const row of document.querySelectorAll("#exchanges > .kept, #exchanges > .failure")) row.remove();
  };

  const fail = (happened, remedy, cause = "") => {
    isVague = false;
    for (const row of document.querySelectorAll("#exchanges > .failure")) row.remove();
    root.dataset.state = "failed";
    find("#hint").hidden = true;
    const failure = find("#failure").content.firstElementChild.cloneNode(true);
    find(".trouble-happened", failure).textContent = happened;
    find(".trouble-remedy", failure).textContent = remedy;
    find(".trouble-cause", failure).textContent = cause;
    find("details", failure).hidden = !cause;
    if (!survivesReload) {
      find(".trouble-safe", failure).textContent =
        "This browser lets the page keep nothing: copy your questions before you reload.";
    }
    find("#exchanges").append(failure);
    scrollToEnd();
  };

  globalThis.thalweg = Object.freeze({
    // Python is up: hand over the questions in the order they were sent, and stop listening.
    takeOver() {
      const questions = kept;
      kept = [];
      store();
      starting.abort();
      watcher.disconnect();
      removeProvisional();
      root.dataset.state = "ready";
      return questions;
    },
    // The text of the settings file, between who fetched it and Python, who checks it.
    keepSettings(text) {
      settings = text;
    },
    settings: () => settings,
    // The start failed: say what happened, what to do, and the technical cause, all as plain text.
    fail,
    // The site's own theme, from its settings; a person's choice goes first.
    siteTheme(theme) {
      siteTheme = known(theme) ?? siteTheme;
      showTheme();
    },
  });
})();
