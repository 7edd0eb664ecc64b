//! Holds the mathematics of `src/scalar`: accuracy, limits, and the same bits everywhere.
//!
//! f32 gives the nearest value, always: a hash of every 9,973rd result is that of true values from
//! outside, which `.ci/rounding` compared with all 2³² results. f64 is measured against true values
//! from mpmath (`tests/golden/scalar/golden.py` makes them); its bounds below are the largest errors
//! measured, rounded up.

use longhand::tensor::isa::{self, Isa};
use longhand::{Scalar, Tensor};
use std::hint::black_box;

/// The bounds for f64, in ulp.
const EXP: f64 = 0.72;
const LN: f64 = 0.79;
const TANH: f64 = 1.30;
const SIGMOID: f64 = 1.40;

/// The gap between `x` and the next f64 away from zero.
fn ulp_f64(x: f64) -> f64 {
    let x = x.abs().min(f64::MAX.next_down());
    x.next_up() - x
}

/// Where the hash FNV-1a begins.
const FNV: u64 = 0xcbf2_9ce4_8422_2325;

/// One step of it.
fn fnv(hash: u64, word: u64) -> u64 {
    (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3)
}

/// FNV-1a, folded over the results for every 9,973rd f32, as a tensor of them gives them: the same
/// under every instruction set, with a fused multiply-add and without.
fn sample(function: impl Fn(&Tensor<f32>) -> Tensor<f32>) -> u64 {
    let x: Vec<f32> = (0..=u32::MAX).step_by(9_973).map(f32::from_bits).collect();
    let x = Tensor::vector(&x);
    let hashes = Isa::supported().map(|isa| {
        let results = isa::with(isa, || function(&x));
        results.data().iter().fold(FNV, |hash, x| fnv(hash, x.to_bits().into()))
    });
    let hashes: Vec<u64> = hashes.collect();
    assert!(hashes.iter().all(|hash| *hash == hashes[0]), "{hashes:#018x?}");
    hashes[0]
}

#[test]
fn f32_gives_the_nearest_value() {
    let table = include_str!("golden/scalar/rounding.txt");
    let mut functions = 0;
    for line in table.lines().skip(1) {
        let [name, wrong, _, hash] = line.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("four columns, not {line:?}");
        };
        let found = match name {
            "exp" => sample(Tensor::exp),
            "ln" => sample(Tensor::ln),
            "tanh" => sample(Tensor::tanh),
            "sigmoid" => sample(Tensor::sigmoid),
            _ => panic!("no function {name}"),
        };
        assert_eq!((wrong, format!("{found:#018x}").as_str()), ("0", hash), "{name}");
        functions += 1;
    }
    assert_eq!(functions, 4);
}

#[test]
fn a_slice_of_any_length_has_the_results_of_its_numbers() {
    let mut rng = longhand::Rng::new(9);
    let mut numbers: Vec<f32> = (0..300).map(|_| 3.0 * rng.normal::<f32>()).collect();
    // Such as a quick way is not made for, among others that it is.
    let extremes = [f32::NAN, f32::INFINITY, -f32::INFINITY, 0.0, -0.0, 1e-42, -100.0, 100.0, 1e30];
    extremes.into_iter().enumerate().for_each(|(i, x)| numbers[7 + 29 * i] = x);
    type Functions = (fn(&Tensor<f32>) -> Tensor<f32>, fn(f32) -> f32);
    let functions: [Functions; 4] = [
        (Tensor::exp, Scalar::exp),
        (Tensor::ln, Scalar::ln),
        (Tensor::tanh, Scalar::tanh),
        (Tensor::sigmoid, Scalar::sigmoid),
    ];
    for (of_all, of_one) in functions {
        let expected: Vec<u32> = numbers.iter().map(|&x| of_one(x).to_bits()).collect();
        for isa in Isa::supported() {
            for len in 0..=numbers.len() {
                let found = isa::with(isa, || of_all(&Tensor::vector(&numbers[..len])));
                let found: Vec<u32> = found.data().iter().map(|x| x.to_bits()).collect();
                assert_eq!(found, expected[..len], "{len} numbers, {isa}");
            }
        }
    }
}

#[test]
fn f32_at_the_worst_cases() {
    // The arguments whose results lie closest to a midpoint between two f32, by mpmath.
    type Function = fn(f32) -> f32;
    let worst: [(Function, u32, u32); 14] = [
        (Scalar::exp, 0xc169_12cd, 0x34fd_331b),
        (Scalar::exp, 0xbbf0_edf1, 0x3f7e_1fe9),
        (Scalar::exp, 0xc2b2_e798, 0x000f_6dce),
        (Scalar::ln, 0x65d8_90d3, 0x4254_d1f9),
        (Scalar::ln, 0x4c5d_65a5, 0x418f_034b),
        (Scalar::ln, 0x4d60_4ebe, 0x419a_352c),
        (Scalar::ln, 0x4117_8feb, 0x400f_e5e7),
        (Scalar::tanh, 0x3ac3_7de2, 0x3ac3_7dd9),
        (Scalar::tanh, 0x3eee_0566, 0x3ede_3cbe),
        (Scalar::tanh, 0x3cd4_1b91, 0x3cd4_0f70),
        (Scalar::sigmoid, 0xb380_0000, 0x3f00_0000),
        (Scalar::sigmoid, 0x3400_0000, 0x3f00_0000),
        (Scalar::sigmoid, 0xba92_8601, 0x3eff_db5f),
        (Scalar::sigmoid, 0x3d21_bc81, 0x3f02_86dc),
    ];
    for (function, x, expected) in worst {
        let found = function(f32::from_bits(x));
        assert_eq!(found.to_bits(), expected, "{found:e} at {x:#010x}");
    }
}

/// Holds f64 to `bound` on a table of arguments, results and their remainders in ulp.
fn hold_f64(name: &str, table: &str, bound: f64, function: fn(f64) -> f64) {
    let (mut worst, mut points) = ((0.0, 0.0), 0);
    for line in table.lines() {
        let mut columns = line.split(' ');
        let mut next = || columns.next().expect("three columns");
        let x = f64::from_bits(u64::from_str_radix(next(), 16).unwrap());
        let y = f64::from_bits(u64::from_str_radix(next(), 16).unwrap());
        let rest: f64 = next().parse().unwrap();
        let found = function(x);
        let error = if y.is_infinite() || y == 0.0 && rest == 0.0 {
            assert_eq!(found.to_bits(), y.to_bits(), "{name}({x:e})");
            0.0
        } else {
            ((found - y) / ulp_f64(y) - rest).abs()
        };
        if error > worst.0 || error.is_nan() {
            worst = (error, x);
        }
        points += 1;
    }
    let (error, x) = worst;
    println!("{name} f64: {error:.3} ulp at {x:e}, {points} points");
    assert!(points > 1000, "{name}: {points} points");
    assert!(error <= bound, "{name}({x:e}) is off by {error} ulp, bound {bound}");
}

#[test]
fn f64_stays_within_its_bounds() {
    hold_f64("exp", include_str!("golden/scalar/exp.txt"), EXP, Scalar::exp);
    hold_f64("ln", include_str!("golden/scalar/ln.txt"), LN, Scalar::ln);
    hold_f64("tanh", include_str!("golden/scalar/tanh.txt"), TANH, Scalar::tanh);
    hold_f64("sigmoid", include_str!("golden/scalar/sigmoid.txt"), SIGMOID, Scalar::sigmoid);
}

/// `$body` for both types, with `$t` standing for the type.
macro_rules! both {
    ($t:ident => $body:block) => {{
        {
            type $t = f32;
            $body
        }
        {
            type $t = f64;
            $body
        }
    }};
}

#[test]
fn limits() {
    both!(T => {
        let same = |found: T, expected: T| {
            assert_eq!(found.to_bits(), expected.to_bits(), "{found:e}, expected {expected:e}");
        };
        let infinity = T::INFINITY;
        let tiny = T::from_bits(1);

        same(Scalar::exp(0.0 as T), 1.0);
        same(Scalar::exp(-0.0 as T), 1.0);
        same(Scalar::exp(tiny), 1.0);
        same(Scalar::exp(infinity), infinity);
        same(Scalar::exp(-infinity), 0.0);
        same(Scalar::exp(T::MAX), infinity);
        same(Scalar::exp(-T::MAX), 0.0);

        same(Scalar::ln(1.0 as T), 0.0);
        same(Scalar::ln(0.0 as T), -infinity);
        same(Scalar::ln(-0.0 as T), -infinity);
        same(Scalar::ln(infinity), infinity);
        for negative in [-tiny, -1.0, -T::MAX, -infinity] {
            same(Scalar::ln(negative), T::NAN);
        }

        same(Scalar::tanh(infinity), 1.0);
        same(Scalar::tanh(-T::MAX), -1.0);
        for small in [0.0, tiny, T::MIN_POSITIVE, 1e-30] {
            same(Scalar::tanh(small), small);
            same(Scalar::tanh(-small), -small);
        }

        same((0.0 as T).sigmoid(), 0.5);
        same((-0.0 as T).sigmoid(), 0.5);
        same(infinity.sigmoid(), 1.0);
        same(T::MAX.sigmoid(), 1.0);
        same((-infinity).sigmoid(), 0.0);
        same((-90.0 as T).sigmoid(), Scalar::exp(-90.0 as T));

        // Whatever NaN comes in, the one canonical NaN goes out.
        for nan in [T::NAN, -T::NAN, T::from_bits(T::INFINITY.to_bits() + 5)] {
            for function in [Scalar::exp, Scalar::ln, Scalar::tanh, Scalar::sigmoid] {
                same(function(nan), T::NAN);
            }
        }
    });
}

#[test]
fn thresholds_of_exp() {
    // The largest x with a finite result, and the smallest with one above zero; mpmath's exp on
    // either side rounds so.
    assert!(Scalar::exp(88.72283_f32).is_finite());
    assert_eq!(Scalar::exp(88.72284_f32), f32::INFINITY);
    assert_eq!(Scalar::exp(-103.97208_f32), f32::from_bits(1));
    assert_eq!(Scalar::exp(-103.972084_f32), 0.0);
    assert!(Scalar::exp(709.782712893384_f64).is_finite());
    assert_eq!(Scalar::exp(709.7827128933841_f64), f64::INFINITY);
    assert_eq!(Scalar::exp(-745.1332191019411_f64), f64::from_bits(1));
    assert_eq!(Scalar::exp(-745.1332191019412_f64), 0.0);
}

#[test]
fn tanh_is_odd_and_sigmoid_mirrors() {
    for i in 0..100_000 {
        let x = i as f32 * 2.3e-4;
        assert_eq!(Scalar::tanh(-x).to_bits(), (-Scalar::tanh(x)).to_bits());
        // σ(x) + σ(−x) = 1 up to the rounding of three numbers below 1.
        assert!((x.sigmoid() + (-x).sigmoid() - 1.0).abs() <= f32::EPSILON, "{x}");
    }
}

/// FNV-1a, folded over the bytes of a result.
fn fold(hash: u64, bits: u64) -> u64 {
    bits.to_le_bytes().iter().fold(hash, |hash, &byte| fnv(hash, byte.into()))
}

/// The same function twice: in a loop that vectorises, and one call at a time. One checksum.
macro_rules! checksum {
    ($t:ident, $name:ident, $points:expr) => {{
        let mut results = $points.to_vec();
        for x in &mut results {
            *x = Scalar::$name(*x);
        }
        let mut hash = FNV;
        for (x, y) in $points.iter().zip(&results) {
            let alone = Scalar::$name(black_box(*x));
            assert_eq!(alone.to_bits(), y.to_bits(), "{}({x:e})", stringify!($name));
            hash = fold(hash, u64::from(y.to_bits()));
        }
        hash
    }};
}

#[test]
fn the_same_bits_on_every_machine() {
    // All magnitudes by their bits, both signs, subnormals, infinities and NaN; then −21 to 21.
    let near = || (-30_000..30_000).map(|i| f64::from(i) * 0.0007);
    let narrow = (0..=u32::MAX).step_by(65_521).map(f32::from_bits);
    let narrow: Vec<f32> = narrow.chain(near().map(|x| x as f32)).collect();
    let wide = (0..60_000_u64).map(|i| f64::from_bits(i.wrapping_mul(307_445_734_561_825)));
    let wide: Vec<f64> = wide.chain(near()).collect();
    let found = [
        checksum!(f32, exp, narrow),
        checksum!(f32, ln, narrow),
        checksum!(f32, tanh, narrow),
        checksum!(f32, sigmoid, narrow),
        checksum!(f64, exp, wide),
        checksum!(f64, ln, wide),
        checksum!(f64, tanh, wide),
        checksum!(f64, sigmoid, wide),
    ];
    // Frozen from the first run. A change here changes every number in the book.
    let frozen = [
        0x89b5_84fe_e8a3_90c6,
        0x3838_23ae_ab3d_5a7f,
        0x0d1b_8cbe_98eb_6f15,
        0x95b9_5c29_2903_0f4b,
        0x2237_34e4_10d3_ee2b,
        0xe9cc_c029_54ae_51c8,
        0x9da2_21c9_c84e_50dc,
        0x8ccf_b6f8_13cc_bfaa,
    ];
    assert_eq!(found, frozen, "{found:#018x?}");
}

#[test]
fn maximum_and_minimum_hand_nan_on() {
    both!(T => {
        let (larger, smaller) = (<T as Scalar>::maximum, <T as Scalar>::minimum);
        let (nan, infinity) = (T::NAN, T::INFINITY);
        for (low, high) in [(1.0, 2.0), (-infinity, -1.0), (-0.0, 0.0), (3.0, 3.0), (-0.0, -0.0)] {
            for (a, b) in [(low, high), (high, low)] {
                assert_eq!(larger(a, b).to_bits(), (high as T).to_bits());
                assert_eq!(smaller(a, b).to_bits(), (low as T).to_bits());
            }
        }
        for x in [0.0, infinity, nan] {
            assert!(larger(x, nan).is_nan() && larger(nan, x).is_nan());
            assert!(smaller(x, nan).is_nan() && smaller(nan, x).is_nan());
        }
    });
}

#[test]
fn powi_squares_in_the_stated_order() {
    both!(T => {
        let x = 1.1 as T;
        let (x2, x4, x8) = (x * x, (x * x) * (x * x), (x * x * (x * x)) * (x * x * (x * x)));
        assert_eq!(Scalar::powi(x, 13), (x * x4) * x8);
        assert_eq!(Scalar::powi(x, 6), x2 * x4);
        assert_eq!(Scalar::powi(x, -6), 1.0 / (x2 * x4));
        assert_eq!(Scalar::powi(T::NAN, 0), 1.0);
        assert_eq!(Scalar::powi(-2.0 as T, 3), -8.0);
        assert_eq!(Scalar::powi(2.0 as T, i32::MIN), 0.0);
        assert_eq!(Scalar::powi(-1.0 as T, i32::MIN), 1.0);
        assert_eq!(Scalar::powi(0.0 as T, -1), T::INFINITY);
    });
}

#[test]
fn constants_and_conversions() {
    assert_eq!((f32::NAME, <f32 as Scalar>::DIGITS), ("f32", 24));
    assert_eq!((f64::NAME, <f64 as Scalar>::DIGITS), ("f64", 53));
    // Halfway between two f32: to the even one.
    assert_eq!(<f32 as Scalar>::from_f64(1.0 + 2.0_f64.powi(-24)), 1.0);
    assert_eq!(0.1_f32.to_f64(), 0.10000000149011612);
    assert_eq!(<f32 as Scalar>::next_down(1.0), 1.0 - f32::EPSILON / 2.0);
    // One rounding: (1 + ε)² − (1 + 2ε) = ε², which two roundings lose.
    let x = 1.0 + f32::EPSILON;
    assert_eq!(Scalar::mul_add(x, x, -(1.0 + 2.0 * f32::EPSILON)), f32::EPSILON * f32::EPSILON);
}
