//! One short training run, with everything that one can choose; and a choice of its rate that is
//! fair to all rivals.

use longhand::data::Dataset;
use longhand::init::{Fan, kaiming_normal, relu_gain};
use longhand::layers::{
    CrossEntropy, Dropout, Evaluation, Layer, Linear, Loss, Relu, Sequential, evaluate,
};
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::{Rng, Tensor};

/// The digits of an experiment: to learn from, to choose by, to compare by.
#[derive(Clone)]
pub struct Parts {
    pub train: Dataset,
    pub choose: Dataset,
    pub compare: Dataset,
}

impl Parts {
    /// The first 10,000 to learn from; of those held back 5,000 to choose by, 5,000 to compare by.
    pub fn new(train: &Dataset, valid: &Dataset) -> Self {
        let (choose, compare) = (valid.rows(0..5_000), valid.rows(5_000..10_000));
        Self { train: train.rows(0..10_000), choose, compare }
    }
}

/// The rule for a step.
#[derive(Clone, Copy)]
pub enum Rule {
    Descent,
    Momentum,
    Adam,
}

/// A net and how it is trained.
#[derive(Clone)]
pub struct Trial<'a> {
    pub train: &'a Dataset,
    /// The sizes of the hidden layers.
    pub hidden: &'a [usize],
    /// Whether weights start as chapter 2 has them, and not as PyTorch does.
    pub kaiming: bool,
    pub rule: Rule,
    pub rate: f64,
    /// What the rate is multiplied by, when this part of the training is over.
    pub schedule: fn(f64) -> f64,
    pub batch: usize,
    pub epochs: usize,
    pub weight_decay: f64,
    /// The chance that a hidden value is dropped in training.
    pub dropout: f64,
    pub seed: u64,
}

impl<'a> Trial<'a> {
    /// The net with 50 hidden units, two epochs of momentum, and a rate that falls evenly to 0.
    pub fn new(train: &'a Dataset) -> Self {
        Self {
            train,
            hidden: &[50],
            kaiming: false,
            rule: Rule::Momentum,
            rate: 0.02,
            schedule: |over| 1.0 - over,
            batch: 64,
            epochs: 2,
            weight_decay: 0.0,
            dropout: 0.0,
            seed: 1,
        }
    }

    /// The net before its first step.
    pub fn net(&self, rng: &mut Rng) -> Sequential {
        let mut layers: Vec<Box<dyn Layer>> = Vec::new();
        let mut inputs = 784;
        for &outputs in self.hidden {
            layers.push(Box::new(self.linear(inputs, outputs, rng)));
            layers.push(Box::new(Relu::new()));
            if self.dropout > 0.0 {
                layers.push(Box::new(Dropout::new(self.dropout, rng)));
            }
            inputs = outputs;
        }
        layers.push(Box::new(self.linear(inputs, 10, rng)));
        Sequential::new(layers)
    }

    fn linear(&self, inputs: usize, outputs: usize, rng: &mut Rng) -> Linear {
        if !self.kaiming {
            return Linear::new(inputs, outputs, rng);
        }
        let weight = kaiming_normal([outputs, inputs], Fan::In, relu_gain(0.0), rng);
        Linear::from_parts(weight, Some(Tensor::zeros([outputs])))
    }

    /// Trains; after each epoch `look` sees its number, counted from 1, and the net.
    pub fn run(&self, mut look: impl FnMut(usize, &Sequential)) -> Sequential {
        let rng = &mut Rng::new(self.seed);
        let (mut net, mut loss) = (self.net(rng), CrossEntropy::mean());
        let momentum = if matches!(self.rule, Rule::Momentum) { 0.9 } else { 0.0 };
        let mut sgd = Sgd::new(self.rate).momentum(momentum).weight_decay(self.weight_decay);
        let mut adam = Adam::new(self.rate).weight_decay(self.weight_decay);
        let batches = self.train.batches(self.batch);
        let (all, mut made) = ((self.epochs * batches.len()) as f64, 0);
        for epoch in 1..=self.epochs {
            for (x, labels) in batches.shuffled(rng) {
                loss.forward(&net.forward(&x), &labels);
                net.zero_grad();
                net.backward_params(&loss.backward());
                let rate = self.rate * (self.schedule)(f64::from(made) / all);
                (sgd.lr, adam.lr) = (rate, rate);
                match self.rule {
                    Rule::Descent | Rule::Momentum => sgd.step(net.params_mut()),
                    Rule::Adam => adam.step(net.params_mut()),
                }
                made += 1;
            }
            look(epoch, &net);
        }
        net
    }
}

/// The mean loss and how many in a hundred are right.
pub fn score(net: &Sequential, digits: &Dataset) -> Evaluation {
    evaluate(digits, 1000, &mut CrossEntropy::mean(), |x| net.predict(x))
}

/// The least, the mean and the greatest of some runs that differ in their seed.
#[derive(Clone, Copy)]
pub struct Spread {
    pub least: f64,
    pub mean: f64,
    pub most: f64,
}

impl Spread {
    pub fn of(values: &[f64]) -> Self {
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Self { least, mean: values.iter().sum::<f64>() / values.len() as f64, most }
    }
}

/// `0.2811 (0.2790 to 0.2833)`
impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { least, mean, most } = self;
        let digits = f.precision().unwrap_or(4);
        write!(f, "{mean:.digits$} ({least:.digits$} to {most:.digits$})")
    }
}

/// Does the same for each seed, all at once.
pub fn for_seeds<R: Send>(seeds: std::ops::Range<u64>, run: impl Fn(u64) -> R + Sync) -> Vec<R> {
    let run = &run;
    std::thread::scope(|scope| {
        let threads: Vec<_> = seeds.map(|seed| scope.spawn(move || run(seed))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no run panics")).collect()
    })
}

/// What a rival can do once its rate has been chosen.
pub struct Tuned {
    pub rate: f64,
    pub loss: Spread,
    pub accuracy: Spread,
    /// For each rate, the losses that were chosen by.
    pub by_rate: Vec<Spread>,
}

// ANCHOR: tune
/// Trains at each rate with three seeds, takes the rate with the least mean loss on the digits to
/// choose by, and says how these nets do on the digits to compare by.
pub fn tune(name: &str, rates: &[f64], trial: &Trial, parts: &Parts) -> Tuned {
    let runs = |&rate: &f64| {
        for_seeds(1..4, |seed| {
            let net = Trial { rate, seed, ..trial.clone() }.run(|_, _| ());
            (score(&net, &parts.choose).loss, score(&net, &parts.compare))
        })
    };
    let runs: Vec<Vec<_>> = rates.iter().map(runs).collect();
    let losses = |runs: &Vec<(f64, Evaluation)>| {
        Spread::of(&runs.iter().map(|(loss, _)| *loss).collect::<Vec<_>>())
    };
    let by_rate: Vec<Spread> = runs.iter().map(losses).collect();
    let better =
        |best: usize, at: usize| if by_rate[at].mean < by_rate[best].mean { at } else { best };
    let best = (0..rates.len()).fold(rates.len() / 2, better);
    assert!(
        0 < best && best + 1 < rates.len(),
        "{name}: the best rate lies at the edge of those tried"
    );
    let compared = |what: fn(&Evaluation) -> f64| {
        Spread::of(&runs[best].iter().map(|(_, found)| what(found)).collect::<Vec<_>>())
    };
    let (loss, accuracy) = (compared(|found| found.loss), compared(Evaluation::accuracy));
    Tuned { rate: rates[best], loss, accuracy, by_rate }
}
// ANCHOR_END: tune
