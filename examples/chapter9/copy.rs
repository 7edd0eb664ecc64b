//! The copy task: bits are shown, and must then be said by heart. In repeat copy, several times.

use crate::lstm::{Future, Learner, Lstm, Moment};
use crate::seeds::{CHOOSING, SEEDS, band, best, each};
use longhand::report::{Figure, LineChart, Table, section, spread};
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
pub type Progress = Vec<(usize, usize)>;

/// One way to learn it.
#[derive(Clone, Copy)]
pub struct Way {
    pub future: Future,
    /// Steps in an unroll; without a number, the whole sequence.
    pub unroll: Option<usize>,
    pub rate: f64,
    /// Whether bits have to be said several times over.
    pub repeating: bool,
    /// Steps of time to train for.
    pub budget: usize,
}

// ANCHOR: curriculum
/// Trains for so many steps of time. When a length is said with less than 0.15 bits of doubt for
/// each bit, the next one is a bit longer, or where bits are repeated in turn repeated once more.
pub fn curriculum(way: Way, seed: u64) -> Progress {
    let rng = &mut Rng::new(seed);
    let net = Lstm::new(3, HIDDEN, 2, rng);
    let mut learner = Learner::new(net, way.future, way.rate, rng);
    let (mut length, mut repeats) = (1, 1);
    let (mut doubt, mut seen, mut solved) = (1.0_f32, 0, Progress::new());
    while seen < way.budget {
        let moments = sequence(length, repeats, rng);
        let (mut state, mut loss) = (learner.net.start(BATCH), 0.0);
        // The first unroll is cut short at random, so that borders fall everywhere.
        let unroll = way.unroll.unwrap_or(moments.len());
        let first = way.unroll.map_or(unroll, |unroll| 1 + rng.below(unroll));
        let (mut rest, mut steps) = (&moments[..], first);
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
            if way.repeating && length > repeats {
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

pub fn longest(progress: &Progress) -> usize {
    progress.iter().map(|&(_, length)| length).max().unwrap_or(0)
}

/// The length that was known so far, at so many places of the training.
fn staircase(progress: &Progress, budget: usize, places: usize) -> Vec<f64> {
    let known = |seen| progress.iter().take_while(|step| step.0 <= seen).map(|step| step.1).max();
    (0..=places).map(|place| known(budget * place / places).unwrap_or(0) as f64).collect()
}

pub const GUESS: Future = Future::Guess { n_hidden: 0, factor: 1.0 };

/// Truncated backpropagation in time against synthetic gradients, with unrolls of three steps, and
/// against backpropagation through the whole sequence.
pub fn compare(repeating: bool, budget: usize) -> Result<()> {
    let (name, file) = match repeating {
        false => ("Copy", "chapter9-copy"),
        true => ("Repeat copy", "chapter9-repeat-copy"),
    };
    section(name);
    println!(
        "{budget} steps of time, seeds 1, 2 and 3: the longest sequence said by heart, in bits\n"
    );
    let mut chart = LineChart::new(&format!("{name}: the longest sequence said by heart"))
        .x("steps of time, in thousands")
        .y("bits");
    let mut table = Table::new(["", "unroll", "seed 1", "seed 2", "seed 3", "mean ± deviation"]);
    for (name, future, unroll) in [
        ("BPTT", Future::Cut, Some(3)),
        ("DNI", GUESS, Some(3)),
        ("BPTT, whole", Future::Cut, None),
    ] {
        let way = Way { future, unroll, rate: 0.003, repeating, budget };
        let runs = each(&SEEDS, |seed| curriculum(way, seed));
        const PLACES: usize = 200;
        let stairs: Vec<_> = runs.iter().map(|run| staircase(run, budget, PLACES)).collect();
        let [lows, means, highs] = band(&stairs);
        let xs: Vec<f64> =
            (0..=PLACES).map(|at| (budget * at) as f64 / (1e3 * PLACES as f64)).collect();
        chart = chart.band(name, &xs, &lows, &means, &highs);
        table.push(row(name, unroll, &runs));
    }
    print!("{table}");
    println!("\nfigure: {}", chart.save_figure(file)?);
    Ok(())
}

fn row(name: &str, unroll: Option<usize>, runs: &[Progress]) -> Vec<String> {
    let lengths: Vec<f64> = runs.iter().map(|run| longest(run) as f64).collect();
    let unroll = unroll.map_or("all".to_string(), |unroll| unroll.to_string());
    let mut cells = vec![name.to_string(), unroll];
    cells.extend(lengths.iter().map(f64::to_string));
    cells.push(spread(&lengths, 1));
    cells
}

/// The longest sequence for several unrolls, each way with the rate that suits it best.
pub fn table(repeating: bool, budget: usize) {
    section(if repeating { "Repeat copy, each at its rate" } else { "Copy, each at its rate" });
    let rates = [0.001, 0.003, 0.01];
    println!(
        "{budget} steps of time; each way has that of {rates:?} with which it\ncame furthest with \
         another seed and unrolls of 3: the longest sequence in bits\n"
    );
    let mut table =
        Table::new(["", "rate", "unroll", "seed 1", "seed 2", "seed 3", "mean ± deviation"]);
    let unrolls: &[usize] = if repeating { &[3] } else { &[2, 3, 5] };
    for (name, future, unrolls, whole) in [
        ("BPTT", Future::Cut, unrolls, false),
        ("DNI, linear", GUESS, unrolls, false),
        ("DNI, 2 hidden", Future::Guess { n_hidden: 2, factor: 1.0 }, &[3], false),
        ("BP(λ), λ = .5", Future::Lambda(0.5), &[3], false),
        ("BP(λ), λ = .9", Future::Lambda(0.9), &[3], false),
        ("BP(λ), λ = 1", Future::Lambda(1.0), &[3], false),
        ("BPTT", Future::Cut, &[], true),
    ] {
        if repeating && [Future::Lambda(0.5), Future::Lambda(1.0)].contains(&future) {
            continue;
        }
        let way = |unroll, rate| Way { future, unroll, rate, repeating, budget };
        let tried = if whole { None } else { Some(3) };
        // What counts is the mean length over the training: the higher the better.
        let rate = best(&rates, |rate| {
            -staircase(&curriculum(way(tried, rate), CHOOSING), budget, 1000).iter().sum::<f64>()
        });
        let unrolls = unrolls.iter().copied().map(Some).chain(whole.then_some(None));
        for unroll in unrolls {
            let runs = each(&SEEDS, |seed| curriculum(way(unroll, rate), seed));
            let mut cells = row(name, unroll, &runs);
            cells.insert(1, rate.to_string());
            table.push(cells);
        }
    }
    print!("{table}");
}
