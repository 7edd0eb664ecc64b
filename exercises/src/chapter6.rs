//! Convolution.

use crate::{Facts, Task, Written};

mod batch_norm;
mod fold;
mod receptive;
mod ties;
mod turned;

pub use batch_norm::BATCH_NORM;
pub use fold::{FOLD, Steps};
pub use receptive::RECEPTIVE;
pub use ties::TIES;
pub use turned::TURNED;

/// In order.
pub const ALL: &[&dyn Task] = &[&RECEPTIVE, &FOLD, &TURNED, &TIES, &BATCH_NORM, &SHUFFLED, &UPWARD];

static SHUFFLED: Written = Written {
    facts: Facts {
        number: (6, 6),
        name: "shuffled",
        title: "Quarters out of place",
        minutes: 90,
        points: 5,
        see: "A net that cannot see",
        hint: "Make a list that says for each pixel where it is taken from, and use it for all \
               images. A `Dataset` has them in one tensor, a row for each: move its columns. \
               `models::lenet` wants them as `[n, 1, 28, 28]`, and what it gives are \
               log-probabilities, so its loss is `Nll`.",
    },
};

static UPWARD: Written = Written {
    facts: Facts {
        number: (6, 7),
        name: "upward",
        title: "Blocks in the other order",
        minutes: 25,
        points: 3,
        see: "And back",
        hint: "How many columns has an image, and how many fit into a block (`BLOCK` in the same \
               file)? Whoever has one block only has no order of blocks.",
    },
};
