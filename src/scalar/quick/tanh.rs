//! tanh x and the sigmoid from pairs of f32 and one division (chapter 4).
//!
//! # The division
//!
//! For a quotient of two pairs, n/d, take the reciprocal of d's head. The head of the quotient is
//! n's head times that, which is off in the last place or the one before. What is missing is
//! found by multiplying back: the remainder `n − head·d`, exact in its leading part, times the same
//! reciprocal.
//!
//! # tanh
//!
//! As the careful way has it, tanh x = t / (t + 2) with t = e²ˣ − 1, for |x|, and the sign put back.
//! From the pieces of e²ˣ = T + T·(r + w) follows t = (T − 1) + T·(r + w), where T − 1 is exact
//! unless it is so large that one unit does not matter. For small x it is 0, and no digit of t is
//! lost.
//!
//! Now the error is not a fixed share of the result. That of w is in proportion to r², and the result
//! may be small while r is not. So r² goes with it, and makes the e of the test.
//!
//! # sigmoid
//!
//! σ(x) = 1 / (1 + e⁻ˣ), as it is defined: within −69 and 69 nothing overflows. Its midpoints close
//! to 0, which the careful way has a case for, are in doubt here.

use super::exp::{NARROW, Pieces, Table, WIDE};
use crate::tensor::isa::{Compiled, Isa};
use crate::tensor::lookup::{Block, LEN};

/// a + b as a pair, for positive a and b.
#[inline(always)]
fn sum(a: f32, b: f32) -> (f32, f32) {
    let head = a + b;
    let (more, less) = if a > b { (a, b) } else { (b, a) };
    (head, (more - head) + less)
}

impl<const N: usize> Table<N> {
    #[inline(always)]
    fn tanh(
        &self,
        x: &[f32; LEN],
        low: &mut Block<f32>,
        high: &mut Block<f32>,
        compiled: Compiled,
    ) {
        /// Of the error of t to r², at most.
        const ERROR: f32 = 1.5 / 8_388_608.0;
        /// And all other errors, to t, in units of that.
        const OTHERS: f32 = 1.0 / 131_072.0;
        let mut square = Block::new();
        let (t_head, t_rest) = (&mut *low, &mut *high);
        self.pieces(
            compiled,
            #[inline(always)]
            |i| {
                // Where 1 − tanh x is below 10⁻⁸, tanh x is 1 in f32. A NaN stays one.
                let size = if 10.0 < x[i].abs() { 10.0 } else { x[i].abs() };
                2.0 * size
            },
            #[inline(always)]
            |i, Pieces { t, r, w, square: r_square }| {
                let t_1 = t - 1.0;
                t_head[i] = t.mul_add(r + w, t_1);
                t_rest[i] = t.mul_add(w, t.mul_add(r, t_1 - t_head[i]));
                square[i] = r_square;
            },
        );
        for i in 0..LEN {
            let (t, t_rest) = (low[i], high[i]);
            let (d, d_rest) = sum(t, 2.0);
            let reciprocal = 1.0 / d;
            let head = t * reciprocal;
            let remainder = (-head).mul_add(d, t) + t_rest;
            let remainder = (-head).mul_add(d_rest + t_rest, remainder);
            let error = t.mul_add(OTHERS, square[i]);
            let [below, above] = [-ERROR, ERROR].map(|e| error.mul_add(e, remainder));
            low[i] = below.mul_add(reciprocal, head).copysign(x[i]);
            high[i] = above.mul_add(reciprocal, head).copysign(x[i]);
        }
    }

    #[inline(always)]
    fn sigmoid(
        &self,
        x: &[f32; LEN],
        low: &mut Block<f32>,
        high: &mut Block<f32>,
        compiled: Compiled,
    ) {
        self.pieces(
            compiled,
            #[inline(always)]
            |i| -x[i],
            #[inline(always)]
            |i, pieces| (low[i], high[i]) = pieces.power(),
        );
        for i in 0..LEN {
            let (power, power_rest) = (low[i], high[i]);
            let (d, d_rest) = sum(power, 1.0);
            let head = 1.0 / d;
            let remainder = (-head).mul_add(d_rest + power_rest, (-head).mul_add(d, 1.0));
            (low[i], high[i]) = Self::ends(head, remainder * head);
            high[i] = if x[i].abs() < 69.0 { high[i] } else { f32::NAN };
        }
    }
}

by_instruction_set!(tanh);
by_instruction_set!(sigmoid);
