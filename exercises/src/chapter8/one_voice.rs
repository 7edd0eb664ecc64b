//! 8.1: the ratio of a parameter that has a gradient in some batches only.

use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use longhand::wtb::GradientStats;

mod second;
mod solution;

/// The ratio of k equal gradients among so many.
pub type Ratio = fn(k: usize, batches: usize) -> f64;

/// The exercise.
pub static ONE_VOICE: Exercise<Ratio> = Exercise {
    facts: Facts {
        number: (8, 1),
        name: "one_voice",
        title: "One voice, or a few",
        minutes: 15,
        points: 2,
        see: "Signal and noise",
        hint: "Write down the mean and the mean of the squares, both with a, k and B. The variance \
               is the second without the square of the first; bring it to one denominator. Then a \
               cancels.",
    },
    refused: &["GradientStats", "compute_snr"],
    check,
    solution: solution::ratio,
    second: second::ratio,
    mistakes: &[
        Mistake {
            answer: |_, b| (b as f64 / (b as f64 - 1.0)).sqrt(),
            says: "That is the ratio of a single voice. With k of them the mean is k times as \
                   large, and the variance is another.",
            see: None,
        },
        Mistake {
            answer: |k, b| (k as f64 / (b - k) as f64).sqrt(),
            says: "You divide by the deviation of a single gradient. The mean of B gradients is \
                   known better than one of them, by √B: that is its standard error.",
            see: None,
        },
        Mistake {
            answer: |k, b| (k as f64 * (b - 1) as f64 / (b - k) as f64).sqrt(),
            says: "Your variance divides by B − 1. That is the estimate for all possible batches; \
                   the chapter's divides by B.",
            see: None,
        },
        Mistake {
            answer: |k, b| k as f64 * b as f64 / (b - k) as f64,
            says: "That is the square of the ratio: the error is the root of v/B.",
            see: None,
        },
        Mistake {
            answer: |k, _| (k as f64).sqrt(),
            says: "Your variance is the mean of the squares. The square of the mean is to be taken \
                   off it.",
            see: None,
        },
        Mistake {
            answer: |k, b| ((b - k) as f64 / (k * b) as f64).sqrt(),
            says: "That is the error divided by the mean, noise to signal. It is the other way \
                   round.",
            see: None,
        },
        Mistake {
            answer: |k, b| ((k * b / (b - k)) as f64).sqrt(),
            says: "You divide whole numbers, and lose what is behind the point. Make them f64 \
                   first.",
            see: None,
        },
        Mistake {
            answer: |k, b| k as f64 * (b as f64 / (b as f64 - 1.0)).sqrt(),
            says: "You take k times the ratio of a single voice. The mean does grow by k, but so \
                   does the scatter, if not as much.",
            see: None,
        },
    ],
    wrong: &[
        (
            |k, b| {
                let (k, b) = (k as f64, b as f64);
                (k / b) / (k / b - (k / b).powi(2)).sqrt()
            },
            "the deviation of a single gradient",
        ),
        (|k, b| -solution::ratio(k, b), "opposite sign"),
        (|k, b| solution::ratio(k, b) / 2.0, "half of what it should be"),
        (|k, b| (((k * b) as f64).sqrt() / ((b - k) as f64)).sqrt() * 0.0, "zero everywhere"),
    ],
    equivalent: &[],
};

fn check(ratio: Ratio, trial: &mut Trial) {
    for (k, b, square) in [(1, 5, 1.25), (2, 5, 10.0 / 3.0), (4, 5, 20.0), (1, 2, 2.0_f64)] {
        let expected = square.sqrt();
        trial.paper(format!("k = {k}, B = {b}"));
        if let Some(found) = trial.call(|| ratio(k, b)) {
            trial.near("ratio", &found, &expected);
        }
    }
    for (k, b, a) in [(1, 10, 0.3), (2, 3, -7.0), (3, 10, 1e-4), (5, 10, 2.5), (99, 100, -0.8)] {
        let mut stats = GradientStats::new([1]);
        (0..b).for_each(|batch| stats.add(&Tensor::vector(&[if batch < k { a } else { 0.0 }])));
        trial.case(format!("k = {k}, B = {b}; by `GradientStats`, with a = {a}"));
        if let Some(found) = trial.call(|| ratio(k, b)) {
            trial.near("ratio", &found, &stats.snr().data()[0]);
        }
    }
}
