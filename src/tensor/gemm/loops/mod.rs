//! The loops around the kernels: one block of C on one thread (chapter 1).
//!
//! | file | |
//! |---|---|
//! | `block` | how a block of C is computed: as it stands or transposed, and by which loops |
//! | `direct` | products for which no panels are packed |
//! | `blocked` | loops 5, 4 and 3: blocks that fit the caches |
//! | `macro_kernel` | loops 2 and 1: the tiles of one block |
//! | `vector` | products with a vector or a few, where there is nothing to block |
//! | `image` | products with an im2col matrix, read in place (chapter 6) |

mod block;
mod blocked;
mod direct;
mod image;
mod macro_kernel;
mod vector;

pub(super) use block::{multiply, multiply_transposed, transposing_is_cheaper};
pub(super) use direct::at_once;
pub(super) use image::{in_place_is_cheaper, multiply_im2col_left, multiply_im2col_right};
