//! ln x as a pair of f32, from a table and a short polynomial (chapter 4).
//!
//! As in the careful way, x = m·2ᵏ. The interval of m is cut into N = 16 or 32, by the first bits of
//! its fraction, and for each there is a c close to 1/m, so that
//!
//! ```text
//! ln x = k·ln 2 − ln c + ln(1 + r)    with   r = m·c − 1,   |r| < 2⁻⁴ or 2⁻⁵
//! ```
//!
//! c has so few digits that r is exact: it is a multiple of the product of two last places, and
//! smaller than 2²⁴ of those. Around 1, c is 1 and nothing cancels: there r is all there is.
//!
//! ln 2 and each −ln c are split in two: a multiple of 2⁻¹⁶, and the rest. Then k·ln 2 − ln c is
//! exact in the heads, and
//!
//! ```text
//! ln x = head + (r + w)    with   w = tail + r²·q(r),    q(r) = −½ + r/3 − r²/4 + r³/5, about
//! ```
//!
//! where the sum is rounded and what it lost is found. The error is that of w: three roundings
//! of 2⁻²⁴ of r²/2 and the polynomial's own error, 2⁻²⁵·r² or less; and the tail's, that of its parts
//! and of its sum with the rest.

use crate::tensor::isa::{Compiled, Isa};
use crate::tensor::lookup::{Block, LEN, lookup};

/// (ln(1 + r) − r) / r² for |r| < 2⁻⁴·¹.
const Q: [f32; 4] = [-0.49999997, 0.33333322, -0.25019488, 0.20025061];

/// Of the error to r², at most.
const ERROR: f32 = 1.5 / 8_388_608.0;
/// How much more that is for the tail than for r².
const TAIL: f32 = 4.0;

/// ln 2 / 2²³ in two parts, for a k that stands where an exponent does.
const LN_2: [f32; 2] = {
    let (head, tail) = split(std::f64::consts::LN_2);
    [head / 8_388_608.0, tail / 8_388_608.0]
};

/// x as a multiple of 2⁻¹⁶, and the rest.
const fn split(x: f64) -> (f32, f32) {
    /// 1.5·2³⁶: of this size f64 are 2⁻¹⁶ apart.
    const ROUND: f64 = 103_079_215_104.0;
    let head = (x + ROUND) - ROUND;
    (head as f32, (x - head) as f32)
}

/// For each interval its c, and −ln c in two parts.
struct Table<const N: usize> {
    /// The bits of the least m.
    first: u32,
    inverses: [f32; N],
    heads: [f32; N],
    tails: [f32; N],
}

impl<const N: usize> Table<N> {
    const SHIFT: u32 = 23 - N.trailing_zeros();

    const fn new(first: u32, inverses: [f32; N], logarithms: [f64; N]) -> Self {
        let (mut heads, mut tails) = ([0.0; N], [0.0; N]);
        let mut i = 0;
        while i < N {
            (heads[i], tails[i]) = split(logarithms[i]);
            i += 1;
        }
        Self { first, inverses, heads, tails }
    }

    #[inline(always)]
    fn ln(&self, x: &[f32; LEN], low: &mut Block<f32>, high: &mut Block<f32>, compiled: Compiled) {
        let mut index = Block::new();
        for i in 0..LEN {
            index[i] = x[i].to_bits().wrapping_sub(self.first) >> Self::SHIFT;
        }
        let inverses = lookup(compiled, &self.inverses, &index);
        let heads = lookup(compiled, &self.heads, &index);
        let tails = lookup(compiled, &self.tails, &index);
        for i in 0..LEN {
            let bits = x[i].to_bits();
            let exponent = bits.wrapping_sub(self.first) & 0xff80_0000;
            let r = f32::from_bits(bits.wrapping_sub(exponent)).mul_add(inverses[i], -1.0);
            let k = exponent as i32 as f32;
            let head = k.mul_add(LN_2[0], heads[i]);
            let tail = k.mul_add(LN_2[1], tails[i]);
            let square = r * r;
            let q = r.mul_add(r.mul_add(r.mul_add(Q[3], Q[2]), Q[1]), Q[0]);
            let w = square.mul_add(q, tail);

            let sum = head + (r + w);
            let rest = ((head - sum) + r) + w;
            let error = tail.abs().mul_add(TAIL, square);
            low[i] = sum + error.mul_add(-ERROR, rest);
            // Positive, normal and finite: none that is has other bits between these.
            let inside = bits.wrapping_sub(0x0080_0000) < 0x7f00_0000;
            high[i] = if inside { sum + error.mul_add(ERROR, rest) } else { f32::NAN };
        }
    }
}

by_instruction_set!(ln);

static WIDE: Table<32> = Table::new(
    0x3f360000,
    [
        1.390625, 1.359375, 1.328125, 1.3125, 1.28125, 1.25, 1.234375, 1.203125, 1.1875, 1.15625,
        1.140625, 1.125, 1.109375, 1.078125, 1.0625, 1.046875, 1.03125, 1.015625, 1.0, 0.96875,
        0.9375, 0.9140625, 0.890625, 0.859375, 0.84375, 0.8203125, 0.796875, 0.78125, 0.765625,
        0.7421875, 0.7265625, 0.7109375,
    ],
    [
        -0.329753286372468,
        -0.3070250352949119,
        -0.2837681731306446,
        -0.27193371548364176,
        -0.24783616390458127,
        -0.22314355131420976,
        -0.21056476910734964,
        -0.184922338494012,
        -0.17185025692665923,
        -0.1451820098444979,
        -0.13157635778871926,
        -0.11778303565638346,
        -0.10379679368164356,
        -0.07522342123758753,
        -0.06062462181643484,
        -0.0458095360312942,
        -0.030771658666753687,
        -0.015504186535965254,
        0.0,
        0.0317486983145803,
        0.06453852113757118,
        0.08985632912186105,
        0.1158318155251217,
        0.15154989812720093,
        0.16989903679539747,
        0.1980699137620938,
        0.22705745063534608,
        0.24686007793152578,
        0.26706278524904525,
        0.29815337231907635,
        0.3194307707663612,
        0.34117075740276714,
    ],
);
static NARROW: Table<16> = Table::new(
    0x3f340000,
    [
        1.375, 1.34375, 1.28125, 1.21875, 1.1875, 1.15625, 1.09375, 1.0625, 1.03125, 1.0, 0.9375,
        0.890625, 0.84375, 0.796875, 0.765625, 0.71875,
    ],
    [
        -0.3184537311185346,
        -0.2954642128938359,
        -0.24783616390458127,
        -0.19782574332991987,
        -0.17185025692665923,
        -0.1451820098444979,
        -0.08961215868968714,
        -0.06062462181643484,
        -0.030771658666753687,
        0.0,
        0.06453852113757118,
        0.1158318155251217,
        0.16989903679539747,
        0.22705745063534608,
        0.26706278524904525,
        0.33024168687057687,
    ],
);
