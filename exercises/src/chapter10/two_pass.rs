//! 10.1: the total variance of individual gradients, the mean subtracted first.

use crate::samples::{normal, whole};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::per_sample::reference;
use longhand::{Tape, Tensor};

mod second;
mod solution;

type M = Tensor<f64>;

/// The variances of the columns of `[n, d]`, added up.
pub type TotalVariance = fn(gradients: &M) -> f64;

/// The exercise.
pub static TWO_PASS: Exercise<TotalVariance> = Exercise {
    facts: Facts {
        number: (10, 1),
        name: "two_pass",
        title: "The variance in two passes",
        minutes: 10,
        points: 1,
        see: "The variance, and its gradient",
        hint: "A variance is the mean of (g − mean)². One pass over the rows finds the mean of each \
               column, `mean_axis(0)`, and another the squares of what is left.",
    },
    refused: &["total_variance", "var"],
    check,
    solution: solution::total_variance,
    second: second::total_variance,
    mistakes: &[
        Mistake {
            answer: |g| (g.square().mean_axis(0) - g.mean_axis(0).square()).sum(),
            says: "You subtract the squared mean from the mean of the squares. Where the rows agree \
                   in eight digits, their squares agree in all sixteen, and what is left is \
                   rounding. To make 0 of what comes out negative would only hide it. Subtract the \
                   mean first.",
            see: None,
        },
        Mistake {
            answer: |g| {
                let n = g.shape()[0] as f64;
                (g - g.mean_axis(0)).square().sum_axis(0).sum() / (n - 1.0)
            },
            says: "You divide by n − 1. That estimates the variance of a larger whole from which \
                   these were drawn. Here they are the whole, and it is n.",
            see: Some("What a sum hides"),
        },
        Mistake {
            answer: |g| {
                let mean = g.mean_axis(1).unsqueeze(1);
                (g - mean).square().mean_axis(1).sum()
            },
            says: "You take the mean along each row, over the parameters of one sample. What is \
                   asked is how the samples differ: the mean of each column, axis 0.",
            see: Some("What a sum hides"),
        },
        Mistake {
            answer: |g| (g - g.mean()).square().sum() / g.shape()[0] as f64,
            says: "You subtract one mean of all numbers. Each parameter has a mean of its own, over \
                   the samples: `mean_axis(0)`.",
            see: Some("What a sum hides"),
        },
        Mistake {
            answer: |g| solution::total_variance(g) / g.shape()[1] as f64,
            says: "You take the mean of the variances over the parameters. The total variance is \
                   their sum.",
            see: Some("What a sum hides"),
        },
        Mistake {
            answer: |g| g.square().mean_axis(0).sum(),
            says: "You have the mean of the squares. The mean of the gradients is not subtracted.",
            see: Some("What a sum hides"),
        },
        Mistake {
            answer: |g| solution::total_variance(g).sqrt(),
            says: "You take the root. The variance is the mean of the squares as it is.",
            see: Some("What a sum hides"),
        },
        Mistake {
            answer: |g| (g - g.mean_axis(0)).square().mean_axis(0).sqrt().sum(),
            says: "You add up standard deviations, the roots. Variances add up as they are.",
            see: Some("What a sum hides"),
        },
        Mistake {
            answer: |g| (g - g.rows(0..1)).square().mean_axis(0).sum(),
            says: "You subtract the first row. It makes the numbers small, but it is not their mean, and what it differs from it is in your result.",
            see: None,
        },
        Mistake {
            answer: |g| {
                let sums = g.sum_axis(1);
                (&sums - sums.mean()).square().mean()
            },
            says: "You add up each sample's gradient over the parameters, and take the variance of that one number. Each parameter has a variance of its own; these are added up.",
            see: Some("What a sum hides"),
        },
    ],
    wrong: &[
        (
            |g| {
                let n = g.shape()[0] as f64;
                let column = |j: usize| {
                    let column = g.slice(1, j..j + 1);
                    (column.square().sum() - column.sum().powi(2) / n) / n
                };
                (0..g.shape()[1]).map(column).map(|v| if v < 0.0 { 0.0 } else { v }).sum()
            },
            "You subtract the squared mean",
        ),
        (|g| (g - g.mean()).square().mean() * g.shape()[1] as f64, "one mean of all numbers"),
        (|g| solution::total_variance(g) * g.shape()[0] as f64, "by the number of samples"),
        (
            |g| {
                let n = g.shape()[0] as f64;
                let (sum, squares) = (g.sum_axis(0), g.square().sum_axis(0));
                (squares / n - (sum / n).square()).maximum(&Tensor::scalar(0.0)).sum()
            },
            "would only hide it",
        ),
    ],
    equivalent: &[],
};

/// So far from 0 that all of a small difference is lost in the square, in whatever order one sums.
const FAR: f64 = (1 << 28) as f64;

/// (n·Σx² − (Σx)²)/n², exact for whole numbers that are small.
fn exact(whole: &M) -> f64 {
    let n = whole.shape()[0] as f64;
    ((whole.square().sum_axis(0) * n) - whole.sum_axis(0).square()).sum() / (n * n)
}

/// What is left if a mean of such numbers is off by its last bit, as a running mean may be.
fn six_digits(variance: f64) -> f64 {
    (variance * 1e6).round() / 1e6
}

fn check(total_variance: TotalVariance, trial: &mut Trial) {
    let small = Tensor::new([3, 2], vec![1.0, 5.0, 3.0, 5.0, 5.0, 5.0]);
    let near = Tensor::new([2, 1], vec![FAR + 1.0, FAR + 3.0]);
    trial.paper(format!("gradients = {small}"));
    trial.batch(3);
    if let Some(found) = trial.call(|| total_variance(&small)) {
        trial.near("variance", &found, &(8.0 / 3.0));
    }
    trial.paper(format!("gradients = {near}"));
    trial.batch(2);
    if let Some(found) = trial.call(|| total_variance(&near)) {
        trial.near("variance", &six_digits(found), &1.0);
    }
    for (seed, [n, d]) in [[4, 3], [1, 5], [7, 1], [5, 6], [2, 2]].into_iter().enumerate() {
        let gradients = normal(&[n, d], seed as u64) + 0.5;
        trial.case(format!("random gradients [{n}, {d}]"));
        trial.batch(n);
        if let Some(found) = trial.call(|| total_variance(&gradients)) {
            let tape = Tape::new();
            let right = reference::total_variance(tape.constant(gradients)).value().item();
            trial.near("variance", &found, &right);
        }
    }
    for (seed, [n, d]) in [[4, 3], [1, 2], [8, 1], [2, 5]].into_iter().enumerate() {
        let small = whole(&[n, d], 50 + seed as u64);
        trial.case(format!("whole numbers [{n}, {d}] that agree in their first eight digits"));
        trial.batch(n);
        if let Some(found) = trial.call(|| total_variance(&(&small + FAR))) {
            trial.near("variance", &six_digits(found), &exact(&small));
        }
    }
}
