// deep-chat has a composer, a decoder and a thread of its own; an interceptor tells it where the text is.
import "deep-chat";

const chat = document.createElement("deep-chat");
chat.connect = { url: document.documentElement.dataset.endpoint, stream: true };
chat.responseInterceptor = (response) => ({ text: response.choices[0]?.delta?.content ?? "" });
chat.style.width = "100%";
chat.style.height = "100vh"; // a percentage grows with what is in it
document.querySelector("#place").append(chat);
