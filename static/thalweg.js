// One line in any page: <script src="https://HOST/static/thalweg.js"></script>
// It adds a button; the button opens the chat in a frame, which loads nothing before then.
// This is the thin form: the button, the frame, Escape. It sets no global.
(() => {
  "use strict";
  const page = new URL("../index.html", document.currentScript.src);
  const ACCENT = "#00748a"; // the page's own accent, in the colour space that every browser has

  const style = (element, properties) => {
    for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value, "important");
    return element;
  };
  const corner = { position: "fixed", "inset-inline-end": "16px", "z-index": "2147483647", margin: "0" };

  const button = style(document.createElement("button"), {
    ...corner, "inset-block-end": "16px", "min-block-size": "48px", padding: "0 20px",
    border: "0", "border-radius": "24px", background: ACCENT, color: "#ffffff",
    font: "500 16px/1 system-ui, sans-serif", cursor: "pointer",
    "box-shadow": "0 6px 24px -8px rgb(0 0 0 / 0.5)",
  });
  button.type = "button";

  let frame = null;
  const makeFrame = () => {
    const made = style(document.createElement("iframe"), {
      ...corner, "inset-block-end": "76px", "inline-size": "min(420px, calc(100vw - 32px))",
      "block-size": "min(680px, calc(100vh - 108px))", border: "0", "border-radius": "10px",
      "box-shadow": "0 12px 48px -12px rgb(0 0 0 / 0.5)", "color-scheme": "normal",
    });
    made.title = "Chat";
    made.src = page.href;
    made.allow = "clipboard-write";
    made.referrerPolicy = "no-referrer";
    button.before(made);
    return made;
  };
  const show = (isOpen) => {
    if (isOpen) frame ??= makeFrame();
    if (frame) frame.style.setProperty("display", isOpen ? "block" : "none", "important");
    button.textContent = isOpen ? "Close chat" : "Open chat";
    button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) frame.focus(); // what is typed from here on goes to the chat
  };

  button.addEventListener("click", () => show(button.getAttribute("aria-expanded") !== "true"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") show(false);
  });
  show(false);
  const mount = () => document.body.append(button);
  if (document.body) mount();
  else document.addEventListener("DOMContentLoaded", mount);
})();
