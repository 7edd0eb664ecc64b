//! 3.6: a slope by measuring, with a step that is neither too long nor too short.

use crate::{Exercise, Facts, Mistake, Trial};
use std::cell::RefCell;

mod second;
mod solution;

/// The slope of a function in one place, from values of the function alone.
pub type Slope = fn(f: &dyn Fn(f64) -> f64, x: f64) -> f64;

/// The exercise.
pub static BEST_STEP: Exercise<Slope> = Exercise {
    facts: Facts {
        number: (3, 6),
        name: "best_step",
        title: "The best step",
        minutes: 15,
        points: 2,
        see: "How small a step",
        hint: "Step both ways. One part of the error grows as h², the other as ε/h, and ε is about \
               2e-16. Where are they alike?",
    },
    refused: &[],
    check,
    solution: solution::slope,
    second: second::slope,
    mistakes: &[
        Mistake {
            answer: |f, x| central(f, x, 1e-15),
            says: "Your step is too short. The two values agree in nearly all their digits, and \
                   subtracting them leaves mostly rounding.",
            see: None,
        },
        Mistake {
            answer: |f, x| central(f, x, 1e-2),
            says: "Your step is too long. The function bends within it, and the error grows with \
                   the square of the step.",
            see: None,
        },
        Mistake {
            answer: |f, x| (f(x + 1e-7) - f(x)) / 1e-7,
            says: "You step to one side. Then the error is half the step times the second \
                   derivative, and even the best step leaves only half of the digits.",
            see: None,
        },
        Mistake {
            answer: |f, x| f(x),
            says: "You hand back what is no difference of two values. A slope is how much the \
                   function changes, divided by the step.",
            see: Some("Does it hold?"),
        },
        Mistake {
            answer: |f, x| {
                let h = 6e-6 * x.abs();
                (f(x + h) - f(x - h)) / (2.0 * h)
            },
            says: "Your step is a multiple of x. So at 0 there is none, and 0 is divided by 0.",
            see: None,
        },
    ],
    wrong: &[
        (|f, x| central(f, x, 1e-10), "too short"),
        (|f, x| (f(x + f64::EPSILON) - f(x)) / f64::EPSILON, "too short"),
        (|f, x| (f(x) - f(x - 1e-5)) / 1e-5, "to one side"),
        (|f, x| 2.0 * central(f, x, 1e-5), "twice what"),
        (|f, x| -central(f, x, 1e-5), "opposite sign"),
        (|f, x| (f(x + 0.001) - f(x - 0.001)) / 0.002, "too long"),
    ],
    equivalent: &[],
};

fn central(f: &dyn Fn(f64) -> f64, x: f64, h: f64) -> f64 {
    (f(x + h) - f(x - h)) / (2.0 * h)
}

fn check(slope: Slope, trial: &mut Trial) {
    trial.paper("f(x) = x² at 3");
    record(slope, trial, |x| x * x, 3.0, 6.0);
    trial.case("the exponential function at 1");
    record(slope, trial, f64::exp, 1.0, 1.0_f64.exp());
    trial.case("exp(x + 1) at 0");
    record(slope, trial, |x| (x + 1.0).exp(), 0.0, 1.0_f64.exp());
    trial.case("the sine at 2");
    record(slope, trial, f64::sin, 2.0, 2.0_f64.cos());
    trial.case("x³ at −0.7");
    record(slope, trial, |x| x * x * x, -0.7, 3.0 * 0.49);
    trial.case("the logarithm at 2");
    record(slope, trial, f64::ln, 2.0, 0.5);
    trial.case("(x − 1)⁴ + 5x at 1.5");
    record(slope, trial, |x| (x - 1.0).powi(4) + 5.0 * x, 1.5, 5.5);
}

/// Nine digits are asked for. Where they are missing, the places at which the function was asked
/// for its value tell why.
fn record(slope: Slope, trial: &mut Trial, f: fn(f64) -> f64, x: f64, expected: f64) {
    let places = RefCell::new(Vec::new());
    let asked = |at: f64| {
        places.borrow_mut().push(at - x);
        f(at)
    };
    let Some(found) = trial.call(|| slope(&asked, x)) else { return };
    let places = places.into_inner();
    let farthest = places.iter().fold(0.0_f64, |most, step| most.max(step.abs()));
    let (left, right) = (places.iter().any(|&p| p < 0.0), places.iter().any(|&p| p > 0.0));
    let why = match farthest {
        _ if (found - expected).abs() <= 1e-9 * expected.abs().max(1.0) => None,
        0.0 if places.len() < 2 => Some("far off, measured at one place only"),
        ..1e-11 => Some("far off, measured with too short a step"),
        _ if left != right => Some("far off, measured to one side"),
        ..1e-7 => Some("far off, measured with too short a step"),
        1e-4.. => Some("far off, measured with too long a step"),
        _ => None,
    };
    match why {
        Some(why) => trial.near("slope", why, &*format!("{expected} to nine digits")),
        None => trial.measured("slope", &found, &expected),
    }
}
