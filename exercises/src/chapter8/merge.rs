//! 8.3: the statistics of two streams of gradients, made one.

use crate::samples::normal;
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use longhand::wtb::GradientStats;

mod second;
mod solution;

/// What Welford's rule keeps of a stream of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stats {
    /// How many there were.
    pub count: usize,
    /// Their mean; 0 if there were none.
    pub mean: f64,
    /// The sum of their squared distances from the mean.
    pub squares: f64,
}

/// Of two streams what one would have had.
pub type Merge = fn(a: Stats, b: Stats) -> Stats;

/// The exercise.
pub static MERGE: Exercise<Merge> = Exercise {
    facts: Facts {
        number: (8, 3),
        name: "merge",
        title: "Two into one",
        minutes: 25,
        points: 3,
        see: "Two ways to add up",
        hint: "The squares of a are distances from a's mean. How does Σ(g − m)² change if m is \
               moved away from the mean by d? (Write g − m − d, square, and see which part adds up \
               to 0.) And how far is each of the two means from the common one?",
    },
    refused: &[],
    check,
    solution: solution::merge,
    second: second::merge,
    mistakes: &[
        Mistake {
            answer: |a, b| Stats { squares: a.squares + b.squares, ..solution::merge(a, b) },
            says: "You add up the squares as they are. They are distances from two different means; \
                   seen from the common mean both sums are larger, by the shift between the \
                   means.",
            see: None,
        },
        Mistake {
            answer: |a, b| Stats { mean: (a.mean + b.mean) / 2.0, ..solution::merge(a, b) },
            says: "Your mean is halfway between the two. Each counts as much as it has gradients.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                let shift = b.mean - a.mean;
                let squares = a.squares + b.squares + shift * shift;
                Stats { squares, ..solution::merge(a, b) }
            },
            says: "You add the square of the shift once. It counts for every gradient of both \
                   sides, and each side moves by its part of the shift only: that makes a·b/(a + b) \
                   times.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                let shift = b.mean - a.mean;
                let both = (a.count * b.count) as f64;
                let squares = a.squares + b.squares + shift * shift * both;
                Stats { squares, ..solution::merge(a, b) }
            },
            says: "You add shift²·a·b, and it is to be divided by a + b.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                let (n, m) = (a.count as f64, b.count as f64);
                let shift = b.mean - a.mean;
                let moved = if n + m == 0.0 { 0.0 } else { shift * m / (n + m) };
                Stats {
                    squares: a.squares + b.squares + n * moved * moved,
                    ..solution::merge(a, b)
                }
            },
            says: "You move the squares of a to the common mean, and leave those of b where they \
                   are. b's mean is another than the common one too.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                let (n, m) = (a.count as f64, b.count as f64);
                let mean = (n * a.mean + m * b.mean) / (n + m);
                let shift = b.mean - a.mean;
                let squares = a.squares + b.squares + shift * shift * n * m / (n + m);
                Stats { count: a.count + b.count, mean, squares }
            },
            says: "If both machines have seen nothing you divide 0 by 0.",
            see: None,
        },
        Mistake {
            answer: by_sums,
            says: "You go back to the sum of the squares, add up, and take the square of the mean \
                   off. Where the gradients are large and near each other these are two large \
                   numbers, and the difference is rounding error: it is what Welford's rule \
                   avoids.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                let share = a.count as f64 / (a.count + b.count).max(1) as f64;
                Stats { mean: a.mean + (b.mean - a.mean) * share, ..solution::merge(a, b) }
            },
            says: "You give each mean the other's weight. From a's mean the common one is b's share \
                   of the way to b's.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                let merged = solution::merge(a, b);
                Stats { squares: merged.squares / merged.count.max(1) as f64, ..merged }
            },
            says: "You divide the squares by the count. What is kept is their sum; who wants the \
                   variance divides at the end.",
            see: None,
        },
    ],
    wrong: &[
        (
            |a, b| {
                let mut merged = solution::merge(a, b);
                merged.squares = [a, b].iter().map(|side| side.squares).sum();
                merged
            },
            "add up the squares as they are",
        ),
        (
            |a, b| Stats { squares: -solution::merge(a, b).squares, ..solution::merge(a, b) },
            "squares: the opposite sign",
        ),
        (
            |a, b| Stats { count: a.count + b.count + 1, ..solution::merge(a, b) },
            "count: one too large",
        ),
    ],
    equivalent: &[("return a; → return b;", "both have seen nothing, and are alike")],
};

/// By way of Σg and Σg².
fn by_sums(a: Stats, b: Stats) -> Stats {
    let count = a.count + b.count;
    if count == 0 {
        return a;
    }
    let sum = |side: Stats| side.count as f64 * side.mean;
    let sum2 = |side: Stats| side.squares + side.count as f64 * side.mean * side.mean;
    let mean = (sum(a) + sum(b)) / count as f64;
    Stats { count, mean, squares: sum2(a) + sum2(b) - count as f64 * mean * mean }
}

/// In two passes.
fn of(gradients: &[f64]) -> Stats {
    let n = gradients.len() as f64;
    let mean = if gradients.is_empty() { 0.0 } else { gradients.iter().sum::<f64>() / n };
    let squares = gradients.iter().fold(0.0, |sum, g| sum + (g - mean) * (g - mean));
    Stats { count: gradients.len(), mean, squares }
}

fn check(merge: Merge, trial: &mut Trial) {
    let paper: [(&[f64], &[f64]); 3] =
        [(&[1.0, 3.0], &[8.0]), (&[8.0], &[1.0, 3.0]), (&[], &[5.0])];
    for (left, right) in paper {
        let (a, b) = (of(left), of(right));
        trial.paper(format!("{a:?} and {b:?}, of {left:?} and {right:?}"));
        if let Some(found) = trial.call(|| merge(a, b)) {
            let both = of(&[left, right].concat());
            trial.bits("count", &found.count, &both.count);
            trial.near("mean", &found.mean, &both.mean);
            trial.near("squares", &found.squares, &both.squares);
        }
    }
    for (seed, (n, m)) in [(4, 7), (1, 9), (6, 1), (1, 1), (5, 0), (0, 0)].into_iter().enumerate() {
        let left = normal(&[n], 10 * seed as u64) * 2.0;
        let right = normal(&[m], 10 * seed as u64 + 1) + 3.0;
        let (a, b) = (of(left.data()), of(right.data()));
        trial.case(format!("{n} random numbers and {m}"));
        let Some(found) = trial.call(|| merge(a, b)) else { continue };
        let both = [left.data(), right.data()].concat();
        trial.bits("count", &found.count, &both.len());
        trial.near("mean", &found.mean, &of(&both).mean);
        trial.near("squares", &found.squares, &of(&both).squares);
        if n + m > 0 {
            let mut stats = GradientStats::new([1]);
            both.iter().for_each(|&g| stats.add(&Tensor::vector(&[g])));
            trial.near("mean", &found.mean, &stats.mean().data()[0]);
            let squares = stats.variance().data()[0] * both.len() as f64;
            trial.near("squares", &found.squares, &squares);
        }
    }
    // Near each other and far from 0. Already the means are rounded here, to a few ten-billionths.
    let [left, right] = [1, 2].map(|seed| normal(&[10], seed) + 1e6);
    let (a, b) = (of(left.data()), of(right.data()));
    trial.case("ten random numbers and ten, around a million");
    if let Some(found) = trial.call(|| merge(a, b)) {
        let both = of(&[left.data(), right.data()].concat());
        trial.measured("squares", &found.squares, &both.squares);
    }
}
