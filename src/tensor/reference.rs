//! The reference versions: what the fast ones compute, as it is defined, in plain loops.
//!
//! Each is the oracle that the tests hold the fast version of the same name to, bit for bit, and
//! what the examples and the benchmarks compare it with. They are slow, and not for use.

pub use super::conv::reference::{conv2d, conv2d_input, conv2d_weight};
pub use super::einsum::reference as einsum;
pub use super::pool::reference::{avg_pool2d, max_pool2d};
pub use super::softmax::reference as log_softmax;
