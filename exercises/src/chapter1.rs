//! Tensors and the matmul ladder.

use crate::{Facts, Task, Written};

mod broadcast;
mod strides;
mod swap;
mod tiles;
mod two_chains;

pub use broadcast::BROADCAST;
pub use strides::STRIDES;
pub use swap::SWAP;
pub use tiles::TILES;
pub use two_chains::TWO_CHAINS;

/// In order.
pub const ALL: &[&dyn Task] =
    &[&STRIDES, &BROADCAST, &SWAP, &TILES, &TWO_CHAINS, &TENTHS, &CUT_CHAIN];

static TENTHS: Written = Written {
    facts: Facts {
        number: (1, 6),
        name: "tenths",
        title: "How far a sum of tenths goes",
        minutes: 20,
        points: 2,
        see: "The order of a sum",
        hint: "A loop that ends when adding changed nothing. An f32 has 24 binary digits: how far \
               apart are two neighbours at one million, at two million?",
    },
};

static CUT_CHAIN: Written = Written {
    facts: Facts {
        number: (1, 7),
        name: "cut_chain",
        title: "A chain cut in the crate",
        minutes: 20,
        points: 2,
        see: "The rungs up to five",
        hint: "`skip(from).step_by(2)` on the zipped slices, once from 0 and once from 1.",
    },
};
