//! Chapter 6: convolution, pooling, and what else a LeNet is made of.

#[path = "../common/mod.rs"]
mod common;

mod batch_norm;
mod calibration;
mod conv;
mod dropout;
mod pooling;
mod safetensors;
mod saving;
mod summary;

use common::assert_says;
use longhand::Tensor;
use longhand::tape::{Var, gradcheck, gradgradcheck};

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

fn bits(tensors: &[&Tensor<f32>]) -> Vec<u32> {
    tensors.iter().flat_map(|t| t.data()).map(|x| x.to_bits()).collect()
}
