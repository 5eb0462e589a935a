// One line in any page: <script src="https://HOST/static/thalweg.js"></script>
// It adds a button; the button opens the chat in a frame, which loads nothing before then.
// This is the thin form: the button and the frame. Escape closes it from the page around, not from inside the
// chat, where it stops an answer. It sets no global.
(() => {
  "use strict";
  const { currentScript } = document;
  if (!currentScript) {
    console.error('thalweg.js is not a module: leave type="module" out of its script element.');
    return;
  }
  const page = new URL("../index.html", currentScript.src);
  const ACCENT = "#00748a"; // the page's own accent, in the colour space that every browser has

  // An important declaration on the element beats the page's, but only property by property: "all" comes first,
  // and every property in which a rule of the page could hide or move the element is named.
  const style = (element, properties) => {
    element.style.cssText = "all: initial !important";
    for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value, "important");
    return element;
  };
  const base = {
    position: "fixed", "inset-block-start": "auto", "inset-inline": "auto 16px", "z-index": "2147483647",
    "box-sizing": "border-box", border: "0", display: "block", visibility: "visible", opacity: "1",
    "pointer-events": "auto", "color-scheme": "normal",
  };

  const button = style(document.createElement("button"), {
    ...base, "inset-block-end": "16px", "min-block-size": "48px", padding: "0 20px",
    "border-radius": "24px", background: ACCENT, color: "#ffffff",
    font: "500 16px/1 system-ui, sans-serif", cursor: "pointer",
    "box-shadow": "0 6px 24px -8px rgb(0 0 0 / 0.5)",
  });
  button.type = "button";
  // "all: initial" took the ring of the keyboard's focus away as well.
  const ring = () => {
    const isByKey = button.matches(":focus-visible");
    button.style.setProperty("outline", isByKey ? `3px solid ${ACCENT}` : "none", "important");
    button.style.setProperty("outline-offset", "3px", "important");
  };
  button.addEventListener("focus", ring);
  button.addEventListener("blur", ring);

  let frame = null;
  const makeFrame = () => {
    const made = style(document.createElement("iframe"), {
      ...base, "inset-block-end": "76px", "inline-size": "min(420px, calc(100vw - 32px))",
      "block-size": "min(680px, calc(100vh - 108px))", "border-radius": "10px",
      "box-shadow": "0 12px 48px -12px rgb(0 0 0 / 0.5)",
    });
    made.title = "Chat";
    made.src = page.href;
    made.allow = "clipboard-write";
    made.referrerPolicy = "no-referrer";
    button.before(made);
    return made;
  };
  let isOpen = false;
  const show = (open) => {
    isOpen = open;
    if (isOpen) frame ??= makeFrame();
    frame?.style.setProperty("display", isOpen ? "block" : "none", "important");
    button.textContent = isOpen ? "Close chat" : "Open chat";
    button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) frame.focus(); // what is typed from here on goes to the chat
  };

  button.addEventListener("click", () => show(!isOpen));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOpen) return;
    show(false);
    button.focus();
  });
  show(false);
  const mount = () => document.body.append(button);
  if (document.body) mount();
  else document.addEventListener("DOMContentLoaded", mount);
})();
