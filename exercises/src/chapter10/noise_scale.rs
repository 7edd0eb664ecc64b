//! 10.2: variance and noise scale of own gradients, where only their shares are given.

use crate::samples::normal;
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::per_sample::{Recorder, Scaling};
use longhand::{Tape, Tensor};

mod second;
mod solution;

type M = Tensor<f64>;

/// The total variance of the own gradients and the noise scale, from the shares `[n, d]`.
pub type NoiseScale = fn(shares: &M) -> (f64, f64);

/// The exercise.
pub static NOISE_SCALE: Exercise<NoiseScale> = Exercise {
    facts: Facts {
        number: (10, 2),
        name: "noise_scale",
        title: "The noise scale, from shares",
        minutes: 15,
        points: 2,
        see: "Whose gradient?",
        hint: "A sample's own gradient is n times its share. What does that make of a mean, and what \
               of a variance? The mean of the own gradients is the gradient of the batch.",
    },
    refused: &["total_variance", "var"],
    check,
    solution: solution::noise_scale,
    second: second::noise_scale,
    mistakes: &[
        Mistake {
            answer: |shares| {
                let (n, variance) = (shares.shape()[0] as f64, variance(shares));
                (n * variance, n * variance / square(&shares.sum_axis(0)))
            },
            says: "You multiply the variance of the shares by n. A variance is made of squares: if \
                   each gradient is n times its share, the variance is n² times that of the shares.",
            see: None,
        },
        Mistake {
            answer: |shares| (variance(shares), variance(shares) / square(&shares.mean_axis(0))),
            says: "You take the shares for the own gradients. The noise scale is right all the same, \
                   since both its parts are too small by n²; the variance is not.",
            see: None,
        },
        Mistake {
            answer: |shares| (variance(shares), variance(shares) / square(&shares.sum_axis(0))),
            says: "Your variance is that of the shares, and is too small by n². The own gradients \
                   are n times the shares.",
            see: None,
        },
        Mistake {
            answer: |shares| {
                let variance = own_variance(shares);
                (variance, variance / square(&shares.mean_axis(0)))
            },
            says: "The variance is right, but you divide it by the squared length of the shares' \
                   mean. The gradient of the batch is their sum.",
            see: None,
        },
        Mistake {
            answer: |shares| {
                let n = shares.shape()[0] as f64;
                let variance = own_variance(shares) * n / (n - 1.0);
                (variance, variance / square(&shares.sum_axis(0)))
            },
            says: "You divide by n − 1. That estimates the variance of a larger whole from which \
                   these were drawn; here it is over n.",
            see: Some("What a sum hides"),
        },
        Mistake {
            answer: |shares| {
                let variance = own_variance(shares);
                (variance, variance / square(&shares.sum_axis(0)).sqrt())
            },
            says: "The variance is right, but you divide it by the length of the gradient. It is the \
                   squared length: then a number without a unit comes out.",
            see: Some("What a sum hides"),
        },
        Mistake {
            answer: |shares| {
                let variance = own_variance(shares);
                (variance, square(&shares.sum_axis(0)) / variance)
            },
            says: "Your noise scale is upside down: it should be large where the noise is.",
            see: Some("What a sum hides"),
        },
        Mistake {
            answer: |shares| {
                let n = shares.shape()[0] as f64;
                let squares = n * shares.square().sum();
                (squares, squares / square(&shares.sum_axis(0)))
            },
            says: "You have the mean of the squared own gradients. Their mean is not subtracted.",
            see: Some("What a sum hides"),
        },
        Mistake {
            answer: |shares| {
                let (n, variance) = (shares.shape()[0] as f64, own_variance(shares));
                (variance, variance / (n * n * square(&shares.sum_axis(0))))
            },
            says: "The variance is right, but you divide it by the squared length of the sum of the own gradients. The gradient of the batch is their mean.",
            see: None,
        },
        Mistake {
            answer: |shares| {
                let variance = own_variance(shares) / shares.shape()[1] as f64;
                (variance, variance / square(&shares.sum_axis(0)))
            },
            says: "You take the mean of the variances over the parameters. The total variance is their sum.",
            see: Some("What a sum hides"),
        },
    ],
    wrong: &[
        (
            |shares| {
                let n = shares.shape()[0] as f64;
                let centred = shares - shares.mean_axis(0);
                let variance = centred.square().sum();
                (variance, variance / (shares.mean_axis(0) * n).square().sum())
            },
            "multiply the variance of the shares by n",
        ),
        (
            |shares| {
                let (variance, scale) = solution::noise_scale(shares);
                (variance, 2.0 * scale)
            },
            "noise scale: twice",
        ),
        (
            |shares| {
                let (variance, scale) = solution::noise_scale(shares);
                (2.0 * variance, scale)
            },
            "variance: twice",
        ),
    ],
    equivalent: &[],
};

/// The total variance of the rows.
fn variance(rows: &M) -> f64 {
    (rows - rows.mean_axis(0)).square().mean_axis(0).sum()
}

fn own_variance(shares: &M) -> f64 {
    variance(&(shares * shares.shape()[0] as f64))
}

/// The squared length.
fn square(vector: &M) -> f64 {
    vector.square().sum()
}

fn check(noise_scale: NoiseScale, trial: &mut Trial) {
    let shares = Tensor::new([2, 2], vec![1.0, 1.0, 3.0, 1.0]);
    trial.paper(format!("shares = {shares}"));
    trial.batch(2);
    if let Some((variance, scale)) = trial.call(|| noise_scale(&shares)) {
        trial.near("variance", &variance, &4.0);
        trial.near("noise scale", &scale, &0.2);
    }
    // The shares of a linear model, and what the recorder says of its own gradients.
    for (seed, [n, i, o]) in [[3, 2, 3], [1, 4, 2], [6, 1, 2], [5, 3, 4]].into_iter().enumerate() {
        let seed = 10 * seed as u64;
        let (x, w) = (normal(&[n, i], seed), normal(&[o, i], seed + 1));
        let labels: Vec<usize> = (0..n).map(|s| s * s % o).collect();
        let tape = Tape::new();
        let samples = |scaling: Scaling| {
            let (recorder, w) = (Recorder::new(&tape), tape.leaf(w.clone()));
            let scores = recorder.linear(tape.constant(x.clone()), w, None);
            (w, recorder.backward(scores.cross_entropy(&labels), scaling))
        };
        let (w, share) = samples(Scaling::Share);
        let shares = share.individual(w).value().flatten(1);
        trial.case(format!("the shares of a linear model, [{n}, {}]", i * o));
        trial.batch(n);
        let Some((variance, scale)) = trial.call(|| noise_scale(&shares)) else { continue };
        let right = samples(Scaling::Own).1.total_variance().value().item();
        trial.near("variance", &variance, &right);
        trial.near("noise scale", &scale, &(right / square(&share.sum(w).value())));
    }
}
