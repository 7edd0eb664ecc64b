// Makes one book of mdBook's print page: title page, contents, chapters, answers. After page.js.

/** A place where the number of the page will stand on which an element with this id is. */
const pageOf = (id) => element("span", { class: "page-of", "data-of": id }, "000");

/** A line of the contents. */
function entry(id, label, title) {
  const name = element("span", { class: "name" });
  if (label) name.append(element("span", { class: "label" }, label), " ");
  name.append(...title);
  return element("li", {}, element("a", { href: "#" + id }, name, element("span", { class: "leader" }), pageOf(id)));
}

/** Without its image, a figure takes on the book's font. */
function inlineFigures(root, figures) {
  for (const image of root.querySelectorAll("img")) {
    const source = figures[image.getAttribute("src")];
    if (!source) continue;
    const svg = new DOMParser().parseFromString(source, "image/svg+xml").documentElement;
    svg.setAttribute("aria-label", image.alt);
    svg.querySelectorAll(":scope > title, :scope > desc").forEach((e) => e.remove());
    const [, , width] = svg.getAttribute("viewBox").split(/\s+/);
    svg.style.width = `min(100%, ${width}px)`;
    (image.closest(".img-wrapper")?.parentElement ?? image).replaceWith(document.importNode(svg, true));
  }
}

/** Leaves the printed book in the place of the page, and says the titles of its chapters. */
function printedBook({ toc, figures, cover, front, style }) {
  const main = document.querySelector("main");
  const pages = tableOfContents(toc);
  // mdBook sets a division that breaks the page between two chapters.
  const sections = [element("section")];
  for (const node of [...main.childNodes]) {
    if (node.nodeType === 1 && node.style.breakBefore === "page" && !node.childNodes.length) sections.push(element("section"));
    else sections.at(-1).append(node);
  }
  if (sections.length !== pages.length) throw new Error(`${pages.length} pages, but ${sections.length} in print`);

  const list = element("ul"), answers = element("section");
  answers.append(element("h1", { id: "answers" }, "Answers"));
  let part = "", styles = "";
  sections.forEach((section, i) => {
    const page = pages[i], heading = section.querySelector("h1");
    if (page.part !== part) list.append(element("li", { class: "part" }, (part = page.part)));
    if (page.label) heading.before(element("p", { class: "chapter-label" }, page.label));
    const item = entry(heading.id, page.label.replace("Chapter ", ""), [page.title]);
    const inside = element("ul");
    for (const h of section.querySelectorAll("h2")) inside.append(entry(h.id, "", copyOf(h.querySelector("a.header") ?? h)));
    if (page.label.startsWith("Chapter") && inside.childNodes.length) item.append(inside);
    list.append(item);

    const taken = takeAnswers(section, page.name, "", "");
    if (taken.length) answers.append(element("h2", { id: page.name + "-answers" }, (page.label ? page.label + ": " : "") + page.title), ...taken);
    running(section, [page.label, page.title].filter(Boolean).join("  ·  "));
  });
  if (answers.childNodes.length > 1) {
    sections.push(answers);
    list.append(entry("answers", "", ["Answers"]));
    running(answers, "Answers");
  }
  function running(section, head) {
    section.style.page = `head-${sections.indexOf(section)}`;
    styles += `@page ${section.style.page} { @top-left { content: ${JSON.stringify(head)} } }\n`;
  }
  const title = element("section", { class: "cover" }), colophon = element("section", { class: "front" });
  title.innerHTML = cover;
  colophon.innerHTML = front;
  const nav = element("section", { class: "front contents" }, element("h1", { id: "contents" }, "Contents"), list);
  const book = element("main", {}, title, colophon, nav, ...sections);
  document.body.replaceChildren(element("div", { class: "content" }, book));
  inlineFigures(book, figures);
  colourListings(book);
  for (const back of book.querySelectorAll("a.back")) back.replaceChildren("page ", pageOf(back.hash.slice(1)));
  for (const link of book.querySelectorAll(".answer-link a")) link.append(" on page ", pageOf(link.hash.slice(1)));
  for (const theme of document.querySelectorAll("#mdbook-tomorrow-night-css, #mdbook-ayu-highlight-css")) theme.remove();
  document.head.append(element("style", {}, style + styles));
  document.documentElement.className = "light";
  return [...book.querySelectorAll("h1:not(.book-title)")].map((h) => h.textContent);
}

/** What sticks out of the page to the right, and the links that lead nowhere. */
function misplaced() {
  const found = [];
  const right = document.querySelector("main").getBoundingClientRect().right + 1;
  for (const e of document.querySelectorAll("main section:not(.cover) *")) {
    if (e.getBoundingClientRect().right > right) found.push(`sticks out: ${e.localName} ${e.textContent.trim().slice(0, 60)}`);
  }
  for (const a of document.querySelectorAll("a[href^='#']")) {
    if (!document.getElementById(decodeURIComponent(a.hash.slice(1)))) found.push(`no such place: ${a.hash}`);
  }
  return found.slice(0, 20);
}

/** Writes the numbers of the pages, and says for which ids there is none. */
function fillIn(pages) {
  const missing = new Set();
  for (const e of document.querySelectorAll("[data-of]")) {
    e.textContent = pages[e.dataset.of];
    if (!pages[e.dataset.of]) missing.add(e.dataset.of);
  }
  return [...missing];
}
