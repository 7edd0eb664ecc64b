// Makes a chapter of the EPUB of a page of the built book. After page.js.

const XHTML = "http://www.w3.org/1999/xhtml";

/** An id in XML does not begin with a digit. */
const xmlId = (id) => (/^[\p{L}_]/u.test(id) ? id : "at-" + id);

/** An element as XML, as MathML 3 and EPUB want it. */
function xml(root) {
  for (const e of root.querySelectorAll("[displaystyle]:not(math, mstyle, mtable)")) {
    const style = document.createElementNS(e.namespaceURI, "mstyle");
    style.setAttribute("displaystyle", e.getAttribute("displaystyle"));
    e.removeAttribute("displaystyle");
    e.replaceWith(style);
    style.append(e);
  }
  for (const e of root.querySelectorAll("[id]")) e.id = xmlId(e.id);
  for (const a of root.querySelectorAll("a[href]")) {
    const [, page, id] = a.getAttribute("href").match(/^([^#:]*?)(?:\.html)?(?:#(.*))?$/) ?? [];
    if (page === undefined) continue;
    a.setAttribute("href", (page ? page.replace(/\.xhtml$/, "") + ".xhtml" : "") + (id ? "#" + xmlId(decodeURIComponent(id)) : ""));
  }
  return new XMLSerializer().serializeToString(root);
}

function needs(root) {
  return ["math", "svg"].filter((name) => root.querySelector(name)).map((name) => (name === "math" ? "mathml" : name));
}

/** The page called `name` as a chapter, its headings for the contents, and its answers. */
function ebookPage({ name, label, title }) {
  const page = element("section");
  page.append(...document.querySelector("main").childNodes);
  page.querySelectorAll("script, button, template").forEach((e) => e.remove());
  for (const image of page.querySelectorAll("img")) (image.closest("label") ?? image).replaceWith(image);
  for (const svg of page.querySelectorAll(".drawing > svg")) {
    const [, , width] = svg.getAttribute("viewBox").split(/\s+/);
    svg.setAttribute("style", `width: 100%; max-width: ${width}px`);
    svg.setAttribute("preserveAspectRatio", "xMidYMid meet");
  }
  const answers = element("section");
  const file = `answers-${name}`;
  const taken = takeAnswers(page, name, name, file);
  if (taken.length) answers.append(element("h1", {}, "Answers: " + (label || title)), ...taken);
  for (const root of [page, answers]) {
    colourListings(root);
    for (const code of root.querySelectorAll("pre > code")) {
      const columns = Number(code.style.getPropertyValue("--columns"));
      code.closest("pre").className = columns > 100 ? "widest" : columns > 80 ? "wider" : columns > 60 ? "wide" : "";
      code.removeAttribute("style");
    }
    for (const box of root.querySelectorAll(".outcome, .predict, .stop, .question")) {
      const words = { outcome: "In this chapter", predict: "Predict before you read on", stop: "On first reading, stop here" };
      box.prepend(element("p", { class: "box-title" }, words[box.className] ?? "Question " + box.dataset.number));
      delete box.dataset.number;
    }
    for (const header of root.querySelectorAll("a.header")) header.replaceWith(...header.childNodes);
    root.querySelectorAll("[class='']").forEach((e) => e.removeAttribute("class"));
  }
  const heading = page.querySelector("h1");
  if (label) heading.before(element("p", { class: "chapter-label" }, label));
  const text = xml(page);
  return {
    text,
    needs: needs(page),
    id: heading.id,
    headings: [...page.querySelectorAll("h2")].map((h) => ({ id: h.id, title: h.textContent })),
    images: [...page.querySelectorAll("img"), ...answers.querySelectorAll("img")].map((i) => i.getAttribute("src")),
    answers: taken.length ? { name: file, text: xml(answers), needs: needs(answers) } : null,
  };
}

/** The cover, to be photographed. */
function showCover(cover) {
  document.body.innerHTML = cover;
  document.body.style.margin = 0;
  document.querySelector("svg").style.cssText = "display: block; width: 600px; height: 848px";
}
