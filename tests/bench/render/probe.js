// What `make bench-render` sees of a page from the inside; evaluated before the page's own scripts. Nothing runs
// until it is asked for, so that a run that only counts the main thread's time is not watched otherwise.
(() => {
  const memories = new Set();
  const keep = (exports) => {
    for (const each of Object.values(exports)) if (each instanceof WebAssembly.Memory) memories.add(each);
  };
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (source, imports) => {
      const result = await original.call(WebAssembly, source, imports);
      keep((result.instance ?? result).exports);
      for (const group of Object.values(imports ?? {})) keep(group);
      return result;
    };
  }

  const tasks = [];
  const events = [];
  const gaps = [];
  const painted = [];
  const bench = (globalThis.bench = {
    root: () => null, // the element of the last answer's text; each page has its own
    tree: () => document, // what that is in: mutations inside a shadow root are seen only from within
    // Whether all of the answer is on the page.
    holds: (words) => bench.root()?.textContent.includes(words) ?? false,
    wasmBytes: () => [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
    start(wanted) {
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) tasks.push(duration);
      }).observe({ type: "longtask" });
      if (wanted.interactions) watchInteractions();
      if (wanted.frames || wanted.paints) requestAnimationFrame(frame);
      if (wanted.paints) watchText();
    },
    seen: () => ({ tasks, gaps, painted, interactions: longest() }),
  });

  let before = 0;
  function frame() {
    const now = performance.now();
    if (before) gaps.push(now - before);
    before = now;
    channel.port2.postMessage(null); // heard after this frame is painted
    requestAnimationFrame(frame);
  }

  // The number of the newest stamped word on the page, and of the newest that was painted.
  let shown = -1;
  let paintedUpTo = -1;
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    if (shown === paintedUpTo) return;
    paintedUpTo = shown;
    painted.push([shown, performance.timeOrigin + performance.now()]);
  };
  function watchText() {
    new MutationObserver(() => {
      const tail = bench.root()?.textContent.slice(-120) ?? "";
      const found = tail.match(/\bw\d{6}(?!\d)/g);
      if (found) shown = Math.max(shown, Number(found.at(-1).slice(1)));
    }).observe(bench.tree(), { childList: true, characterData: true, subtree: true });
  }

  function watchInteractions() {
    new PerformanceObserver((list) => {
      for (const { interactionId, duration } of list.getEntries())
        if (interactionId) events.push([interactionId, duration]);
    }).observe({ type: "event", durationThreshold: 16 });
  }
  // The longest event of every interaction, which is what Interaction to Next Paint counts.
  function longest() {
    const all = new Map();
    for (const [id, duration] of events) all.set(id, Math.max(all.get(id) ?? 0, duration));
    return [...all.values()];
  }
})();
