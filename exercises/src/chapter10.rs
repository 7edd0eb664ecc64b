//! Gradients of gradients.

use crate::{Facts, Task, Written};

mod accountant;
mod clipping;
mod gauss_newton;
mod ghost_norm;
mod noise_scale;
mod two_pass;

pub use accountant::ACCOUNTANT;
pub use clipping::CLIPPING;
pub use gauss_newton::GAUSS_NEWTON;
pub use ghost_norm::GHOST_NORM;
pub use noise_scale::NOISE_SCALE;
pub use two_pass::TWO_PASS;

/// In order.
pub const ALL: &[&dyn Task] = &[
    &TWO_PASS,
    &NOISE_SCALE,
    &GHOST_NORM,
    &CLIPPING,
    &ACCOUNTANT,
    &GAUSS_NEWTON,
    &BUDGET,
    &TWO_USES,
];

static BUDGET: Written = Written {
    facts: Facts {
        number: (10, 7),
        name: "budget",
        title: "A privacy budget",
        minutes: 30,
        points: 3,
        see: "Clipping",
        hint: "As long as little is given away, R(α) of a step is about q²α/2σ², and of all steps \
               that many times as much. The best order balances it with ln(1/δ)/(α − 1).",
    },
};

static TWO_USES: Written = Written {
    facts: Facts {
        number: (10, 8),
        name: "two_uses",
        title: "A weight used twice, squared too early",
        minutes: 20,
        points: 2,
        see: "What is written down",
        hint: "Σ_n g_n² and ‖g_n‖² are made of squares, Σ_n g_n is not. Sort the tests by whether \
               a net in them uses a parameter twice.",
    },
};
