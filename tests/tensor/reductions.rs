//! Sums and extremes over all elements and over axes.

use crate::{at, indices, uneven};
use longhand::tensor::{isa, reference, threads};
use longhand::{Scalar, Tensor};

const SHAPES: &[&[usize]] = &[
    &[1],
    &[5],
    &[33],
    &[1, 7],
    &[7, 1],
    &[3, 4],
    &[31, 33],
    &[5, 1, 3],
    &[2, 3, 4, 5],
    &[2, 1, 2, 1, 3],
    &[700, 13],
    &[13, 700],
    &[4097],
    &[2, 5000],
    &[3, 0, 2],
    &[0],
    &[0, 4],
    &[4, 0],
];

/// Groups the elements by all indices but that along `axis`.
fn lines<T: Scalar>(x: &Tensor<T>, axis: usize) -> Vec<Vec<T>> {
    let mut outer = x.shape().to_vec();
    let size = outer.remove(axis);
    let line = |index: &Vec<usize>| {
        (0..size).map(|i| at(x, &[&index[..axis], &[i], &index[axis..]].concat())).collect()
    };
    indices(&outer).iter().map(line).collect()
}

#[test]
fn axis_reductions_agree_with_index_by_index() {
    for shape in SHAPES {
        let x = uneven::<f64>(*shape, 1);
        let rank = shape.len();
        for axis in 0..rank {
            let lines = lines(&x, axis);
            for named in [axis as isize, axis as isize - rank as isize] {
                let sums = x.sum_axis(named);
                let mut dropped = shape.to_vec();
                dropped.remove(axis);
                assert_eq!(sums.shape()[..], dropped[..]);
                for (sum, line) in sums.data().iter().zip(&lines) {
                    let expected: f64 = line.iter().sum();
                    assert!((sum - expected).abs() < 1e-11, "{shape:?} axis {axis}");
                }
                let extremes = lines.iter().map(|line| {
                    line.iter()
                        .fold((f64::INFINITY, -f64::INFINITY), |(l, m), &x| (l.min(x), m.max(x)))
                });
                let (least, most): (Vec<f64>, Vec<f64>) = extremes.unzip();
                // The largest of nothing is a mistake: see `panics`.
                if lines.iter().all(|line| !line.is_empty()) {
                    assert_eq!(x.min_axis(named).data(), least);
                    assert_eq!(x.max_axis(named).data(), most);
                }
                let means = x.mean_axis(named);
                for (mean, line) in means.data().iter().zip(&lines) {
                    let expected = line.iter().sum::<f64>() / line.len() as f64;
                    assert!(
                        (mean - expected).abs() < 1e-12 || mean.is_nan() && line.is_empty(),
                        "{shape:?} axis {axis}: {mean} {expected}"
                    );
                }
                if shape[axis] > 0 {
                    let first_largest = |line: &Vec<f64>| {
                        (0..line.len()).rev().max_by(|&i, &j| line[i].total_cmp(&line[j])).unwrap()
                    };
                    let expected: Vec<usize> = lines.iter().map(first_largest).collect();
                    assert_eq!(x.argmax(named), expected, "{shape:?} axis {axis}");
                }
            }
        }
    }
}

#[test]
fn whole_reductions_agree_with_a_plain_sum() {
    for shape in SHAPES.iter().filter(|shape| shape.iter().product::<usize>() > 0) {
        let x = uneven::<f64>(*shape, 2);
        let n = x.len() as f64;
        let (sum, mean) = (x.data().iter().sum::<f64>(), x.data().iter().sum::<f64>() / n);
        assert!((x.sum() - sum).abs() < 1e-11);
        assert!((x.mean() - mean).abs() < 1e-12);
        if x.len() > 1 {
            let var = x.data().iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
            assert!((x.var() - var).abs() < 1e-12);
            assert!((x.std() - var.sqrt()).abs() < 1e-12);
        }
        assert_eq!(x.max(), x.data().iter().copied().fold(-f64::INFINITY, f64::max));
        assert_eq!(x.min(), x.data().iter().copied().fold(f64::INFINITY, f64::min));
    }
}

#[test]
fn the_documented_order_of_a_sum() {
    // Lane i mod 32 within a block of 4096, lanes folded in halves, then blocks in halves.
    fn halves(mut x: Vec<f32>) -> f32 {
        while x.len() > 1 {
            let back = x.split_off(x.len().next_power_of_two() / 2);
            x.iter_mut().zip(back).for_each(|(x, y)| *x += y);
        }
        x.first().copied().unwrap_or(0.0)
    }
    for n in [0, 1, 31, 32, 33, 100, 4095, 4096, 4097, 12_289, 100_003] {
        let x = uneven::<f32>([n], 3);
        let blocks = x.data().chunks(4096).map(|block| {
            let mut lanes = vec![0.0; 32];
            block.iter().enumerate().for_each(|(i, x)| lanes[i % 32] += x);
            halves(lanes)
        });
        assert_eq!(x.sum().to_bits(), halves(blocks.collect()).to_bits(), "{n} elements");
    }
}

#[test]
fn a_long_sum_loses_little() {
    let n = 10_000_000;
    let tenths = Tensor::full([n], 0.1_f32);
    let exact = 0.1_f32 as f64 * n as f64;
    assert!((tenths.sum() as f64 - exact).abs() / exact < 2e-6);
    let naive = tenths.data().iter().fold(0.0_f32, |sum, x| sum + x);
    assert!((naive as f64 - exact).abs() / exact > 1e-2, "one accumulator drifts: {naive}");
}

#[test]
fn same_bits_for_any_threads_and_instruction_set() {
    let x = uneven::<f32>([300, 1001], 4);
    let y = uneven::<f32>([1001], 5);
    let run = || {
        let sums = [x.sum(), x.var(), x.mean()];
        let parts = [x.sum_axis(0), x.sum_axis(1), &x * &y, x.exp(), x.max_axis(0)];
        (sums.map(f32::to_bits), parts)
    };
    let expected = run();
    for count in [1, 2, 3] {
        for isa in isa::Isa::supported() {
            let found = threads::with(count, || isa::with(isa, run));
            assert_eq!(found.0, expected.0, "{count} threads, {isa}");
            let same = found.1.iter().zip(&expected.1).all(|(x, y)| x.same_bits(y));
            assert!(same, "{count} threads, {isa}");
        }
    }
}

#[test]
fn several_axes_and_nothing() {
    let x = uneven::<f64>([2, 3, 4], 6);
    assert_eq!(x.sum_axes(&[]), x);
    assert_eq!(x.sum_axes(&[0, -1]), x.sum_axis(2).sum_axis(0));
    assert_eq!(x.sum_axes(&[2, 0, 1]).shape(), []);
    let empty = Tensor::<f32>::zeros([0, 2]);
    assert_eq!(empty.sum(), 0.0);
    assert!(empty.mean().is_nan() && empty.var().is_nan() && empty.std().is_nan());
    assert!(Tensor::scalar(1.0_f32).var().is_nan());
    assert_eq!(empty.argmax(1), []);
    assert_eq!((empty.max_axis(1).len(), empty.min_axis(-1).len()), (0, 0));
    assert_eq!(Tensor::<f32>::zeros([0, 0]).max_axis(0).shape(), [0]);
    assert_eq!(empty.max_abs_diff(&empty), 0.0);
    assert_eq!(Tensor::<f32>::zeros([3, 0]).log_softmax().shape(), [3, 0]);
    // Sizes beside a 0 that nobody could walk through.
    const LONG: usize = 1 << (usize::BITS - 14);
    let long = Tensor::<f32>::zeros([LONG, 0]);
    assert_eq!(Tensor::concat(&[&long, &long], 1).shape(), [LONG, 0]);
    assert_eq!(long.pad_axis(0, 1, 1).shape(), [LONG + 2, 0]);
    assert_eq!((&long + &long).shape(), [LONG, 0]);
}

/// As it is defined: blocks of 64 terms, and the upper half of their sums onto the lower half.
#[test]
fn a_sum_over_the_first_axis_has_its_order() {
    for n in [0, 1, 2, 63, 64, 65, 128, 129, 5 * 64, 64 * 64 + 1, 20_000] {
        for width in [2, 3, 50] {
            let x = uneven::<f32>([n, width], n as u64 + 1);
            let mut sums: Vec<Vec<f32>> = Vec::new();
            for block in x.data().chunks(64 * width) {
                let mut sum = vec![0.0; width];
                for row in block.chunks(width) {
                    sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
                }
                sums.push(sum);
            }
            while sums.len() > 1 {
                let upper = sums.split_off(sums.len().next_power_of_two() / 2);
                for (lower, upper) in sums.iter_mut().zip(&upper) {
                    lower.iter_mut().zip(upper).for_each(|(x, y)| *x += y);
                }
            }
            let expected = sums.pop().unwrap_or(vec![0.0; width]);
            for (count, isa) in (1..).zip(isa::Isa::supported()) {
                let found = threads::with(count, || isa::with(isa, || x.sum_axis(0)));
                assert_eq!(found.data(), expected, "[{n}, {width}], {count} threads, {isa}");
            }
        }
    }
}

/// Ten million equal terms, for which every rounding in a row errs to the same side.
#[test]
fn long_sums_lose_next_to_nothing() {
    let n = 10_000_000;
    for term in [0.1_f32, 0.3, 0.7] {
        let right = f64::from(term) * n as f64;
        let x = Tensor::full([n, 2], term);
        for sum in x.sum_axis(0).data() {
            assert!((f64::from(*sum) / right - 1.0).abs() < 1e-6, "{sum}, not {right}");
        }
    }
}

#[test]
fn log_softmax_by_rows_is_the_formula() {
    for shape in SHAPES.iter().copied().filter(|shape| !shape.contains(&0)) {
        let x = uneven::<f32>(shape, 5) * 3.0;
        assert!(x.log_softmax().same_bits(&reference::log_softmax(&x)), "{shape:?}");
        let x = uneven::<f64>(shape, 6) * 3.0;
        assert!(x.log_softmax().same_bits(&reference::log_softmax(&x)), "{shape:?}");
    }
    let odd = [f32::INFINITY, f32::NEG_INFINITY, f32::NAN, f32::MAX, f32::MIN, 0.0, -0.0];
    let mut rows = Tensor::zeros([odd.len(), 37]);
    for (i, &odd) in odd.iter().enumerate() {
        rows[[i, 36 - i]] = odd;
    }
    let (fast, plain) = (rows.log_softmax(), reference::log_softmax(&rows));
    let same = |(x, y): (&f32, &f32)| x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan();
    assert!(fast.data().iter().zip(plain.data()).all(same), "{fast} {plain}");
}

#[test]
fn log_sum_exp_of_infinities() {
    let i = f64::INFINITY;
    for (x, right) in [([-i, -i], -i), ([i, 0.0], i), ([i, -i], i), ([-i, 3.0], 3.0), ([i, i], i)] {
        let x = Tensor::vector(&x);
        assert_eq!(x.log_sum_exp(0).item(), right, "{x}");
        let tape = longhand::Tape::new();
        assert_eq!(tape.leaf(x).log_sum_exp(0).value().item(), right);
    }
    assert!(Tensor::vector(&[f64::NAN, i]).log_sum_exp(0).item().is_nan());
    assert_eq!(Tensor::<f64>::zeros([2, 0]).log_sum_exp(1).data(), [-i, -i]);
    // A class that cannot be: its probability is 0, the others add up to 1, and the loss and its
    // gradient are numbers.
    let scores = Tensor::new([1, 3], vec![0.0, -i, 0.0]);
    let half = std::f64::consts::LN_2;
    assert_eq!(scores.log_softmax().data(), [-half, -i, -half]);
    let tape = longhand::Tape::new();
    let x = tape.leaf(scores);
    let loss = x.cross_entropy(&[2]);
    assert_eq!((loss.value().item(), loss.backward()[x].data()), (half, &[0.5, 0.0, -0.5][..]));
}
