//! The tape.

use crate::{Facts, Task, Written};

mod curvature;
mod numbers;
mod order;
mod quotient;
mod suspect;

pub use curvature::{CURVATURE, Function};
pub use numbers::{NUMBERS, Op};
pub use order::ORDER;
pub use quotient::QUOTIENT;
pub use suspect::{Rule, SUSPECT};

/// In order.
pub const ALL: &[&dyn Task] =
    &[&NUMBERS, &ORDER, &QUOTIENT, &CURVATURE, &SUSPECT, &GROWTH, &DETACHED];

static GROWTH: Written = Written {
    facts: Facts {
        number: (5, 6),
        name: "growth",
        title: "What the next derivative costs",
        minutes: 30,
        points: 3,
        see: "A picture of it",
        hint: "`grad_create_graph` leaves on the tape what it has computed, and `tape.len()` counts \
               the entries. How many entries does the pullback of a product write for each product?",
    },
};

static DETACHED: Written = Written {
    facts: Facts {
        number: (5, 7),
        name: "detached",
        title: "A tanh without curvature",
        minutes: 20,
        points: 2,
        see: "Trusting it",
        hint: "Sort the tests that use tanh by the order of the derivative that they look at.",
    },
};
