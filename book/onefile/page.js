// What the PDF and the EPUB do to a page of the built book, in the browser that has read it. Both
// need it: listings get their colours, folded parts are unfolded, and answers move to an appendix.
// The page's own scripts do not run: what they would insert (the sidebar, what moves) is not there.

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A copy of what is in an element, to stand in a second place: no id and no link of its own. */
function copyOf(source) {
  const copy = source.cloneNode(true);
  for (const e of copy.querySelectorAll("[id]")) e.removeAttribute("id");
  for (const a of copy.querySelectorAll("a")) a.replaceWith(...a.childNodes);
  return [...copy.childNodes];
}

/** The pages in their order, out of the book's toc.html. A page has a label such as "Chapter 4". */
function tableOfContents(toc) {
  const pages = [];
  let part = "", letter = "A".charCodeAt();
  for (const e of new DOMParser().parseFromString(toc, "text/html").querySelectorAll(".part-title, .chapter a")) {
    if (e.matches(".part-title")) {
      part = e.textContent.trim();
      continue;
    }
    const number = e.querySelector("strong");
    const count = number ? number.textContent.trim().replace(/\.$/, "") : "";
    number?.remove();
    const label = !count ? "" : part === "Appendices" ? "Appendix " + String.fromCharCode(letter++) : "Chapter " + count;
    pages.push({ part, label, title: e.textContent.trim(), name: e.getAttribute("href").replace(/\.html$/, "") });
  }
  return pages;
}

/** The colours of the listings, and how many columns each one wants. */
function colourListings(root) {
  for (const code of root.querySelectorAll("pre > code")) {
    const columns = Math.max(...code.textContent.split("\n").map((line) => [...line].length));
    hljs.highlightBlock(code);
    code.classList.add("hljs");
    code.style.setProperty("--columns", columns);
    code.closest("pre").classList.toggle("long", code.textContent.split("\n").length > 14);
  }
}

/**
 * Takes the answers out of a page, and unfolds what else is folded there. The questions are
 * numbered. Where an answer was, a link is left to where it will be, in the file `elsewhere`.
 */
function takeAnswers(root, name, here, elsewhere) {
  const answers = [];
  let heading = null, questions = 0;
  for (const e of [...root.querySelectorAll("h1, h2, h3, h4, .question, details")]) {
    if (e.matches(".question")) e.dataset.number = ++questions;
    if (!e.matches("details")) {
      heading = e;
      continue;
    }
    const summary = e.querySelector("summary");
    summary.remove();
    if (!/answer/i.test(summary.textContent)) {
      const label = element("p", { class: "unfolded-title" }, ...summary.childNodes);
      e.replaceWith(element("div", { class: "unfolded" }, label, ...e.childNodes));
      continue;
    }
    const question = e.closest(".question"), id = `${name}-answer-${answers.length + 1}`;
    const back = element("a", { class: "back" }, "back");
    const title = element("h3", { id });
    const answer = element("section", { class: "answer" }, title);
    if (question) {
      question.id ||= `${name}-question-${questions}`;
      title.append(`Question ${questions}`);
      const asked = element("div", { class: "asked" }, ...copyOf(question));
      asked.querySelectorAll("details, .answer-link").forEach((d) => d.remove());
      answer.append(asked);
    } else {
      title.append(...copyOf(heading.querySelector("a.header") ?? heading));
    }
    back.href = `${here}#${(question ?? heading).id}`;
    title.append(" ", back);
    answer.append(...e.childNodes);
    answers.push(answer);
    e.replaceWith(element("p", { class: "answer-link" }, element("a", { href: `${elsewhere}#${id}` }, "Answer")));
  }
  return answers;
}
