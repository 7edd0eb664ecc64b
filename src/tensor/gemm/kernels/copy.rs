//! The loops of packing: numbers copied row by row, or transposed on the way (chapter 1).

use super::super::simd::Simd;
#[cfg(target_arch = "x86_64")]
use super::super::simd::Transpose;
use super::compile::Kernel;
use std::marker::PhantomData;

/// What is copied, and where it goes.
///
/// Kernels rely on this: every number named is valid, to read in `from` and to write in `out`, and
/// the two do not overlap.
pub(crate) struct Move<T> {
    /// The first number to read.
    pub from: *const T,
    /// How far apart the runs of numbers in `from` are: rows if it copies, columns if it
    /// transposes.
    pub stride: usize,
    /// Rows to write: `out[p·width + j]` for p < rows.
    pub rows: usize,
    /// Numbers in each of them: j < cols.
    pub cols: usize,
    /// The first number to write.
    pub out: *mut T,
    /// How far apart the rows in `out` are.
    pub width: usize,
}

/// How many rows ahead [`CopyRows`] prefetches: it asks for memory so early that it has come when
/// it is needed.
const AHEAD: usize = 16;

/// Writes `out[p·width + j] = from[p·stride + j]`. If there are more columns than `width`, it
/// writes micro-panels of that width, one behind the other, each of `rows` rows.
///
/// The last register of a row is written whole, its lanes beyond the last number as zeros: so
/// kernels rely on `width` having room for that.
///
/// For rows as short as a micro-panel's a call of `memcpy` would cost more than the copy.
pub(crate) struct CopyRows<V>(PhantomData<V>);

impl<V: Simd> Kernel for CopyRows<V> {
    type Job = Move<V::Elem>;

    #[inline(always)]
    unsafe fn run(job: &Move<V::Elem>) {
        let (width, last) = (job.width, job.cols % job.width);
        debug_assert!(job.cols < width || width.is_multiple_of(V::LANES));
        debug_assert!(last.next_multiple_of(V::LANES) <= width);
        // Nearly every micro-panel is two registers of AVX2 wide, or four of AVX-512, which this
        // loop copies as eight of AVX2. With the width known at compile time nothing is left to be
        // counted.
        //
        // SAFETY: `copy_rows` asks for what the contract of `run` asks of the job, and for the
        // job's own width: so it is in each of these calls.
        unsafe {
            if width == 2 * V::LANES {
                copy_rows::<V>(job, 2 * V::LANES)
            } else if width == 8 * V::LANES {
                copy_rows::<V>(job, 8 * V::LANES)
            } else {
                copy_rows::<V>(job, width)
            }
        }
    }
}

/// [`CopyRows`] for this `width`, which may be known at compile time.
///
/// # Safety
/// - As for [`CopyRows::run`](Kernel::run).
/// - `width` is the job's.
#[inline(always)]
unsafe fn copy_rows<V: Simd>(job: &Move<V::Elem>, width: usize) {
    let &Move { from, stride, rows, cols, out, .. } = job;
    let whole = cols / width * width;
    for p in 0..rows {
        let (from, mut out) = (from.wrapping_add(p * stride), out.wrapping_add(p * width));
        // What to prefetch: the same columns some rows further down. Near the last row it is the
        // columns to the right, which are packed next.
        let ahead = if p + AHEAD < rows { AHEAD * stride } else { cols };
        for j in (0..whole).step_by(width) {
            V::prefetch(from.wrapping_add(j + ahead));
            // SAFETY: columns j .. j + width of row p are the job's, and the micro-panel that
            // begins at column j has a row p, which is `width` long: whole registers.
            unsafe { copy_run::<V>(from.wrapping_add(j), width, out) };
            out = out.wrapping_add(rows * width);
        }
        if whole < cols {
            // SAFETY: the columns of row p that are left are the job's, and the last micro-panel
            // has room in row p for the last register too (asserted by `run` above).
            unsafe { copy_run::<V>(from.wrapping_add(whole), cols - whole, out) };
        }
    }
}

/// Copies numbers that lie in one run, and fills the last register up with zeros.
///
/// # Safety
/// - The processor has the register's instruction set.
/// - `from` is valid for reads of `count` numbers.
/// - `out` is valid for writes of as many, rounded up to whole registers, and does not overlap.
#[inline(always)]
unsafe fn copy_run<V: Simd>(from: *const V::Elem, count: usize, out: *mut V::Elem) {
    let mut j = 0;
    while j + V::LANES <= count {
        // SAFETY: a register's numbers from j on are among the `count`.
        unsafe { V::load(from.add(j)).store(out.add(j)) };
        j += V::LANES;
    }
    if j < count {
        // SAFETY: `count − j` numbers are left, at least one and less than a register; `out` has
        // room for a whole one.
        unsafe { V::load_masked(from.add(j), V::mask(count - j)).store(out.add(j)) };
    }
}

/// Writes `out[p·width + j] = from[j·stride + p]`, number by number.
pub(crate) struct TransposePlain<T>(PhantomData<T>);

impl<T: Copy> Kernel for TransposePlain<T> {
    type Job = Move<T>;

    #[inline(always)]
    unsafe fn run(&Move { from, stride, rows, cols, out, width }: &Move<T>) {
        for j in 0..cols {
            for p in 0..rows {
                // SAFETY: p < rows and j < cols, and such numbers are the job's on both sides.
                unsafe { *out.add(p * width + j) = *from.add(j * stride + p) }
            }
        }
    }
}

/// So many rows of `out` are written before the next ones are begun, some lines of the cache from
/// each run. All rows at once would fall into the same few places of the first-level cache, where
/// `width` is a large power of two; one block's at a time would read each line of it twice.
#[cfg(target_arch = "x86_64")]
const CHUNK: usize = 32;

/// As [`TransposePlain`], by blocks of L × L or less, transposed in registers.
#[cfg(target_arch = "x86_64")]
pub(crate) struct TransposeBlocks<V, const L: usize>(PhantomData<V>);

#[cfg(target_arch = "x86_64")]
impl<V: Transpose<L>, const L: usize> Kernel for TransposeBlocks<V, L> {
    type Job = Move<V::Elem>;

    #[inline(always)]
    unsafe fn run(job: &Move<V::Elem>) {
        // With the sizes known at compile time nothing is left to be asked.
        //
        // SAFETY: `blocks` asks for what the contract of `run` asks of the job, and for the lesser
        // of its sizes and L.
        unsafe {
            match (job.rows.min(L), job.cols.min(L)) {
                (high, wide) if high == L && wide == L => blocks::<V, L>(job, L, L),
                (high, 1) if high == L => blocks::<V, L>(job, L, 1),
                (high, 2) if high == L => blocks::<V, L>(job, L, 2),
                (high, 3) if high == L => blocks::<V, L>(job, L, 3),
                (high, 4) if high == L => blocks::<V, L>(job, L, 4),
                (high, wide) => blocks::<V, L>(job, high, wide),
            }
        }
    }
}

/// [`TransposeBlocks`] by blocks of `high` rows and `wide` columns of `out`: L of each, or all if
/// there are fewer.
///
/// # Safety
/// - As for [`TransposeBlocks::run`](Kernel::run).
/// - `high` and `wide` are the lesser of L and the job's rows, and of L and its columns.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn blocks<V: Transpose<L>, const L: usize>(job: &Move<V::Elem>, high: usize, wide: usize) {
    let &Move { from, stride, rows, cols, out, width } = job;
    debug_assert!(high == rows.min(L) && wide == cols.min(L) && cols <= width && high * wide > 0);
    // SAFETY: the processor has the instruction set (the contract of `run`), and `wide` is 1 to L.
    let mask = unsafe { V::mask(wide) };
    // Where a size is no multiple of L, the last block overlaps the one before, and writes the same
    // numbers once more.
    for (top, end) in (0..rows).step_by(CHUNK).map(|top| (top, rows.min(top + CHUNK))) {
        for j in (0..cols).step_by(L).map(|j| j.min(cols - wide)) {
            for p in (top..end).step_by(L).map(|p| p.min(rows - high)) {
                // SAFETY: `high` rows from p on are among the `rows` and `wide` columns from j on
                // among the `cols`, so the block is the job's in `from`.
                let block =
                    unsafe { V::load_transposed(from.add(j * stride + p), stride, wide, high) };
                for (i, register) in block.into_iter().enumerate().take(high) {
                    let to = out.wrapping_add((p + i) * width + j);
                    match wide == L {
                        // SAFETY: row p + i < rows of `out`, L numbers of it from column
                        // j ≤ cols − L on: the job's, to write.
                        true => unsafe { register.store(to) },
                        // SAFETY: the same with `wide` numbers, which the mask lets through.
                        false => unsafe { register.store_masked(to, mask) },
                    }
                }
            }
        }
    }
}
