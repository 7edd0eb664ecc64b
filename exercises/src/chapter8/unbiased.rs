//! 8.2: the ratio with the variance that is estimated for all batches.

use crate::samples::normal;
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use longhand::wtb::GradientStats;

mod second;
mod solution;

/// The ratio with B − 1, from that with B.
pub type Unbiased = fn(ratio: f64, batches: usize) -> f64;

/// The exercise.
pub static UNBIASED: Exercise<Unbiased> = Exercise {
    facts: Facts {
        number: (8, 2),
        name: "unbiased",
        title: "B − 1",
        minutes: 5,
        points: 1,
        see: "Signal and noise",
        hint: "By which factor does the variance change? Does it grow? And the ratio has its root \
               below the line.",
    },
    refused: &[],
    check,
    solution: solution::unbiased,
    second: second::unbiased,
    mistakes: &[
        Mistake {
            answer: |ratio, b| ratio * (b as f64 / (b as f64 - 1.0)).sqrt(),
            says: "You make the ratio larger. Divided by B − 1 the variance is larger, and the \
                   ratio has it below the line.",
            see: None,
        },
        Mistake {
            answer: |ratio, b| ratio * (b as f64 - 1.0) / b as f64,
            says: "The factor is right for the variance. The ratio is divided by the error, which \
                   is its root.",
            see: None,
        },
        Mistake {
            answer: |ratio, b| (ratio * ((b as f64 - 1.0) / b as f64).sqrt()).min(1.0),
            says: "You cut the ratio off at 1. That makes the factor for a gradient of it; asked for \
                   is the ratio.",
            see: Some("Tempering"),
        },
        Mistake {
            answer: |ratio, b| ratio * (b as f64 / (b as f64 + 1.0)).sqrt(),
            says: "You divide by B + 1 somewhere. The sum of the squares is the ratio's with B, \
                   times B, and then divided by B − 1.",
            see: None,
        },
        Mistake {
            answer: |ratio, b| ratio * (b as f64 - 1.0).sqrt(),
            says: "You multiply by √(B − 1), and have not divided by √B: to get the sum of squares \
                   back from a mean of them takes a B.",
            see: None,
        },
    ],
    wrong: &[
        (|ratio, b| ratio * (((b - 1) / b) as f64).sqrt(), "zero everywhere"),
        (|ratio, _| ratio, "the input itself"),
        (|ratio, b| ratio / ((b - 1) as f64 / b as f64).sqrt(), "You make the ratio larger"),
    ],
    equivalent: &[],
};

fn check(unbiased: Unbiased, trial: &mut Trial) {
    for (ratio, b, expected) in [(3.0, 9, 8_f64.sqrt()), (0.5, 2, 0.125_f64.sqrt()), (0.0, 4, 0.0)]
    {
        trial.paper(format!("ratio = {ratio}, B = {b}"));
        trial.given(&ratio);
        if let Some(found) = trial.call(|| unbiased(ratio, b)) {
            trial.near("ratio", &found, &expected);
        }
    }
    for (seed, b) in [(1, 2), (2, 3), (3, 10), (4, 50)] {
        let gradients = normal(&[b], seed) + 0.4;
        let mut stats = GradientStats::new([1]);
        gradients.data().iter().for_each(|&g| stats.add(&Tensor::vector(&[g])));
        let mean = gradients.mean();
        let squares = gradients.map(|g| (g - mean) * (g - mean)).sum();
        let expected = mean.abs() / (squares / (b as f64 - 1.0) / b as f64).sqrt();
        let ratio = stats.snr().data()[0];
        trial.case(format!("the ratio of {b} random gradients"));
        trial.given(&ratio);
        if let Some(found) = trial.call(|| unbiased(ratio, b)) {
            trial.near("ratio", &found, &expected);
        }
    }
}
