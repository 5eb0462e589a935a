import * as smd from "streaming-markdown";
import { answer, follow, onQuestion } from "./chat.js";

const thread = document.querySelector("#thread");
const messages = [];

function add(role) {
  const element = document.createElement("div");
  element.className = role;
  thread.append(element);
  return element;
}

onQuestion(async (content) => {
  messages.push({ role: "user", content });
  add("user").append(content);
  const parser = smd.parser(smd.default_renderer(add("assistant")));
  let text = "";
  await answer(messages, (delta) => {
    text += delta;
    smd.parser_write(parser, delta);
    follow();
  });
  smd.parser_end(parser);
  messages.push({ role: "assistant", content: text });
});
