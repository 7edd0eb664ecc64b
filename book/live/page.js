// The live parts of the book: where a page has a place for one, this script builds it there. The
// appendix "How the page runs" tells how.
//
// Without WebAssembly, or on the page that is printed, nothing is built and the page stays as it
// is. Nothing large is loaded before the reader comes near.
"use strict";

const longhandLive = (() => {
  const folder = new URL(".", document.currentScript.src);

  // ANCHOR: load
  const files = {};

  // A page opened from disk may read no other file, but it may run one: each file of the folder
  // is a script that hands itself over here, as base64, with the lengths of its parts.
  function take(name, lengths, base64) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    let at = 0;
    files[name].arrive(lengths.map((length) => bytes.slice(at, (at += length))));
  }

  function load(name) {
    files[name] ??= (() => {
      const file = {};
      file.parts = new Promise((arrive, fail) => {
        file.arrive = arrive;
        const script = document.createElement("script");
        script.onerror = () => fail(new Error(`${name}.js is not there`));
        script.src = new URL(`${name}.js`, folder);
        document.head.append(script);
      });
      return file;
    })();
    return files[name].parts;
  }

  let compiled;
  function module() {
    compiled ??= load("module").then(([zipped]) => {
      const unzipped = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"));
      return new Response(unzipped).arrayBuffer();
    }).then((bytes) => WebAssembly.compile(bytes));
    return compiled;
  }
  // ANCHOR_END: load

  // ANCHOR: worker
  // What runs beside the page, so that the page never waits: it is given the name of a function
  // of the module, bytes for it to take, and numbers, and answers with what comes back.
  function beside() {
    let exports;
    self.onmessage = async ({ data: { id, module, name, bytes, numbers } }) => {
      try {
        exports ??= (await WebAssembly.instantiate(module, {})).exports;
        if (bytes) {
          const at = exports.room(bytes.length);
          new Uint8Array(exports.memory.buffer).set(bytes, at);
        }
        const value = exports[name](...numbers);
        const isCount = typeof value === "number" && name !== "train_accuracy";
        const floats = isCount && new Float32Array(exports.memory.buffer, exports.result(), value).slice();
        self.postMessage({ id, value, floats });
      } catch (error) {
        self.postMessage({ id, error: String(error) });
      }
    };
  }

  // A module of one's own, in a thread of one's own: `await crate("valley", [0, 0, 0.01])`.
  function start() {
    const code = new Blob([`(${beside})()`], { type: "text/javascript" });
    const worker = new Worker(URL.createObjectURL(code));
    const waiting = new Map();
    let last = 0;
    worker.onmessage = ({ data: { id, error, ...result } }) => {
      const { resolve, reject } = waiting.get(id);
      waiting.delete(id);
      error ? reject(new Error(error)) : resolve(result);
    };
    const call = async (name, numbers = [], bytes = null) => {
      const message = { id: ++last, module: await module(), name, bytes, numbers };
      return new Promise((resolve, reject) => {
        waiting.set(message.id, { resolve, reject });
        worker.postMessage(message);
      });
    };
    call.stop = () => worker.terminate();
    return call;
  }
  // ANCHOR_END: worker

  // The places of a page, each built by the part that its `data-live` names.
  const builders = {};
  function build() {
    const able = "WebAssembly" in window && "DecompressionStream" in window;
    if (!able || /(^|\/)print\.html$/.test(location.pathname)) return;
    for (const place of document.querySelectorAll("[data-live]")) {
      const part = document.createElement("div");
      part.className = "live";
      place.append(part);
      builders[place.dataset.live](part, place);
    }
  }
  document.addEventListener("DOMContentLoaded", build);

  // HTML of our own as elements, by name: `{ button, canvas }` of what has a `data-as`.
  function fill(part, html) {
    part.innerHTML = html;
    const named = [...part.querySelectorAll("[data-as]")].map((e) => [e.dataset.as, e]);
    return Object.fromEntries(named);
  }

  // Whatever is painted is painted again when the reader picks another theme.
  function onTheme(paint) {
    new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["class"] });
  }

  // Shows a part with sliders when the reader comes near, and again whenever one is moved: the last
  // place of a slider counts, those that it passed while `show` was busy do not.
  function whenMoved(part, show) {
    let call, busy = false, again = false;
    async function move() {
      again = busy;
      if (busy) return;
      busy = true;
      await show((call ??= start()));
      busy = false;
      if (again) move();
    }
    part.addEventListener("input", move);
    new IntersectionObserver((seen, observer) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      move();
    }, { rootMargin: "600px" }).observe(part);
  }

  return { take, load, start, builders, fill, onTheme, whenMoved };
})();
