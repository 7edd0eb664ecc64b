//! 2.3: a sum in pairs, in which numbers of like size meet.

use crate::samples::normal_f32;
use crate::{Exercise, Facts, Mistake, Trial};

mod second;
mod solution;

/// The sum of some numbers.
pub type Sum = fn(x: &[f32]) -> f32;

/// The exercise.
pub static PAIRWISE: Exercise<Sum> = Exercise {
    facts: Facts {
        number: (2, 3),
        name: "pairwise",
        title: "A sum in pairs",
        minutes: 15,
        points: 1,
        see: "Normalising",
        hint: "A function may call itself. What is the sum of no number, of one, and of more than \
               one? `x.split_at(x.len() / 2)` gives the two halves.",
    },
    refused: &[],
    check,
    solution: solution::sum,
    second: second::sum,
    mistakes: &[
        Mistake {
            answer: |x| x.iter().sum(),
            says: "You add up one after the other. As the sum grows it rounds each new number to \
                   what it can still resolve.",
            see: None,
        },
        Mistake {
            answer: |x| x.iter().map(|&x| f64::from(x)).sum::<f64>() as f32,
            says: "You sum in f64. That is exact enough, and takes twice the width; the exercise \
                   is to stay in f32 and add in a better order.",
            see: None,
        },
        Mistake {
            answer: |x| halves(x, |n| n.div_ceil(2)),
            says: "Where the count is odd you give the larger half to the left. Other bits come \
                   of it: the first half has `x.len() / 2` numbers.",
            see: None,
        },
        Mistake {
            answer: |x| {
                let mut x = x.to_vec();
                while x.len() > 1 {
                    x = x.chunks(2).map(|pair| pair.iter().sum()).collect();
                }
                x.first().copied().unwrap_or(0.0)
            },
            says: "You add neighbours, then neighbours of the sums, and so on. That is as good an \
                   order, but another: the exercise cuts the whole in halves.",
            see: None,
        },
        Mistake {
            answer: |x| {
                let (a, b) = x.split_at(x.len() / 2);
                a.iter().sum::<f32>() + b.iter().sum::<f32>()
            },
            says: "You cut in halves once, and add up each half one after the other. The halves \
                   must be cut again, down to single numbers.",
            see: None,
        },
        Mistake {
            answer: |x| x.iter().rev().sum(),
            says: "You add up one after the other, from the end. The order is turned round and no \
                   better.",
            see: None,
        },
    ],
    wrong: &[
        (|x| x.iter().fold(0.0, |sum, x| sum + x), "one after the other. As the sum grows"),
        (|x| solution::sum(x) / x.len().max(1) as f32, "divided by it where a sum is wanted"),
        (|x| 2.0 * solution::sum(x), "twice what"),
    ],
    equivalent: &[],
};

/// In halves, of which the first has as many as this says.
fn halves(x: &[f32], first: fn(usize) -> usize) -> f32 {
    match x {
        [] => 0.0,
        [only] => *only,
        _ => {
            let (a, b) = x.split_at(first(x.len()));
            halves(a, first) + halves(b, first)
        }
    }
}

fn check(sum: Sum, trial: &mut Trial) {
    let x = [1e8, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
    trial.paper(format!(
        "{x:?}, in f32: next to 1e8 they are 8 apart, so 1e8 + 1 is 1e8, 1e8 + 2 too, and 1e8 + 4 \
         is a tie that goes to 1e8"
    ));
    trial.batch(8);
    if let Some(found) = trial.call(|| sum(&x)) {
        trial.bits("sum", &found, &1e8_f32);
    }
    for length in [1, 2, 3, 5, 6, 7, 9, 11, 21, 100, 1023, 4097] {
        // Some are large and some are small, so that every order rounds in its own way.
        let x = normal_f32(&[length], length as u64).powi(5);
        trial.case(format!("{length} random numbers"));
        trial.batch(length.max(1));
        if let Some(found) = trial.call(|| sum(x.data())) {
            trial.bits("sum", &found, &halves(x.data(), |n| n / 2));
        }
    }
    trial.case("no numbers");
    if let Some(found) = trial.call(|| sum(&[])) {
        trial.near("sum", &found, &0.0);
    }
    // Where the count is a power of two and all numbers are one, pairs are doubled without rounding.
    trial.case("a million tenths, 2 to the power of 20");
    trial.batch(1 << 20);
    if let Some(found) = trial.call(|| sum(&vec![0.1; 1 << 20])) {
        trial.bits("sum", &found, &(0.1 * (1 << 20) as f32));
    }
}
