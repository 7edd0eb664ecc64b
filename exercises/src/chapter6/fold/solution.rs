//! Our answer to 6.2.

use exercises::chapter6::Steps;
use longhand::Tensor;

// ANCHOR: solution
pub fn fold(columns: &Tensor<f64>, steps: Steps, pixels: usize) -> Vec<f64> {
    let mut row = vec![0.0; pixels];
    for k in 0..columns.shape()[0] {
        for q in 0..columns.shape()[1] {
            let padded = q * steps.stride + k * steps.dilation;
            if padded >= steps.padding && padded < steps.padding + pixels {
                row[padded - steps.padding] += columns[[k, q]];
            }
        }
    }
    row
}
// ANCHOR_END: solution
