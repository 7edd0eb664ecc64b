//! 10.4: each sample's gradient cut down to a length, over all parameters together.

use crate::samples::{normal, whole};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::per_sample::{Recorder, Scaling};
use longhand::{Tape, Tensor};

mod second;
mod solution;

type M = Tensor<f64>;

/// A sum `[size]` for each parameter, from individual gradients `[n, size]` and the bound.
pub type ClippedSum = fn(gradients: &[M], bound: f64) -> Vec<M>;

/// The exercise.
pub static CLIPPING: Exercise<ClippedSum> = Exercise {
    facts: Facts {
        number: (10, 4),
        name: "clipping",
        title: "Clipping each sample",
        minutes: 25,
        points: 3,
        see: "Clipping",
        hint: "First the length of each sample's gradient, from its rows in all parameters. Then a \
               factor for each sample, min(1, bound/length). Then Σ_n f_n·g_n for each parameter: a \
               row times a matrix. What does your factor become for a length of 0?",
    },
    refused: &[],
    check,
    solution: solution::clipped_sum,
    second: second::clipped_sum,
    mistakes: &[
        Mistake {
            answer: |gradients, bound| {
                let alone = |g: &M| with(std::slice::from_ref(g), bound, shorter).remove(0);
                gradients.iter().map(alone).collect()
            },
            says: "You clip each parameter by itself. Then a sample's gradient can be as long as \
                   the bound times the root of the number of parameters. Its length is that over all \
                   parameters together.",
            see: None,
        },
        Mistake {
            answer: |gradients, bound| {
                let sums: Vec<M> = gradients.iter().map(|g| g.sum_axis(0)).collect();
                let norm = sums.iter().map(|sum| sum.square().sum()).sum::<f64>().sqrt();
                sums.iter().map(|sum| sum * shorter(norm, bound)).collect()
            },
            says: "You add up first and clip the sum. It may be short because two long gradients \
                   cancel; what is to be bounded is what each sample says.",
            see: None,
        },
        Mistake {
            answer: |gradients, bound| with(gradients, bound, |norm, bound| bound / norm),
            says: "You bring every gradient to a length of exactly the bound. Those that are shorter \
                   should stay as they are: the factor is min(1, bound/length). (And a gradient of \
                   zero has become NaN.)",
            see: None,
        },
        Mistake {
            answer: |gradients, bound| {
                let lengthened = |norm: f64, bound| if norm > 0.0 { bound / norm } else { 1.0 };
                with(gradients, bound, lengthened)
            },
            says: "You bring every gradient, but those of zero, to a length of exactly the bound. \
                   Those that are shorter should stay as they are: the factor is min(1, \
                   bound/length).",
            see: None,
        },
        Mistake {
            answer: |gradients, bound| {
                with(gradients, bound, |norm, bound| (bound / (norm * norm)).min(1.0))
            },
            says: "You divide the bound by the square of the length. The root is missing.",
            see: None,
        },
        Mistake {
            answer: |gradients, bound| {
                with(gradients, bound, |norm, bound| if norm > bound { 0.0 } else { 1.0 })
            },
            says: "You leave out the gradients that are longer than the bound. They should be cut \
                   down to it.",
            see: None,
        },
        Mistake {
            answer: |gradients, bound| {
                let cut = |x: f64| x.clamp(-bound, bound);
                gradients.iter().map(|g| g.map(cut).sum_axis(0)).collect()
            },
            says: "You cut each number to between −bound and bound. That turns the gradient, and it \
                   can still be long. All numbers of a sample get one factor.",
            see: None,
        },
        Mistake {
            answer: |gradients, bound| with(gradients, bound, |norm, bound| norm.min(bound) / norm),
            says: "All is right but for a sample whose gradient is zero: there your factor is 0/0, \
                   NaN, and spoils the sum.",
            see: None,
        },
        Mistake {
            answer: |gradients, _| gradients.iter().map(|g| g.sum_axis(0)).collect(),
            says: "You do not clip at all: this is the plain sum.",
            see: None,
        },
        Mistake {
            answer: |gradients, bound| {
                let longest = norms(gradients).into_iter().fold(0.0, f64::max);
                with(gradients, shorter(longest, bound), |_, factor| factor)
            },
            says: "You multiply all samples by one factor, that of the longest. Each has its own.",
            see: None,
        },
        Mistake {
            answer: |gradients, bound| {
                let n = gradients[0].shape()[0];
                let mut factors = Vec::new();
                for s in 0..n {
                    let own = gradients.iter().map(|g| g.rows(s..s + 1).square().sum().sqrt());
                    factors.push(shorter(own.sum(), bound));
                }
                let row = Tensor::vector(&factors).unsqueeze(0);
                gradients.iter().map(|g| row.matmul(g).squeeze(0)).collect()
            },
            says: "You add up the lengths of the parameters' gradients. Lengths at right angles do not add up: it is the root of the sum of their squares.",
            see: None,
        },
        Mistake {
            answer: |gradients, bound| {
                let factors = norms(gradients).into_iter().map(|norm| shorter(norm, bound));
                let column = Tensor::vector(&factors.collect::<Vec<_>>()).unsqueeze(1);
                gradients.iter().map(|g| g * &column).collect()
            },
            says: "You hand back the clipped gradients, one row for each sample. They are to be added up.",
            see: None,
        },
    ],
    wrong: &[
        (
            |gradients, bound| {
                let clipped = |g: &M| {
                    let norms = g.square().sum_axis(1).sqrt();
                    let factors = norms.map(|norm| f64::min(1.0, bound / norm));
                    (g * factors.unsqueeze(1)).sum_axis(0)
                };
                gradients.iter().map(clipped).collect()
            },
            "You clip each parameter by itself",
        ),
        (
            |gradients, bound| {
                let sums = solution::clipped_sum(gradients, bound);
                let n = gradients[0].shape()[0] as f64;
                sums.iter().map(|sum| sum / n).collect()
            },
            "too small by the number of samples",
        ),
        (
            |gradients, bound| {
                let n = gradients[0].shape()[0];
                let rows: Vec<M> = (0..n)
                    .map(|n| {
                        let own: Vec<M> = gradients.iter().map(|g| g.rows(n..n + 1)).collect();
                        Tensor::concat(&own.iter().collect::<Vec<_>>(), 1)
                    })
                    .filter(|row| row.square().sum().sqrt() <= bound)
                    .collect();
                let mut from = 0;
                let mut part = |g: &M| {
                    from += g.shape()[1];
                    let range = from - g.shape()[1]..from;
                    rows.iter().fold(Tensor::zeros([g.shape()[1]]), |sum, row| {
                        sum + row.slice(1, range.clone()).squeeze(0)
                    })
                };
                gradients.iter().map(&mut part).collect()
            },
            "You leave out the gradients that are longer",
        ),
    ],
    equivalent: &[(
        "squares.map(|square| if square > bound * bound { bound / square.sqrt() } else { 1.0 }); → squares.map(|square| if square >= bound * bound { bound / square.sqrt() } else { 1.0 });",
        "at a length of just the bound the factor is 1 either way",
    )],
};

/// The length of each sample's gradient.
fn norms(gradients: &[M]) -> Vec<f64> {
    let squares = gradients.iter().map(|g| g.square().sum_axis(1)).reduce(|a, b| a + b);
    squares.expect("a parameter").data().iter().map(|square| square.sqrt()).collect()
}

/// min(1, bound/norm)
fn shorter(norm: f64, bound: f64) -> f64 {
    if norm > bound { bound / norm } else { 1.0 }
}

/// The gradients times a factor for each sample, which comes from its length, added up.
fn with(gradients: &[M], bound: f64, factor: fn(f64, f64) -> f64) -> Vec<M> {
    let factors = norms(gradients).into_iter().map(|norm| factor(norm, bound));
    let row = Tensor::vector(&factors.collect::<Vec<_>>()).unsqueeze(0);
    gradients.iter().map(|g| row.matmul(g).squeeze(0)).collect()
}

/// All sums in one line.
fn joined(sums: &[M]) -> Vec<f64> {
    sums.iter().flat_map(|sum| sum.data().to_vec()).collect()
}

fn check(clipped_sum: ClippedSum, trial: &mut Trial) {
    let column = |a: f64, b: f64| Tensor::new([2, 1], vec![a, b]);
    let gradients = [column(3.0, 0.3), column(4.0, 0.4)];
    trial.paper(format!("gradients = [{}, {}], bound = 1", gradients[0], gradients[1]));
    trial.batch(2);
    if let Some(found) = trial.call(|| clipped_sum(&gradients, 1.0)) {
        let shapes: Vec<_> = found.iter().map(|sum| sum.shape().to_string()).collect();
        trial.bits("shapes", &*shapes.join(" "), "[1] [1]");
        trial.near("sum", &joined(&found), &[0.9, 1.2]);
    }
    // A linear model of the crate.
    for (seed, [n, i, o]) in [[4, 3, 2], [1, 2, 3], [6, 4, 3]].into_iter().enumerate() {
        let seed = 10 * seed as u64;
        let x = normal(&[n, i], seed);
        let tape = Tape::new();
        let (w, b) = (tape.leaf(normal(&[o, i], seed + 1)), tape.leaf(normal(&[o], seed + 2)));
        let recorder = Recorder::new(&tape);
        let scores = recorder.linear(tape.constant(x), w, Some(b));
        let samples = recorder.backward(scores.square().sum(), Scaling::Share);
        let gradients = [w, b].map(|param| samples.individual(param).value().flatten(1));
        let lengths = norms(&gradients);
        for bound in [0.5 * lengths[0], lengths[n / 2], 100.0 * lengths[0]] {
            trial.case(format!("a linear model, {n} samples, bound = {bound:.3}"));
            trial.batch(n);
            let Some(found) = trial.call(|| clipped_sum(&gradients, bound)) else { continue };
            let factors = samples.clipping(bound);
            let right = [w, b].map(|param| samples.weighted_sum(param, factors).value());
            trial.near("sum", &joined(&found), &joined(&right));
        }
    }
    let alone = [normal(&[3, 2], 50)];
    trial.case("one parameter, three samples, bound = 1");
    trial.batch(3);
    if let Some(found) = trial.call(|| clipped_sum(&alone, 1.0)) {
        trial.near("sum", &joined(&found), &joined(&with(&alone, 1.0, shorter)));
    }
    let mut three = [whole(&[5, 3], 60), whole(&[5, 1], 61), whole(&[5, 2], 62)];
    three.iter_mut().for_each(|g| (0..g.shape()[1]).for_each(|j| g[[2, j]] = 0.0));
    trial.case("three parameters, five samples, of which one has a gradient of zero; bound = 2");
    trial.batch(5);
    if let Some(found) = trial.call(|| clipped_sum(&three, 2.0)) {
        trial.near("sum", &joined(&found), &joined(&with(&three, 2.0, shorter)));
    }
}
