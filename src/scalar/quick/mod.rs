//! A quicker way to the nearest f32, which notices where it is not good enough (chapter 4).
//!
//! The careful way computes in f64, with digits for the worst of 2³² arguments. Nearly all others
//! need far fewer. So most are found by less work, in f32, of which a register holds twice as many,
//! and a test tells for which that was too little. Those are computed again, the careful way. The
//! idea is Ziv's ("Fast evaluation of elementary mathematical functions with correctly rounded last
//! bit", 1991).
//!
//! # Pairs
//!
//! Results are pairs `head + rest`: an f32, and what is missing from it, another f32. A fused
//! multiply-add finds what an operation has lost:
//!
//! ```text
//! head = round(t·p + t)      lost: t·p − (head − t), where head − t is exact, and so in one step
//! head = round(a + b)        lost: (a − head) + b, exactly, if |a| ≥ |b|   (Dekker's Fast2Sum)
//! ```
//!
//! The first digits of a function come from a table, so what is left for the polynomial is small,
//! and an f32 will do for it: its 24 digits begin where the table's end.
//!
//! # The test
//!
//! If a pair is off by no more than e, then the true value lies between `head + (rest − e)` and
//! `head + (rest + e)`. Both are rounded to f32. If they are the same f32, so is everything between
//! them, since rounding keeps the order. If not, there is a midpoint between two f32 close by, and
//! nobody knows on which side of it the truth lies. What is outside of the range that a function's
//! quick way is made for is in doubt, too: there the second is NaN, which no number equals.
//!
//! A larger e than needed makes more doubt and no mistake; too small a one makes a mistake. Each e
//! here is close to a bound that its file works out. That no result is wrong does not rest on that,
//! but on `.ci/rounding`: it has tried all arguments, under each instruction set.

/// The quick way of a function, with the table that fits into the registers of an instruction set.
macro_rules! by_instruction_set {
    ($function:ident) => {
        #[inline(always)]
        pub(in crate::scalar) fn $function(
            x: &[f32; LEN],
            low: &mut Block<f32>,
            high: &mut Block<f32>,
            compiled: Compiled,
        ) {
            match compiled.isa() {
                Isa::Avx512 => WIDE.$function(x, low, high, compiled),
                _ => NARROW.$function(x, low, high, compiled),
            }
        }
    };
}

mod exp;
mod ln;
mod tanh;

use super::Scalar;
use crate::tensor::isa::{Compiled, Isa};
use crate::tensor::lookup::{Block, LEN};
pub(super) use exp::exp;
pub(super) use ln::ln;
pub(super) use tanh::{sigmoid, tanh};

/// How many numbers are computed again where one of them is in doubt.
const GROUP: usize = 16;

/// `careful` of each number, most of them by way of `quick`: two f32 for each number of a block, and
/// if they are the same, it is the one.
#[inline(always)]
pub(super) fn nearest(
    x: &[f32],
    out: &mut [f32],
    compiled: Compiled,
    careful: impl Fn(f32, bool) -> f32,
    quick: impl Fn(&[f32; LEN], &mut Block<f32>, &mut Block<f32>),
) {
    // Elsewhere no table is looked up in registers.
    if !matches!(compiled.isa(), Isa::Avx2 | Isa::Avx512) {
        return one_by_one(x, out, compiled, careful);
    }
    let (blocks, rest) = x.as_chunks();
    let (out_blocks, out_rest) = out.as_chunks_mut::<LEN>();
    let (mut low, mut high) = (Block::new(), Block::new());
    for (x, out) in blocks.iter().zip(out_blocks) {
        // ANCHOR: nearest
        quick(x, &mut low, &mut high);
        let groups = x.as_chunks::<GROUP>().0.iter().zip(out.as_chunks_mut::<GROUP>().0);
        let found = low.as_chunks::<GROUP>().0.iter().zip(high.as_chunks::<GROUP>().0);
        for ((x, out), (low, high)) in groups.zip(found) {
            let mut same = true;
            for i in 0..GROUP {
                same &= low[i] == high[i];
            }
            if same {
                *out = *low;
            } else {
                for i in 0..GROUP {
                    out[i] = careful(x[i], compiled.fma());
                }
            }
        }
        // ANCHOR_END: nearest
    }
    one_by_one(rest, out_rest, compiled, careful);
}

/// `function` of each number.
#[inline(always)]
pub(in crate::scalar) fn one_by_one<T: Scalar>(
    x: &[T],
    out: &mut [T],
    compiled: Compiled,
    function: impl Fn(T, bool) -> T,
) {
    // A closure for `for_each` would be too large to be inlined.
    for (out, &x) in out.iter_mut().zip(x) {
        *out = function(x, compiled.fma());
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, Compiled, GROUP, LEN, exp, ln, nearest, sigmoid, tanh};
    use crate::Rng;
    use crate::tensor::isa::{self, Isa};
    use std::cell::Cell;

    type Quick = fn(&[f32; LEN], &mut Block<f32>, &mut Block<f32>, Compiled);

    #[test]
    fn few_are_in_doubt() {
        let mut rng = Rng::new(3);
        let x: Vec<f32> = (0..100 * LEN).map(|_| rng.normal()).collect();
        let sizes: Vec<f32> = x.iter().map(|x| x.abs()).collect();
        let functions: [(Quick, &[f32], &str); 4] =
            [(exp, &x, "exp"), (ln, &sizes, "ln"), (tanh, &x, "tanh"), (sigmoid, &x, "sigmoid")];
        for isa in Isa::supported().filter(|isa| matches!(isa, Isa::Avx2 | Isa::Avx512)) {
            for (quick, x, name) in functions {
                let again = Cell::new(0);
                let careful = |x, _| {
                    again.set(again.get() + 1);
                    x
                };
                isa::with(isa, || {
                    isa::vectorize_with(|compiled| {
                        let quick =
                            |x: &_, low: &mut _, high: &mut _| quick(x, low, high, compiled);
                        nearest(x, &mut vec![0.0; x.len()], compiled, careful, quick);
                    });
                });
                let share = f64::from(again.get()) / x.len() as f64;
                println!("{name}, {isa}: {:.1} % of groups of {GROUP}", 100.0 * share);
                assert!(share > 0.0 && share < 0.1, "{name}, {isa}: {share}");
            }
        }
    }
}
