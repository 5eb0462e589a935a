"use strict";
// The page of one picture from another host, in a sandboxed frame of its own: the chat's page may load none. It shows
// the address behind # and tells the page around it how large the picture is, or that there is none.
const picture = new Image();
const tell = (width, height) => parent.postMessage({ picture: [width, height] }, "*"); // no secret in it
picture.referrerPolicy = "no-referrer";
picture.alt = "";
picture.onload = () => tell(picture.naturalWidth, picture.naturalHeight);
picture.onerror = () => tell(0, 0);
picture.src = decodeURIComponent(location.hash.slice(1));
Object.assign(document.body.style, { margin: 0 });
Object.assign(picture.style, { display: "block", maxWidth: "100%", height: "auto" });
document.body.append(picture);
