//! Chapter 6: convolution, pooling, and what else a LeNet is made of.

#[path = "../common/mod.rs"]
mod common;

mod batch_norm;
mod conv;
mod dropout;
mod pooling;
mod saving;
mod summary;

use common::{assert_says, normal};
use longhand::layers::Layer;
use longhand::tape::{Var, gradcheck, gradgradcheck};
use longhand::{Scalar, Tape, Tensor};

/// First and second derivatives of a tape operation against finite differences.
#[track_caller]
fn check_twice<const N: usize>(
    name: &str,
    inputs: [&Tensor<f64>; N],
    f: impl for<'t> Fn([Var<'t, f64>; N]) -> Var<'t, f64>,
) {
    for (order, report) in [("first", gradcheck(inputs, &f)), ("second", gradgradcheck(inputs, &f))]
    {
        assert!(report.is_right() && report.kinks.is_empty(), "{name}, {order}: {report}");
        assert!(report.checked >= inputs[0].len(), "{name}: {} elements", report.checked);
    }
}

/// Asserts that a layer by hand and the same on the tape agree in every bit: the output, the
/// input's gradient, and those of the parameters.
#[track_caller]
fn same_by_tape<T: Scalar>(
    layer: &mut dyn Layer<T>,
    x: &Tensor<T>,
    f: impl for<'t> Fn(Var<'t, T>, &[Var<'t, T>]) -> Var<'t, T>,
) {
    let output = layer.forward(x);
    let up = normal::<T>(&output.shape(), 99);
    let mut hand = vec![output, layer.backward(&up)];
    hand.extend(layer.params_mut().into_iter().map(|param| param.grad.take().unwrap()));

    let tape = Tape::new();
    let x = tape.leaf(x.clone());
    let params: Vec<_> = layer.params().into_iter().map(|param| tape.param(param)).collect();
    let y = f(x, &params);
    let mut taped = vec![y.value()];
    let gradients = tape.backward_pass().root(y, up).gradients();
    taped.extend([x].iter().chain(&params).map(|&leaf| gradients[leaf].clone()));

    assert_eq!(hand.len(), taped.len());
    for (number, (hand, taped)) in hand.iter().zip(&taped).enumerate() {
        let name = layer.name();
        assert!(hand.same_bits(taped), "{name}, tensor {number}: {hand} by hand, {taped} by tape");
        assert!(hand.data().iter().any(|&x| x != T::ZERO), "{name}: all zero proves nothing");
    }
}

fn bits(tensors: &[&Tensor<f32>]) -> Vec<u32> {
    tensors.iter().flat_map(|t| t.data()).map(|x| x.to_bits()).collect()
}
