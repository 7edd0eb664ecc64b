//! Activation checkpointing: how much is held and how long a step takes, by the number of segments.

use crate::bytes::mb;
use crate::nets::{DEEP, Training, Way, adam, equal};
use crate::timing::{Spread, by_turns};
use longhand::report::Table;
use longhand::tensor::meter::{Kind, Meter};
use longhand::{Rng, Tensor, init};

const SEGMENTS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

/// How often each number of segments has its turn.
const ROUNDS: usize = 15;

/// A batch for the deep net. It is the caller's, and not counted as an activation.
pub fn batch() -> Tensor {
    init::normal(DEEP.batch, 0.0, 1.0, &mut Rng::new(1))
}

/// The most activations at once where each of the layers keeps one: at the beginning of the way
/// back the inputs of all segments but the first, and what the last has computed. The other
/// segments, computed again, find fewer inputs.
fn theory(layers: usize, segments: usize) -> usize {
    segments - 1 + layers / segments
}

pub fn table() {
    let (x, meter) = (batch(), Meter::new());
    let mut peaks = Vec::new();
    let mut ways: Vec<Training> = Vec::new();
    for segments in SEGMENTS {
        meter.watch(|| {
            let mut training = Training::new(DEEP, 1, adam(), Way::Layer).in_segments(segments);
            meter.restart();
            training.step(&x, 0);
            ways.push(training);
        });
        peaks.push(meter.most(Kind::Activation));
    }
    let layers = (DEEP.net)(1).layers.len();
    let times = by_turns(&mut ways, ROUNDS, |training| training.step(&x, 1));
    let same = ways.iter().filter(|training| equal(&training.net, &ways[0].net)).count();

    println!("{layers} layers of 256 units, a batch of {}, per layer\n", DEEP.batch[0]);
    let header = ["segments", "held", "theory", "at most", "of all", "time", "half within"];
    let mut table = Table::new(header);
    for (number, segments) in SEGMENTS.into_iter().enumerate() {
        let (bytes, held) = (peaks[number], peaks[number] / size_of_val(x.data()));
        let counts = [segments, held, theory(layers, segments)].map(|count| count.to_string());
        let part = format!("{:.1} %", 100.0 * bytes as f64 / peaks[0] as f64);
        let time = Spread::of_ratios(&times[number], &times[0]).cells();
        table.push(counts.into_iter().chain([mb(bytes), part]).chain(time));
    }
    print!("{}", (0..7).fold(table, Table::right));
    println!("\ntime: of one segment's, median of {ROUNDS} rounds by turns");
    println!("after {} steps: {same} of {} nets have the same bits", ROUNDS + 2, ways.len());
}
