//! The same elements in another arrangement.

use crate::{at, indices, inner, uneven};
use longhand::Tensor;

const SHAPES: &[&[usize]] = &[
    &[],
    &[4],
    &[2, 3],
    &[17, 35],
    &[1, 3],
    &[3, 1, 2],
    &[2, 3, 4],
    &[2, 2, 3, 2],
    &[2, 0, 3],
    &[33, 2, 18],
];

/// All orders of 0 … n − 1.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![vec![]];
    }
    let insert =
        |order: Vec<usize>| (0..n).map(move |at| [&order[..at], &[n - 1], &order[at..]].concat());
    orders(n - 1).into_iter().flat_map(insert).collect()
}

#[test]
fn permute_agrees_with_index_by_index() {
    for shape in SHAPES {
        let x = uneven::<f32>(*shape, 1);
        for axes in orders(shape.len()) {
            let y = x.permute(&axes);
            for index in indices(&y.shape()) {
                let mut from = vec![0; axes.len()];
                axes.iter().zip(&index).for_each(|(&axis, &i)| from[axis] = i);
                assert_eq!(at(&y, &index), at(&x, &from), "{shape:?} {axes:?}");
            }
            let mut back = vec![0; axes.len()];
            axes.iter().enumerate().for_each(|(i, &axis)| back[axis] = i);
            assert_eq!(y.permute(&back), x);
        }
    }
    let x = uneven::<f32>([5, 70, 33], 2);
    assert_eq!(x.t(), x.permute(&[0, 2, 1]));
    assert_eq!(x.t().t(), x);
}

#[test]
fn reshape_and_its_kin_move_nothing() {
    let x = uneven::<f32>([2, 1, 3, 4], 3);
    for y in [
        x.reshape([24]),
        x.reshape([4, 3, 2]),
        x.flatten(1),
        x.flatten(-1),
        x.flatten(0),
        x.squeeze(1),
        x.squeeze_all(),
        x.unsqueeze(0),
        x.unsqueeze(-1),
        x.unsqueeze(2),
    ] {
        assert_eq!(y.data(), x.data());
        assert!(y.shares_memory_with(&x));
    }
    assert_eq!(x.flatten(1).shape(), [2, 12]);
    assert_eq!(x.flatten(-1).shape(), [2, 1, 3, 4]);
    assert_eq!(x.flatten(0).shape(), [24]);
    assert_eq!(x.squeeze(-3).shape(), [2, 3, 4]);
    assert_eq!(x.unsqueeze(2).shape(), [2, 1, 1, 3, 4]);
    assert_eq!(x.unsqueeze(-1).shape(), [2, 1, 3, 4, 1]);
    assert_eq!(x.unsqueeze(-5).shape(), [1, 2, 1, 3, 4]);
    assert_eq!(Tensor::<f32>::ones([1, 1]).squeeze_all().shape(), []);
    assert_eq!(Tensor::scalar(1.0_f32).unsqueeze(0).shape(), [1]);
}

#[test]
fn slices_agree_with_index_by_index() {
    for shape in SHAPES {
        let x = uneven::<f32>(*shape, 4);
        for axis in 0..shape.len() {
            for start in 0..=shape[axis] {
                for end in start..=shape[axis] {
                    let y = x.slice(axis as isize, start..end);
                    assert_eq!(y.shape()[axis], end - start);
                    for mut index in indices(&y.shape()) {
                        let found = at(&y, &index);
                        index[axis] += start;
                        assert_eq!(found, at(&x, &index), "{shape:?} axis {axis}");
                    }
                }
            }
        }
    }
    let x = uneven::<f32>([5, 2], 5);
    assert_eq!(x.rows(1..3), x.slice(0, 1..3));
}

#[test]
fn concat_undoes_slice() {
    for shape in SHAPES.iter().filter(|shape| !shape.is_empty()) {
        let x = uneven::<f64>(*shape, 6);
        for axis in 0..shape.len() {
            let size = shape[axis];
            let (one, two) = (size / 3, size / 2);
            let cut = |from, to| x.slice(axis as isize, from..to);
            let parts = [cut(0, one), cut(one, two), cut(two, size)];
            let parts: Vec<&Tensor<f64>> = parts.iter().collect();
            assert_eq!(Tensor::concat(&parts, axis as isize), x);
            assert_eq!(Tensor::concat(&parts, axis as isize - shape.len() as isize), x);
        }
        let y = uneven::<f64>(*shape, 7);
        let both = Tensor::stack(&[&x, &y]);
        assert_eq!(both.shape()[0], 2);
        assert_eq!(both.rows(0..1).reshape(*shape), x);
        assert_eq!(both.rows(1..2).reshape(*shape), y);
    }
}

#[test]
fn gather_picks_rows_and_scatter_is_its_adjoint() {
    for shape in [&[6, 3][..], &[6], &[6, 2, 2], &[6, 0]] {
        let x = uneven::<f64>(shape, 8);
        for picks in [&[5, 0, 0, 3, 5, 5, 1][..], &[2], &[]] {
            let y = x.gather_rows(picks);
            assert_eq!(y.shape()[0], picks.len());
            for index in indices(&y.shape()) {
                let from = [&[picks[index[0]]], &index[1..]].concat();
                assert_eq!(at(&y, &index), at(&x, &from));
            }
            let z = uneven::<f64>(y.shape(), 9);
            let back = z.scatter_rows(picks, 6);
            assert_eq!(back.shape(), x.shape());
            assert!((inner(&y, &z) - inner(&x, &back)).abs() < 1e-12);
        }
    }
    // Rows that meet are added in the order in which they come.
    let x = Tensor::new([3, 1], vec![1.0_f32, 2f32.powi(-24), 2f32.powi(-24)]);
    assert_eq!(x.scatter_rows(&[0, 0, 0], 1).item(), 1.0);
    assert_eq!(x.rows(1..3).scatter_rows(&[1, 1], 2).data(), [0.0, 2f32.powi(-23)]);
}

#[test]
fn making_tensors() {
    assert_eq!(Tensor::<f32>::arange(4).data(), [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(Tensor::<f64>::eye(3).data(), [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    assert_eq!(Tensor::<f32>::eye(0).shape(), [0, 0]);
    assert_eq!(Tensor::<f32>::one_hot(&[], 3).shape(), [0, 3]);
    assert_eq!(Tensor::<f32>::one_hot(&[1, 1], 2).data(), [0.0, 1.0, 0.0, 1.0]);
    assert_eq!(Tensor::full([2, 2], 7.0_f32).data(), [7.0; 4]);
    assert_eq!(Tensor::vector(&[0.1_f64]).cast::<f32>().data(), [0.1_f32]);
    assert_eq!(Tensor::vector(&[0.1_f32]).cast::<f64>().data(), [0.1_f32 as f64]);
    let x = Tensor::vector(&[2.0_f32, -0.5, 3.0]);
    assert_eq!(x.square().data(), [4.0, 0.25, 9.0]);
    assert_eq!(x.powi(3).data(), [8.0, -0.125, 27.0]);
    assert_eq!(x.powi(0).data(), [1.0; 3]);
    assert_eq!(x.powi(-1).data(), [0.5, -2.0, 1.0 / 3.0]);
    assert_eq!((x.abs().data(), x.sign().data()), (&[2.0, 0.5, 3.0][..], &[1.0, -1.0, 1.0][..]));
    assert_eq!(
        (x.clamp_min(0.0).data(), x.clamp_max(2.5).data()),
        (&[2.0, 0.0, 3.0][..], &[2.0, -0.5, 2.5][..])
    );
}

#[test]
fn padding_is_the_adjoint_of_slicing() {
    for shape in SHAPES.iter().filter(|shape| !shape.is_empty()) {
        let x = uneven::<f32>(*shape, 8);
        for axis in 0..shape.len() {
            let size = shape[axis];
            let padded = x.pad_axis(axis as isize, 2, 3);
            assert_eq!(padded.shape()[axis], size + 5);
            assert_eq!(padded.slice(axis as isize, 2..2 + size), x);
            // ⟨slice(y), x⟩ = ⟨y, pad(x)⟩ for every y: nothing but zeros was added.
            let y = uneven::<f32>(padded.shape(), 9);
            assert_eq!(inner(&y.slice(axis as isize, 2..2 + size), &x), inner(&y, &padded));
        }
    }
}
