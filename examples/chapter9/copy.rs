//! The copy task: bits are shown, and must then be said by heart. In repeat copy, several times.

use crate::lstm::{Learner, Lstm, Moment};
use longhand::report::{Figure, LineChart, Table, section};
use longhand::{Result, Rng, Tensor};

/// Sequences in a batch.
const BATCH: usize = 32;
/// The units of the LSTM.
const HIDDEN: usize = 32;

// ANCHOR: sequence
/// A batch of sequences: `length` bits, and then `repeats` times as many steps to say them in.
fn sequence(length: usize, repeats: usize, rng: &mut Rng) -> Vec<Moment> {
    let draw = |_| (0..BATCH).map(|_| rng.below(2)).collect();
    let bits: Vec<Vec<usize>> = (0..length).map(draw).collect();
    let show = bits.iter().map(|bits| Moment { input: Tensor::one_hot(bits, 3), answer: None });
    let say = (0..length * repeats).map(|step| {
        let answer = Some(bits[step % length].clone());
        Moment { input: Tensor::one_hot(&[2; BATCH], 3), answer }
    });
    show.chain(say).collect()
}
// ANCHOR_END: sequence

/// What was learnt by when: after so many steps of time, so long a sequence.
type Progress = Vec<(usize, usize)>;

// ANCHOR: curriculum
/// Trains for `budget` steps of time. When a length is said with less than 0.15 bits of doubt for
/// each bit, the next one is a bit longer, or with `repeating` in turn repeated once more.
fn curriculum(
    learner: &mut Learner,
    unroll: usize,
    budget: usize,
    repeating: bool,
    rng: &mut Rng,
) -> Progress {
    let (mut length, mut repeats) = (1, 1);
    let (mut doubt, mut seen, mut solved) = (1.0_f32, 0, Progress::new());
    while seen < budget {
        let moments = sequence(length, repeats, rng);
        let (mut state, mut loss) = (learner.net.start(BATCH), 0.0);
        // The first unroll is cut short at random, so that borders fall everywhere.
        let (mut rest, mut steps) = (&moments[..], 1 + rng.below(unroll));
        while !rest.is_empty() {
            let (now, later) = rest.split_at(steps.min(rest.len()));
            let (end, more) = learner.unroll(state, now, later.is_empty());
            (state, loss, rest, steps) = (end, loss + more, later, unroll);
        }
        seen += moments.len();
        let bits = loss / (BATCH * length * repeats) as f32 / std::f32::consts::LN_2;
        doubt += 0.05 * (bits - doubt);
        if doubt < 0.15 {
            solved.push((seen, length * repeats));
            if repeating && length > repeats {
                repeats += 1
            } else {
                length += 1
            }
            doubt = 1.0;
        }
    }
    solved
}
// ANCHOR_END: curriculum

fn train(dni: bool, unroll: usize, budget: usize, repeating: bool, seed: u64) -> Progress {
    let rng = &mut Rng::new(seed);
    let mut learner = Learner::new(Lstm::new(3, HIDDEN, 2, rng), 0.003);
    if dni {
        learner = learner.with_dni(1.0, rng);
    }
    curriculum(&mut learner, unroll, budget, repeating, rng)
}

fn longest(progress: &Progress) -> usize {
    progress.iter().map(|&(_, length)| length).max().unwrap_or(0)
}

/// Truncated backpropagation in time against synthetic gradients, with unrolls of three steps.
pub fn compare(repeating: bool, budget: usize, seed: u64) -> Result<()> {
    let (name, file) = match repeating {
        false => ("Copy", "chapter9-copy"),
        true => ("Repeat copy", "chapter9-repeat-copy"),
    };
    section(name);
    let mut chart = LineChart::new(&format!("{name}: the longest sequence said by heart"))
        .x("steps of time, in thousands")
        .y("bits");
    let mut reached = Vec::new();
    for (way, dni) in [("BPTT", false), ("DNI", true)] {
        let progress = train(dni, 3, budget, repeating, seed);
        let (mut xs, mut ys) = (vec![0.0], vec![0.0]);
        for &(seen, length) in &progress {
            xs.extend([seen as f64 / 1e3; 2]);
            ys.extend([ys[ys.len() - 1], length as f64]);
        }
        xs.push(budget as f64 / 1e3);
        ys.push(ys[ys.len() - 1]);
        chart = chart.line(way, &xs, &ys);
        let lengths: Vec<String> = progress.iter().map(|(_, length)| length.to_string()).collect();
        println!("{way:<4}  unrolls of 3: bits said by heart {}", lengths.join(", "));
        reached.push(longest(&progress));
    }
    println!("\nDNI reaches {:.2} times the length", reached[1] as f64 / reached[0].max(1) as f64);
    println!("figure: {}", chart.save_figure(file)?);
    Ok(())
}

/// The longest sequence for several lengths of the unroll, with three seeds each.
pub fn table(budget: usize) {
    section("Copy, by the length of the unroll");
    let mut table = Table::new(["unroll", "BPTT", "DNI", "ratio of the means"]);
    for unroll in [2, 3, 4, 5] {
        let run = |dni| [1, 2, 3].map(|seed| longest(&train(dni, unroll, budget, false, seed)));
        let (bptt, dni) = (run(false), run(true));
        let text = |lengths: [usize; 3]| lengths.map(|length| length.to_string()).join(", ");
        let mean = |lengths: [usize; 3]| lengths.iter().sum::<usize>() as f64 / 3.0;
        let ratio = format!("{:.2}", mean(dni) / mean(bptt));
        table.push([unroll.to_string(), text(bptt), text(dni), ratio]);
    }
    print!("{table}");
}
