//! eˣ as a pair of f32, from a table and a short polynomial (chapter 4).
//!
//! As in [the careful way](crate::scalar), x is written as a multiple of a step and a small rest.
//! Here the step is not ln 2 but a 16th or a 32nd of it:
//!
//! ```text
//! x = n·(ln 2 / N) + r        eˣ = 2ᵏ · 2^(i/N) · eʳ    with   n = k·N + i,   0 ≤ i < N
//! ```
//!
//! The power 2^(i/N) is looked up. No f32 is exactly that, so beside the f32 P_i stands its tail, the
//! t with 2^(i/N) = P_i·eᵗ. ln 2 / N is split in two as well, `head` and `rest`. Its head has all 24
//! digits of an f32, and still r = x − n·head is exact: r is a multiple of the last place of x or of
//! `head`, and too small to need more than 24 of those. So
//!
//! ```text
//! eˣ = T · e^(r + l)     with  T = 2ᵏ·P_i,   l = t − n·rest
//!    = T + T·(r + w)     with  w = l + (r² + 2·r·l)·q(r),   q(r) = ½ + r/6 + r²/24, about
//! ```
//!
//! |r| is at most ln 2 / 2N, 2⁻⁵ or 2⁻⁶ of 1, so w is small, and an error in its last digit is far
//! behind the last of eˣ. r² + 2·r·l is off by two roundings, q by one, and the sum with l by one:
//! each is 2⁻²⁴ of r²/2 at most, together 2⁻²³·r².
//!
//! The pair's head is T + T·(r + w), rounded; its rest is what that lost, T·r − (head − T), and T·w.

use crate::tensor::isa::{Compiled, Isa};
use crate::tensor::lookup::{Block, LEN, lookup};

/// 2^(i/32)
const POWERS: [f64; 32] = [
    1.0,
    1.0218971486541166,
    1.0442737824274138,
    1.0671404006768237,
    1.0905077326652577,
    1.1143867425958924,
    1.1387886347566916,
    1.1637248587775775,
    1.189207115002721,
    1.215247359980469,
    1.241857812073484,
    1.2690509571917332,
    1.2968395546510096,
    1.3252366431597413,
    1.3542555469368927,
    1.383909881963832,
    std::f64::consts::SQRT_2,
    1.4451808069770467,
    1.4768261459394993,
    1.5091644275934228,
    1.5422108254079407,
    1.5759808451078865,
    1.6104903319492543,
    1.645755478153965,
    1.681792830507429,
    1.718619298122478,
    1.7562521603732995,
    1.7947090750031072,
    1.8340080864093424,
    1.8741676341103,
    1.9152065613971474,
    1.9571441241754002,
];

/// (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 32.
const Q: [f32; 3] = [0.5, 0.16667007, 0.04166766];

/// 1.5·2²³: adding it rounds an f32 to a whole number, which the sum has in its last bits.
const ROUND: f32 = 12_582_912.0;

/// Powers of 2 in steps of 1/N, and what goes with them.
pub(super) struct Table<const N: usize> {
    /// N / ln 2
    steps: f32,
    /// ln 2 / N, and what is missing from it.
    step: [f32; 2],
    /// 2^(i/N), less the i that will be added to its bits together with k.
    powers: [f32; N],
    tails: [f32; N],
}

/// The tables of the two instruction sets: one or two registers of 16, or two of 8.
pub(super) static WIDE: Table<32> = Table::new();
pub(super) static NARROW: Table<16> = Table::new();

/// The pieces of e^y = T + T·(r + w).
pub(super) struct Pieces {
    pub(super) t: f32,
    pub(super) r: f32,
    pub(super) w: f32,
    /// About r², to which the error of w is in proportion.
    pub(super) square: f32,
}

impl Pieces {
    /// e^y as head and rest.
    #[inline(always)]
    pub(super) fn power(&self) -> (f32, f32) {
        let &Pieces { t, r, w, .. } = self;
        let head = t.mul_add(r + w, t);
        (head, t.mul_add(w, t.mul_add(r, t - head)))
    }
}

impl<const N: usize> Table<N> {
    /// Where k begins in n, moved to where an exponent begins in an f32.
    const SHIFT: u32 = 23 - N.trailing_zeros();

    const fn new() -> Self {
        let step = std::f64::consts::LN_2 / N as f64;
        let (mut powers, mut tails) = ([0.0; N], [0.0; N]);
        let mut i = 0;
        while i < N {
            let exact = POWERS[i * (32 / N)];
            let power = exact as f32;
            powers[i] = f32::from_bits(power.to_bits() - ((i as u32) << Self::SHIFT));
            // ln(1 + missing), of which the third term is below 2⁻⁷⁵.
            let missing = (exact - power as f64) / power as f64;
            tails[i] = (missing - 0.5 * missing * missing) as f32;
            i += 1;
        }
        let step = [step as f32, (step - step as f32 as f64) as f32];
        Self { steps: (N as f64 * std::f64::consts::LOG2_E) as f32, step, powers, tails }
    }

    /// The pieces of e^y for each y, which is between −69 and 88 for them to be right.
    #[inline(always)]
    pub(super) fn pieces(
        &self,
        compiled: Compiled,
        y: impl Fn(usize) -> f32,
        mut take: impl FnMut(usize, Pieces),
    ) {
        // The bits of n + 1.5·2²³: n itself, as far as its last ones are concerned.
        let mut index = Block::new();
        for i in 0..LEN {
            index[i] = y(i).mul_add(self.steps, ROUND).to_bits();
        }
        let powers = lookup(compiled, &self.powers, &index);
        let tails = lookup(compiled, &self.tails, &index);
        for i in 0..LEN {
            let n = f32::from_bits(index[i]) - ROUND;
            let t = powers[i].to_bits().wrapping_add(index[i] << Self::SHIFT);
            let r = (-n).mul_add(self.step[0], y(i));
            let l = (-n).mul_add(self.step[1], tails[i]);
            let square = r * l.mul_add(2.0, r);
            let q = r.mul_add(r.mul_add(Q[2], Q[1]), Q[0]);
            let w = square.mul_add(q, l);
            take(i, Pieces { t: f32::from_bits(t), r, w, square });
        }
    }

    /// Two f32 with the true value between them, where a pair is off by what T·w is.
    ///
    /// That matters only close to a midpoint, and there the rest is half of the gap between two f32,
    /// at least 2⁻²⁵ of head. So the error 2⁻²³·r² is a share of the rest, at most 4·(ln 2 / 2N)².
    #[inline(always)]
    pub(super) fn ends(head: f32, rest: f32) -> (f32, f32) {
        let error = const { 0.5 / (N * N) as f32 };
        (rest.mul_add(1.0 - error, head), rest.mul_add(1.0 + error, head))
    }

    #[inline(always)]
    fn exp(&self, x: &[f32; LEN], low: &mut Block<f32>, high: &mut Block<f32>, compiled: Compiled) {
        self.pieces(
            compiled,
            #[inline(always)]
            |i| x[i],
            #[inline(always)]
            |i, pieces| {
                let (head, rest) = pieces.power();
                (low[i], high[i]) = Self::ends(head, rest);
                // Subnormal numbers are slow, and those of the rest begin here; beyond 88, infinity.
                high[i] = if (x[i] > -69.0) & (x[i] < 88.0) { high[i] } else { f32::NAN };
            },
        );
    }
}

by_instruction_set!(exp);
