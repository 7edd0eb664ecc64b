//! 4.1: log-softmax, for scores of any size.

use crate::samples::normal;
use crate::value::Value;
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;

mod second;
mod solution;

type M = Tensor<f64>;

/// ln p of each class, `[n, c]`, from scores `[n, c]`.
pub type LogProbabilities = fn(scores: &M) -> M;

/// The exercise.
pub static SOFTMAX: Exercise<LogProbabilities> = Exercise {
    facts: Facts {
        number: (4, 1),
        name: "softmax",
        title: "Scores of a thousand",
        minutes: 15,
        points: 2,
        see: "A loss for classes",
        hint: "ln of a quotient is a difference of two ln, so p itself is never needed. And what \
               happens to p if the same number is taken off all scores of a row? Choose the number \
               so that no exponent is above 0 and one is 0.",
    },
    refused: &["log_softmax", "LogSoftmax", "log_sum_exp"],
    check,
    solution: solution::log_probabilities,
    second: second::log_probabilities,
    mistakes: &[
        Mistake {
            answer: |s| s - column(s.exp().sum_axis(1)).ln(),
            says: "You take e to the power of the scores as they are. From a score of 710 on that is \
                   infinite, and below −745 it is 0. First take the largest score of the row off.",
            see: None,
        },
        Mistake {
            answer: |s| softmax(s).ln(),
            says: "You compute p and then its logarithm. A p below 1e-323 is rounded to 0, whose \
                   logarithm is −∞. ln p = x − ln Σ eˣ needs no p.",
            see: None,
        },
        Mistake {
            answer: |s| (s.exp() / column(s.exp().sum_axis(1))).ln(),
            says: "You compute p from the scores as they are, and then its logarithm. Of large \
                   scores that is ∞ divided by ∞. Neither is needed: ln p = x − ln Σ eˣ, with the \
                   largest score taken off first.",
            see: None,
        },
        Mistake {
            answer: |s| {
                let s = s.clamp_min(-700.0).clamp_max(700.0);
                &s - column(s.exp().sum_axis(1)).ln()
            },
            says: "You limit the scores, or p, to a range. Then classes whose scores are far apart \
                   become alike. Take the largest score of the row off instead, which changes no p.",
            see: None,
        },
        Mistake {
            answer: |s| {
                let s = s - s.max();
                &s - column(s.exp().sum_axis(1)).ln()
            },
            says: "You take the largest score of all rows off. In a row whose scores are far below \
                   it, every e to the power of them is 0. Each row has a largest score of its own.",
            see: None,
        },
        Mistake {
            answer: |s| s - column((s - column(s.max_axis(1))).exp().sum_axis(1).ln()),
            says: "You take the largest score off inside the exponent and nowhere else. It must be \
                   taken off x too, or be added to the logarithm again.",
            see: None,
        },
        Mistake {
            answer: |s| solution::log_probabilities(&s.t()).t(),
            says: "You sum over the samples. The classes of one sample compete with each other: \
                   largest score and sum belong to a row.",
            see: None,
        },
        Mistake {
            answer: softmax,
            says: "These are the probabilities themselves. Their logarithms are asked for.",
            see: None,
        },
        Mistake {
            answer: |s| {
                let b = s - column(s.mean_axis(1));
                &b - column(b.exp().sum_axis(1)).ln()
            },
            says: "You take the mean of the row off. A score may lie far above it, and e to the \
                   power of that is infinite. Take the largest off: then no exponent is above 0.",
            see: None,
        },
        Mistake {
            answer: |s| {
                let b = s - column(s.min_axis(1));
                &b - column(b.exp().sum_axis(1)).ln()
            },
            says: "You take the smallest score of the row off. Then all exponents are above 0, and \
                   the large ones infinite. Take the largest off.",
            see: None,
        },
        Mistake {
            answer: |s| {
                let b = s - s.max_axis(1);
                &b - b.exp().sum_axis(1).ln()
            },
            says: "What you have for each row, `[n]`, is taken off as if it were a row. It must be a \
                   column, `[n, 1]`: `unsqueeze(1)`.",
            see: None,
        },
    ],
    wrong: &[
        (
            |s| {
                let p = softmax(s);
                p.clamp_min(1e-300).ln()
            },
            "limit the scores, or p",
        ),
        (|s| -solution::log_probabilities(s), "opposite sign"),
        (|s| s.clone(), "the input itself"),
        (
            |s| {
                let mut y = s.clone();
                let classes = s.shape()[1];
                for row in y.data_mut().chunks_mut(classes) {
                    let sum: f64 = row.iter().map(|x| x.exp()).sum();
                    row.iter_mut().for_each(|x| *x -= sum.ln());
                }
                y
            },
            "scores as they are",
        ),
    ],
    equivalent: &[],
};

fn column(x: M) -> M {
    x.unsqueeze(1)
}

fn softmax(s: &M) -> M {
    let e = (s - column(s.max_axis(1))).exp();
    &e / column(e.sum_axis(1))
}

fn check(log_probabilities: LogProbabilities, trial: &mut Trial) {
    let half = -std::f64::consts::LN_2;
    let paper = [([1000.0, 1000.0], [half, half]), ([1000.0, 0.0], [0.0, -1000.0])];
    for (scores, expected) in paper {
        let scores = Tensor::new([1, 2], scores.to_vec());
        trial.paper(format!("scores = {scores}; ln ½ is {half:.4}"));
        large(log_probabilities, trial, &scores, &Tensor::new([1, 2], expected.to_vec()));
    }
    for (seed, [n, c]) in [[2, 3], [1, 4], [5, 2], [3, 3], [4, 1]].into_iter().enumerate() {
        let scores = normal(&[n, c], seed as u64) * 3.0;
        trial.case(format!("random scores [{n}, {c}]"));
        trial.given(&scores);
        let Some(found) = trial.call(|| log_probabilities(&scores)) else { continue };
        trial.near("ln p", &found, &scores.log_softmax());
        // By definition, where nothing is too large for it.
        let e = scores.exp();
        trial.near("ln p", &found, &(&e / column(e.sum_axis(1))).ln());
    }
    let scores =
        Tensor::new([4, 2], vec![2000.0, 1999.0, -2000.0, -2001.0, 3.0, -900.0, -2000.0, 2000.0]);
    trial.case(format!("scores = {scores}"));
    large(log_probabilities, trial, &scores, &scores.log_softmax());
}

/// Where classes have come nearer to each other than they are, by how much depends on the range to
/// which somebody limits the scores. It is one mistake whatever the range.
fn large(log_probabilities: LogProbabilities, trial: &mut Trial, scores: &M, expected: &M) {
    trial.given(scores);
    let Some(found) = trial.call(|| log_probabilities(scores)) else { return };
    let nearer = found.shape() == expected.shape() && {
        let mut pairs = found.data().iter().zip(expected.data());
        pairs.all(|(x, y)| x.is_finite() && *x <= 0.0 && *x >= *y - 1.0)
    };
    let limited = nearer && (&found - expected).max() > 0.3;
    match limited {
        true => {
            let says = Value::Words("limited to a range".into());
            trial.near("ln p of large scores", &says, expected);
        }
        false => trial.near("ln p of large scores", &found, expected),
    }
}
