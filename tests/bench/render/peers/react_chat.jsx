// A chat in React, as the AI SDK's examples have it: the text of the last message is state and grows by every
// delta; messages before it are memoised.
import { memo, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { answer, follow, onQuestion } from "./chat.js";

export function mount(Markdown) {
  const Message = memo(function Message({ role, content, isStreaming }) {
    return (
      <div className={role}>
        {role === "user" ? content : <Markdown text={content} isStreaming={isStreaming} />}
      </div>
    );
  });

  function Chat() {
    const [messages, setMessages] = useState([]);
    const [isStreaming, setStreaming] = useState(false);
    const latest = useRef(messages);
    latest.current = messages;
    useEffect(() => {
      onQuestion(async (content) => {
        const asked = [...latest.current, { role: "user", content }];
        setMessages([...asked, { role: "assistant", content: "" }]);
        setStreaming(true);
        await answer(asked, (delta) => {
          setMessages((all) => {
            const last = all.at(-1);
            return [...all.slice(0, -1), { ...last, content: last.content + delta }];
          });
        });
        setStreaming(false);
      });
    }, []);
    useEffect(follow, [messages]);
    return messages.map((message, index) => (
      <Message key={index} {...message} isStreaming={isStreaming && index === messages.length - 1} />
    ));
  }

  createRoot(document.querySelector("#thread")).render(<Chat />);
}
