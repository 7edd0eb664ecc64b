//! The forward pass.

use crate::{Facts, Task, Written};

mod kaiming;
mod mse;
mod normalise;
mod overflow;
mod pairwise;

pub use kaiming::KAIMING;
pub use mse::MSE;
pub use normalise::NORMALISE;
pub use overflow::OVERFLOW;
pub use pairwise::PAIRWISE;

/// In order.
pub const ALL: &[&dyn Task] =
    &[&NORMALISE, &KAIMING, &PAIRWISE, &OVERFLOW, &MSE, &SYMMETRY, &WRONG_GAIN];

static SYMMETRY: Written = Written {
    facts: Facts {
        number: (2, 6),
        name: "symmetry",
        title: "Fifty units or one",
        minutes: 30,
        points: 3,
        see: "A layer",
        hint: "Write down what hidden unit j receives if all weights are w: it does not depend on \
               j. With biases, only one number of the image gets through, whichever j.",
    },
};

static WRONG_GAIN: Written = Written {
    facts: Facts {
        number: (2, 7),
        name: "wrong_gain",
        title: "A gain that is too small",
        minutes: 15,
        points: 2,
        see: "The rectifier",
        hint: "Read the names of the failing tests, and what each compares with what.",
    },
};
