//! The fast engine is held to its plain reference, bit for bit.
//!
//! Each product runs under every instruction set that this machine has, on 1, 2, 3 and 5 threads,
//! and with or without what C held before.

use longhand::tensor::gemm::{
    Im2col, Matrix, MatrixMut, fma_peak, im2col_matmul, matmul, matmul_im2col, reference,
};
use longhand::tensor::isa::{self, Isa};
use longhand::tensor::threads;
use longhand::{Rng, Scalar};
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// A number's bits; all NaNs are one.
trait Bits: Scalar {
    type Word: PartialEq + Debug;
    fn word(self) -> Self::Word;
}

impl Bits for f32 {
    type Word = u32;
    fn word(self) -> u32 {
        if self.is_nan() { u32::MAX } else { self.to_bits() }
    }
}

impl Bits for f64 {
    type Word = u64;
    fn word(self) -> u64 {
        if self.is_nan() { u64::MAX } else { self.to_bits() }
    }
}

/// How a factor lies in memory.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Layout {
    Rows,
    Columns,
    /// Rows with gaps between them.
    Gaps,
    /// Neither rows nor columns in one run.
    Scattered,
}

const LAYOUTS: [Layout; 4] = [Layout::Rows, Layout::Columns, Layout::Gaps, Layout::Scattered];

fn numbers<T: Scalar>(count: usize, rng: &mut Rng) -> Vec<T> {
    (0..count).map(|_| rng.uniform_in(-T::ONE, T::ONE)).collect()
}

fn view<T: Scalar>(data: &[T], rows: usize, cols: usize, layout: Layout) -> Matrix<'_, T> {
    match layout {
        Layout::Rows => Matrix::new(data, rows, cols),
        Layout::Columns => Matrix::new(data, cols, rows).t(),
        Layout::Gaps => Matrix::strided(&data[1..], rows, cols, cols + 3, 1),
        Layout::Scattered => Matrix::strided(data, rows, cols, 2 * cols + 1, 2),
    }
}

/// Enough numbers for a matrix in any layout.
fn room(rows: usize, cols: usize) -> usize {
    (rows + 1) * (2 * cols + 4)
}

/// Under every instruction set of this machine: says which are left out, once.
fn instruction_sets() -> Vec<Isa> {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        for isa in Isa::ALL.into_iter().filter(|isa| !isa.is_supported()) {
            println!("note: this processor does not have {isa}: not tested");
        }
    });
    Isa::supported().collect()
}

/// A product, and what is right.
struct Case<'a, T> {
    a: Matrix<'a, T>,
    b: Matrix<'a, T>,
    before: &'a [T],
    gap: usize,
    /// By the reference: without and with what C held before.
    expected: [Vec<T>; 2],
}

impl<'a, T: Bits> Case<'a, T> {
    fn new(a: Matrix<'a, T>, b: Matrix<'a, T>, before: &'a [T], gap: usize) -> Self {
        let (m, n) = (a.rows(), b.cols());
        let expected = [false, true].map(|accumulate| {
            let mut c = before.to_vec();
            reference(a, b, accumulate, MatrixMut::strided(&mut c, m, n, n + gap));
            c
        });
        Self { a, b, before, gap, expected }
    }

    /// `multiply` agrees with the reference, and leaves the gaps between C's rows alone.
    #[track_caller]
    fn check(&self, what: &str, multiply: impl Fn(bool, MatrixMut<T>)) {
        let (m, n) = (self.a.rows(), self.b.cols());
        for accumulate in [false, true] {
            let mut found = self.before.to_vec();
            multiply(accumulate, MatrixMut::strided(&mut found, m, n, n + self.gap));
            let expected = &self.expected[usize::from(accumulate)];
            for (i, (expected, found)) in expected.iter().zip(&found).enumerate() {
                assert!(
                    expected.word() == found.word(),
                    "{what}, {m}×{}×{n} of {}, accumulate {accumulate}: at ({}, {}) \
                     {found:?}, not {expected:?}",
                    self.a.cols(),
                    T::NAME,
                    i / (n + self.gap).max(1),
                    i % (n + self.gap).max(1),
                );
            }
        }
    }
}

/// One product in the given layouts, everywhere.
fn product<T: Bits>(
    (m, k, n): (usize, usize, usize),
    (left, right): (Layout, Layout),
    isas: &[Isa],
    counts: &[usize],
) {
    let rng = &mut Rng::new((m * 10_007 + k * 101 + n) as u64);
    let (a, b) = (numbers::<T>(room(m, k), rng), numbers::<T>(room(k, n), rng));
    let before = numbers::<T>(m * (n + 2), rng);
    let gap = if left == Layout::Gaps { 2 } else { 0 };
    let case = Case::new(view(&a, m, k, left), view(&b, k, n, right), &before, gap);
    for &isa in isas {
        for &count in counts {
            case.check(
                &format!("{isa}, {count} threads, {left:?} by {right:?}"),
                |accumulate, c| {
                    isa::with(isa, || {
                        threads::with(count, || matmul(case.a, case.b, accumulate, c));
                    });
                },
            );
        }
    }
}

#[test]
fn small_sizes_all_of_them() {
    let isas = instruction_sets();
    for m in 0..=20 {
        for n in 0..=20 {
            for k in [0, 1, 2, 7, 8, 20] {
                let layouts =
                    (LAYOUTS[(m + n + k) % 4], LAYOUTS[(m + 3 * n + k / 2 + (m * n) % 3) % 4]);
                product::<f32>((m, k, n), layouts, &isas, &[1]);
                product::<f64>((m, k, n), layouts, &isas, &[1]);
            }
        }
    }
}

#[test]
fn every_layout() {
    for size in [
        (5, 9, 3),
        (13, 17, 34),
        (25, 31, 67),
        (101, 300, 35),
        (1, 70, 80),
        (80, 70, 1),
        (3, 37, 70),
        (75, 40, 4),
    ] {
        for left in LAYOUTS {
            for right in LAYOUTS {
                product::<f32>(size, (left, right), &instruction_sets(), &[1]);
                product::<f64>(size, (left, right), &instruction_sets(), &[1]);
            }
        }
    }
}

/// Around the edges of tiles, strips and blocks; primes; long and thin ones; outer products.
#[rustfmt::skip]
const AWKWARD: [(usize, usize, usize); 46] = [
    (12, 256, 16), (13, 257, 17), (96, 64, 33), (97, 65, 31), (193, 513, 65), (211, 127, 199),
    (64, 64, 64), (128, 128, 128), (6, 1000, 64), (7, 1000, 65), (17, 517, 129), (50, 50, 50),
    (1, 50, 50), (1, 1025, 515), (2, 700, 301), (3, 129, 513), (515, 1025, 1), (1031, 50, 1),
    (50, 2003, 1), (1009, 300, 2), (1201, 90, 7), (1009, 1, 50), (1, 1, 2000), (3001, 784, 10),
    (20, 25, 2304), (10, 64, 500),
    // A B of 32,000 bytes in `f32`, which is read where it lies, and one that is larger.
    (131, 40, 200), (131, 41, 200), (301, 3, 77),
    // Columns that are transposed: fewer than a register, and shorter; by chunks of 32 rows.
    (1, 154, 6), (1, 5, 154), (2572, 4, 4), (3, 33, 70), (40, 65, 9),
    // A few rows by columns that are transposed, and a B of more pages than are kept in mind.
    (2, 300, 67), (4, 130, 41), (67, 200, 3), (4, 1030, 1025), (6, 520, 1100), (4, 3000, 5),
    (3, 6000, 2),
    // More short columns than the caches hold, and a number of them that is no multiple.
    (1, 100, 3001),
    (3001, 100, 1),
    // An outer product wider than a strip, and taller than a band.
    (37, 1, 333),
    // A B that is larger than the first-level cache, and not packed for so few rows of A.
    (20, 601, 33),
    // Narrow, and so deep that the depth is cut nevertheless.
    (97, 4200, 40),
];

#[test]
fn awkward_sizes_on_any_number_of_threads() {
    let isas: Vec<_> = instruction_sets().into_iter().filter(|&isa| isa != Isa::Portable).collect();
    for (i, size) in AWKWARD.into_iter().enumerate() {
        for layouts in [
            (Layout::Rows, Layout::Rows),
            (Layout::Columns, Layout::Rows),
            (Layout::Rows, Layout::Columns),
            (LAYOUTS[i % 4], LAYOUTS[i / 4 % 4]),
        ] {
            product::<f32>(size, layouts, &isas, &[1, 2, 3, 5]);
        }
        product::<f64>(size, (LAYOUTS[i % 4], LAYOUTS[(i + 1) % 4]), &isas, &[1, 2]);
    }
}

#[test]
fn awkward_sizes_without_vector_instructions() {
    for (i, size) in AWKWARD.into_iter().enumerate() {
        let layouts = (LAYOUTS[i % 4], LAYOUTS[(i / 2) % 4]);
        product::<f32>(size, layouts, &[Isa::Portable], &[3]);
        product::<f64>(size, layouts, &[Isa::Portable], &[2]);
    }
}

#[test]
fn not_a_number_infinity_and_minus_zero() {
    let special = [f32::NAN, f32::INFINITY, -f32::INFINITY, -0.0, 0.0, 1e-45, f32::MAX, -1.5];
    for (m, k, n) in [(1, 3, 9), (5, 1, 5), (7, 4, 23), (40, 70, 90), (33, 2, 1)] {
        let rng = &mut Rng::new(m as u64);
        let mut pick = |count: usize| -> Vec<f32> {
            (0..count).map(|_| special[rng.below(special.len())]).collect()
        };
        let (a, b, before) = (pick(m * k), pick(k * n), pick(m * n));
        let case = Case::new(Matrix::new(&a, m, k), Matrix::new(&b, k, n), &before, 0);
        for isa in instruction_sets() {
            case.check(isa.name(), |accumulate, c| {
                isa::with(isa, || matmul(case.a, case.b, accumulate, c));
            });
        }
    }
}

/// A NaN or an infinity in one row, or beside C in memory, does not leak into another.
#[test]
fn what_is_not_multiplied_does_not_matter() {
    let (m, k, n) = (14, 40, 21);
    let mut a = vec![1.0_f32; m * k];
    a[3 * k + 5] = f32::NAN;
    let b = vec![f32::MAX; k * n];
    let mut c = vec![0.0; m * n];
    matmul(Matrix::new(&a, m, k), Matrix::new(&b, k, n), false, MatrixMut::new(&mut c, m, n));
    for (i, row) in c.chunks(n).enumerate() {
        assert!(row.iter().all(|x| if i == 3 { x.is_nan() } else { *x == f32::INFINITY }));
    }
}

#[test]
fn a_transposed_product_is_the_product_of_the_transposes() {
    for (m, k, n) in [(70, 300, 41), (1, 99, 1000), (9, 800, 7)] {
        let rng = &mut Rng::new(7);
        let (a, b) = (numbers::<f32>(m * k, rng), numbers::<f32>(k * n, rng));
        let (a, b) = (Matrix::new(&a, m, k), Matrix::new(&b, k, n));
        let (mut c, mut ct) = (vec![0.0; m * n], vec![0.0; m * n]);
        matmul(a, b, false, MatrixMut::new(&mut c, m, n));
        matmul(b.t(), a.t(), false, MatrixMut::new(&mut ct, n, m));
        for i in 0..m {
            for j in 0..n {
                assert_eq!(c[i * n + j].to_bits(), ct[j * m + i].to_bits());
            }
        }
    }
}

/// A row of the product does not depend on which other rows are computed with it.
#[test]
fn a_batch_is_its_examples() {
    let (m, k, n) = (67, 784, 30);
    let rng = &mut Rng::new(8);
    let (a, b) = (numbers::<f32>(m * k, rng), numbers::<f32>(k * n, rng));
    let b = Matrix::new(&b, k, n);
    let mut all = vec![0.0; m * n];
    matmul(Matrix::new(&a, m, k), b, false, MatrixMut::new(&mut all, m, n));
    for (a, expected) in a.chunks(k).zip(all.chunks(n)) {
        let mut c = vec![0.0; n];
        matmul(Matrix::new(a, 1, k), b, false, MatrixMut::new(&mut c, 1, n));
        assert_eq!(c, expected);
    }
}

/// Adds A·B over places `[down, across]` to `c`, in chains: of whole rows of places, or of parts of
/// one.
fn add_in_chains(
    a: Matrix<f32>,
    b: Matrix<f32>,
    [down, across]: [usize; 2],
    chain: usize,
    c: &mut [f32],
) {
    let (rows, cols) = (a.rows(), b.cols());
    let (high, wide) = ((chain / across).max(1), across.min(chain));
    for i in (0..down).step_by(high) {
        for j in (0..across).step_by(wide) {
            let last = (i + high).min(down) - 1;
            let places = i * across + j..last * across + (j + wide).min(across);
            let mut sum = vec![0.0; rows * cols];
            let (a, b) = (a.block(0..rows, places.clone()), b.block(places, 0..cols));
            reference(a, b, false, MatrixMut::new(&mut sum, rows, cols));
            c.iter_mut().zip(&sum).for_each(|(c, x)| *c += x);
        }
    }
}

/// The columns of an image, on the right and on the left: wide and narrow, with steps of more than
/// one, with registers that reach back, and deeper than a block.
#[test]
fn an_image_shifted() {
    let cases = [
        // rows of the factor, places down and across, strides down and across, the other's size
        (25, [24, 24], [28, 1], 20),
        (25, [24, 24], [28, 1], 5),
        (25, [3, 12], [16, 1], 7),
        (25, [3, 12], [16, 1], 40),
        (500, [8, 8], [12, 1], 50),
        (300, [5, 17], [40, 2], 3),
        (9, [1, 5], [9, 1], 1),
        (13, [20, 130], [140, 1], 33),
        (9, [3, 300], [310, 1], 20),
        (7, [2, 600], [1250, 2], 5),
        (4, [0, 7], [9, 1], 3),
        (0, [4, 7], [9, 1], 3),
    ];
    for (rows, [down, across], [step, stride], other) in cases {
        let rng = &mut Rng::new(9);
        let image = numbers::<f32>(4000 + down * step, rng);
        let begins: Vec<usize> = (0..rows).map(|_| rng.below(1000)).collect();
        let shifted = Im2col::new(&image, &begins, [down, across], [step, stride]);
        let places = down * across;
        // Written down, to be multiplied as a matrix.
        let mut written = vec![0.0; rows * places];
        for (i, to) in written.iter_mut().enumerate() {
            *to = shifted.at(i / places, i % places);
        }
        let written = Matrix::new(&written, rows, places);

        let (a, before) = (numbers(other * rows, rng), numbers(other * places, rng));
        let a = Matrix::new(&a, other, rows);
        let on_the_right = Case::new(a, written, &before, 0);
        for isa in instruction_sets() {
            for count in [1, 3] {
                on_the_right.check(isa.name(), |accumulate, c| {
                    isa::with(isa, || {
                        threads::with(count, || matmul_im2col(a, shifted, accumulate, c));
                    });
                });
            }
        }
        let (b, before) = (numbers(places * other, rng), numbers(rows * other, rng));
        for b in [Matrix::new(&b, places, other), Matrix::new(&b, other, places).t()] {
            for (chain, accumulate) in [(64, false), (64, true), (7, true), (999, false)] {
                let mut expected = before.clone();
                if !accumulate {
                    expected.fill(0.0);
                }
                add_in_chains(written, b, [down, across], chain, &mut expected);
                for isa in instruction_sets() {
                    for count in [1, 3] {
                        let mut found = before.clone();
                        let c = MatrixMut::new(&mut found, rows, other);
                        isa::with(isa, || {
                            threads::with(count, || {
                                im2col_matmul(shifted, b, chain, accumulate, c)
                            });
                        });
                        assert!(expected == found, "{isa}, {rows} rows, {down}×{across}, {chain}");
                    }
                }
            }
        }
    }
}

/// The loop that is said to be the limit of every product is not slower than a product: neither
/// taken apart by the compiler nor called anew for every number, which made it sixty times slower.
/// Whoever else is at work slows down now the one, now the other: they take turns, and the best of
/// each counts, until it shows.
#[test]
fn no_product_passes_the_peak() {
    const N: usize = 64;
    let a = numbers::<f32>(N * N, &mut Rng::new(12));
    let mut c = vec![0.0; N * N];
    for isa in instruction_sets() {
        isa::with(isa, || {
            assert_eq!(fma_peak::<f32>(7), 7 * fma_peak::<f32>(1));
            // Work for about as long as the product.
            let links = (2 * N * N * N).div_ceil(fma_peak::<f32>(1));
            let (mut product, mut peak) = (0.0_f64, 0.0_f64);
            let shown = (1..=10_000).any(|turn| {
                let start = Instant::now();
                let square = Matrix::new(&a, N, N);
                threads::with(1, || matmul(square, square, false, MatrixMut::new(&mut c, N, N)));
                product = product.max((2 * N * N * N) as f64 / start.elapsed().as_secs_f64());
                let start = Instant::now();
                let operations = fma_peak::<f32>(links) as f64;
                peak = peak.max(operations / start.elapsed().as_secs_f64());
                turn >= 200 && peak > 0.5 * product
            });
            assert!(shown, "{isa}: peak {peak:.3e}, product {product:.3e}");
        });
    }
}

#[test]
fn shapes_that_do_not_fit() {
    let numbers = [0.0_f32; 12];
    let refused = |f: &dyn Fn()| {
        let panic = catch_unwind(AssertUnwindSafe(f)).expect_err("no panic");
        panic.downcast_ref::<String>().cloned().expect("a message")
    };
    let (a, b) = (Matrix::new(&numbers, 3, 4), Matrix::new(&numbers, 3, 2));
    let message = refused(&|| matmul(a, b, false, MatrixMut::new(&mut [0.0; 6], 3, 2)));
    assert_eq!(message, "cannot multiply 3×4 by 3×2 into 3×2");
    let message = refused(&|| matmul(a.t(), b, false, MatrixMut::new(&mut [0.0; 6], 3, 2)));
    assert_eq!(message, "cannot multiply 4×3 by 3×2 into 3×2");
    assert!(refused(&|| _ = Matrix::new(&numbers, 4, 4)).contains("does not fit"));
    assert!(refused(&|| _ = Matrix::strided(&numbers, 2, 2, usize::MAX, 1)).contains("fit"));
    assert!(refused(&|| _ = MatrixMut::strided(&mut [0.0_f32; 9], 3, 3, 2)).contains("stride"));
    assert!(refused(&|| _ = a.block(0..4, 0..1)).contains("3×4"));
    let message = refused(&|| _ = Im2col::new(&numbers, &[0, 5], [2, 3], [5, 1]));
    assert_eq!(
        message,
        "2×3 places with strides 5 and 1, the last row from 5 on, do not fit into 12 elements"
    );
    for begins in [&[0][..], &[]] {
        let message = refused(&|| _ = Im2col::new(&numbers, begins, [usize::MAX; 2], [0, 0]));
        assert!(message.contains("do not fit"), "{message}");
    }
    let image = Im2col::new(&numbers, &[0, 4], [2, 3], [5, 1]);
    let message = refused(&|| matmul_im2col(a, image, false, MatrixMut::new(&mut [0.0; 18], 3, 6)));
    assert_eq!(message, "cannot multiply 3×4 by 2×6 into 3×6");
}

#[test]
fn callers_at_the_same_time() {
    let (m, k, n) = (90, 120, 110);
    let rng = &mut Rng::new(10);
    let (a, b) = (numbers::<f32>(m * k, rng), numbers::<f32>(k * n, rng));
    let (a, b) = (Matrix::new(&a, m, k), Matrix::new(&b, k, n));
    let mut expected = vec![0.0; m * n];
    reference(a, b, false, MatrixMut::new(&mut expected, m, n));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                threads::with(2, || {
                    for _ in 0..200 {
                        let mut c = vec![0.0; m * n];
                        matmul(a, b, false, MatrixMut::new(&mut c, m, n));
                        assert_eq!(c, expected);
                    }
                });
            });
        }
    });
}

#[test]
fn the_instruction_set_reaches_the_workers() {
    for isa in instruction_sets() {
        isa::with(isa, || {
            threads::with(3, || {
                threads::parallel(30, |_| {
                    assert_eq!(isa::current(), isa);
                    std::thread::sleep(std::time::Duration::from_micros(50));
                });
            });
        });
    }
}

#[test]
fn variables_that_make_no_sense() {
    assert_eq!(Isa::choose(Some("portable")).unwrap(), Isa::Portable);
    assert_eq!(Isa::choose(None).unwrap(), Isa::supported().max().unwrap());
    let error = Isa::choose(Some("sse9")).unwrap_err().to_string();
    assert!(error.starts_with("LONGHAND_ISA: found \"sse9\", expected one of portable"), "{error}");
    assert!(error.contains("help: "), "{error}");
    for isa in Isa::ALL.into_iter().filter(|isa| !isa.is_supported()) {
        let error = Isa::choose(Some(isa.name())).unwrap_err().to_string();
        assert!(error.contains("that this processor has: portable"), "{error}");
    }

    assert_eq!(threads::choose(Some("3")).unwrap(), 3);
    assert!(threads::choose(None).unwrap() >= 1);
    for value in ["0", "-1", "two", "", "257", "1.5", "99999999999999999999"] {
        let error = threads::choose(Some(value)).unwrap_err().to_string();
        let expected = format!(
            "LONGHAND_THREADS: found {value:?}, expected a whole number from 1 to 256\n  \
             help: unset it, and every processor is used"
        );
        assert_eq!(error, expected);
    }
}
