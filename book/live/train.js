// Chapter 4's short run, made in the page: its loss while it falls, and at the end its hash beside
// the one that the book prints.
"use strict";

longhandLive.builders.train = (part, place) => {
  const { load, start, fill, pad, chart } = longhandLive;

  const its = fill(part, `
    <p class="live-row"><button data-as="button">Train it here</button>
      <span data-as="state" role="status">The same run, by this page, in some seconds.</span></p>
    <div data-as="chart" class="drawing" hidden></div>
    <p data-as="end" class="live-end" hidden></p>
    <div data-as="draw" hidden><p class="live-row">Now draw a digit for the net that has just learnt in this page.</p><div data-as="pad"></div></div>`);

  // The loss of each batch, pale, and the running mean over ten.
  function draw(losses, epochs, perEpoch) {
    let mean = losses[0];
    const means = losses.map((loss, i) => (mean += (loss - mean) / Math.min(i + 1, 10)));
    const points = (values) => values.map((loss, i) => [(i + 1) / perEpoch, loss]);
    its.chart.innerHTML = chart({
      x: [0, epochs], y: [0.01, 3], logarithmic: true, xName: "epoch", yName: "cross-entropy of each batch",
      xTicks: Array.from({ length: epochs + 1 }, (_, epoch) => epoch), yTicks: [0.01, 0.1, 1],
      says: "The loss of each batch so far, falling from above 2",
      lines: [{ kind: "c0 faint", points: points(losses) }, { kind: "c0 thick", points: points(means) }],
    });
  }

  // ANCHOR: train
  async function train(call) {
    const [images, labels] = await load("digits");
    const bytes = new Uint8Array([...images, ...labels]);
    const epochs = (await call("train_begin", [images.length], bytes)).value;
    const losses = [], began = performance.now();
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const fresh = [...(await call("train_epoch")).floats];
      losses.push(...fresh);
      const right = (await call("train_accuracy")).value;
      const mean = fresh.reduce((sum, loss) => sum + loss) / fresh.length;
      its.state.textContent = `epoch ${epoch} of ${epochs}: training loss ${mean.toFixed(4)}, others read ${right.toFixed(2)} %`;
      draw(losses, epochs, fresh.length);
    }
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const hash = BigInt.asUintN(64, (await call("train_hash")).value).toString(16).padStart(16, "0");
    const printed = place.textContent.match(/hash of the weights: ([0-9a-f]{16})/)?.[1];
    return { hash, printed, seconds };
  }
  // ANCHOR_END: train

  its.button.addEventListener("click", async () => {
    if (part.call) {
      part.call.stop(); // a second run, or one that was broken off
      delete part.call;
      if (its.button.textContent === "Stop") {
        its.button.textContent = "Train it here";
        its.state.textContent = "Stopped.";
        return;
      }
    }
    const call = (part.call = start());
    its.button.textContent = "Stop";
    its.state.textContent = "The digits are unpacked.";
    its.chart.hidden = false;
    its.end.hidden = its.draw.hidden = true;
    try {
      const { hash, printed, seconds } = await train(call);
      const same = hash === printed;
      part.dataset.hash = same ? "equal" : "different";
      its.end.innerHTML = `hash of the weights trained here <code>${hash}</code><br>printed by the book <code>${printed}</code><br>
        <strong>${same ? "The same, to the last bit of every weight." : "They differ: this page was packed before the book was printed anew."}</strong>
        <span class="live-soft">It took ${seconds} s.</span>`;
      its.end.hidden = its.draw.hidden = false;
      pad(its.pad, call, "train_read");
    } catch (error) {
      its.state.textContent = error.message;
    }
    its.button.textContent = "Train it again";
  });
};
