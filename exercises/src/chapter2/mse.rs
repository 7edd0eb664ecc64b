//! 2.5: the mean squared error, and the trap in it.

use crate::samples::{normal, whole};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use longhand::by_hand;

mod second;
mod solution;

type M = Tensor<f64>;

/// The mean squared error of an output `[n, 1]` against a target `[n]`.
pub type Mse = fn(output: &M, target: &M) -> f64;

/// The exercise.
pub static MSE: Exercise<Mse> = Exercise {
    facts: Facts {
        number: (2, 5),
        name: "mse",
        title: "A loss of the right shape",
        minutes: 10,
        points: 1,
        see: "The model",
        hint: "Print the shape of `output - target`. What takes the last axis off the output?",
    },
    refused: &["by_hand"],
    check,
    solution: solution::mse,
    second: second::mse,
    mistakes: &[
        Mistake {
            answer: |output, target| (output - target).square().mean(),
            says: "You subtract [n] from [n, 1], which broadcasts to n × n: every output less \
                   every target. The mean of all those squares looks plausible, and a net that \
                   makes it small learns the mean of all labels.",
            see: None,
        },
        Mistake {
            answer: |output, target| (output.squeeze(-1) - target).square().sum(),
            says: "You take the sum of the squares and not their mean. Then the loss grows with \
                   the batch, and so does every step of training.",
            see: None,
        },
        Mistake {
            answer: |output, target| (output.squeeze(-1) - target).abs().mean(),
            says: "You take the mean of the distances without their squares.",
            see: None,
        },
        Mistake {
            answer: |output, target| (output.squeeze(-1) - target).square().mean().sqrt(),
            says: "You take the root of the mean. It has the same minimum and another gradient.",
            see: None,
        },
        Mistake {
            answer: |output, target| (output.squeeze(-1) - target).mean().powi(2),
            says: "You square the mean, where the mean of the squares is wanted. Errors of \
                   opposite sign then cancel.",
            see: None,
        },
    ],
    wrong: &[
        (
            |output, target| {
                let mut sum = 0.0;
                for y in output.data() {
                    for t in target.data() {
                        sum += (y - t) * (y - t);
                    }
                }
                sum / (output.len() * target.len()) as f64
            },
            "broadcasts to n × n",
        ),
        (|output, target| 0.5 * by_hand::mse(output, target), "half of what"),
        (
            |output, target| {
                let pairs = output.data().iter().zip(target.data());
                pairs.map(|(y, t)| (y - t).abs()).sum::<f64>() / target.len() as f64
            },
            "without their squares",
        ),
    ],
    equivalent: &[(
        "(output.squeeze(-1) - target).square().mean() → (output.squeeze(1) - target).square().mean()",
        "of two axes the last is number 1",
    )],
};

fn check(mse: Mse, trial: &mut Trial) {
    let (output, target) = (Tensor::new([2, 1], vec![3.0, 1.0]), Tensor::vector(&[1.0, 5.0]));
    trial.paper(format!("output = {output}, target = {target}"));
    trial.batch(2);
    if let Some(found) = trial.call(|| mse(&output, &target)) {
        trial.near("loss", &found, &10.0);
    }
    for (seed, n) in [1, 3, 8, 50].into_iter().enumerate() {
        let seed = seed as u64;
        trial.case(format!("random outputs and targets, n = {n}"));
        trial.batch(n);
        let (output, target) = (normal(&[n, 1], seed), whole(&[n], seed + 9) + 4.0);
        if let Some(found) = trial.call(|| mse(&output, &target)) {
            trial.near("loss", &found, &by_hand::mse(&output, &target));
        }
    }
}
