// Renders texts, each one a list of pieces; tells of each what is wrong with its elements, and its
// elements, without the numbers that differ from one rendering to the next.
async (texts) => {
  const forbidden = new Set(["applet", "area", "audio", "base", "embed", "form", "frame", "iframe", "image", "img",
    "link", "map", "meta", "object", "picture", "portal", "script", "slot", "source", "style", "svg", "template",
    "textarea", "track", "use", "video"]);
  const carriers = new Set(["href", "xlink:href", "src", "srcset", "srcdoc", "data", "action", "formaction", "poster",
    "background", "cite", "ping", "manifest", "lowsrc", "dynsrc", "style", "name"]);
  const written = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.matches(".part:empty")) return "";
    const attributes = [...node.attributes].filter(({ name }) => name !== "data-code")
      .map(({ name, value }) => ` ${name}="${value.replace(/^(#?user-content-)\d+/, "$1N")}"`);
    return `<${node.localName}${attributes.sort().join("")}>${[...node.childNodes].map(written).join("")}</>`;
  };
  const faults = (place) => {
    const found = [];
    for (const element of place.querySelectorAll("*")) {
      if (forbidden.has(element.localName)) found.push(`<${element.localName}>`);
      for (const { name, value } of element.attributes) {
        if (name.startsWith("on")) found.push(`${name}=${value}`);
        if (name === "id" && !value.startsWith("user-content-")) found.push(`id=${value}`);
        if (name === "data-address" && !/^(https?:|mailto:|data:image\/(png|jpeg|gif|webp);)/.test(value))
          found.push(`data-address=${value}`);
        if (!carriers.has(name.toLowerCase())) continue;
        const isOwn = name === "href" && value.startsWith("#user-content-");
        const isLink = element.localName === "a" && name === "href"
          && ["http:", "https:", "mailto:"].includes(new URL(value, document.baseURI).protocol)
          && /^(https?|mailto):/.test(value);
        if (!isOwn && !isLink) found.push(`<${element.localName} ${name}=${value}>`);
      }
    }
    return found;
  };
  const room = document.querySelector("#exchanges");
  const places = texts.map((pieces) => {
    const place = document.createElement("div");
    place.className = "prose";
    room.append(place);
    renderMarkup(place, pieces);
    return place;
  });
  await new Promise(requestAnimationFrame);
  await new Promise((done) => setTimeout(done));
  return places.map((place) => {
    const told = {
      faults: faults(place),
      elements: [...place.childNodes].map(written).join(""),
    };
    place.remove();
    return told;
  });
}
