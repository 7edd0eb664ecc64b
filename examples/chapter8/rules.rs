//! The rules that are compared: what each makes of a mini-batch's gradient.

use longhand::Param;
use longhand::layers::{Layer, Sequential};
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::param::PerParam;
use longhand::wtb::{DecayingStats, Msvag, Tempered, TemperedMean};

/// How the gradient of a mini-batch becomes a step.
#[derive(Clone, Copy, PartialEq)]
pub enum Rule {
    Plain,
    Tempered,
    /// One factor for all parameters: the mean of theirs.
    OneFactor,
    /// Plain, with ten mini-batches in one.
    LargeBatch,
    /// One tempered step for ten mini-batches, as in 2018.
    Mean,
    Momentum,
    Msvag,
    Adam,
    /// Momentum behind tempered gradients.
    TemperedMomentum,
    /// Tempering from decaying averages, with no epochs.
    Fading,
    /// The same with the factor s²/(1 + s²).
    FadingCurve,
    /// Without shuffling.
    PlainInOrder,
    TemperedInOrder,
}

impl Rule {
    /// Its name, and the smallest of the step sizes that it may choose from.
    pub fn about(self) -> (&'static str, f64) {
        match self {
            Rule::Plain => ("plain", 0.025),
            Rule::Tempered => ("tempered", 0.025),
            Rule::OneFactor => ("one factor", 0.025),
            Rule::LargeBatch => ("batches of 200", 0.05),
            Rule::Mean => ("2018, n = 10", 0.1),
            Rule::Momentum => ("momentum", 0.00125),
            Rule::Msvag => ("M-SVAG", 0.025),
            Rule::Adam => ("Adam", 0.000125),
            Rule::TemperedMomentum => ("with momentum", 0.00125),
            Rule::Fading => ("decaying averages", 0.025),
            Rule::FadingCurve => ("and s²/(1 + s²)", 0.025),
            Rule::PlainInOrder => ("plain in order", 0.025),
            Rule::TemperedInOrder => ("tempered in order", 0.025),
        }
    }

    pub fn shuffles(self) -> bool {
        !matches!(self, Rule::PlainInOrder | Rule::TemperedInOrder)
    }
}

/// A rule at work, with what it does when an epoch is over.
pub enum Method {
    Steps(Box<dyn Optimizer>),
    Epochs(Tempered<Sgd>),
    /// With the step size as it was given.
    OneFactor(Tempered<Sgd>, f64),
}

impl Method {
    // ANCHOR: rules
    pub fn new(rule: Rule, rate: f64) -> Self {
        let sgd = Sgd::new(rate);
        match rule {
            Rule::Plain | Rule::LargeBatch | Rule::PlainInOrder => Self::Steps(Box::new(sgd)),
            Rule::Tempered | Rule::TemperedInOrder => Self::Epochs(Tempered::new(sgd)),
            Rule::OneFactor => Self::OneFactor(Tempered::watching(sgd), rate),
            Rule::Mean => Self::Steps(Box::new(TemperedMean::new(sgd, 10))),
            Rule::Momentum => Self::Steps(Box::new(sgd.momentum(0.9))),
            Rule::TemperedMomentum => Self::Epochs(Tempered::new(sgd.momentum(0.9))),
            Rule::Msvag => Self::Steps(Box::new(Msvag::new(rate, 0.9))),
            Rule::Adam => Self::Steps(Box::new(Adam::new(rate))),
            Rule::Fading => Self::Steps(Box::new(Fading::new(sgd, |s| s.min(1.0)))),
            Rule::FadingCurve => Self::Steps(Box::new(Fading::new(sgd, |s| s * s / (1.0 + s * s)))),
        }
    }

    pub fn step(&mut self, net: &mut Sequential) {
        match self {
            Self::Steps(optimizer) => optimizer.step(net.params_mut()),
            Self::Epochs(wtb) | Self::OneFactor(wtb, _) => wtb.step(net.params_mut()),
        }
    }

    pub fn end_epoch(&mut self, net: &Sequential) {
        if let Self::Epochs(wtb) | Self::OneFactor(wtb, _) = self {
            let _ = wtb.end_epoch();
        }
        if let Self::OneFactor(wtb, rate) = self {
            wtb.optimizer.lr = *rate * mean_factor(wtb, net.params());
        }
    }
    // ANCHOR_END: rules
}

/// The mean of min(1, ratio) over all parameters.
fn mean_factor(wtb: &Tempered<Sgd>, params: Vec<&Param>) -> f64 {
    let ratios = params.into_iter().filter_map(|param| wtb.snr(param));
    let (sum, count) = ratios.fold((0.0, 0), |(sum, count), snr| {
        let factors = snr.data().iter().map(|&s| f64::from(s.min(1.0)));
        (sum + factors.sum::<f64>(), count + snr.len())
    });
    sum / count as f64
}

// ANCHOR: fading
/// Tempers by decaying averages. A gradient is entered first and judged at once; 1/ρ is 199
/// gradients in the end, about twice an epoch.
struct Fading {
    sgd: Sgd,
    factor: fn(f64) -> f64,
    stats: PerParam<DecayingStats>,
}

impl Optimizer for Fading {
    fn step_param(&mut self, param: &mut Param) {
        if let Some(mut gradient) = param.take_grad() {
            let start = || DecayingStats::new(gradient.shape(), 0.99);
            let stats = self.stats.get_or_insert_with(param.id(), start);
            stats.add(&gradient);
            gradient.update(&stats.snr().map(self.factor).cast(), |g, factor| factor * g);
            param.set_grad(gradient);
        }
        self.sgd.step_param(param);
    }
}
// ANCHOR_END: fading

impl Fading {
    fn new(sgd: Sgd, factor: fn(f64) -> f64) -> Self {
        Self { sgd, factor, stats: PerParam::new() }
    }
}
