// A sheet to draw a digit on, and what a net makes of it: chapter 6's, or one trained in the page.
"use strict";

(() => {
  const { load, start, builders, fill, onTheme } = longhandLive;
  const SIDE = 280;

  const html = `
    <div class="live-draw">
      <div>
        <canvas data-as="sheet" class="live-sheet" width="${SIDE}" height="${SIDE}" tabindex="0" role="application"
          aria-label="A sheet to draw a digit on, from 0 to 9. Without a pointer: the arrow keys move the pen, the space bar puts it down and lifts it."></canvas>
        <p class="live-row"><button data-as="clear">Clear</button><span data-as="hint" class="live-soft">Draw a digit.</span></p>
      </div>
      <div>
        <p class="live-label">What the net sees</p>
        <canvas data-as="seen" class="live-pixels live-seen" width="28" height="28"></canvas>
      </div>
      <div class="live-sure">
        <p class="live-label" data-as="answer" role="status">How sure it is of each digit</p>
        <div class="live-bars" data-as="bars"></div>
      </div>
    </div>
    <div data-as="maps" hidden>
      <p class="live-label">Its 20 maps behind the first convolution</p>
      <canvas data-as="first" class="live-pixels"></canvas>
      <p class="live-label">Its 50 maps behind the second</p>
      <canvas data-as="second" class="live-pixels"></canvas>
    </div>`;

  // Images of numbers from 0 to 1, side by side, in the canvas's own colour.
  function paint(canvas, numbers, side, columns = 1, gap = 0) {
    const count = numbers.length / (side * side), step = side + gap;
    canvas.width = columns * step - gap;
    canvas.height = Math.ceil(count / columns) * step - gap;
    const [red, green, blue] = getComputedStyle(canvas).color.match(/[\d.]+/g).map(Number);
    const image = new ImageData(canvas.width, canvas.height);
    numbers.forEach((number, i) => {
      const map = Math.floor(i / (side * side)), row = Math.floor(i / side) % side;
      const x = (map % columns) * step + (i % side), y = Math.floor(map / columns) * step + row;
      // Where a map is empty a little is left, so that its square can be seen.
      image.data.set([red, green, blue, 255 * Math.max(number, gap ? 0.06 : 0)], 4 * (y * canvas.width + x));
    });
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  // ANCHOR: sheet
  // What is drawn, as lists of points; each change is told to `changed`, with the ink of every
  // pixel from 0 to 255.
  function sheet(canvas, changed) {
    const context = canvas.getContext("2d", { willReadFrequently: true });
    let strokes = [], pen = [SIDE / 2, SIDE / 3], down = false;

    function redraw() {
      context.clearRect(0, 0, SIDE, SIDE);
      Object.assign(context, { lineWidth: 20, lineCap: "round", lineJoin: "round" });
      context.strokeStyle = getComputedStyle(canvas).color;
      for (const points of strokes) {
        context.beginPath();
        for (const [x, y] of [points[0], ...points]) context.lineTo(x, y);
        context.stroke();
      }
      const { data } = context.getImageData(0, 0, SIDE, SIDE);
      changed(Uint8Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i + 3]), strokes.length);
      if (document.activeElement === canvas && canvas.matches(":focus-visible")) {
        context.lineWidth = 2;
        context.strokeRect(pen[0] - 5, pen[1] - 5, 10, 10);
      }
    }

    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top].map((x) => (x * SIDE) / box.width);
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      canvas.setPointerCapture(event.pointerId);
      down = true;
      strokes.push([at(event)]);
      redraw();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!down || !canvas.hasPointerCapture(event.pointerId)) return;
      strokes.at(-1).push(...(event.getCoalescedEvents?.() ?? [event]).map(at));
      redraw();
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (down = false));

    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    canvas.addEventListener("keydown", (event) => {
      if (event.key === " ") {
        down = !down;
        if (down) strokes.push([pen]);
      } else if (ways[event.key]) {
        pen = pen.map((x, i) => Math.min(Math.max(x + 10 * ways[event.key][i], 20), SIDE - 20));
        if (down) strokes.at(-1).push(pen);
      } else return;
      event.preventDefault();
      redraw();
    });
    for (const event of ["focus", "blur"]) canvas.addEventListener(event, redraw);
    onTheme(redraw);
    return () => {
      strokes = [];
      down = false;
      redraw();
    };
  }
  // ANCHOR_END: sheet

  // Builds it; `read` gets the ink, and gives what the module gives.
  function pad(part, read) {
    const its = fill(part, html);
    its.bars.innerHTML = Array.from({ length: 10 }, (_, digit) => `<span>${digit}</span><i></i><span></span>`).join("");
    const bars = Array.from({ length: 10 }, (_, digit) => [...its.bars.children].slice(3 * digit, 3 * digit + 3));
    let latest = new Float32Array(0), waiting = null, busy = false;

    function show() {
      const seen = latest.slice(0, 784), sure = latest.slice(784, 794);
      const first = latest.slice(794, 794 + 20 * 24 * 24), second = latest.slice(794 + 20 * 24 * 24);
      const best = sure.indexOf(Math.max(...sure));
      bars.forEach(([, bar, percent], digit) => {
        bar.style.setProperty("--part", sure[digit] ?? 0);
        bar.classList.toggle("live-best", digit === best);
        percent.textContent = latest.length ? `${Math.round(100 * sure[digit])} %` : "";
      });
      its.answer.innerHTML = latest.length ? `It reads a <strong>${best}</strong>` : "How sure it is of each digit";
      if (latest.length && !waiting) part.dataset.read = best; // for whoever waits: this is about all that is drawn
      paint(its.seen, latest.length ? seen : new Float32Array(784), 28);
      its.maps.hidden = !first.length;
      for (const [canvas, maps, side, columns] of [[its.first, first, 24, 10], [its.second, second, 8, 17]]) {
        const most = maps.reduce((a, b) => Math.max(a, b), 0) || 1;
        if (maps.length) paint(canvas, maps.map((x) => x / most), side, columns, side / 8);
      }
    }

    // One drawing is on its way at a time; what was drawn meanwhile goes next.
    async function next() {
      if (busy || !waiting) return;
      const ink = waiting;
      [waiting, busy] = [null, true];
      try {
        latest = (await read(ink)).floats;
        show();
      } catch (error) {
        its.hint.textContent = error.message;
      }
      busy = false;
      next();
    }
    const clear = sheet(its.sheet, (ink, strokes) => {
      its.hint.hidden = strokes > 0;
      delete part.dataset.read;
      waiting = ink;
      next();
    });
    its.clear.addEventListener("click", clear);
    onTheme(show);
    show();
  }

  builders.draw = (part) => {
    const its = fill(part, `<p>The net of this chapter, each of its weights rounded to 16 bits, reads what you draw.</p><div data-as="pad"></div>`);
    let ready;
    const open = async () => {
      const call = start();
      const [weights] = await load("lenet");
      await call("draw_open", [], weights);
      return call;
    };
    pad(its.pad, async (ink) => (await (ready ??= open()))("draw_read", [SIDE, SIDE], ink));
  };

  longhandLive.pad = (part, call, name) => pad(part, (ink) => call(name, [SIDE, SIDE], ink));
})();
