// Chapter 4's valley, with a rate to turn: where each rule goes, computed by the chapter's code.
"use strict";

longhandLive.builders.valley = (part) => {
  const { fill, whenMoved } = longhandLive;
  const WIDE = 560, HIGH = 300, RATES = 70, START = 21; // the chapter tries seventy, each 1.15 times the one before

  const rules = ["descent", "momentum 0.9", "Adam"].map((name, i) =>
    `<label><input type="radio" name="live-rule" value="${i}" ${i ? "" : "checked"}> ${name}</label>`);
  const its = fill(part, `
    <p class="live-row">${rules.join("")}<label><input type="checkbox" data-as="turned"> turned by 45°</label></p>
    <p class="live-row"><label class="live-wide">rate <input type="range" data-as="rate" min="0" max="${RATES - 1}" value="${START}"></label>
      <span class="live-figure" data-as="value"></span></p>
    <div data-as="chart" class="drawing"></div>
    <p data-as="end" class="live-end" role="status"></p>`);

  // What part of the plane is shown: along and across, or the plane as it is.
  const view = (turned) => (turned ? { x: [-10.5, 4.5], y: [-10.5, 4.5] } : { x: [-11, 3], y: [-1.5, 1.5] });

  function chart(places, turned) {
    const { x: [left, right], y: [low, high] } = view(turned);
    const point = ([x, y]) => {
      const at = [((x - left) / (right - left)) * WIDE, ((high - y) / (high - low)) * HIGH];
      return at.map((z) => z.toFixed(1)).join(",");
    };
    // Lines of equal loss are ellipses ten times as long as wide.
    const contours = [0.6, 1.25, 2.5, 5, 10, 15].map((size) => {
      const points = Array.from({ length: 73 }, (_, i) => {
        const along = size * Math.cos((i * Math.PI) / 36), across = (size / 10) * Math.sin((i * Math.PI) / 36);
        return point(turned ? [(along - across) * Math.SQRT1_2, (along + across) * Math.SQRT1_2] : [along, across]);
      });
      return `<polyline class="quiet" opacity="0.35" points="${points.join(" ")}"/>`;
    });
    // Once it is far outside there is nothing more to be seen.
    const far = places.findIndex((place) => !(Math.hypot(...place) < 40));
    const there = far < 0 ? places : places.slice(0, far);
    const dots = there.map((place) => {
      const [x, y] = point(place).split(",");
      return `<circle class="c0 solid" cx="${x}" cy="${y}" r="2.5"/>`;
    });
    its.chart.innerHTML = `<svg viewBox="0 0 ${WIDE} ${HIGH}" style="width: min(100%, ${WIDE}px)" role="img"
      aria-label="The path of a hundred steps in the valley" fill="none" stroke="currentColor">${contours.join("")}
      <polyline class="c0" points="${there.map(point).join(" ")}"/>${dots.join("")}</svg>`;
  }

  // ANCHOR: valley
  async function move(call) {
    const rule = Number(part.querySelector("input:checked").value), turned = its.turned.checked;
    const rate = 0.0005 * 1.15 ** its.rate.value;
    its.value.textContent = rate.toPrecision(2);
    const { floats } = await call("valley", [rule, Number(turned), rate]);
    const worst = floats.at(-1);
    chart(Array.from({ length: (floats.length - 1) / 3 }, (_, i) => floats.slice(3 * i, 3 * i + 2)), turned);
    its.end.textContent = worst < 1000
      ? `The largest loss of the last ten of a hundred steps: ${worst < 0.01 ? worst.toExponential(1) : worst.toPrecision(2)}`
      : "It has climbed out of the valley.";
  }
  // ANCHOR_END: valley

  whenMoved(part, move);
};
