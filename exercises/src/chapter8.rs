//! Well-tempered backpropagation.

use crate::{Facts, Task, Written};

mod fair;
mod merge;
mod one_voice;
mod temper;
mod unbiased;

pub use fair::FAIR;
pub use merge::{MERGE, Stats};
pub use one_voice::ONE_VOICE;
pub use temper::TEMPER;
pub use unbiased::UNBIASED;

/// In order.
pub const ALL: &[&dyn Task] =
    &[&ONE_VOICE, &UNBIASED, &MERGE, &TEMPER, &FAIR, &HOLD_STILL, &OWN_EFFECT];

static HOLD_STILL: Written = Written {
    facts: Facts {
        number: (8, 6),
        name: "hold_still",
        title: "Hold still",
        minutes: 45,
        points: 3,
        see: "Moving and still",
        hint: "With plain descent the gradients of an epoch, added up, are the way that the \
               parameter went, divided by the rate. How far can a parameter go that runs to and \
               fro in its valley?",
    },
};

static OWN_EFFECT: Written = Written {
    facts: Facts {
        number: (8, 7),
        name: "own_effect",
        title: "A method that measures its own effect",
        minutes: 20,
        points: 2,
        see: "Tempering",
        hint: "Follow one gradient through two epochs: what is entered, what is its ratio, what is \
               entered next?",
    },
};
