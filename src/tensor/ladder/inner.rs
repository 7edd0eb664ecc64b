//! Two changes to the three loops, apart and together (chapter 1).
//!
//! Two things stand in the way of the three loops. Neighbours in a column of B lie n numbers apart,
//! and each is fetched from another line of the cache. And a program built for any processor may
//! not use the fused multiply-add *instruction*, so each `mul_add` is a call. Either can be mended
//! alone: that makes four ways, and their times say what either change is worth.

use super::{Rung, sizes};
use crate::Scalar;
use crate::tensor::{Tensor, isa};

/// One of the four ways.
#[derive(Clone, Copy, Debug)]
pub struct InnerLoops<T: Scalar> {
    /// The loops from the outermost to the innermost.
    pub order: &'static str,
    /// What a fused multiply-add is.
    pub multiply_add: &'static str,
    /// The product in this way.
    pub multiply: Rung<T>,
}

/// The three loops as they are and exchanged, with a call and with the instruction.
///
/// ```
/// use longhand::tensor::ladder;
/// let a = longhand::Tensor::<f32>::eye(3);
/// for way in ladder::inner_loops() {
///     assert_eq!((way.multiply)(&a, &a), a, "{} with {}", way.order, way.multiply_add);
/// }
/// ```
pub fn inner_loops<T: Scalar>() -> [InnerLoops<T>; 4] {
    let (call, instruction) = ("a call", "an instruction");
    [
        InnerLoops { order: "i, j, p", multiply_add: call, multiply: super::three_loops },
        InnerLoops { order: "i, p, j", multiply_add: call, multiply: exchanged },
        InnerLoops { order: "i, j, p", multiply_add: instruction, multiply: with_instruction },
        InnerLoops { order: "i, p, j", multiply_add: instruction, multiply: super::loop_order },
    ]
}

// ANCHOR: exchanged
/// The first rung with its two inner loops exchanged, and nothing else changed.
#[track_caller]
fn exchanged<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    let (m, k, n) = sizes(a, b);
    let mut c = Tensor::zeros([m, n]);
    let (a, b, out) = (a.data(), b.data(), c.data_mut());
    for i in 0..m {
        for p in 0..k {
            for j in 0..n {
                out[i * n + j] = a[i * k + p].mul_add(b[p * n + j], out[i * n + j]);
            }
        }
    }
    c
}
// ANCHOR_END: exchanged

// ANCHOR: with_instruction
/// The first rung with the instruction, and nothing else changed.
#[track_caller]
fn with_instruction<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    let (m, k, n) = sizes(a, b);
    let mut c = Tensor::zeros([m, n]);
    let (a, b, out) = (a.data(), b.data(), c.data_mut());
    isa::vectorize(
        #[inline(always)]
        || {
            for i in 0..m {
                for j in 0..n {
                    for p in 0..k {
                        out[i * n + j] = a[i * k + p].mul_add(b[p * n + j], out[i * n + j]);
                    }
                }
            }
        },
    );
    c
}
// ANCHOR_END: with_instruction
