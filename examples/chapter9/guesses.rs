//! How good guessed gradients are, and what they are worth: short runs on the digits.

use crate::digits::{Digits, Method, decoupled, error, example_net, train};
use crate::net::{Comparison, Link, Net, Quality};
use crate::seeds::{SEEDS, band, each};
use Method::{Bprop, Cdni, Dni, FullContext, Local, NoBprop};
use longhand::optim::Adam;
use longhand::report::{Figure, LineChart, Table, section, spread};
use longhand::{Result, Rng, Tape, Tensor, init};

/// The digits of a short run.
const SHORT: usize = 20_000;
/// At every so many steps the guesses are compared with the truth, on so many other digits.
const EVERY: usize = 24;
const PROBE: usize = 512;

/// What a short run of one seed gives.
struct Run {
    error: f64,
    /// For each look at the guesses: those of every interface.
    seen: Vec<Vec<Comparison>>,
}

fn run(mut net: Net, digits: &Digits, rng: &mut Rng) -> Run {
    let (probe, labels) = (digits.valid.images.rows(0..PROBE), &digits.valid.labels[..PROBE]);
    let mut seen = Vec::new();
    let guesses = net.links.iter().any(|link| matches!(link, Link::Update(_)));
    train(&mut net, &digits.train, 1, 1e-3, rng, |net, number, _| {
        if guesses && number % EVERY == 0 {
            seen.push(net.compare(&probe, labels));
        }
    });
    Run { error: error(&net, &digits.test), seen }
}

/// What is asked of a guess, in the order of the tables.
const PROPERTIES: [fn(&Comparison) -> f64; 4] = [
    |found| found.samples.cosine,
    |found| found.samples.length,
    |found| found.samples.explained(),
    |found| found.weights.cosine,
];

/// One property of one interface's guesses over the training, for each seed.
fn over_time(runs: &[Run], link: usize, of: fn(&Comparison) -> f64) -> Vec<Vec<f64>> {
    runs.iter().map(|run| run.seen.iter().map(|seen| of(&seen[link])).collect()).collect()
}

/// All of them at the end.
fn at_the_end(runs: &[Run], link: usize) -> [String; 4] {
    PROPERTIES.map(|property| {
        let lists = over_time(runs, link, property);
        spread(&lists.iter().map(|list| list[list.len() - 1]).collect::<Vec<_>>(), 2)
    })
}

fn add(chart: LineChart, name: &str, lists: &[Vec<f64>]) -> LineChart {
    let [lows, means, highs] = band(lists);
    let steps: Vec<f64> = (0..means.len()).map(|look| (look * EVERY) as f64).collect();
    chart.band(name, &steps, &lows, &means, &highs)
}

fn explained_chart(title: &str) -> LineChart {
    LineChart::new(title).x("step").y("share of its square").y_range(-1.0, 1.0).mark_y(0.0, "")
}

/// One epoch of each method on the net of the example of `dni.py`.
pub fn one_epoch(digits: &Digits) -> Result<()> {
    section("One epoch");
    println!(
        "784-256-256-10, one epoch of {SHORT} digits, Adam at 10⁻³ for all;\nmean of {} seeds ± \
         standard deviation\n",
        SEEDS.len()
    );
    let digits = digits.first(SHORT);
    let header = ["", "error in %", "cosine", "length", "explained", "weights"];
    let mut table = Table::new(header);
    let mut chart = explained_chart("What the guess explains of the true gradient");
    for method in [NoBprop, Bprop, Dni(1), Dni(0), Cdni(1), Cdni(0), FullContext(2), Local] {
        let runs = each(&SEEDS, |seed| {
            let rng = &mut Rng::new(seed);
            run(example_net(method, rng), &digits, rng)
        });
        let errors: Vec<f64> = runs.iter().map(|run| run.error).collect();
        let guesses = !runs[0].seen.is_empty();
        let found = if guesses { at_the_end(&runs, 0) } else { Default::default() };
        table.push([method.name(), spread(&errors, 2)].into_iter().chain(found));
        if guesses {
            let explained = over_time(&runs, 0, PROPERTIES[2]);
            chart = add(chart, &method.name(), &explained);
        }
    }
    print!("{table}");
    println!("\nfigure: {}", chart.save_figure("chapter9-explained")?);
    Ok(())
}

/// The guesses of each of three interfaces.
pub fn by_layer(digits: &Digits) -> Result<()> {
    section("Layer by layer");
    println!(
        "784-256-256-256-10, a linear interface after every layer; one epoch of {SHORT} digits;\n\
         mean of {} seeds ± standard deviation\n",
        SEEDS.len()
    );
    let digits = digits.first(SHORT);
    let header = ["", "after layer", "cosine", "length", "explained", "weights"];
    let mut table = Table::new(header);
    let mut chart = LineChart::new("Whether the weights are sent the right way, layer by layer")
        .x("step")
        .y("cosine")
        .y_range(-0.2, 1.0)
        .mark_y(0.0, "");
    for (method, short) in [(Dni(0), "DNI"), (Cdni(0), "cDNI")] {
        let runs = each(&SEEDS, |seed| {
            let rng = &mut Rng::new(seed);
            run(decoupled(4, method, rng), &digits, rng)
        });
        for link in 0..3 {
            let layer = link + 1;
            let cells = [method.name(), layer.to_string()];
            table.push(cells.into_iter().chain(at_the_end(&runs, link)));
            let weights = over_time(&runs, link, PROPERTIES[3]);
            chart = add(chart, &format!("{short}, layer {layer}"), &weights);
        }
    }
    print!("{table}");
    println!("\nfigure: {}", chart.save_figure("chapter9-layers")?);
    Ok(())
}

/// What a synthesizer's last layer is at the start.
#[derive(Clone, Copy)]
enum Start {
    WeightsZero,
    AllZero,
    Random,
}

fn start_at(net: &mut Net, start: Start, rng: &mut Rng) {
    for link in &mut net.links {
        let Link::Update(interface) = link else { continue };
        let last = interface.synthesizer.layers.last_mut().expect("one hidden layer");
        match start {
            Start::WeightsZero => {}
            Start::AllZero => {
                last.bias.as_mut().expect("made with one").value = Tensor::zeros([256]);
            }
            Start::Random => last.weight.value = init::torch_default([256, 256], 256, rng),
        }
    }
}

/// The synthesizer's last layer starting at zero, and starting like any other.
pub fn zero_start(digits: &Digits) {
    section("Why the last layer starts at zero");
    println!("784-256-256-10, two interfaces with a hidden layer; mean of 3 seeds ± deviation\n");
    let header = ["last layer", "guess / truth", "cosine", "loss, steps 1–50", "151–200"];
    let mut table = Table::new(header);
    let (probe, labels) = (digits.valid.images.rows(0..PROBE), &digits.valid.labels[..PROBE]);
    for (name, start) in [
        ("weights at zero", Start::WeightsZero),
        ("bias at zero too", Start::AllZero),
        ("all at random", Start::Random),
    ] {
        let runs = each(&SEEDS, |seed| {
            let rng = &mut Rng::new(seed);
            let mut net = decoupled(3, Dni(1), rng);
            start_at(&mut net, start, rng);
            let Quality { cosine, length } = net.compare(&probe, labels)[1].samples;
            let (mut tape, mut adam) = (Tape::new(), Adam::new(1e-3));
            let batches = digits.train.batches(64);
            let step = |(x, y): (Tensor, Vec<usize>)| net.step(&mut tape, &mut adam, &x, &y);
            let losses: Vec<f32> = batches.shuffled(rng).take(200).map(step).collect();
            let mean = |part: &[f32]| f64::from(Tensor::vector(part).mean());
            [length, cosine, mean(&losses[..50]), mean(&losses[150..])]
        });
        let column =
            |at: usize, digits| spread(&runs.iter().map(|run| run[at]).collect::<Vec<_>>(), digits);
        table.push([name.into(), column(0, 2), column(1, 3), column(2, 3), column(3, 3)]);
    }
    print!("{table}");
}
