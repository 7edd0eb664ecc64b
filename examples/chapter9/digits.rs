//! The digits of MNIST, learnt with and without interfaces.

use crate::net::{Link, Net};
use longhand::data::{Dataset, Mnist};
use longhand::layers::{CrossEntropy, evaluate};
use longhand::optim::Adam;
use longhand::report::{Figure, LineChart, Progress, Table, section};
use longhand::{Result, Rng, Tape, Tensor};

/// What goes between the layers. The number is that of the hidden layers in what guesses gradients.
#[derive(Clone, Copy)]
pub enum Method {
    NoBprop,
    Bprop,
    Dni(usize),
    Cdni(usize),
    Full(usize),
    FullContext(usize),
}

use Method::*;

impl Method {
    fn name(self) -> String {
        let (name, hidden) = match self {
            NoBprop => return "no bprop".to_string(),
            Bprop => return "bprop".to_string(),
            Dni(hidden) => ("DNI", hidden),
            Cdni(hidden) => ("cDNI", hidden),
            Full(hidden) => ("full unlock", hidden),
            FullContext(hidden) => ("full unlock, labels", hidden),
        };
        match hidden {
            0 => format!("{name}, linear"),
            1 => format!("{name}, 1 hidden layer"),
            more => format!("{name}, {more} hidden layers"),
        }
    }

    fn context(self) -> Option<usize> {
        matches!(self, Cdni(_) | FullContext(_)).then_some(10)
    }

    fn link(self, rng: &mut Rng) -> Link {
        match self {
            NoBprop => Link::Cut,
            Bprop => Link::Joined,
            Dni(hidden) | Cdni(hidden) => Link::update(256, hidden, self.context(), rng),
            Full(hidden) | FullContext(hidden) => {
                Link::full([784, 256], [2, hidden], self.context(), rng)
            }
        }
    }
}

/// The training and the test digits, normalised as in the example of `dni.py`.
pub struct Digits {
    pub train: Dataset,
    pub test: Dataset,
}

impl Digits {
    pub fn load() -> Result<Self> {
        let mnist = Mnist::load()?;
        let [mut train, mut test] =
            [mnist.train, mnist.test].map(|digits| digits.dataset::<f32>([784], 255.0));
        for part in [&mut train, &mut test] {
            part.normalize(0.1307, 0.3081);
        }
        Ok(Self { train, test })
    }
}

// ANCHOR: build
/// The net of the MNIST example of `dni.py`, 784-256-256-10, with one interface, above its second layer.
fn example_net(method: Method, rng: &mut Rng) -> Net {
    let mut net = Net::new(&[784, 256, 256, 10], rng, |number, rng| match number {
        0 => Link::Joined,
        _ => method.link(rng),
    });
    (net.context, net.summed) = (method.context().is_some(), true);
    net
}
// ANCHOR_END: build

/// The paper's net: `layers` layers of weights, with an interface between any two.
fn decoupled(layers: usize, method: Method, rng: &mut Rng) -> Net {
    let sizes: Vec<usize> = [784].into_iter().chain(vec![256; layers - 1]).chain([10]).collect();
    let mut net = Net::new(&sizes, rng, |_, rng| method.link(rng));
    (net.context, net.summed) = (method.context().is_some(), true);
    net
}

/// The share of test digits that are misread, in percent.
pub fn test_error(net: &Net, test: &Dataset) -> f64 {
    100.0 - evaluate(test, 1000, &mut CrossEntropy::mean(), |x| net.predict(x)).accuracy()
}

/// Trains with Adam at 10⁻³, the last third of the epochs at 10⁻⁴.
fn train(
    net: &mut Net,
    digits: &Digits,
    epochs: usize,
    rng: &mut Rng,
    mut each: impl FnMut(&mut Net, usize, f32),
) {
    let (mut tape, mut adam) = (Tape::new(), Adam::new(1e-3));
    let batches = digits.train.batches(64).drop_last();
    let mut number = 0;
    for epoch in 0..epochs {
        let late = epochs > 1 && 3 * epoch >= 2 * epochs;
        adam.lr = if late { 1e-4 } else { 1e-3 };
        let mut progress = Progress::new(&format!("epoch {}", epoch + 1), batches.len());
        for (x, y) in batches.shuffled(rng) {
            let loss = net.step(&mut tape, &mut adam, &x, &y);
            progress.step(|| format!("loss {loss:.4}"));
            each(net, number, loss);
            number += 1;
        }
    }
}

/// One epoch of each method on the net of the example of `dni.py`.
pub fn one_epoch(digits: &Digits, seed: u64) -> Result<()> {
    section("One epoch");
    let mut table = Table::new(["784-256-256-10, one epoch", "mean loss", "test error"]);
    let (probe, labels) = (digits.test.images.rows(0..512), &digits.test.labels[..512]);
    let mut chart = LineChart::new("How well gradients are guessed").x("step").y("cosine");
    for method in [NoBprop, Bprop, Dni(1), Dni(0), Cdni(1), FullContext(2)] {
        let rng = &mut Rng::new(seed);
        let mut net = example_net(method, rng);
        let (mut sum, mut steps) = (0.0, 0);
        let (mut looked, mut cosines) = (Vec::new(), Vec::new());
        train(&mut net, digits, 1, rng, |net, number, loss| {
            (sum, steps) = (sum + loss, steps + 1);
            if number % 20 == 0 && matches!(method, Dni(_) | Cdni(_)) {
                looked.push(number as f64);
                cosines.push(net.compare(&probe, labels)[0].0);
            }
        });
        let error = format!("{:.2} %", test_error(&net, &digits.test));
        table.push([method.name(), format!("{:.4}", sum / steps as f32), error]);
        if !cosines.is_empty() {
            chart = chart.line(&method.name(), &looked, &cosines);
        }
    }
    print!("{}", table.right(2));
    println!("\nfigure: {}", chart.mark_y(0.0, "").save_figure("chapter9-cosine")?);
    Ok(())
}

/// The synthesizer's last layer starting at zero, and starting like any other.
pub fn zero_start(digits: &Digits, seed: u64) {
    section("Why the last layer starts at zero");
    let mut table =
        Table::new(["last layer", "guess / truth", "cosine", "loss, steps 1–50", "151–200"]);
    for (name, zero) in [("at zero", true), ("at random", false)] {
        let rng = &mut Rng::new(seed);
        let mut net = decoupled(3, Dni(1), rng);
        if !zero {
            for link in &mut net.links {
                if let Link::Update(interface) = link {
                    let last = interface.synthesizer.layers.last_mut().expect("one hidden");
                    last.weight.value = longhand::init::torch_default([256, 256], 256, rng);
                }
            }
        }
        let probe = digits.test.images.rows(0..512);
        let (cosine, size) = net.compare(&probe, &digits.test.labels[..512])[1];
        let (mut tape, mut adam) = (Tape::new(), Adam::new(1e-3));
        let batches = digits.train.batches(64);
        let step = |(x, y): (Tensor, Vec<usize>)| net.step(&mut tape, &mut adam, &x, &y);
        let losses: Vec<f32> = batches.shuffled(rng).take(200).map(step).collect();
        let mean = |part: &[f32]| format!("{:.4}", Tensor::vector(part).mean());
        table.push([
            name.to_string(),
            format!("{size:.1}"),
            format!("{cosine:.3}"),
            mean(&losses[..50]),
            mean(&losses[150..]),
        ]);
    }
    print!("{table}");
}

/// One method on the net of the example of `dni.py`, epoch by epoch, as that example goes.
pub fn single(method: Method, epochs: usize, seed: u64) -> Result<()> {
    let digits = Digits::load()?;
    section(&format!("784-256-256-10, {}", method.name()));
    let rng = &mut Rng::new(seed);
    let mut net = example_net(method, rng);
    let per_epoch = digits.train.len() / 64;
    let mut sum = 0.0;
    train(&mut net, &digits, epochs, rng, |net, number, loss| {
        sum += loss;
        if (number + 1) % per_epoch == 0 {
            let (epoch, mean) = ((number + 1) / per_epoch, sum / per_epoch as f32);
            let error = test_error(net, &digits.test);
            println!("epoch {epoch:>2}: training loss {mean:.4}, test error {error:.2} %");
            sum = 0.0;
        }
    });
    Ok(())
}

/// Every method on that net, three seeds each.
pub fn three_seeds(digits: &Digits, epochs: usize) {
    section("Three seeds");
    println!("784-256-256-10, {epochs} epochs: the error on the test digits\n");
    let mut table = Table::new(["", "seed 1", "seed 2", "seed 3", "mean"]);
    let methods = [Bprop, Dni(0), Dni(1), Cdni(1), Full(2), FullContext(2)];
    for method in methods {
        let errors = [1, 2, 3].map(|seed| {
            let rng = &mut Rng::new(seed);
            let mut net = example_net(method, rng);
            train(&mut net, digits, epochs, rng, |_, _, _| ());
            test_error(&net, &digits.test)
        });
        let mean = errors.iter().sum::<f64>() / 3.0;
        let cells = errors.into_iter().chain([mean]).map(|error| format!("{error:.2} %"));
        table.push([method.name()].into_iter().chain(cells));
    }
    print!("{}", (1..5).fold(table, Table::right));
}

/// The paper's table: an interface between any two layers, and more and more layers.
pub fn depth(digits: &Digits, epochs: usize, seed: u64) {
    section("By depth");
    println!(
        "an interface after every layer, {epochs} epochs: test error in %, the paper's in ( )\n"
    );
    /// The paper's figures: no bprop, bprop, DNI, cDNI.
    const PAPER: [[f64; 4]; 4] =
        [[9.3, 2.0, 1.9, 2.2], [12.6, 1.8, 2.2, 1.9], [16.2, 1.8, 3.4, 1.7], [21.4, 1.8, 4.3, 1.6]];
    let methods = [NoBprop, Bprop, Dni(0), Cdni(0)];
    let mut table = Table::new(["layers", "no bprop", "bprop", "DNI", "cDNI"]);
    for (layers, paper) in (3..).zip(PAPER) {
        let cells = methods.into_iter().zip(paper).map(|(method, paper)| {
            let rng = &mut Rng::new(seed);
            let mut net = decoupled(layers, method, rng);
            train(&mut net, digits, epochs, rng, |_, _, _| ());
            format!("{:.2} ({paper:.1})", test_error(&net, &digits.test))
        });
        table.push([layers.to_string()].into_iter().chain(cells));
    }
    print!("{}", (1..5).fold(table, Table::right));
}
