//! Chapter 9: the net of the example of `dni.py` with each kind of link, the convolutional one, the
//! recurrent one, and BP(λ) by traces.

use super::Journal;
use super::digits::digits;
use crate::net::{Link, Net};
use cnn::{Cnn, between};
use longhand::dni::TracedSynthesizer;
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::{Rng, Tape, Tensor, init};
use lstm::{Future, Learner, Lstm, Moment};

#[path = "../../../examples/chapter9/cnn.rs"]
#[allow(dead_code)]
mod cnn;
#[path = "../../../examples/chapter9/lstm.rs"]
#[allow(dead_code)]
mod lstm;

/// What makes a link of this width.
type Make = fn(usize, &mut Rng) -> Link;

/// The kinds of link, and whether synthesizers are told the labels.
const LINKS: [(&str, bool, Make); 5] = [
    ("backpropagation", false, |_, _| Link::Joined),
    ("DNI, 1 hidden", false, |width, rng| Link::update(width, 1, None, rng)),
    ("cDNI, linear", true, |width, rng| Link::update(width, 0, Some(10), rng)),
    ("full unlock", true, |width, rng| Link::full([784, width], [2, 1], Some(10), rng)),
    ("local losses", true, |width, rng| Link::local(width, 10, rng)),
];

pub fn write(journal: &mut Journal) {
    for (name, context, link) in LINKS {
        linear(name, context, link, journal);
    }
    for name in ["cDNI", "local"] {
        convolutional(name, journal);
    }
    let guess = Future::Guess { n_hidden: 1, factor: 0.1 };
    for (name, future) in [("cut", Future::Cut), ("a guess", guess), ("BP(λ)", Future::Lambda(0.9))]
    {
        recurrent(name, future, journal);
    }
    traces(journal);
}

/// 784-64-64-10, with a link after its second layer.
fn linear(name: &str, context: bool, link: Make, journal: &mut Journal) {
    journal.begin(format_args!("linear layers, {name}"));
    let rng = &mut Rng::new(1);
    let mut net = Net::new(&[784, 64, 64, 10], rng, |number, rng| match number {
        0 => Link::Joined,
        _ => link(64, rng),
    });
    (net.context, net.summed) = (context, true);
    let (mut tape, mut adam) = (Tape::new(), Adam::new(1e-3));
    journal.params(0, net.params_mut());
    for (step, (x, labels)) in (1..).zip(digits(0..80).batches(16).shuffled(rng)) {
        let loss = net.step(&mut tape, &mut adam, &x, &labels);
        journal.loss(step, loss);
        journal.params(step, net.params_mut());
    }
}

fn convolutional(name: &str, journal: &mut Journal) {
    journal.begin(format_args!("a convolutional net, {name}"));
    let rng = &mut Rng::new(1);
    let mut net = Cnn::new(|rng| between(name, rng), rng);
    let (mut tape, mut adam) = (Tape::new(), Adam::new(1e-3));
    for (step, (x, labels)) in (1..).zip(digits(0..8).batches(4).in_order()) {
        let loss = net.step(&mut tape, &mut adam, &x, &labels);
        journal.loss(step, loss);
        journal.params(step, net.params_mut());
    }
}

/// An LSTM of 32 units that says three bits by heart, in unrolls of two steps.
fn recurrent(name: &str, future: Future, journal: &mut Journal) {
    const BATCH: usize = 8;
    journal.begin(format_args!("a recurrent net, {name}"));
    let rng = &mut Rng::new(1);
    let net = Lstm::new(3, 32, 2, rng);
    let mut learner = Learner::new(net, future, 0.003, rng).clipped(0.25);
    let bits: Vec<usize> = (0..BATCH).map(|_| rng.below(2)).collect();
    let moments: Vec<Moment> = (0..6)
        .map(|step| match step < 3 {
            true => Moment { input: Tensor::one_hot(&bits, 3), answer: None },
            false => Moment { input: Tensor::one_hot(&[2; BATCH], 3), answer: Some(bits.clone()) },
        })
        .collect();
    let (mut state, mut step) = (learner.net.start(BATCH), 0);
    for _ in 0..2 {
        for unroll in moments.chunks(2) {
            let (end, loss) = learner.unroll(state, unroll, false);
            (state, step) = (end, step + 1);
            journal.loss(step, loss);
            journal.tensor(format_args!("step {step}, state"), &state);
        }
    }
    for (number, param) in learner.net.params().into_iter().enumerate() {
        journal.tensor(format_args!("step {step}, {number} {}", param.name), &param.value);
    }
}

fn traces(journal: &mut Journal) {
    journal.begin("BP(λ) by traces");
    let (rng, d) = (&mut Rng::new(1), 5);
    let mut synthesizer = TracedSynthesizer::<f64>::new(d, 0.9);
    let mut sgd = Sgd::new(0.02);
    let mut normal = |shape: &[usize]| init::normal(shape, 0.0, 1.0, rng);
    synthesizer.begin(&normal(&[4, d]));
    for step in 1..=10 {
        let (h, jacobian, l) = (normal(&[4, d]), normal(&[4, d, d]), normal(&[4, d]));
        synthesizer.learn(&h, &jacobian, &l, false);
        sgd.step_param(&mut synthesizer.weight);
        synthesizer.weight.zero_grad();
        journal.params(step, vec![&mut synthesizer.weight]);
    }
}
