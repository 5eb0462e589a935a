// What the peers' pages share: a question goes out, deltas come back through eventsource-parser (the decoder
// that the AI SDK uses), and the thread follows its end, once a frame, as ours does.
import { createParser } from "eventsource-parser";

// Calls `write` with every delta of the answer, as it comes.
export async function answer(messages, write) {
  const response = await fetch(document.documentElement.dataset.endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model: "bench", stream: true, messages }),
  });
  const parser = createParser({
    onEvent({ data }) {
      if (data === "[DONE]") return;
      const delta = JSON.parse(data).choices[0]?.delta?.content;
      if (delta) write(delta);
    },
  });
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    parser.feed(decoder.decode(value, { stream: true }));
  }
}

let isWaiting = false;

// Shows the end of the thread in the next frame: one write, however many deltas come before it.
export function follow() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    document.querySelector("#thread").scrollTop = 1e9;
  });
}

// Hears what is sent from the composer.
export function onQuestion(ask) {
  const field = document.querySelector("#question");
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    const question = field.value;
    field.value = "";
    ask(question);
  });
}
