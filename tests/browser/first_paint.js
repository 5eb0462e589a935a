// Counts the animation frames from the arrival of an answer's first text to its painting.
// Runs before the page's own scripts; it only looks on.
(() => {
  const read = ReadableStreamDefaultReader.prototype.read;
  const state = { frames: -1, arrived: false, reset };
  window.firstPaint = state;

  function reset() {
    state.frames = -1;
    state.arrived = false;
  }
  function count() {
    // A frame's callbacks run before it is painted; those of the next frame come after that.
    let begun = 0;
    const painted = (text) => document.querySelector(".exchange:last-child .prose")?.textContent.includes(text);
    const step = () => {
      if (painted("Hello")) state.frames = begun;
      else {
        begun += 1;
        requestAnimationFrame(step);
      }
    };
    requestAnimationFrame(step);
  }
  ReadableStreamDefaultReader.prototype.read = function (...args) {
    const result = read.apply(this, args);
    result.then(({ value }) => {
      if (state.arrived || !value || !new TextDecoder().decode(value).includes("Hello")) return;
      state.arrived = true;
      count();
    });
    return result;
  };
})();
