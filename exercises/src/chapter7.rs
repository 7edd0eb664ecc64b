//! Memory.

use crate::{Facts, Task, Written};

mod adafactor;
mod early_step;
mod gram;
mod segments;
mod tied;

pub use adafactor::ADAFACTOR;
pub use early_step::EARLY_STEP;
pub use gram::GRAM;
pub use segments::SEGMENTS;
pub use tied::TIED;

/// In order.
pub const ALL: &[&dyn Task] =
    &[&EARLY_STEP, &TIED, &SEGMENTS, &ADAFACTOR, &GRAM, &NO_SAVING, &REHEARSALS];

static NO_SAVING: Written = Written {
    facts: Facts {
        number: (7, 6),
        name: "no_saving",
        title: "From which batch on nothing is saved",
        minutes: 45,
        points: 3,
        see: "The whole step",
        hint: "Going back through one block of the net, how many numbers of activations are let \
               go of, and how many numbers of gradients come? The one grows with the batch, the \
               other does not.",
    },
};

static REHEARSALS: Written = Written {
    facts: Facts {
        number: (7, 7),
        name: "rehearsals",
        title: "A rehearsal that leaves traces",
        minutes: 25,
        points: 2,
        see: "What it cannot do",
        hint: "In training, what does a batch normalisation do with its running statistics, and \
               what does it use them for? And who reads them?",
    },
};
