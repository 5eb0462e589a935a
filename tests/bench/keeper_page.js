// The page of `make bench-keeper`: reads an answer as the app's transport does, and notes when each chunk came.
globalThis.bench = {
  async register() {
    await navigator.serviceWorker.register("keeper.js", { updateViaCache: "none" });
    while (!navigator.serviceWorker.controller) await new Promise((resolve) => setTimeout(resolve, 10));
  },
  // The delay in milliseconds of every event, from its sending to the chunk that ended it; and how many chunks came.
  async stream(address, headers) {
    const options = { method: "POST", headers, body: "{}", cache: "no-store", credentials: "omit" };
    const response = await fetch(address, options);
    const reader = response.body.getReader();
    const came = [];
    const parts = [];
    for (let reading = reader.read(); ; ) {
      const part = await reading;
      if (part.done) break;
      reading = reader.read();
      came.push(performance.timeOrigin + performance.now());
      parts.push(part.value);
    }
    const delays = [];
    const decoder = new TextDecoder();
    let text = "";
    parts.forEach((part, index) => {
      text += decoder.decode(part, { stream: true });
      const events = text.split("\n\n");
      text = events.pop();
      for (const event of events) delays.push(came[index] - Number(event.slice(-18, -1)));
    });
    return [delays, parts.length];
  },
};
