//! The backward pass by hand.

use crate::{Facts, Task, Written};

mod best_step;
mod four_numbers;
mod linear;
mod row_sum;
mod shared;
mod sigmoid;

pub use best_step::BEST_STEP;
pub use four_numbers::FOUR_NUMBERS;
pub use linear::LINEAR;
pub use row_sum::ROW_SUM;
pub use shared::SHARED;
pub use sigmoid::SIGMOID;

/// In order.
pub const ALL: &[&dyn Task] =
    &[&FOUR_NUMBERS, &LINEAR, &SIGMOID, &ROW_SUM, &SHARED, &BEST_STEP, &LIMITS, &MEAN_BIAS];

static LIMITS: Written = Written {
    facts: Facts {
        number: (3, 7),
        name: "limits",
        title: "How large a rate",
        minutes: 30,
        points: 3,
        see: "One parameter",
        hint: "The limit is 2 divided by the curvature, and that is 2 times the mean of x².",
    },
};

static MEAN_BIAS: Written = Written {
    facts: Facts {
        number: (3, 8),
        name: "mean_bias",
        title: "A gradient that is wrong and trains",
        minutes: 20,
        points: 2,
        see: "Does it hold?",
        hint: "Sort the tests by what each compares `lin_grad` with: with something that knows \
               nothing of it, or with itself.",
    },
};
