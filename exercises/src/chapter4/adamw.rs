//! 4.4: Adam with a weight decay that does not pass through its means.

use crate::samples::normal;
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::by_hand::steps::{Moments, adam};

mod second;
mod solution;

/// What Adam keeps of one parameter. All start at 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kept {
    /// t, the number of steps.
    pub steps: i32,
    /// m, the running mean of the gradient.
    pub mean: f64,
    /// v, the running mean of its square.
    pub square: f64,
}

/// One step: changes w and what is kept.
pub type AdamW = fn(w: &mut f64, kept: &mut Kept, g: f64, lr: f64, decay: f64);

/// The exercise.
pub static ADAMW: Exercise<AdamW> = Exercise {
    facts: Facts {
        number: (4, 4),
        name: "adamw",
        title: "AdamW",
        minutes: 25,
        points: 3,
        see: "Adam",
        hint: "Count the step first: in the first one t is 1. Then the two means, then their \
               corrections 1 − βᵗ (`powi` takes a power). The decay needs neither of them.",
    },
    refused: &["adam", "Adam"],
    check,
    solution: solution::adamw,
    second: second::adamw,
    mistakes: &[
        Mistake {
            answer: |w, kept, g, lr, decay| {
                let [m, v, _] = means(kept, g);
                *w -= lr * (m / (v.sqrt() + EPS) + decay * *w);
            },
            says: "You divide neither mean by its correction. Both start at 0, so at first they are \
                   too small, and the first steps are more than three times too long.",
            see: None,
        },
        Mistake {
            answer: |w, kept, g, lr, decay| {
                let [m, v, t] = means(kept, g);
                *w -= lr * (m / (1.0 - BETA1.powf(t)) / (v.sqrt() + EPS) + decay * *w);
            },
            says: "You correct the mean of g and not that of g².",
            see: None,
        },
        Mistake {
            answer: |w, kept, g, lr, decay| {
                let [m, v, t] = means(kept, g);
                let (m, v) = (m / (1.0 - BETA1.powf(t)), v / (1.0 - BETA2.powf(t)));
                *w -= lr * (m / (v + EPS).sqrt() + decay * *w);
            },
            says: "Your ε stands inside the root. It belongs outside: √v̂ + ε. Inside it weighs as \
                   much as its root, 10⁻⁴.",
            see: None,
        },
        Mistake {
            answer: |w, kept, g, lr, decay| {
                solution::adamw(w, kept, g + decay * *w, lr, 0.0);
            },
            says: "You add the decay to the gradient. Then it passes through both means, and a \
                   parameter with large gradients hardly decays at all. In AdamW w shrinks by \
                   itself, beside the step.",
            see: None,
        },
        Mistake {
            answer: |w, kept, g, lr, decay| {
                let before = *w;
                solution::adamw(w, kept, g, lr, 0.0);
                *w -= decay * before;
            },
            says: "Your decay is not multiplied by the learning rate.",
            see: None,
        },
        Mistake {
            answer: |w, kept, g, lr, decay| {
                solution::adamw(w, kept, g, lr, 0.0);
                *w -= lr * decay * *w;
            },
            says: "You let w decay after the step, when it is another. Both belong to the w from \
                   before the step.",
            see: None,
        },
        Mistake {
            answer: |w, kept, g, lr, decay| {
                kept.steps = 0;
                solution::adamw(w, kept, g, lr, decay);
            },
            says: "Your corrections are the same in every step. The count of steps must be kept, \
                   and grow by 1 each time.",
            see: None,
        },
        Mistake {
            answer: |w, kept, g, lr, decay| {
                let steps = kept.steps;
                kept.steps = steps - 1;
                solution::adamw(w, kept, g, lr, decay);
                kept.steps = steps + 1;
            },
            says: "You count the step after using the count. In the first step t is 1; with 0 the \
                   corrections are 0, and 0 is divided by 0.",
            see: None,
        },
        Mistake {
            answer: |w, kept, g, lr, decay| {
                kept.steps += 1;
                kept.mean = BETA2 * kept.mean + (1.0 - BETA2) * g;
                kept.square = BETA1 * kept.square + (1.0 - BETA1) * g * g;
                let t = f64::from(kept.steps);
                let m = kept.mean / (1.0 - BETA2.powf(t));
                let v = kept.square / (1.0 - BETA1.powf(t));
                *w -= lr * (m / (v.sqrt() + EPS) + decay * *w);
            },
            says: "You have β₁ and β₂ exchanged: 0.9 is for the mean of g, 0.999 for that of g².",
            see: None,
        },
        Mistake {
            answer: |_, _, _, _, _| {},
            says: "w stays where it is. Change what the reference points to: `*w -= …`.",
            see: None,
        },
        Mistake {
            answer: |w, kept, g, lr, decay| {
                let [m, v, t] = means(kept, g);
                let (m, v) = (m / (1.0 - BETA1.powf(t)), v / (1.0 - BETA2.powf(t)));
                *w -= lr * (m / (v + EPS) + decay * *w);
            },
            says: "The root is missing: m̂ is divided by √v̂, so that the gradient's size cancels.",
            see: None,
        },
        Mistake {
            answer: |w, kept, g, lr, decay| {
                let before = *w;
                solution::adamw(w, kept, g, lr, decay);
                *w = 2.0 * before - *w;
            },
            says: "You step uphill: both are taken off w.",
            see: None,
        },
        Mistake {
            answer: |w, kept, g, lr, _| solution::adamw(w, kept, g, lr, 0.0),
            says: "The decay is missing. This is plain Adam.",
            see: None,
        },
        Mistake {
            answer: |w, kept, g, lr, decay| {
                kept.steps += 1;
                let t = f64::from(kept.steps);
                kept.mean = BETA1 * kept.mean + (1.0 - BETA1) * g;
                kept.square = BETA2 * kept.square + (1.0 - BETA2) * g;
                let root = (kept.square / (1.0 - BETA2.powf(t))).sqrt();
                *w -= lr * (kept.mean / (1.0 - BETA1.powf(t)) / (root + EPS) + decay * *w);
            },
            says: "The second mean is one of g in your answer. It is the mean of g².",
            see: None,
        },
        Mistake {
            answer: |w, kept, g, lr, decay| {
                let [m, v, t] = means(kept, g);
                kept.mean = m / (1.0 - BETA1.powf(t));
                kept.square = v / (1.0 - BETA2.powf(t));
                *w -= lr * (kept.mean / (kept.square.sqrt() + EPS) + decay * *w);
            },
            says: "You keep the means with their corrections, and correct them again in the next \
                   step. What is kept are m and v; the hats are for this step alone.",
            see: None,
        },
    ],
    wrong: &[
        (
            |w, kept, g, lr, decay| {
                let g = g + decay * *w;
                let [m, v, t] = means(kept, g);
                let root = (v / (1.0 - BETA2.powf(t))).sqrt() + EPS;
                *w -= lr * m / (1.0 - BETA1.powf(t)) / root;
            },
            "add the decay to the gradient",
        ),
        (
            |w, kept, g, lr, decay| {
                *w *= 1.0 - decay;
                solution::adamw(w, kept, g, lr, 0.0);
            },
            "not multiplied by the learning rate",
        ),
        (
            |w, kept, g, lr, decay| {
                kept.steps = 1;
                let [m, v] = [&mut kept.mean, &mut kept.square];
                (*m, *v) = (BETA1 * *m + (1.0 - BETA1) * g, BETA2 * *v + (1.0 - BETA2) * g * g);
                *w -= lr * (*m / 0.1 / ((*v / 0.001).sqrt() + EPS) + decay * *w);
            },
            "same in every step",
        ),
        (
            |w, kept, g, lr, decay| {
                let mut copy = *w;
                solution::adamw(&mut copy, kept, g, lr, decay);
            },
            "w stays where it is",
        ),
    ],
    equivalent: &[],
};

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPS: f64 = 1e-8;

/// Counts the step and moves both means. Gives them, and t.
fn means(kept: &mut Kept, g: f64) -> [f64; 3] {
    kept.steps += 1;
    kept.mean = BETA1 * kept.mean + (1.0 - BETA1) * g;
    kept.square = BETA2 * kept.square + (1.0 - BETA2) * g * g;
    [kept.mean, kept.square, f64::from(kept.steps)]
}

fn check(adamw: AdamW, trial: &mut Trial) {
    trial.paper("the first step: w = 1, g = 4, rate 0.1, decay 0.5 (5e-10 of it comes from ε)");
    let path = |trial: &mut Trial, start: f64, gradients: &[f64], lr: f64, decay: f64| {
        trial.call(|| {
            let (mut w, mut kept) = (start, Kept::default());
            let step = |&g: &f64| {
                adamw(&mut w, &mut kept, g, lr, decay);
                w
            };
            gradients.iter().map(step).collect::<Vec<f64>>()
        })
    };
    if let Some(found) = path(trial, 1.0, &[4.0], 0.1, 0.5) {
        trial.near("w", &found, &[1.0 - 0.1 * (4.0 / (4.0 + EPS) + 0.5)]);
    }
    trial
        .case("w = 2, gradients 3, −1, 0.5, 2 again and again, rate 0.1, decay 0.5; as in PyTorch");
    let gradients: Vec<f64> = [3.0, -1.0, 0.5, 2.0].into_iter().cycle().take(20).collect();
    if let Some(found) = path(trial, 2.0, &gradients, 0.1, 0.5) {
        let theirs =
            [1.8000000003333332, 1.669978143300243, 1.2662094449452614, -0.03289108859319557];
        let at = [0, 1, 4, 19].map(|step: usize| found[step]);
        trial.near("w", &at, &theirs);
    }
    for (seed, [lr, decay, size]) in
        [[0.1, 0.0, 1.0], [0.01, 0.1, 100.0], [0.1, 1.0, 1e-5]].into_iter().enumerate()
    {
        trial.case(format!("20 random gradients of size {size}, rate {lr}, decay {decay}"));
        let gradients = normal(&[20], seed as u64) * size;
        let Some(found) = path(trial, 1.0, gradients.data(), lr, decay) else { continue };
        let (mut w, mut moments) = ([1.0], Moments::default());
        let step = |g: &f64| {
            w[0] -= lr * decay * w[0]; // Adam's step does not look at w
            adam(&mut w, &mut moments, &[*g], lr);
            w[0]
        };
        let expected: Vec<f64> = gradients.data().iter().map(step).collect();
        trial.near("w", &found, &expected);
    }
}
