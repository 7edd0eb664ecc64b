//! 4.2: cross-entropy, backward.

use crate::samples::{normal, numeric_gradient};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use longhand::layers::{CrossEntropy, Loss};

mod second;
mod solution;

type M = Tensor<f64>;

/// d_scores `[n, c]` of the mean cross-entropy, from scores `[n, c]` and n labels.
pub type CrossEntropyGrad = fn(scores: &M, labels: &[usize]) -> M;

/// The exercise.
pub static CROSS_ENTROPY: Exercise<CrossEntropyGrad> = Exercise {
    facts: Facts {
        number: (4, 2),
        name: "cross_entropy",
        title: "Cross-entropy, backward",
        minutes: 20,
        points: 3,
        see: "A loss for classes",
        hint: "For one image L = −x_c + ln Σ eˣ, where c is the right class. What is the slope of \
               the second term with respect to x_j? `log_softmax()` computes ln p safely, and \
               `Tensor::one_hot` makes rows with a single 1.",
    },
    refused: &["CrossEntropy"],
    check,
    solution: solution::cross_entropy_grad,
    second: second::cross_entropy_grad,
    mistakes: &[
        Mistake {
            answer: |s, labels| {
                let n = labels.len() as f64;
                -hot(s, labels) / s.log_softmax().exp() / n
            },
            says: "This is the gradient of −ln p with respect to p, −1/p at the right class. From p \
                   it must go on to the scores, and every score of the row has a say in p.",
            see: None,
        },
        Mistake {
            answer: |s, labels| -hot(s, labels) / labels.len() as f64,
            says: "This is the gradient with respect to ln p, −1 at the right class. It must go on \
                   to the scores: ln p = x − ln Σ eˣ, and the sum has all of them in it.",
            see: None,
        },
        Mistake {
            answer: |s, labels| s.log_softmax().exp() / labels.len() as f64,
            says: "The 1 that is taken off at the right class is missing. So every score would be \
                   pushed down, the right one too.",
            see: None,
        },
        Mistake {
            answer: |s, labels| (s.log_softmax().exp() - 1.0) / labels.len() as f64,
            says: "You take 1 off every class. Only the right class has it: the label's column of \
                   each row.",
            see: None,
        },
        Mistake {
            answer: |s, labels| (s.log_softmax().exp() - hot(s, labels)) / s.len() as f64,
            says: "You divide by the number of all scores. The loss is a mean over the images, not \
                   over their classes.",
            see: None,
        },
        Mistake {
            answer: |s, labels| (s.log_softmax() - hot(s, labels)) / labels.len() as f64,
            says: "You have ln p where p belongs: e to the power of it.",
            see: None,
        },
        Mistake {
            answer: |s, labels| (s - &hot(s, labels)) / labels.len() as f64,
            says: "You take 1 off the scores themselves. It is taken off the probabilities, which \
                   are the softmax of the scores.",
            see: None,
        },
        Mistake {
            answer: |s, labels| {
                let p = s.t().log_softmax().exp().t();
                (p - hot(s, labels)) / labels.len() as f64
            },
            says: "Your probabilities add up to 1 over the images. They are to add up over the \
                   classes of one image, along its row.",
            see: None,
        },
        Mistake {
            answer: |s, labels| {
                (s.log_softmax().exp() - 1.0) * hot(s, labels) / labels.len() as f64
            },
            says: "Only the right class has a gradient in your answer. The other scores are in the \
                   sum of the softmax too: each is pushed down by its p.",
            see: None,
        },
        Mistake {
            answer: |s, labels| {
                let e = s.exp();
                (&e / e.sum_axis(1).unsqueeze(1) - hot(s, labels)) / labels.len() as f64
            },
            says: "Your softmax takes e to the power of the scores as they are, which is infinite \
                   for large ones. `log_softmax` takes the largest off first.",
            see: None,
        },
    ],
    wrong: &[
        (
            |s, labels| solution::cross_entropy_grad(s, labels) * labels.len() as f64,
            "too large by the number of samples",
        ),
        (|s, labels| -solution::cross_entropy_grad(s, labels), "opposite sign"),
        (
            |s, labels| {
                let classes = s.shape()[1];
                let mut d = s.log_softmax().exp();
                for (row, &label) in d.data_mut().chunks_mut(classes).zip(labels) {
                    row[label] = -1.0 / row[label];
                    for (class, x) in row.iter_mut().enumerate() {
                        *x = if class == label { *x } else { 0.0 };
                    }
                }
                d / labels.len() as f64
            },
            "with respect to p",
        ),
        (
            |s, labels| {
                let classes = s.shape()[1];
                let mut d = s.log_softmax().exp();
                for (row, &label) in d.data_mut().chunks_mut(classes).zip(labels) {
                    row[label] -= 1.0;
                    row.iter_mut().for_each(|x| *x /= classes as f64);
                }
                d / labels.len() as f64
            },
            "number of all scores",
        ),
    ],
    equivalent: &[],
};

fn hot(s: &M, labels: &[usize]) -> M {
    Tensor::one_hot(labels, s.shape()[1])
}

fn check(cross_entropy_grad: CrossEntropyGrad, trial: &mut Trial) {
    let scores = Tensor::zeros([2, 2]);
    trial.paper(format!("scores = {scores}, labels = [0, 1]"));
    trial.batch(2);
    if let Some(found) = trial.call(|| cross_entropy_grad(&scores, &[0, 1])) {
        trial.near("d_scores", &found, &Tensor::new([2, 2], vec![-0.25, 0.25, 0.25, -0.25]));
    }
    let cases: [(usize, &[usize]); 4] =
        [(3, &[2, 0, 1, 1]), (4, &[3]), (2, &[1, 0, 0]), (5, &[0, 4, 4, 2, 3, 1, 4])];
    for (seed, (classes, labels)) in cases.into_iter().enumerate() {
        let n = labels.len();
        let scores = normal(&[n, classes], seed as u64) * 2.0;
        trial.case(format!("random scores [{n}, {classes}], labels = {labels:?}"));
        trial.batch(n);
        let Some(found) = trial.call(|| cross_entropy_grad(&scores, labels)) else { continue };
        let mut loss = CrossEntropy::mean();
        loss.forward(&scores, labels);
        trial.near("d_scores", &found, &loss.backward());
        let loss = |scores: &M| -scores.log_softmax().pick(labels).mean();
        trial.measured("d_scores", &found, &numeric_gradient(&scores, loss));
    }
    let scores = Tensor::new([2, 3], vec![1000.0, 0.0, 0.0, -1000.0, 0.0, -1000.0]);
    trial.case(format!("scores = {scores}, labels = [1, 1]"));
    trial.batch(2);
    if let Some(found) = trial.call(|| cross_entropy_grad(&scores, &[1, 1])) {
        let expected = Tensor::new([2, 3], vec![0.5, -0.5, 0.0, 0.0, 0.0, 0.0]);
        trial.near("d_scores where they are large", &found, &expected);
    }
}
