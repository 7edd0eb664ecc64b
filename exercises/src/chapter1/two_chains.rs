//! 1.5: a dot product in two chains, which has other bits than in one.

use crate::samples::normal_f32;
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;

mod second;
mod solution;

/// The dot product of two vectors of one length.
pub type Dot = fn(x: &[f32], y: &[f32]) -> f32;

/// The exercise.
pub static TWO_CHAINS: Exercise<Dot> = Exercise {
    facts: Facts {
        number: (1, 5),
        name: "two_chains",
        title: "A sum in two chains",
        minutes: 15,
        points: 1,
        see: "The order of a sum",
        hint: "Two running sums, both 0 at first. Term number p goes into sum number p % 2, by \
               `x[p].mul_add(y[p], sum)`. If it still differs in its last bits, look at how often \
               you round.",
    },
    refused: &["matmul"],
    check,
    solution: solution::dot,
    second: second::dot,
    mistakes: &[
        Mistake {
            answer: |x, y| chain(x, y, 0, 1),
            says: "You sum in one chain. It is the definition's order, but the exercise asks for \
                   two: the even terms in one, the odd ones in the other.",
            see: None,
        },
        Mistake {
            answer: |x, y| {
                let half = x.len() / 2;
                chain(&x[..half], &y[..half], 0, 1) + chain(&x[half..], &y[half..], 0, 1)
            },
            says: "Your two chains are the first half and the second half. They should be the even \
                   terms and the odd ones.",
            see: None,
        },
        Mistake {
            answer: |x, y| {
                let sum = |from: usize| {
                    x.iter().zip(y).skip(from).step_by(2).fold(0.0, |sum, (x, y)| sum + x * y)
                };
                sum(0) + sum(1)
            },
            says: "You multiply and then add, which rounds twice. A fused multiply-add, \
                   x.mul_add(y, sum), rounds once.",
            see: None,
        },
        Mistake {
            answer: |x, y| {
                let exact = x.iter().zip(y).map(|(&x, &y)| f64::from(x) * f64::from(y));
                exact.sum::<f64>() as f32
            },
            says: "You sum in f64 and round at the end. That is more exact, and it is not what two \
                   chains of f32 give.",
            see: None,
        },
        Mistake {
            answer: |x, y| chain(x, y, 0, 2),
            says: "The chain of the odd terms is missing.",
            see: None,
        },
        Mistake {
            answer: |x, y| {
                let turned = |x: &[f32]| x.iter().rev().copied().collect::<Vec<_>>();
                let (x, y) = (turned(x), turned(y));
                chain(&x, &y, 0, 2) + chain(&x, &y, 1, 2)
            },
            says: "You sum from the last term to the first.",
            see: None,
        },
    ],
    wrong: &[
        (|x, y| x.iter().zip(y).fold(0.0, |sum, (x, y)| x.mul_add(*y, sum)), "sum in one chain"),
        (|x, y| -solution::dot(x, y), "opposite sign"),
    ],
    equivalent: &[
        ("for p in 0..x.len() { → for p in 0..y.len() {", "the two have one length"),
        ("let mut sums = [0.0; 2]; → let mut sums = [0.0; 3];", "the third sum stays unused"),
    ],
};

/// Every `step`th term from the one at `from` on, in one chain.
fn chain(x: &[f32], y: &[f32], from: usize, step: usize) -> f32 {
    let terms = x.iter().zip(y).skip(from).step_by(step);
    terms.fold(0.0, |sum, (x, y)| x.mul_add(*y, sum))
}

fn check(dot: Dot, trial: &mut Trial) {
    let x = [1e8, 1.0, -1e8, 1.0];
    trial.paper(format!("x = {x:?} and y = [1, 1, 1, 1], in f32, which has 7 digits"));
    if let Some(found) = trial.call(|| dot(&x, &[1.0; 4])) {
        trial.bits("sum", &found, &2.0_f32);
    }
    for (seed, length) in [0, 1, 2, 3, 17, 64, 501, 1000].into_iter().enumerate() {
        let (x, y) = (normal_f32(&[length], seed as u64), normal_f32(&[length], 50 + seed as u64));
        trial.case(format!("random vectors of length {length}"));
        // The engine of the crate sums each element in one chain.
        let every_second = |x: &Tensor<f32>, from: usize| {
            let half: Vec<f32> = x.data().iter().copied().skip(from).step_by(2).collect();
            Tensor::new([1, half.len()], half)
        };
        let half = |from: usize| every_second(&x, from).matmul_nt(&every_second(&y, from)).item();
        if let Some(found) = trial.call(|| dot(x.data(), y.data())) {
            trial.bits("sum", &found, &(half(0) + half(1)));
        }
    }
}
