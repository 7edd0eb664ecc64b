//! Decoupled neural interfaces.

use crate::{Facts, Task, Written};

mod conditional_mean;
mod over_axis;
mod pipeline;
mod unlock;
mod unroll;

pub use conditional_mean::CONDITIONAL_MEAN;
pub use over_axis::OVER_AXIS;
pub use pipeline::PIPELINE;
pub use unlock::UNLOCK;
pub use unroll::UNROLL;

/// In order.
pub const ALL: &[&dyn Task] =
    &[&OVER_AXIS, &CONDITIONAL_MEAN, &UNLOCK, &PIPELINE, &UNROLL, &BOOTSTRAP, &LEAK];

static BOOTSTRAP: Written = Written {
    facts: Facts {
        number: (9, 6),
        name: "bootstrap",
        title: "A guess that teaches itself",
        minutes: 30,
        points: 3,
        see: "The future as a message",
        hint: "A lesson multiplies what the guess is off by with one and the same factor each time. \
               Write that factor down.",
    },
};

static LEAK: Written = Written {
    facts: Facts {
        number: (9, 7),
        name: "leak",
        title: "A trigger with a history",
        minutes: 20,
        points: 2,
        see: "Scopes",
        hint: "The leak needs a trigger through which a gradient can go on downwards. Sort the tests \
               by whether theirs is one.",
    },
};
