//! 9.1: the gradient of a synthesizer's loss, where the samples lie along any axis.

use crate::samples::{normal, numeric_gradient};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::dni::{Over, synthetic_gradient_updater};
use longhand::{Tape, Tensor};

mod second;
mod solution;

type M = Tensor<f64>;

/// dL/d(guess), with the samples along `axis`.
pub type Lesson = fn(guess: &M, truth: &M, axis: usize) -> M;

/// The exercise.
pub static OVER_AXIS: Exercise<Lesson> = Exercise {
    facts: Facts {
        number: (9, 1),
        name: "over_axis",
        title: "The lesson of a synthesizer",
        minutes: 10,
        points: 1,
        see: "Who waits for whom",
        hint: "The chapter has it with the samples along the first axis: 2/B times the difference. \
               What is B here?",
    },
    refused: &["synthetic_gradient_updater"],
    check,
    solution: solution::lesson,
    second: second::lesson,
    mistakes: &[
        Mistake {
            answer: |guess, truth, _| solution::lesson(guess, truth, 0),
            says: "You divide by the size of the first axis. With a state of two layers and 32 \
                   samples that makes each lesson 16 times too large: the samples lie along `axis`.",
            see: Some("Scopes"),
        },
        Mistake {
            answer: |guess, truth, _| (guess - truth) * (2.0 / guess.len() as f64),
            says: "You divide by the number of all elements. The distance is a sum over the features \
                   of a sample, and a mean over the samples only.",
            see: Some("Scopes"),
        },
        Mistake {
            answer: |guess, truth, _| solution::lesson(guess, truth, guess.rank() - 1),
            says: "You divide by the size of the last axis, the features. The mean is taken over the \
                   samples, along `axis`.",
            see: None,
        },
        Mistake {
            answer: |guess, truth, axis| {
                let others = guess.len() / guess.shape()[axis];
                (guess - truth) * (2.0 / others as f64)
            },
            says: "You divide by all axes but that of the samples. It is the other way round: a sum \
                   over those, and a mean over the samples.",
            see: None,
        },
        Mistake {
            answer: |guess, truth, axis| {
                let mean = (guess - truth).square().sum() / guess.shape()[axis] as f64;
                Tensor::scalar(mean)
            },
            says: "You have the loss itself. What is asked for is its gradient with respect to the \
                   guess.",
            see: None,
        },
        Mistake {
            answer: |guess, _, axis| guess * (2.0 / guess.shape()[axis] as f64),
            says: "The truth does not occur in your gradient. What teaches is the difference.",
            see: None,
        },
        Mistake {
            answer: |guess, truth, axis| {
                solution::lesson(guess, truth, axis).sum_axis(axis as isize)
            },
            says: "You add up over the samples. Each sample has a guess, and its own lesson: the gradient has the shape of the guess.",
            see: None,
        },
    ],
    wrong: &[
        (
            |guess, truth, _| {
                let batch = guess.shape().first().copied().unwrap_or(1);
                guess.zip(truth, |guess, truth| 2.0 * (guess - truth) / batch as f64)
            },
            "16 times too large",
        ),
        (|guess, truth, axis| solution::lesson(truth, guess, axis), "opposite sign"),
        (|guess, truth, axis| solution::lesson(guess, truth, axis) / 2.0, "half"),
        (|guess, truth, _| (guess - truth) * 2.0, "too large by the number of samples"),
    ],
    equivalent: &[(
        "let samples = guess.shape()[axis] as f64; → let samples = truth.shape()[axis] as f64;",
        "guess and truth have one shape",
    )],
};

fn check(lesson: Lesson, trial: &mut Trial) {
    let guess = Tensor::new([1, 2, 1], vec![1.0, 2.0]);
    let truth = Tensor::new([1, 2, 1], vec![0.0, 4.0]);
    trial.paper(format!("guess = {guess}, truth = {truth}, axis = 1"));
    trial.batch(2);
    if let Some(found) = trial.call(|| lesson(&guess, &truth, 1)) {
        trial.near("lesson", &found, &Tensor::new([1, 2, 1], vec![1.0, -2.0]));
    }
    let cases: [(&[usize], usize); 6] =
        [(&[2, 32, 3], 1), (&[5, 4], 0), (&[3, 7], 1), (&[1, 6], 0), (&[2, 3, 5], 2), (&[4], 0)];
    for (seed, (shape, axis)) in cases.into_iter().enumerate() {
        let seed = 10 * seed as u64;
        let (guess, truth) = (normal(shape, seed), normal(shape, seed + 1));
        trial.case(format!("random guess and truth {shape:?}, axis = {axis}"));
        trial.batch(shape[axis]);
        let Some(found) = trial.call(|| lesson(&guess, &truth, axis)) else { continue };
        let tape = Tape::new();
        let trigger = tape.constant(Tensor::zeros(shape));
        let leaf = tape.leaf(guess.clone());
        let out = synthetic_gradient_updater(trigger, leaf, Over::Samples { axis });
        let right = tape.backward_pass().root(out, &truth).gradients()[leaf].clone();
        trial.near("lesson", &found, &right);
        // The loss as it is told: a distance for each sample, and their mean.
        let mean = |guess: &M| {
            let rows = 0..shape[axis];
            let distance = |row: usize| {
                let of = |x: &M| x.slice(axis as isize, row..row + 1);
                (of(guess) - of(&truth)).square().sum()
            };
            rows.map(distance).sum::<f64>() / shape[axis] as f64
        };
        trial.measured("lesson", &found, &numeric_gradient(&guess, mean));
    }
}
