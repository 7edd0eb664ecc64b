//! Two operands of unlike shapes.

use crate::{at, indices, inner, uneven};
use longhand::tensor::Shape;
use longhand::{Scalar, Tensor};

/// The element that an index of the broadcast shape falls on in an operand.
fn under<T: Scalar>(operand: &Tensor<T>, index: &[usize]) -> T {
    let shape = operand.shape();
    let own = &index[index.len() - shape.rank()..];
    let own: Vec<usize> =
        own.iter().zip(&*shape).map(|(&i, &n)| if n == 1 { 0 } else { i }).collect();
    at(operand, &own)
}

/// The rule as NumPy's manual states it, without looking at `Shape::broadcast`.
fn rule(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let padded = |s: &[usize]| [&vec![1; rank - s.len()][..], s].concat();
    padded(a)
        .into_iter()
        .zip(padded(b))
        .map(|(a, b)| match (a, b) {
            _ if a == b => Some(a),
            (1, n) | (n, 1) => Some(n),
            _ => None,
        })
        .collect()
}

/// All shapes of up to `rank` axes with these sizes.
fn shapes(rank: usize, sizes: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    let mut last = all.clone();
    for _ in 0..rank {
        last = last
            .iter()
            .flat_map(|shape| sizes.iter().map(move |&n| [&shape[..], &[n]].concat()))
            .collect();
        all.extend(last.iter().cloned());
    }
    all
}

#[test]
fn zip_agrees_with_index_by_index() {
    let all = shapes(3, &[1, 2, 3, 0]);
    let mut met = 0;
    for a_shape in &all {
        for b_shape in &all {
            let expected = rule(a_shape, b_shape);
            let found = Shape::from(&a_shape[..]).broadcast(Shape::from(&b_shape[..]));
            assert_eq!(found.map(|s| s.to_vec()), expected, "{a_shape:?} {b_shape:?}");
            let Some(shape) = expected else { continue };
            met += 1;
            let (a, b) = (uneven::<f64>(&a_shape[..], 1), uneven::<f64>(&b_shape[..], 2));
            let difference = &a - &b;
            assert_eq!(difference.shape()[..], shape[..]);
            for index in indices(&shape) {
                let expected = under(&a, &index) - under(&b, &index);
                assert_eq!(at(&difference, &index), expected, "{a_shape:?} {b_shape:?}");
            }
        }
    }
    assert!(met > 1000, "only {met} pairs of shapes broadcast");
}

#[test]
fn deep_shapes_agree_with_index_by_index() {
    let pairs: &[(&[usize], &[usize])] = &[
        (&[2, 3, 4, 5], &[2, 3, 4, 5]),
        (&[2, 3, 4, 5], &[1, 3, 1, 5]),
        (&[2, 3, 4, 5], &[4, 5]),
        (&[2, 1, 4, 1], &[1, 3, 1, 5]),
        (&[2, 3, 1, 1], &[4, 5]),
        (&[2, 1, 2, 1, 2, 1, 2, 1], &[1, 2, 1, 2, 1, 2, 1, 2]),
        (&[1, 1, 1, 1], &[3]),
        (&[7, 1, 9], &[7, 8, 1]),
        (&[40, 1, 50], &[1, 60, 1]),
        (&[300, 200], &[200]),
        (&[300, 200], &[300, 1]),
    ];
    for (a_shape, b_shape) in pairs {
        let (a, b) = (uneven::<f32>(*a_shape, 3), uneven::<f32>(*b_shape, 4));
        for (x, y) in [(&a, &b), (&b, &a)] {
            let (product, shape) = (x * y, rule(a_shape, b_shape).unwrap());
            for index in indices(&shape) {
                let expected = under(x, &index) * under(y, &index);
                assert_eq!(at(&product, &index), expected, "{a_shape:?} {b_shape:?} at {index:?}");
            }
        }
    }
}

#[test]
fn large_operands_are_split_without_a_seam() {
    let (rows, columns) = (701, 997);
    let a = uneven::<f32>([rows, columns], 5);
    for b in [uneven([columns], 6), uneven([rows, 1], 7), uneven([rows, columns], 8)] {
        let sum = &a + &b;
        let mut updated = a.clone();
        updated += &b;
        for row in 0..rows {
            for column in 0..columns {
                let expected = a[[row, column]] + under(&b, &[row, column]);
                assert_eq!(sum[[row, column]], expected);
                assert_eq!(updated[[row, column]], expected);
            }
        }
    }
}

#[test]
fn every_operator_in_every_form() {
    let (a, b) = (uneven::<f32>([2, 3], 9), uneven::<f32>([3], 10) + 5.0);
    type Case =
        (fn(f32, f32) -> f32, fn(&Tensor, &Tensor) -> Vec<Tensor>, fn(&Tensor, f32) -> Vec<Tensor>);
    macro_rules! case {
        ($op:tt, $assign:tt) => {{
            let pairs: fn(&Tensor, &Tensor) -> Vec<Tensor> = |a, b| {
                let mut c = a.clone();
                c $assign b;
                vec![a $op b, a.clone() $op b, a $op b.clone(), a.clone() $op b.clone(), c]
            };
            let numbers: fn(&Tensor, f32) -> Vec<Tensor> = |a, x| {
                let mut c = a.clone();
                c $assign x;
                vec![a $op x, a.clone() $op x, c]
            };
            ((|x, y| x $op y) as fn(f32, f32) -> f32, pairs, numbers)
        }};
    }
    let cases: [Case; 4] = [case!(+, +=), case!(-, -=), case!(*, *=), case!(/, /=)];
    for (f, pairs, numbers) in cases {
        for result in pairs(&a, &b) {
            for index in indices(&[2, 3]) {
                assert_eq!(at(&result, &index), f(at(&a, &index), b.data()[index[1]]));
            }
        }
        for result in numbers(&a, 0.7) {
            assert!(result.data().iter().zip(a.data()).all(|(&r, &x)| r == f(x, 0.7)));
        }
    }
    for (result, expected) in [
        (2.0 - &a, a.map(|x| 2.0 - x)),
        (2.0 / a.clone(), a.map(|x| 2.0 / x)),
        (-&a, a.map(|x| 0.0 - x)),
        (-a.clone(), a.map(|x| -x)),
    ] {
        assert_eq!(result, expected);
    }
}

#[test]
fn expand_repeats_and_sum_to_is_its_adjoint() {
    for shape in shapes(3, &[1, 2, 5]) {
        for target in shapes(3, &[1, 2, 5]) {
            if rule(&shape, &target).as_ref() != Some(&target) {
                continue;
            }
            let x = uneven::<f64>(&shape[..], 11);
            let wide = x.expand(&target[..]);
            for index in indices(&target) {
                assert_eq!(at(&wide, &index), under(&x, &index));
            }
            // ⟨expand x, y⟩ = ⟨x, sum_to y⟩ for all x and y: that is what adjoint means.
            let y = uneven::<f64>(&target[..], 12);
            let narrow = y.sum_to(&shape[..]);
            assert_eq!(narrow.shape(), x.shape());
            let (left, right) = (inner(&wide, &y), inner(&x, &narrow));
            assert!((left - right).abs() < 1e-12, "{shape:?} {target:?}: {left} {right}");
        }
    }
    assert_eq!(Tensor::<f32>::zeros([0, 3]).sum_to([3]).data(), [0.0; 3]);
    assert_eq!(Tensor::<f32>::zeros([3]).expand([0, 3]).shape(), [0, 3]);
}

#[test]
fn select_broadcasts_all_three() {
    let mask = Tensor::new([2, 1], vec![1.0_f32, 0.0]);
    let (yes, no) = (Tensor::arange(3), Tensor::scalar(-1.0));
    let chosen = mask.select(&yes, &no);
    assert_eq!(chosen, Tensor::new([2, 3], vec![0.0, 1.0, 2.0, -1.0, -1.0, -1.0]));
    // What is not chosen leaves no trace, not even a NaN.
    let chosen =
        Tensor::vector(&[0.0_f32, 2.0]).select(&Tensor::scalar(f32::NAN), &Tensor::ones([2]));
    assert_eq!(chosen.data()[0], 1.0);
    assert!(chosen.data()[1].is_nan());
}
