// Chapter 8's figure of what tempering keeps, with the number of batches and the ratio to turn.
"use strict";

longhandLive.builders.temper = (part) => {
  const { fill, whenMoved, chart } = longhandLive;
  const its = fill(part, `
    <p>Temper where the ratio is below another number than 1, or measured on more batches or fewer. The dashed line is
      the noise that would be kept if all these gradients were made smaller alike, by as much signal.</p>
    <p class="live-row"><label class="live-wide">ratio below <input type="range" data-as="whole" min="0.1" max="4" step="0.1" value="1"></label>
      <span class="live-figure" data-as="ratio"></span></p>
    <p class="live-row"><label class="live-wide">batches <input type="range" data-as="batches" min="2" max="40" value="10"></label>
      <span class="live-figure" data-as="count"></span></p>
    <div data-as="chart" class="drawing"></div>
    <p class="drawing live-row live-key"><span class="c0">signal</span> <span class="c1">energy of the noise</span>
      <span class="c2">the same, all made smaller alike</span></p>`);

  whenMoved(part, async (call) => {
    const whole = Number(its.whole.value), batches = Number(its.batches.value);
    its.ratio.textContent = whole.toFixed(1);
    its.count.textContent = batches;
    const { floats } = await call("temper", [batches, whole]);
    const points = (of) => Array.from({ length: 21 }, (_, i) => [i / 4, of(floats[2 * i], floats[2 * i + 1])]);
    its.chart.innerHTML = chart({
      x: [0, 5], y: [0, 1], xName: "true ratio of signal to standard error", yName: "part that is kept",
      xTicks: [0, 1, 2, 3, 4, 5], yTicks: [0, 0.2, 0.4, 0.6, 0.8, 1],
      says: "What is kept of the signal, and of the energy of the noise, by the true ratio",
      lines: [
        { kind: "c2 thick dashed", points: points((signal) => signal * signal) },
        { kind: "c1 thick", points: points((_, noise) => noise) },
        { kind: "c0 thick", points: points((signal) => signal) },
      ],
    });
  });
};
