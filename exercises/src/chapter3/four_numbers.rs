//! 3.1: the slopes of the smallest net.

use crate::samples::normal;
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;

mod second;
mod solution;

/// The slopes of (w·x + b − y)² with respect to w, b and x.
pub type Slopes = fn(x: f64, w: f64, b: f64, y: f64) -> [f64; 3];

/// The exercise.
pub static FOUR_NUMBERS: Exercise<Slopes> = Exercise {
    facts: Facts {
        number: (3, 1),
        name: "four_numbers",
        title: "Four numbers, any four",
        minutes: 10,
        points: 1,
        see: "Four numbers",
        hint: "First go forward as far as the error. Its slope is twice the error. Each step back \
               multiplies by the slope of that step.",
    },
    refused: &[],
    check,
    solution: solution::slopes,
    second: second::slopes,
    mistakes: &[
        Mistake {
            answer: |x, w, b, y| {
                let [d_w, d_b, d_x] = solution::slopes(x, w, b, y);
                [d_x, d_b, d_w]
            },
            says: "You have d_w and d_x exchanged. If w grows by a little, the product grows by \
                   that little times *x*.",
            see: None,
        },
        Mistake {
            answer: |x, w, b, y| {
                let error = w * x + b - y;
                [error * x, error, error * w]
            },
            says: "You leave out the 2: the slope of error² is 2 · error.",
            see: None,
        },
        Mistake {
            answer: |x, w, b, y| {
                let error = y - (w * x + b);
                [2.0 * error * x, 2.0 * error, 2.0 * error * w]
            },
            says: "Your error is y less the output. Its square is the same, but it *falls* when \
                   the output grows, which gives the slopes another sign; you left that out.",
            see: None,
        },
        Mistake {
            answer: |x, w, b, y| {
                let loss = (w * x + b - y).powi(2);
                [2.0 * loss * x, 2.0 * loss, 2.0 * loss * w]
            },
            says: "You go back from the loss, 2 · error². The value of the loss is not in its \
                   slopes: it is 2 · error.",
            see: None,
        },
        Mistake {
            answer: |x, w, _, y| {
                let error = w * x - y;
                [2.0 * error * x, 2.0 * error, 2.0 * error * w]
            },
            says: "The bias is missing in your forward pass.",
            see: None,
        },
        Mistake {
            answer: |x, w, b, y| {
                let error = w * x + b - y;
                [2.0 * error * x, 2.0 * error * b, 2.0 * error * w]
            },
            says: "You multiply d_b by b. The output grows exactly as the bias does: a slope of 1.",
            see: None,
        },
        Mistake {
            answer: |x, w, b, y| {
                let loss = |w: f64, b: f64, x: f64| (w * x + b - y) * (w * x + b - y);
                let (h, now) = (0.001, loss(w, b, x));
                [
                    (loss(w + h, b, x) - now) / h,
                    (loss(w, b + h, x) - now) / h,
                    (loss(w, b, x + h) - now) / h,
                ]
            },
            says: "You measured the slopes with a thousandth to one side, as the chapter does to \
                   try them out. They come close and not there. Work them out.",
            see: Some("How small a step"),
        },
    ],
    wrong: &[
        (|x, w, b, y| solution::slopes(x, w, b, y).map(|_| (w * x + b - y) * 0.0), "zero"),
        (
            |x, w, b, y| {
                let d = w * x + b - y;
                [d * x, d, d * w]
            },
            "leave out the 2",
        ),
    ],
    equivalent: &[],
};

fn check(slopes: Slopes, trial: &mut Trial) {
    trial.paper("x = 3, w = 2, b = 1, y = 4");
    if let Some(found) = trial.call(|| slopes(3.0, 2.0, 1.0, 4.0)) {
        for (part, found, expected) in parts(found, [18.0, 6.0, 12.0]) {
            trial.near(part, &found, &expected);
        }
    }
    for seed in 0..6 {
        let numbers = normal(&[4], seed);
        let [x, w, b, y] = numbers.data()[..] else { unreachable!("four numbers") };
        trial.case(format!("x = {x:.3}, w = {w:.3}, b = {b:.3}, y = {y:.3}"));
        let Some(found) = trial.call(|| slopes(x, w, b, y)) else { continue };
        let measured = crate::samples::numeric_gradient(&Tensor::vector(&[w, b, x]), |at| {
            let [w, b, x] = at.data()[..] else { unreachable!("three numbers") };
            (w * x + b - y).powi(2)
        });
        let measured = [0, 1, 2].map(|i| measured.data()[i]);
        for (part, found, expected) in parts(found, measured) {
            trial.measured(part, &found, &expected);
        }
    }
}

fn parts(found: [f64; 3], expected: [f64; 3]) -> impl Iterator<Item = (&'static str, f64, f64)> {
    ["d_w", "d_b", "d_x"].into_iter().zip(found).zip(expected).map(|((part, f), e)| (part, f, e))
}
