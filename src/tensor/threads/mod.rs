//! A small pool of threads (chapter 1).
//!
//! Starting a thread costs some tens of microseconds: more than many a product takes. So the
//! threads are started once and kept. A *job* is a closure and a number of tasks; whoever is
//! free takes the next number, the caller too, until none is left.
//!
//! Tasks write to separate places and never add up across threads, so results do not depend on
//! how many there are. `LONGHAND_THREADS` sets the number.
//!
//! | file | |
//! |---|---|
//! | `number` | how many threads |
//! | `gate` | who may be at the job, and when |
//! | `pool` | the workers, and [`parallel`] |
//! | `share` | work cut into parts: [`for_each`] |

mod gate;
mod number;
mod pool;
mod share;
mod sync;

pub use number::{check, choose, current, with};
pub use pool::parallel;
pub(crate) use share::{PIECE, in_pieces};
pub use share::{for_each, pieces};
