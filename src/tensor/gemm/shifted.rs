//! A factor whose rows are one image again and again, each time shifted: the columns of a
//! convolution, multiplied where the image lies (chapter 6).
//!
//! Packing such a factor copies each pixel once for every element of the window. With few rows or
//! columns in the other factor that takes longer than the product itself. But a micro-kernel
//! needs no more than registers full of neighbours, as a right-hand factor, or single numbers one
//! after the other, as a left-hand one; and both are in the image.

use super::blocked::Target;
use super::matrix::Matrix;
use super::pack::{Source, pack};
use super::scratch::with_scratch;
use super::shifted_kernels::{LeftTile, MOST_LANES, MOST_ROWS, MOST_VECTORS, RightTile, TALLEST};
use super::sizes::Cut;
use super::tables::Kernels;
use crate::Scalar;
use crate::tensor::isa::vectorize;
use std::ops::Range;

// ANCHOR: shifted
/// A factor of which element (p, i·across + j) is `data[begins[p] + i·step + j·stride]`: for each
/// p an image of `down` × `across` places, which begins somewhere else in the same memory.
#[derive(Clone, Copy, Debug)]
pub struct Im2col<'a, T> {
    data: &'a [T],
    begins: &'a [usize],
    /// Rows of places, and places in each.
    places: [usize; 2],
    /// How far apart the rows of places are, and the places in each.
    step: usize,
    stride: usize,
}
// ANCHOR_END: shifted

impl<'a, T: Scalar> Im2col<'a, T> {
    /// A factor of `begins.len()` rows and one column for each place; `strides` are those of the
    /// places, down and across.
    ///
    /// ```
    /// use longhand::tensor::gemm::{Matrix, MatrixMut, Im2col, matmul_im2col};
    /// // What a window of two sees of five numbers, from its four places.
    /// let numbers = [0.0, 1.0, 4.0, 9.0, 16.0];
    /// let columns = Im2col::new(&numbers, &[0, 1], [1, 4], [5, 1]);
    /// let (step, mut steps) = ([-1.0, 1.0], [0.0; 4]);
    /// matmul_im2col(Matrix::new(&step, 1, 2), columns, false, MatrixMut::new(&mut steps, 1, 4));
    /// assert_eq!(steps, [1.0, 3.0, 5.0, 7.0]);
    /// ```
    ///
    /// # Panics
    /// If some element would lie outside `data`.
    #[track_caller]
    pub fn new(
        data: &'a [T],
        begins: &'a [usize],
        places: [usize; 2],
        strides: [usize; 2],
    ) -> Self {
        let ([down, across], [step, stride]) = (places, strides);
        let begin = begins.iter().max().copied().unwrap_or(0);
        // None if more than can be counted.
        let end = || {
            if down.checked_mul(across)? == 0 || begins.is_empty() {
                return Some(0);
            }
            let last =
                (down - 1).checked_mul(step)?.checked_add((across - 1).checked_mul(stride)?)?;
            last.checked_add(begin)?.checked_add(1)
        };
        assert!(
            end().is_some_and(|end| end <= data.len()),
            "{down}×{across} places with strides {step} and {stride}, the last row from {begin} on, \
             do not fit into {} elements",
            data.len()
        );
        Self { data, begins, places, step, stride }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.begins.len()
    }

    /// The number of columns.
    pub fn cols(&self) -> usize {
        self.places[0] * self.places[1]
    }

    /// Element (p, col).
    ///
    /// # Panics
    /// If it is outside.
    #[track_caller]
    pub fn at(&self, p: usize, col: usize) -> T {
        assert!(col < self.cols(), "column {col} of {}", self.cols());
        self.data[self.begins[p] + self.place(col)]
    }

    /// How far behind a row's beginning the element of this column lies.
    fn place(&self, col: usize) -> usize {
        col / self.places[1] * self.step + col % self.places[1] * self.stride
    }

    /// These columns, which are whole rows of places.
    fn block(self, cols: Range<usize>) -> Self {
        let across = self.places[1];
        let rows = cols.start / across..cols.end / across;
        Self { data: &self.data[rows.start * self.step..], places: [rows.len(), across], ..self }
    }

    /// Writes the block of these rows and columns, row by row: element (p, j) goes to
    /// `out[(p − rows.start)·width + (j − cols.start)]`. Whatever else `out` holds stays.
    pub(super) fn copy_block(
        &self,
        rows: Range<usize>,
        cols: Range<usize>,
        out: &mut [T],
        width: usize,
    ) {
        // Eight neighbours at a time, and what is left one by one: the column, and how far behind
        // the row's beginning it lies.
        let (mut eights, mut ones) = (Vec::with_capacity(8), Vec::with_capacity(8));
        let mut col = cols.start;
        while col < cols.end {
            let run = (self.places[1] - col % self.places[1]).min(cols.end - col);
            let (list, step) =
                if run >= 8 && self.stride == 1 { (&mut eights, 8) } else { (&mut ones, 1) };
            list.push((col - cols.start, self.place(col)));
            col += step;
        }
        assert!(cols.end <= self.cols());
        assert!(cols.len() <= width && rows.len() * width <= out.len());
        vectorize(
            #[inline(always)]
            || {
                for (&begin, out) in self.begins[rows].iter().zip(out.chunks_exact_mut(width)) {
                    let (from, to) = (self.data[begin..].as_ptr(), out.as_mut_ptr());
                    for &(col, place) in &eights {
                        // SAFETY: the eight are columns of the block, so within `out`; and `new`
                        // has seen that all elements lie in `data`. Without checks a convolution
                        // is a tenth faster.
                        unsafe { *to.add(col).cast() = *from.add(place).cast::<[T; 8]>() }
                    }
                    for &(col, place) in &ones {
                        // SAFETY: as above.
                        unsafe { *to.add(col) = *from.add(place) }
                    }
                }
            },
        );
    }

    /// Into how many columns it may be cut, where it will be read in place.
    pub(super) fn across(&self) -> usize {
        self.places[1]
    }

    /// Whether reading it in place costs less than packing it, as the right-hand factor of one with
    /// m rows. The last register of a run reaches back over the one before, which is work done
    /// twice, and must not be added to C twice; packing costs about as much as so many rows.
    pub(super) fn pays(&self, kernels: &Kernels<T>, m: usize, accumulate: bool) -> bool {
        const PACKING: usize = 6;
        let across = self.across();
        let twice = across.next_multiple_of(kernels.lanes) - across;
        self.stride == 1
            && across >= kernels.lanes
            && m * twice <= PACKING * across
            && !(accumulate && twice > 0)
    }
}

/// How deep a block is at most: how many of a left-hand factor's places, or of a right-hand factor's
/// rows if no place is computed twice.
const DEEP: usize = 256;

/// C ← A·B, or C ← C + A·B, for these columns of a B that is read in place, on the caller's
/// thread.
///
/// # Safety
/// As [`blocked`](super::blocked::blocked); [`Im2col::pays`]; and `cols` are whole rows of places.
pub(super) unsafe fn right<T: Scalar>(
    kernels: &Kernels<T>,
    a: Matrix<T>,
    b: Im2col<T>,
    cols: Range<usize>,
    accumulate: bool,
    c: Target<T>,
) {
    let b = b.block(cols);
    let ([down, across], lanes) = (b.places, kernels.lanes);
    let runs = across.div_ceil(lanes);
    let registers = Cut::at_most(down * runs, kernels.strip[3]);
    let deepest = if across.is_multiple_of(lanes) { DEEP } else { a.cols };
    for pc in (0..a.cols).step_by(deepest) {
        let depth = deepest.min(a.cols - pc);
        for s in 0..registers.count {
            let (first, count) = registers.get(s);
            let tiles = Cut::at_most(c.rows, TALLEST[count]);
            let (mut from, mut to) = ([b.data.as_ptr(); MOST_VECTORS], [c.data; MOST_VECTORS]);
            for v in 0..count {
                let i = (first + v) / runs;
                let j = ((first + v) % runs * lanes).min(across - lanes);
                // SAFETY: places of B, and the columns of C that belong to them.
                unsafe {
                    from[v] = from[v].add(i * b.step + j);
                    to[v] = to[v].add(i * across + j);
                }
            }
            for t in 0..tiles.count {
                let (i, rows) = tiles.get(t);
                // SAFETY: rows i .. i + rows of the block and of C.
                unsafe {
                    let tile = RightTile {
                        a: a.data.as_ptr().add(i * a.row_stride + pc * a.col_stride),
                        a_row: a.row_stride,
                        a_col: a.col_stride,
                        b: from,
                        begins: &b.begins[pc..pc + depth],
                        c: to.map(|run| run.wrapping_add(i * c.row)),
                        c_row: c.row,
                        accumulate: accumulate || pc > 0,
                    };
                    kernels.right[rows][count](&tile);
                }
            }
        }
    }
}

/// C ← A·B, or C ← C + A·B, for these rows of an A that is read in place, on the caller's thread, in
/// chains of at most `chain` places.
///
/// # Safety
/// As [`blocked`](super::blocked::blocked).
pub(super) unsafe fn left<T: Scalar>(
    kernels: &Kernels<T>,
    a: Im2col<T>,
    rows: Range<usize>,
    b: Matrix<T>,
    chain: usize,
    accumulate: bool,
    c: Target<T>,
) {
    let ([down, across], lanes) = (a.places, kernels.lanes);
    let begins = &a.begins[rows];
    let strips = Cut::at_most(c.cols.div_ceil(lanes), kernels.strip[3]);
    // Whole rows of places, or if they are long, parts of one.
    let (chain, long) = ((chain / across).max(1), across.min(chain));
    let high = (DEEP / (chain * across)).max(1) * chain;
    let high = if across > long { 1 } else { high.min(down) };
    let blocks =
        (0..down).step_by(high).flat_map(|i| (0..across).step_by(long).map(move |j| (i, j)));
    with_scratch(high * long * kernels.strip[3] * lanes, |packed: &mut [T]| {
        for (top, first) in blocks {
            let (high, long) = (high.min(down - top), long.min(across - first));
            let depth = top * across + first..(top + high - 1) * across + first + long;
            for s in 0..strips.count {
                let (strip, vectors) = strips.get(s);
                let tiles = Cut::at_most(c.rows, TALLEST[vectors]);
                let (j, wide) = (strip * lanes, vectors * lanes);
                let cols = j..(j + wide).min(c.cols);
                pack(&Source::Strided(b), depth.clone(), cols.clone(), packed, wide, kernels);
                for t in 0..tiles.count {
                    let (i, rows) = tiles.get(t);
                    let mut from = [a.data.as_ptr(); MOST_ROWS];
                    for (from, begin) in from.iter_mut().zip(&begins[i..i + rows]) {
                        // SAFETY: a row of A begins there.
                        *from = unsafe { from.add(begin + top * a.step + first * a.stride) };
                    }
                    // SAFETY: row i and column j are C's.
                    let to = unsafe { c.data.add(i * c.row + j) };
                    let tile = LeftTile {
                        a: from,
                        places: [high, long],
                        chain,
                        a_step: a.step,
                        a_stride: a.stride,
                        b: packed.as_ptr(),
                        c: to,
                        c_row: c.row,
                        accumulate: accumulate || depth.start > 0,
                    };
                    // SAFETY: the tile lies within A, the packed strip and C.
                    unsafe {
                        match cols.len() == wide {
                            true => kernels.left[rows][vectors](&tile),
                            false => narrow(kernels, tile, rows, vectors, cols.len()),
                        }
                    }
                }
            }
        }
    });
}

/// A tile over the last columns, with room on the right: by way of one that is all there.
///
/// # Safety
/// As [`left`].
unsafe fn narrow<T: Scalar>(
    kernels: &Kernels<T>,
    mut tile: LeftTile<T>,
    rows: usize,
    vectors: usize,
    cols: usize,
) {
    let wide = vectors * kernels.lanes;
    let mut whole = [T::ZERO; 6 * MOST_VECTORS * MOST_LANES];
    let whole = &mut whole[..rows * wide];
    let (c, c_row) = (tile.c, tile.c_row);
    (tile.c, tile.c_row) = (whole.as_mut_ptr(), wide);
    // SAFETY: the caller's promise: these are rows and columns of C, and of the whole tile.
    unsafe {
        if tile.accumulate {
            for r in 0..rows {
                tile.c.add(r * wide).copy_from_nonoverlapping(c.add(r * c_row), cols);
            }
        }
        kernels.left[rows][vectors](&tile);
        for r in 0..rows {
            c.add(r * c_row).copy_from_nonoverlapping(tile.c.add(r * wide), cols);
        }
    }
}
