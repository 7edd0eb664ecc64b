//! How a net is trained, and a choice of the rate that is fair to all rivals.

use longhand::data::{Dataset, Motion, move_each};
use longhand::layers::{Evaluation, Layer, Loss, Nll, Sequential, evaluate};
use longhand::optim::{Optimizer, Sgd};
use longhand::report::spread;
use longhand::tensor::threads;
use longhand::{Rng, Tensor};

// ANCHOR: fit
/// How a net is trained.
#[derive(Clone, Copy)]
pub struct Plan {
    /// The size of the first step.
    pub rate: f64,
    pub epochs: usize,
    /// By up to how many degrees and pixels each image is moved, anew each time it is shown.
    pub motion: Option<(f64, usize)>,
}

/// Descent with momentum in batches of 64, the step growing smaller from batch to batch until it
/// is nothing. After each step `watch` sees the loss of its batch, and the net.
pub fn fit(
    net: &mut Sequential,
    train: &Dataset,
    plan: Plan,
    rng: &mut Rng,
    mut watch: impl FnMut(f32, &Sequential),
) {
    let (batches, paper) = (train.batches(64), train.images.min());
    let (steps, mut made) = (plan.epochs * batches.len(), 0);
    let (mut sgd, mut loss) = (Sgd::new(plan.rate).momentum(0.9), Nll::mean());
    for _ in 0..plan.epochs {
        for (mut x, labels) in batches.shuffled(rng) {
            if let Some((degrees, pixels)) = plan.motion {
                x = move_each(&x, paper, || Motion::random(degrees, pixels, rng));
            }
            sgd.lr = plan.rate * (1.0 - made as f64 / steps as f64);
            let value = loss.forward(&net.forward(&x), &labels);
            net.zero_grad();
            net.backward_params(&loss.backward());
            sgd.step(net.params_mut());
            made += 1;
            watch(value, net);
        }
    }
}
// ANCHOR_END: fit

/// How a net does on these digits.
pub fn score(net: &Sequential, digits: &Dataset) -> Evaluation {
    evaluate(digits, 500, &mut Nll::mean(), |x| net.predict(x))
}

/// The log-probabilities that it gives them, `[n, 10]`.
pub fn scores(net: &Sequential, digits: &Dataset) -> Tensor {
    let parts: Vec<Tensor> = digits.batches(500).in_order().map(|(x, _)| net.predict(&x)).collect();
    Tensor::concat(&parts.iter().collect::<Vec<_>>(), 0)
}

/// The digits of an experiment: to learn from, to choose by, to report on.
pub struct Parts {
    pub train: Dataset,
    pub valid: Dataset,
    pub test: Dataset,
}

/// How many seeds each setting is tried with: 0, 1 and 2.
pub const SEEDS: u64 = 3;

/// What makes a net that has not learnt anything yet.
pub type Build = fn(&mut Rng) -> Sequential;

/// A net at its best rate.
pub struct Tuned {
    /// The rate, and whether it is the least or the greatest of those tried.
    pub rate: (f64, bool),
    /// For each rate, the loss in validation with each seed.
    pub by_rate: Vec<Vec<f64>>,
    /// The nets of the best rate, one for each seed.
    pub nets: Vec<Sequential>,
}

/// Trains at each rate with three seeds, and takes the rate with the least mean loss on the digits
/// to choose by.
pub fn tune(build: Build, rates: &[f64], plan: Plan, digits: &Parts) -> Tuned {
    let each = rates.iter().flat_map(|&rate| (0..SEEDS).map(move |seed| (rate, seed, None)));
    let mut runs: Vec<_> = each.collect();
    // Side by side, each run on one thread.
    threads::for_each(runs.iter_mut(), |(rate, seed, done)| {
        let rng = &mut Rng::new(*seed);
        let mut net = build(rng);
        fit(&mut net, &digits.train, Plan { rate: *rate, ..plan }, rng, |_, _| ());
        let loss = score(&net, &digits.valid).loss;
        // A run that flew apart is the worst of all.
        *done = Some((if loss.is_nan() { f64::INFINITY } else { loss }, net));
    });
    let mut by_rate: Vec<Vec<(f64, Sequential)>> = rates.iter().map(|_| Vec::new()).collect();
    for (run, (_, _, done)) in runs.into_iter().enumerate() {
        by_rate[run / SEEDS as usize].extend(done);
    }
    let losses: Vec<Vec<f64>> =
        by_rate.iter().map(|runs| runs.iter().map(|(loss, _)| *loss).collect()).collect();
    let best = (0..rates.len()).min_by(|&a, &b| mean(&losses[a]).total_cmp(&mean(&losses[b])));
    let best = best.expect("a rate");
    let nets = by_rate.swap_remove(best).into_iter().map(|(_, net)| net).collect();
    let edge = best == 0 || best + 1 == rates.len();
    Tuned { rate: (rates[best], edge), by_rate: losses, nets }
}

impl Tuned {
    /// The best rate, the loss in validation, and loss and accuracy on the digits to report on.
    pub fn row(&self, name: &str, digits: &Parts) -> [String; 5] {
        let found: Vec<Evaluation> = self.nets.iter().map(|net| score(net, &digits.test)).collect();
        let of = |what: fn(&Evaluation) -> f64| found.iter().map(what).collect::<Vec<_>>();
        let valid: Vec<f64> = self.nets.iter().map(|net| score(net, &digits.valid).loss).collect();
        let (rate, edge) = self.rate;
        [
            name.to_string(),
            if edge { format!("{rate} (edge)") } else { rate.to_string() },
            spread(&valid, 3),
            spread(&of(|found| found.loss), 3),
            spread(&of(Evaluation::accuracy), 2),
        ]
    }
}

pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
