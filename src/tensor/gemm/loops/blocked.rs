//! The loops around the macro-kernel: blocks that fit the caches (chapter 1).
//!
//! ```text
//! LOOP 5   for each nc columns of B and C
//! LOOP 4     for each kc of the depth           B's panel, kc × nc, packed: for the second-level cache
//! LOOP 3       for each mc rows of A and C      A's block, mc × kc: for the first-level cache
//!                macro-kernel:
//! LOOP 2           for each nr columns          B's micro-panel, kc × nr
//! LOOP 1             for each mr rows
//!                      micro-kernel             C's tile, mr × nr, in registers
//! ```
//!
//! Which factor rests in the first-level cache? With many rows it is A's block: B's micro-panels,
//! packed one behind the other, stream past it, and the processor sees what comes next and fetches
//! it. With few rows all of A is one block, and each micro-panel of B rests while the rows pass. A
//! block that is packed, or deep because B is narrow, is larger than that cache, and comes from the
//! second-level one.
//!
//! A tile of C leaves the registers only once for each round of LOOP 4. It comes back to go on with
//! the same sums: cutting the depth changes nothing in any result.

use super::super::cut::pieces;
use super::super::kernels::Kernels;
use super::super::operands::{Source, Target};
use super::super::pack::pack;
use super::super::panel::Panel;
use super::super::scratch::with_scratch;
use super::super::sizes::{PADDING, Sizes};
use super::super::view::Matrix;
use super::macro_kernel::macro_kernel;
use crate::Scalar;

// ANCHOR: blocked
/// C ← A·B, or C ← C + A·B.
pub(crate) fn blocked<T: Scalar>(
    kernels: &Kernels<T>,
    a: Matrix<T>,
    b: Source<T>,
    accumulate: bool,
    mut c: Target<T>,
) {
    let sizes = Sizes::choose(kernels, &a, &b);
    with_scratch(sizes.packed_a + sizes.packed_b, |scratch: &mut [T]| {
        let (packed_a, packed_b) = scratch.split_at_mut(sizes.packed_a);
        // LOOP 5: B and C in parts of nc columns.
        for columns in pieces(c.cols(), sizes.nc) {
            // LOOP 4: A and B in parts of kc of the depth.
            for depth in pieces(a.cols, sizes.kc) {
                let panel = b.block(depth.clone(), columns.clone());
                let mut panel = Panel::new(panel, packed_b, &sizes, kernels);
                let accumulate = accumulate || depth.start > 0;
                // LOOP 3: A and C in parts of mc rows.
                for rows in pieces(a.rows, sizes.mc) {
                    let mut block = a.block(rows.clone(), depth.clone());
                    if sizes.packed_a > 0 {
                        block = pack_rows(kernels, block, packed_a);
                    }
                    let c = c.block_mut(rows, columns.clone());
                    macro_kernel(kernels, block, &mut panel, accumulate, &c);
                }
            }
        }
    });
}
// ANCHOR_END: blocked

/// A's block, packed into `packed` row by row.
fn pack_rows<'a, T: Scalar>(
    kernels: &Kernels<T>,
    block: Matrix<T>,
    packed: &'a mut [T],
) -> Matrix<'a, T> {
    let width = block.cols + PADDING;
    pack(kernels, Source::Matrix(block), packed, width);
    Matrix::strided(packed, block.rows, block.cols, width, 1)
}
