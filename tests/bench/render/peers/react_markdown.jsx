import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { mount } from "./react_chat.jsx";

mount(({ text }) => <ReactMarkdown remarkPlugins={[remarkGfm]}>{text}</ReactMarkdown>);
