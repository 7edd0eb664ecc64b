//! Layers, modules, training.

use crate::{Facts, Task, Written};

mod adamw;
mod around;
mod cross_entropy;
mod in_parts;
mod softmax;

pub use adamw::{ADAMW, Kept};
pub use around::AROUND;
pub use cross_entropy::CROSS_ENTROPY;
pub use in_parts::IN_PARTS;
pub use softmax::SOFTMAX;

/// In order.
pub const ALL: &[&dyn Task] =
    &[&SOFTMAX, &CROSS_ENTROPY, &IN_PARTS, &ADAMW, &AROUND, &LUCK, &FORGETFUL];

static LUCK: Written = Written {
    facts: Facts {
        number: (4, 6),
        name: "luck",
        title: "The best of twenty",
        minutes: 60,
        points: 4,
        see: "Choosing a rate, and choosing fairly",
        hint: "`Dataset::rows` cuts a data set, and `evaluate` counts what a net reads right. Of n \
               digits with the chance p each, the number read right strays by √(n·p·(1 − p)).",
    },
};

static FORGETFUL: Written = Written {
    facts: Facts {
        number: (4, 7),
        name: "forgetful",
        title: "A gradient that is not added up",
        minutes: 20,
        points: 2,
        see: "A layer that stands alone",
        hint: "Who calls `zero_grad` before each backward pass cannot notice. Look for tests that \
               go back twice in between.",
    },
};
