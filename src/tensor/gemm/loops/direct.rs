//! Products for which no depth is cut and nothing packed (chapter 1).
//!
//! Of a small product the call can take longer than the work: sizes of blocks are chosen, scratch is
//! looked for, pieces are cut and counted. But where B's rows lie in runs and all of B is in the
//! first-level cache, or where it is read only once, packing gains nothing, and three loops around
//! the micro-kernel are enough.
//!
//! It is the way for short sums too: an outer product (BLAS calls it ger) has a depth of one. Then
//! the time goes into writing C, which is written best as it lies, a few rows at a time.

use super::super::cut::{Cut, pieces};
use super::super::kernels::Kernels;
use super::super::operands::Target;
use super::super::panel::MicroPanel;
use super::super::sizes::is_direct;
use super::super::view::Matrix;
use super::macro_kernel::micro_panel_loop;
use crate::Scalar;

/// Rows that meet all of B before the next ones do: C is written in bands of this height.
const BAND: usize = 12;

/// C ← A·B, or C ← C + A·B, without packing. `false`, and nothing done, where packing would pay.
#[inline]
pub(crate) fn direct<T: Scalar>(
    kernels: &Kernels<T>,
    a: Matrix<T>,
    b: Matrix<T>,
    accumulate: bool,
    c: &Target<T>,
) -> bool {
    if !is_direct(&a, &b) {
        return false;
    }
    let cut = Cut::at_most(kernels.vectors(b.cols), kernels.nr(a.rows));
    for rows in pieces(a.rows, BAND) {
        for s in 0..cut.count {
            let (register, vectors) = cut.get(s);
            let first = register * kernels.lanes;
            let cols = (vectors * kernels.lanes).min(b.cols - first);
            let data = b.ptr(0, first);
            let micro_panel = MicroPanel { data, row_stride: b.row_stride, first, cols, vectors };
            micro_panel_loop(kernels, a, rows.clone(), &micro_panel, accumulate, c);
        }
    }
    true
}
