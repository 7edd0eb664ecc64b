//! 2.4: how many layers a number survives.

use crate::{Exercise, Facts, Mistake, Trial};

mod second;
mod solution;

/// After how many multiplications the standard deviation, which begins at 1, is no `f32` any more.
pub type Steps = fn(deviation: f64, width: usize) -> usize;

/// The exercise.
pub static OVERFLOW: Exercise<Steps> = Exercise {
    facts: Facts {
        number: (2, 4),
        name: "overflow",
        title: "How many layers a number survives",
        minutes: 15,
        points: 2,
        see: "Depth",
        hint: "By which factor does one multiplication change the deviation? Multiply in a loop, in \
               f64, and count. Growing and shrinking have different ends.",
    },
    refused: &[],
    check,
    solution: solution::steps,
    second: second::steps,
    mistakes: &[
        Mistake {
            answer: |deviation, width| count(deviation * width as f64, SMALLEST / 2.0, MOST),
            says: "You multiply by the width. Variances add up, so it is the variance that grows \
                   by the width, and the deviation by its root.",
            see: Some("A layer"),
        },
        Mistake {
            answer: |deviation, _| count(deviation, SMALLEST / 2.0, MOST),
            says: "You multiply by the deviation of a single weight. Each output adds up as many \
                   products as the matrix is wide.",
            see: Some("A layer"),
        },
        Mistake {
            answer: |deviation, width| {
                count(factor(deviation, width), f64::from(f32::MIN_POSITIVE), MOST)
            },
            says: "You stop at the smallest number of full precision (f32::MIN_POSITIVE). Below it \
                   come the subnormal numbers, down to 1.4e-45.",
            see: None,
        },
        Mistake {
            answer: |deviation, width| count(factor(deviation, width), SMALLEST, MOST),
            says: "You stop below the smallest subnormal number. What is more than half of it is \
                   still rounded up to it.",
            see: None,
        },
        Mistake {
            answer: |deviation, width| {
                count(deviation * deviation * width as f64, SMALLEST / 2.0, MOST)
            },
            says: "You follow the variance. It changes by the square of the factor, and reaches \
                   the end in half as many steps.",
            see: None,
        },
    ],
    wrong: &[
        (|deviation, width| solution::steps(deviation, width) + 1, "one too large"),
        (|deviation, width| solution::steps(deviation, width) - 1, "one too small"),
        (
            |deviation, width| {
                let ratio = deviation * width as f64;
                let end = if ratio > 1.0 { MOST.ln() } else { (SMALLEST / 2.0).ln() };
                (end / ratio.ln()).floor() as usize + 1
            },
            "multiply by the width",
        ),
    ],
    equivalent: &[(
        "while size <= f64::from(f32::MAX) && size > smallest / 2.0 { → while size < f64::from(f32::MAX) && size > smallest / 2.0 {",
        "no size is just the largest f32",
    )],
};

/// The largest f32.
const MOST: f64 = f32::MAX as f64;
/// The smallest subnormal f32, 2 to the power of −149.
const SMALLEST: f64 = 1.401_298_464_324_817e-45;

fn factor(deviation: f64, width: usize) -> f64 {
    deviation * (width as f64).sqrt()
}

/// How many steps of this factor lead from 1 below or above these.
fn count(factor: f64, below: f64, above: f64) -> usize {
    let (mut size, mut steps) = (1.0, 0);
    while size > below && size <= above && steps < 100_000 {
        size *= factor;
        steps += 1;
    }
    steps
}

fn check(answer: Steps, trial: &mut Trial) {
    trial.paper("deviation 1, width 512: a factor of 22.6 a step, up to 3.4e38");
    if let Some(found) = trial.call(|| answer(1.0, 512)) {
        trial.near("steps", &found, &29_usize);
    }
    trial.paper("deviation 0.01, width 512: a factor of 0.226 a step, as in the chapter");
    if let Some(found) = trial.call(|| answer(0.01, 512)) {
        trial.near("steps", &found, &70_usize);
    }
    for (deviation, width) in
        [(0.1, 512), (0.04, 512), (0.5, 16), (0.125, 16), (0.02, 100), (3.0, 7)]
    {
        trial.case(format!("deviation {deviation}, width {width}"));
        if let Some(found) = trial.call(|| answer(deviation, width)) {
            // By logarithms.
            let log = factor(deviation, width).ln();
            let end = if log > 0.0 { MOST } else { SMALLEST / 2.0 };
            let steps = end.ln() / log;
            let steps = if log > 0.0 { steps.floor() + 1.0 } else { steps.ceil() };
            trial.near("steps", &found, &steps);
        }
    }
}
