//! Convolution in two dimensions, forward and both ways back (chapter 6).
//!
//! A convolution is a matrix product in disguise. Lay out the patch of the image that each place
//! of the window sees as one column, and the kernels, one a row, are multiplied with all columns
//! at once: Y = W·columns. So the gradients are those of a product, with the layout undone at the
//! end: d_columns = Wᵀ·dY, added back to where the patches came from, and dW = dY·columnsᵀ.
//!
//! Written down, the columns of a batch would take as many times the batch's memory as the window
//! has elements. They are not written down. The engine multiplies them where the image lies: see
//! [`Im2col`](super::gemm::Im2col). Only their gradient has to be, a few rows' patches at a time,
//! while they are in the cache.
//!
//! `reference` has the same functions as plain loops, which say in what order every sum is taken;
//! the functions here give the same bits.

mod columns;
mod forward;
mod geometry;
mod input;
mod per_sample;
pub(super) mod reference;
mod square_norms;
mod weight;
