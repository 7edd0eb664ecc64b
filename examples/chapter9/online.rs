//! Guesses of a far-off gradient that are learnt without ever going back in time: BP(λ).

use crate::net::Quality;
use crate::seeds::{SEEDS, each};
use longhand::dni::TracedSynthesizer;
use longhand::optim::{Optimizer, Sgd};
use longhand::report::{Table, section, spread};
use longhand::{Rng, Tensor, init};

/// Places in the line, and lines side by side.
const PLACES: usize = 8;
const BATCH: usize = 16;

// ANCHOR: line
/// A line that each number walks down, one place a step, and at whose end it is compared with a
/// target: L = ½(h_last − y)². A number at place i will be compared PLACES − 1 − i steps later. So
/// the gradient of what is to come is hᵢ − y with a y that nobody knows yet, and in the mean hᵢ − 1.
struct Line {
    h: Tensor<f64>,
    /// `[batch, i, j] = ∂hᵢ/∂hⱼ`: 1 where i = j + 1.
    jacobian: Tensor<f64>,
}

impl Line {
    /// One step: a new number comes in. Gives dL/dh of this step.
    fn step(&mut self, rng: &mut Rng) -> Tensor<f64> {
        let new = init::normal([BATCH, 1], 0.0, 1.0, rng);
        self.h = Tensor::concat(&[&new, &self.h.slice(1, 0..PLACES - 1)], 1);
        let target = init::normal::<f64>([BATCH, 1], 1.0, 1.0, rng);
        let error = self.h.slice(1, PLACES - 1..PLACES) - target;
        Tensor::concat(&[&Tensor::zeros([BATCH, PLACES - 1]), &error], 1)
    }
}
// ANCHOR_END: line

impl Line {
    fn new() -> Self {
        let shift = |at: usize| if at / PLACES == at % PLACES + 1 { 1.0 } else { 0.0 };
        let one = (0..PLACES * PLACES).map(shift);
        let all: Vec<f64> = one.cycle().take(BATCH * PLACES * PLACES).collect();
        let jacobian = Tensor::new([BATCH, PLACES, PLACES], all);
        Self { h: Tensor::zeros([BATCH, PLACES]), jacobian }
    }
}

/// What the guesses explain of the mean of the true gradient, at each place, after so many steps.
fn explained(lambda: f64, steps: usize, seed: u64) -> Vec<f64> {
    let (rng, mut line) = (&mut Rng::new(seed), Line::new());
    let mut synthesizer = TracedSynthesizer::new(PLACES, lambda);
    let mut sgd = Sgd::new(0.02);
    synthesizer.begin(&line.h);
    for _ in 0..steps {
        let l = line.step(rng);
        synthesizer.learn(&line.h, &line.jacobian, &l, false);
        sgd.step_param(&mut synthesizer.weight);
        synthesizer.weight.zero_grad();
    }
    let h = init::normal::<f64>([1000, PLACES], 0.0, 1.0, rng);
    let (guess, truth) = (synthesizer.guess(&h), &h - 1.0);
    let at = |v: &Tensor<f64>, place: usize| v.slice(1, place..place + 1);
    let each = (0..PLACES).map(|place| Quality::of(&at(&guess, place), &at(&truth, place)));
    each.map(|quality| quality.explained()).collect()
}

pub fn compare() {
    section("Without going back");
    println!(
        "a line of {PLACES} places; what the guess explains of the mean gradient at a place so many\n\
         steps before the end; mean of {} seeds ± standard deviation\n",
        SEEDS.len()
    );
    let header = ["steps learnt", "λ", "1 before", "3 before", "5 before", "7 before"];
    let mut table = Table::new(header);
    for steps in [100, 300, 1000] {
        for lambda in [0.0, 0.5, 0.9, 1.0] {
            let runs = each(&SEEDS, |seed| explained(lambda, steps, seed));
            let at = |before: usize| {
                let place = PLACES - 1 - before;
                spread(&runs.iter().map(|run| run[place]).collect::<Vec<_>>(), 2)
            };
            table.push([steps.to_string(), lambda.to_string(), at(1), at(3), at(5), at(7)]);
        }
    }
    print!("{table}");
}
