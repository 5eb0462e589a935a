// Without its plug-ins (highlighting, math, diagrams): they would only add to its work.
import { Streamdown } from "streamdown";
import { mount } from "./react_chat.jsx";

mount(({ text, isStreaming }) => <Streamdown isAnimating={isStreaming}>{text}</Streamdown>);
