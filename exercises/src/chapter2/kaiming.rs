//! 2.2: the deviation of the weights that keeps the size from layer to layer.

use crate::{Exercise, Facts, Mistake, Trial};
use longhand::init::relu_gain;

mod second;
mod solution;

/// The standard deviation of the weights of a layer with so many inputs, before a rectifier that
/// lets `leak` times the negative half through.
pub type Deviation = fn(inputs: usize, leak: f64) -> f64;

/// The exercise.
pub static KAIMING: Exercise<Deviation> = Exercise {
    facts: Facts {
        number: (2, 2),
        name: "kaiming",
        title: "Weights that keep the size",
        minutes: 15,
        points: 2,
        see: "The rectifier",
        hint: "A sum of m products has m times the variance of one. Then the rectifier takes \
               something away: of the mean square of the negative half, which share is left when \
               each number in it is multiplied by the leak?",
    },
    refused: &["relu_gain", "kaiming_normal"],
    check,
    solution: solution::deviation,
    second: second::deviation,
    mistakes: &[
        Mistake {
            answer: |inputs, _| (1.0 / inputs as f64).sqrt(),
            says: "You leave out the rectifier. It takes half of the mean square away, and after \
                   twenty layers a millionth is left.",
            see: None,
        },
        Mistake {
            answer: |inputs, _| (2.0 / inputs as f64).sqrt(),
            says: "You leave out the leak. What it lets through keeps a part of the mean square, \
                   so the weights must bring less.",
            see: None,
        },
        Mistake {
            answer: |inputs, leak| 2.0 / ((1.0 + leak * leak) * inputs as f64),
            says: "This is the variance of the weights. The deviation is its root.",
            see: Some("Four words from probability"),
        },
        Mistake {
            answer: |inputs, leak| (2.0 / ((1.0 + leak) * inputs as f64)).sqrt(),
            says: "You use the leak itself. The mean square of numbers that are all multiplied by \
                   the leak is multiplied by the leak squared.",
            see: None,
        },
        Mistake {
            answer: |inputs, leak| (1.0 + leak * leak) / 2.0 / (inputs as f64).sqrt(),
            says: "You multiply by the share that is left. The weights must make up for it: \
                   divide, and take the root.",
            see: None,
        },
        Mistake {
            answer: |_, leak| (2.0 / (1.0 + leak * leak)).sqrt(),
            says: "You leave out the number of inputs. This is the gain; each output adds up that \
                   many products.",
            see: Some("A layer"),
        },
        Mistake {
            answer: |inputs, leak| (2.0 / inputs as f64).sqrt() / (1.0 + leak * leak),
            says: "You divide by 1 + leak² outside of the root. It is a share of the mean square, \
                   so it belongs under the root like the number of inputs.",
            see: None,
        },
    ],
    wrong: &[
        (|inputs, leak| 0.5 * relu_gain(leak) / (inputs as f64).sqrt(), "half of what"),
        (|inputs, _| (inputs as f64).powf(-0.5), "leave out the rectifier"),
        (|inputs, leak| -relu_gain(leak) / (inputs as f64).sqrt(), "opposite sign"),
    ],
    equivalent: &[],
};

fn check(deviation: Deviation, trial: &mut Trial) {
    let known = [(2, 0.0, 1.0), (8, 0.0, 0.5), (1, 1.0, 1.0), (16, 1.0, 0.25), (10, 0.5, 0.4)];
    for (inputs, leak, expected) in known {
        trial.paper(format!("{inputs} inputs, leak {leak}"));
        if let Some(found) = trial.call(|| deviation(inputs, leak)) {
            trial.near("deviation", &found, &expected);
        }
    }
    for (inputs, leak) in [(784, 0.0), (512, 0.01), (100, 0.2), (7, 0.5), (300, 2.0)] {
        trial.case(format!("{inputs} inputs, leak {leak}"));
        if let Some(found) = trial.call(|| deviation(inputs, leak)) {
            trial.near("deviation", &found, &(relu_gain(leak) / (inputs as f64).sqrt()));
        }
    }
}
