//! Steps that know the curvature: a diagonal, Kronecker products, the whole Gauss-Newton matrix.

use super::price::shortest;
use super::trials::{Outcome, SEEDS, evaluated, spread, tuned};
use longhand::data::{Dataset, Mnist};
use longhand::layers::{Conv2d, Flatten, Layer, Linear, MaxPool2d, Reduction, Relu, Sequential};
use longhand::optim::{Adam, Optimizer};
use longhand::per_sample::{
    GaussNewton, KroneckerFactors, Recorder, conjugate_gradients, cross_entropy_root,
    sampled_cross_entropy_root,
};
use longhand::report::{Table, grouped, measured};
use longhand::tensor::{Window, threads};
use longhand::{Rng, Tape, Tensor, sequential};

/// A small LeNet.
fn net(rng: &mut Rng) -> Sequential {
    let five = Window::new([5, 5]);
    sequential![
        Conv2d::new(1, 8, five, rng), // 28 to 24
        Relu::new(),
        MaxPool2d::new(Window::tiling(2)), // 24 to 12
        Conv2d::new(8, 16, five, rng),     // 12 to 8
        Relu::new(),
        MaxPool2d::new(Window::tiling(2)), // 8 to 4
        Flatten::new(),
        Linear::new(16 * 4 * 4, 10, rng),
    ]
}

/// What the gradient is divided by.
#[derive(Clone, Copy, PartialEq)]
enum Curvature {
    One,
    /// The diagonal of G: exact, or from one draw.
    Diagonal {
        exact: bool,
    },
    /// Kronecker products: KFLR, or K-FAC from one draw.
    Kronecker {
        exact: bool,
    },
    /// G itself.
    Whole,
}

const NAMES: [(&str, Curvature); 6] = [
    ("nothing", Curvature::One),
    ("the diagonal of G", Curvature::Diagonal { exact: true }),
    ("the same, one draw", Curvature::Diagonal { exact: false }),
    ("Kronecker, KFLR", Curvature::Kronecker { exact: true }),
    ("one draw, K-FAC", Curvature::Kronecker { exact: false }),
    ("G, ten products", Curvature::Whole),
];

// ANCHOR: direction
/// (M + damping)⁻¹ · gradient on these digits, where M is some part of the Gauss-Newton matrix.
fn direction_of(
    net: &mut Sequential,
    digits: &Dataset,
    curvature: Curvature,
    damping: f32,
    memory: &mut Memory,
    rng: &mut Rng,
) -> Vec<Tensor> {
    let tape = Tape::new();
    let recorder = Recorder::new(&tape);
    let scores = recorder.record(net, tape.constant(digits.images.clone()));
    let loss = scores.cross_entropy(&digits.labels);
    let params = recorder.params();
    let pass = loss.backward_pass().retain_graph().with_respect_to(&params);
    let gradient: Vec<Tensor> = pass.into_iter().flatten().collect();
    let mut root = |exact| match exact {
        true => cross_entropy_root(&scores.value(), Reduction::Mean),
        false => sampled_cross_entropy_root(&scores.value(), Reduction::Mean, 1, rng),
    };
    match curvature {
        Curvature::One => gradient,
        Curvature::Diagonal { exact } => {
            let diagonal = memory.diagonal(recorder.ggn_diagonal(scores, &root(exact)));
            gradient.iter().zip(diagonal).map(|(g, d)| g / (d + damping)).collect()
        }
        Curvature::Kronecker { exact } => {
            let factors = memory.factors(recorder.kronecker_factors(scores, &root(exact)));
            conjugate_gradients(factors, damping, &gradient, 30).x
        }
        Curvature::Whole => {
            let ggn = GaussNewton::new(scores, loss, &params);
            conjugate_gradients(&ggn, damping, &gradient, 10).x
        }
    }
}
// ANCHOR_END: direction

// ANCHOR: memory
/// What earlier batches have shown of the curvature, the latest counting most: one batch, and one
/// label drawn for each of its digits, show little.
#[derive(Default)]
struct Memory {
    diagonal: Vec<Tensor>,
    factors: Option<KroneckerFactors>,
}

impl Memory {
    fn diagonal(&mut self, new: Vec<Tensor>) -> &[Tensor] {
        if self.diagonal.is_empty() {
            self.diagonal = new;
        } else {
            self.diagonal.iter_mut().zip(&new).for_each(|(known, new)| blend(known, new));
        }
        &self.diagonal
    }

    fn factors(&mut self, new: KroneckerFactors) -> &KroneckerFactors {
        let known = self.factors.get_or_insert_with(|| new.clone());
        for (known, new) in known.blocks.iter_mut().zip(&new.blocks) {
            blend(&mut known.output, &new.output);
            blend(&mut known.input, &new.input);
        }
        known
    }
}

fn blend(known: &mut Tensor, new: &Tensor) {
    known.update(new, |known, new| 0.9 * known + 0.1 * new);
}
// ANCHOR_END: memory

fn descend(net: &mut Sequential, direction: &[Tensor], lr: f32) {
    for (param, d) in net.params_mut().into_iter().zip(direction) {
        param.value.update(d, |w, d| w - lr * d);
    }
}

/// Damping and the length of a step: all that are tried.
fn settings(dampings: &[f32], lengths: &[f32]) -> Vec<(f32, f32)> {
    dampings.iter().flat_map(|&damping| lengths.iter().map(move |&lr| (damping, lr))).collect()
}

fn normalized(digits: &longhand::data::Digits) -> Dataset {
    let mut digits = digits.dataset::<f32>([1, 28, 28], 255.0);
    digits.normalize(0.1307, 0.3081);
    digits
}

/// Digits to train on for each seed, to choose by, and to report on.
fn data(mnist: &Mnist, each: usize) -> [Dataset; 3] {
    let (train, rest) = mnist.train.split_at(SEEDS * each);
    [&train, &rest.split_at(500).0, &mnist.test.split_at(1_000).0].map(normalized)
}

fn own(all: &Dataset, seed: u64) -> Dataset {
    let size = all.len() / SEEDS;
    all.rows(seed as usize * size..(seed as usize + 1) * size)
}

pub fn one_step(mnist: &Mnist) {
    const DIGITS: usize = 100;
    let [all, valid, test] = data(mnist, DIGITS);
    let dampings = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0];
    let lengths: Vec<f32> = (-10..=0).map(|power| 2_f32.powi(power)).collect();
    let numbers: usize = net(&mut Rng::new(0)).params().iter().map(|p| p.value.len()).sum();
    println!(
        "{} parameters, untrained; one step on {DIGITS} digits\ndamping (of {}) and length (of {}) \
         chosen by the loss on {} other digits;\nmean of {SEEDS} seeds ± standard deviation\n",
        grouped(numbers),
        dampings.len(),
        lengths.len(),
        valid.len()
    );
    let mut table = Table::new(["divided by", "damping", "length", "loss on the 100", "test loss"]);
    for (name, curvature) in NAMES {
        let none = curvature == Curvature::One; // nothing to be damped
        let dampings = if none { &[0.0][..] } else { &dampings };
        let directions = directions(curvature, dampings, &all);
        let run = |(damping, lr): (f32, f32), seed| {
            let (mut net, digits) = (net(&mut Rng::new(seed)), own(&all, seed));
            let known =
                directions.iter().find(|known| known.damping == damping && known.seed == seed);
            descend(&mut net, &known.expect("computed above").direction, lr);
            let [own, valid, test] = [&digits, &valid, &test].map(|on| evaluated(&net, on).loss);
            Outcome { validation: valid, reported: vec![own, test] }
        };
        let ((damping, lr), reported) = tuned(&settings(dampings, &lengths), run);
        table.push([
            name.to_string(),
            if none { "none".into() } else { damping.to_string() },
            lr.to_string(),
            spread(&reported, 0, 3),
            spread(&reported, 1, 3),
        ]);
    }
    print!("{table}");
}

struct Direction {
    damping: f32,
    seed: u64,
    direction: Vec<Tensor>,
}

/// The directions of the untrained nets, for every damping and seed.
fn directions(curvature: Curvature, dampings: &[f32], all: &Dataset) -> Vec<Direction> {
    let each = dampings.iter().flat_map(|&damping| (0..SEEDS as u64).map(move |s| (damping, s)));
    let mut found: Vec<_> =
        each.map(|(damping, seed)| Direction { damping, seed, direction: Vec::new() }).collect();
    threads::for_each(found.iter_mut(), |wanted| {
        let mut net = net(&mut Rng::new(wanted.seed));
        let (digits, rng) = (own(all, wanted.seed), &mut Rng::new(wanted.seed + 100));
        wanted.direction =
            direction_of(&mut net, &digits, curvature, wanted.damping, &mut Memory::default(), rng);
    });
    found
}

/// How a net is trained.
#[derive(Clone, Copy)]
enum Training {
    Divided(Curvature),
    Adam,
}

const STEPS: usize = 60;
const BATCH: usize = 50;

/// Some steps from the start, each on digits that the net has not seen.
fn trained(
    how: Training,
    (damping, lr): (f32, f32),
    steps: usize,
    seed: u64,
    all: &Dataset,
) -> Sequential {
    let rng = &mut Rng::new(seed);
    let (mut net, digits, mut adam) = (net(rng), own(all, seed), Adam::new(f64::from(lr)));
    let mut memory = Memory::default();
    for (images, labels) in digits.batches(BATCH).in_order().take(steps) {
        let batch = Dataset::new(images, labels);
        match how {
            Training::Divided(by) => {
                let direction = direction_of(&mut net, &batch, by, damping, &mut memory, rng);
                descend(&mut net, &direction, lr);
            }
            Training::Adam => {
                let gradient =
                    direction_of(&mut net, &batch, Curvature::One, 0.0, &mut memory, rng);
                for (param, g) in net.params_mut().into_iter().zip(gradient) {
                    param.set_grad(g);
                }
                adam.step(net.params_mut());
            }
        }
    }
    net
}

/// The time of a step of each on one thread, in milliseconds: by turns, the shortest of five.
fn times_of_a_step(ways: &[(Training, (f32, f32))], all: &Dataset) -> Vec<f64> {
    const STEPS: usize = 10;
    let mut times = vec![f64::INFINITY; ways.len()];
    for _ in 0..5 {
        for (time, &(how, setting)) in times.iter_mut().zip(ways) {
            let run = || drop(trained(how, setting, STEPS, 0, all));
            *time = time.min(threads::with(1, || shortest(1, run)) / STEPS as f64);
        }
    }
    times
}

pub fn sixty_steps(mnist: &Mnist) {
    let [all, valid, test] = data(mnist, 4 * STEPS * BATCH);
    println!(
        "the same net; {STEPS} steps or four times as many, each on {BATCH} digits that it has not seen\n\
         chosen and reported as above; the time is that of all steps, on one thread\n"
    );
    let mut table =
        Table::new(["", "steps", "damping", "length", "test loss", "correct %", "time"]);
    let (diagonal, kfac) =
        (Curvature::Diagonal { exact: false }, Curvature::Kronecker { exact: false });
    let (none, dampings) = (&[0.0][..], &[1e-3, 1e-2, 1e-1][..]);
    let (mut ways, mut rows) = (Vec::new(), Vec::new());
    for (name, how, steps, dampings, lengths) in [
        ("descent", Training::Divided(Curvature::One), 1, none, [0.03, 0.1, 0.3, 1.0]),
        ("descent", Training::Divided(Curvature::One), 4, none, [0.03, 0.1, 0.3, 1.0]),
        ("Adam", Training::Adam, 1, none, [0.001, 0.003, 0.01, 0.03]),
        ("Adam", Training::Adam, 4, none, [0.001, 0.003, 0.01, 0.03]),
        ("diagonal", Training::Divided(diagonal), 1, dampings, [0.003, 0.01, 0.03, 0.1]),
        ("K-FAC", Training::Divided(kfac), 1, dampings, [0.003, 0.01, 0.03, 0.1]),
    ] {
        let steps = steps * STEPS;
        let run = |setting, seed| {
            let net = trained(how, setting, steps, seed, &all);
            let (validation, tested) = (evaluated(&net, &valid).loss, evaluated(&net, &test));
            Outcome { validation, reported: vec![tested.loss, tested.accuracy()] }
        };
        let (setting, reported) = tuned(&settings(dampings, &lengths), run);
        ways.push((how, setting));
        rows.push((
            steps,
            [
                name.to_string(),
                steps.to_string(),
                if dampings == none { "none".into() } else { setting.0.to_string() },
                setting.1.to_string(),
                spread(&reported, 0, 3),
                spread(&reported, 1, 1),
            ],
        ));
    }
    let times = times_of_a_step(&ways, &all);
    for ((steps, cells), time) in rows.into_iter().zip(&times) {
        let ratio = steps as f64 * time / (STEPS as f64 * times[0]);
        table.push(cells.into_iter().chain([measured(format_args!("{ratio:.1} ×"))]));
    }
    print!("{}", table.right(6));
}
