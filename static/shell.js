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
  let kept = [];
  let survivesReload = true;

  const restore = () => {
    try {
      const questions = JSON.parse(read("sessionStorage", KEPT_KEY) ?? "[]");
      return Array.isArray(questions) ? questions.filter((question) => typeof question === "string") : [];
    } catch {
      return [];
    }
  };
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
    showKept(question);
    return true;
  };

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
    kept = restore();
    kept.forEach(showKept);
  });

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
    },
    { capture: true, signal: starting.signal },
  );

  // PyScript says nothing of what it cannot fetch; the browser's list of loaded resources does.
  const watcher = new PerformanceObserver((list) => {
    const script = find('script[type="py"]');
    if (root.dataset.state !== "starting" || !script) return;
    const needed = ["config", "src"].map((name) => new URL(script.getAttribute(name), location.href).href);
    for (const { name, responseStatus } of list.getEntries()) {
      if (!(responseStatus >= 400) || !needed.includes(name)) continue;
      fail(
        `Thalweg could not start: ${name.split("/").pop()} did not load.`,
        "Put the file where the page looks for it, then reload the page.",
        `${name} answered with status ${responseStatus}`,
      );
    }
  });
  watcher.observe({ type: "resource", buffered: true });

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
    },
    { signal: starting.signal },
  );

  let settings = "";

  const removeProvisional = () => {
    for (const row of document.querySelectorAll("#exchanges > .kept, #exchanges > .failure")) row.remove();
  };

  const fail = (happened, remedy, cause = "") => {
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
