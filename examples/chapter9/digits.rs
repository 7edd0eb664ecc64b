//! The digits of MNIST, learnt with and without interfaces: the methods, the nets, the training.

use crate::net::{Link, Net};
use longhand::data::{Dataset, Mnist};
use longhand::layers::{CrossEntropy, evaluate};
use longhand::optim::Adam;
use longhand::report::section;
use longhand::{Result, Rng, Tape};

/// What goes between the layers. The number is that of the hidden layers in what guesses gradients.
#[derive(Clone, Copy)]
pub enum Method {
    NoBprop,
    Bprop,
    Dni(usize),
    Cdni(usize),
    Full(usize),
    FullContext(usize),
    Local,
}

use Method::*;

impl Method {
    pub fn name(self) -> String {
        let (name, hidden) = match self {
            NoBprop => return "no bprop".to_string(),
            Bprop => return "bprop".to_string(),
            Local => return "local losses".to_string(),
            Dni(hidden) => ("DNI", hidden),
            Cdni(hidden) => ("cDNI", hidden),
            Full(hidden) => ("full unlock", hidden),
            FullContext(hidden) => ("full unlock, labels", hidden),
        };
        match hidden {
            0 => format!("{name}, linear"),
            more => format!("{name}, {more} hidden"),
        }
    }

    /// The classes that a label is one of, for what is told the labels.
    fn context(self) -> Option<usize> {
        matches!(self, Cdni(_) | FullContext(_) | Local).then_some(10)
    }

    fn link(self, rng: &mut Rng) -> Link {
        match self {
            NoBprop => Link::Cut,
            Bprop => Link::Joined,
            Dni(hidden) | Cdni(hidden) => Link::update(256, hidden, self.context(), rng),
            Full(hidden) | FullContext(hidden) => {
                Link::full([784, 256], [2, hidden], self.context(), rng)
            }
            Local => Link::local(256, 10, rng),
        }
    }
}

/// Digits to learn from, to choose by and to report on, normalised as in the example of `dni.py`.
pub struct Digits {
    pub train: Dataset,
    pub valid: Dataset,
    pub test: Dataset,
}

impl Digits {
    /// All there are; the last 10,000 of the training digits are held back to choose by.
    pub fn load() -> Result<Self> {
        let mnist = Mnist::load()?;
        let (train, valid) = mnist.train.split_at(mnist.train.len() - Mnist::VALID);
        let [train, valid, test] = [train, valid, mnist.test].map(|digits| {
            let mut part = digits.dataset::<f32>([784], 255.0);
            part.normalize(0.1307, 0.3081);
            part
        });
        Ok(Self { train, valid, test })
    }

    /// The same with the first `count` of the training digits alone.
    pub fn first(&self, count: usize) -> Self {
        let [valid, test] = [&self.valid, &self.test].map(|part| part.rows(0..part.len()));
        Self { train: self.train.rows(0..count), valid, test }
    }
}

// ANCHOR: build
/// The net of the MNIST example of `dni.py`, 784-256-256-10, with one interface, above its second layer.
pub fn example_net(method: Method, rng: &mut Rng) -> Net {
    let mut net = Net::new(&[784, 256, 256, 10], rng, |number, rng| match number {
        0 => Link::Joined,
        _ => method.link(rng),
    });
    (net.context, net.summed) = (method.context().is_some(), true);
    net
}
// ANCHOR_END: build

/// The paper's net: `layers` layers of weights, with an interface between any two.
pub fn decoupled(layers: usize, method: Method, rng: &mut Rng) -> Net {
    let sizes: Vec<usize> = [784].into_iter().chain(vec![256; layers - 1]).chain([10]).collect();
    let mut net = Net::new(&sizes, rng, |_, rng| method.link(rng));
    (net.context, net.summed) = (method.context().is_some(), true);
    net
}

/// The share of digits that are misread, in percent.
pub fn error(net: &Net, digits: &Dataset) -> f64 {
    100.0 - evaluate(digits, 1000, &mut CrossEntropy::mean(), |x| net.predict(x)).accuracy()
}

/// Trains with Adam at this rate, the last third of the epochs at a tenth of it. `each` sees the
/// net after each step, with the step's number from 0 and its loss.
pub fn train(
    net: &mut Net,
    digits: &Dataset,
    epochs: usize,
    rate: f64,
    rng: &mut Rng,
    mut each: impl FnMut(&mut Net, usize, f32),
) {
    let (mut tape, mut adam) = (Tape::new(), Adam::new(rate));
    let batches = digits.batches(64).drop_last();
    let mut number = 0;
    for epoch in 0..epochs {
        let late = epochs > 1 && 3 * epoch >= 2 * epochs;
        adam.lr = if late { rate / 10.0 } else { rate };
        for (x, y) in batches.shuffled(rng) {
            let loss = net.step(&mut tape, &mut adam, &x, &y);
            each(net, number, loss);
            number += 1;
        }
    }
}

/// One method on the net of the example of `dni.py`, epoch by epoch, as that example goes.
pub fn single(method: Method, epochs: usize, seed: u64) -> Result<()> {
    let digits = Digits::load()?;
    section(&format!("784-256-256-10, {}", method.name()));
    let rng = &mut Rng::new(seed);
    let mut net = example_net(method, rng);
    let per_epoch = digits.train.len() / 64;
    let mut sum = 0.0;
    train(&mut net, &digits.train, epochs, 1e-3, rng, |net, number, loss| {
        sum += loss;
        if (number + 1) % per_epoch == 0 {
            let (epoch, mean) = ((number + 1) / per_epoch, sum / per_epoch as f32);
            let error = error(net, &digits.test);
            println!("epoch {epoch:>2}: training loss {mean:.4}, test error {error:.2} %");
            sum = 0.0;
        }
    });
    Ok(())
}
