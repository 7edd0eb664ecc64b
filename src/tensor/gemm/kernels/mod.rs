//! The innermost loops, written once and compiled for each instruction set (chapter 1).
//!
//! | file | |
//! |---|---|
//! | `compile` | how a loop is compiled for an instruction set |
//! | `matrix` | the micro-kernel: a tile of C in registers |
//! | `im2col` | the same where a factor is an image, read in place (chapter 6) |
//! | `gemv`, `gemv_blocks` | a few rows of C by columns in runs |
//! | `ger` | a column times a row |
//! | `copy` | packing |
//! | `peak` | multiply-adds alone: the rate that no kernel can pass |
//! | `table` | the kernels of each instruction set, and the sizes of their tiles |

mod compile;
mod copy;
mod gemv;
#[cfg(target_arch = "x86_64")]
mod gemv_blocks;
mod ger;
mod im2col;
mod matrix;
mod peak;
mod table;

pub(super) use copy::Move;
pub(super) use gemv::{GEMV_ROWS, Gemv};
pub(super) use ger::Ger;
pub(super) use im2col::{LeftTile, MAX_IM2COL_ROWS, MAX_IM2COL_VECTORS, RightTile, WHOLE_TILE};
pub(super) use matrix::Tile;
pub use table::HasKernels;
pub(super) use table::Kernels;
