//! A rate looked for in a single pass: it grows from batch to batch, and one watches the loss.

use crate::trial::{Parts, Trial};
use longhand::layers::{CrossEntropy, Layer, Loss};
use longhand::optim::{Optimizer, Sgd};
use longhand::report::{Figure, LineChart, Table};
use longhand::{Result, Rng, Tensor};

/// How many batches a loss is averaged over.
const WINDOW: usize = 10;

// ANCHOR: sweep
/// The rates of one pass over the digits, each 8 % above the one before, and the loss of each batch.
/// It ends where the loss has become four times the least.
fn sweep(trial: &Trial, momentum: f64) -> (Vec<f64>, Vec<f32>) {
    let rng = &mut Rng::new(trial.seed);
    let (mut net, mut loss) = (trial.net(rng), CrossEntropy::mean());
    let mut sgd = Sgd::new(1e-4).momentum(momentum);
    let (mut rates, mut losses) = (Vec::new(), Vec::new());
    let mut least = f32::INFINITY;
    for (x, labels) in trial.train.batches(trial.batch).shuffled(rng) {
        let value = loss.forward(&net.forward(&x), &labels);
        net.zero_grad();
        net.backward_params(&loss.backward());
        sgd.step(net.params_mut());
        rates.push(sgd.lr);
        losses.push(value);
        least = least.min(value);
        if value.is_nan() || value > 4.0 * least.max(0.5) {
            break;
        }
        sgd.lr *= 1.08;
    }
    (rates, losses)
}
// ANCHOR_END: sweep

/// Sweeps for descent and for momentum, beside the rates that were found with more effort.
pub fn compare(parts: &Parts, tuned: [f64; 2]) -> Result<()> {
    let trial = Trial::new(&parts.train);
    let mut table = Table::new(["rule", "loss least at", "it breaks off at", "best, as above"]);
    let mut chart = LineChart::new("The loss while the rate grows")
        .x("rate")
        .y("cross-entropy")
        .log_x()
        .y_range(0.0, 3.0);
    for (name, momentum, best) in [("descent", 0.0, tuned[0]), ("momentum 0.9", 0.9, tuned[1])] {
        let (rates, losses) = sweep(&trial, momentum);
        let mean = |end: usize| Tensor::vector(&losses[end - WINDOW..end]).mean();
        let least = (WINDOW..=losses.len()).min_by(|&a, &b| mean(a).total_cmp(&mean(b)));
        let least = rates[least.expect("more batches than the window") - 1];
        let last = rates[rates.len() - 1];
        table.push([name.into(), format!("{least:.3}"), format!("{last:.3}"), best.to_string()]);
        chart = chart.noisy(name, &rates, &losses, WINDOW);
    }
    println!("{table}\nfigure: {}", chart.save_figure("chapter4-finder")?);
    Ok(())
}
