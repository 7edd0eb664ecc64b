//! What a net has become inside: how far each layer keeps the classes apart, and whether nets that
//! learnt differently see the digits alike.

use crate::digits::{Digits, Method, decoupled, train};
use crate::net::{Net, update};
use crate::seeds::{SEEDS, each};
use Method::{Bprop, Cdni, Dni, Local};
use longhand::layers::{Layer, Linear};
use longhand::optim::Adam;
use longhand::record::Record;
use longhand::report::{Table, section, spread};
use longhand::{Rng, Tape, Tensor};

const LAYERS: usize = 5;
/// Digits that a reader of one layer learns from, and that nets are compared on.
const READ: usize = 5_000;
const SEEN: usize = 300;

/// What each layer but the last makes of these digits, behind its rectifier.
fn inside(net: &Net, x: &Tensor) -> Vec<Tensor> {
    let mut h = x.clone();
    let layers = &net.layers[..LAYERS - 1];
    let each = layers.iter().map(|layer| {
        h = layer.predict(&h).clamp_min(0.0);
        h.clone()
    });
    each.collect()
}

/// How many of the test digits a linear layer misreads that sees nothing but this, in percent.
fn misread(
    from: &Tensor,
    labels: &[usize],
    test: &Tensor,
    answers: &[usize],
    rng: &mut Rng,
) -> f64 {
    let mut reader = Linear::new(from.shape()[1], 10, rng);
    let (mut tape, mut adam) = (Tape::new(), Adam::new(3e-3));
    let batches = longhand::data::Batches::new(from, labels, 100);
    for _ in 0..6 {
        for (x, y) in batches.shuffled(rng) {
            tape.clear();
            let loss = reader.record(tape.constant(x)).cross_entropy(&y);
            loss.backward().write_to(reader.params_mut());
            tape.clear();
            update(&mut adam, reader.params_mut());
        }
    }
    let read = reader.predict(test).argmax(-1);
    let wrong = read.iter().zip(answers).filter(|(a, b)| a != b).count();
    100.0 * wrong as f64 / answers.len() as f64
}

// ANCHOR: dissimilarity
/// How unlike any two digits are in these features: 1 − their correlation, for each pair.
fn dissimilarity(h: &Tensor) -> Vec<f64> {
    let centred = h - h.mean_axis(-1).unsqueeze(-1);
    let length = centred.square().sum_axis(-1).sqrt().unsqueeze(-1);
    let unit = centred / length.maximum(&Tensor::full(length.shape(), 1e-12));
    let alike = unit.matmul_nt(&unit);
    let pairs = (0..SEEN).flat_map(|a| (0..a).map(move |b| a * SEEN + b));
    pairs.map(|pair| 1.0 - f64::from(alike.data()[pair])).collect()
}

/// The correlation of two lists.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let centred = |v: &[f64]| Tensor::vector(v) - Tensor::vector(v).mean();
    let (a, b) = (centred(a), centred(b));
    (&a * &b).sum() / (a.square().sum() * b.square().sum()).sqrt()
}
// ANCHOR_END: dissimilarity

/// A net, what its layers misread by themselves, and how unlike they find each pair of digits.
struct Seen {
    misread: Vec<f64>,
    unlike: Vec<Vec<f64>>,
}

fn look(method: Method, digits: &Digits, seed: u64) -> Seen {
    let rng = &mut Rng::new(seed);
    let mut net = decoupled(LAYERS, method, rng);
    train(&mut net, &digits.train, 2, 1e-3, rng, |_, _, _| ());
    let read = digits.valid.rows(0..READ);
    let layers = inside(&net, &read.images).into_iter().zip(inside(&net, &digits.test.images));
    let misread = layers
        .map(|(h, test)| misread(&h, &read.labels, &test, &digits.test.labels, rng))
        .collect();
    let unlike =
        inside(&net, &digits.test.images.rows(0..SEEN)).iter().map(dissimilarity).collect();
    Seen { misread, unlike }
}

pub fn compare(digits: &Digits) {
    section("Inside");
    println!(
        "784-256-256-256-256-10, a link after every layer, 2 epochs of {} digits, Adam at 10⁻³;\n\
         test digits in % that a linear layer misreads that is taught on {READ} others and sees one \
         layer;\nmean of {} seeds ± standard deviation\n",
        digits.train.len(),
        SEEDS.len()
    );
    let methods = [Bprop, Dni(0), Cdni(0), Local];
    let seen: Vec<Vec<Seen>> =
        methods.iter().map(|&method| each(&SEEDS, |seed| look(method, digits, seed))).collect();
    let header = ["", "layer 1", "layer 2", "layer 3", "layer 4"];
    let mut table = Table::new(header);
    for (method, runs) in methods.iter().zip(&seen) {
        let at = |layer: usize| runs.iter().map(|run| run.misread[layer]).collect::<Vec<_>>();
        let cells = (0..LAYERS - 1).map(|layer| spread(&at(layer), 2));
        table.push([method.name()].into_iter().chain(cells));
    }
    println!("{table}");
    println!(
        "how alike {SEEN} test digits look to a layer and to the same layer of a bprop net that"
    );
    println!("began with another seed: the correlation over all pairs of digits\n");
    let mut table = Table::new(header);
    for (method, runs) in methods.iter().zip(&seen) {
        let at = |layer: usize| -> Vec<f64> {
            let others = (0..SEEDS.len()).map(|seed| (seed, (seed + 1) % SEEDS.len()));
            let pair = |(own, other): (usize, usize)| {
                correlation(&runs[own].unlike[layer], &seen[0][other].unlike[layer])
            };
            others.map(pair).collect()
        };
        let cells = (0..LAYERS - 1).map(|layer| spread(&at(layer), 2));
        table.push([method.name()].into_iter().chain(cells));
    }
    print!("{table}");
}
