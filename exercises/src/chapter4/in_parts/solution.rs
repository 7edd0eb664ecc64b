//! Our answer to 4.3.

use longhand::Tensor;
use std::ops::Range;

// ANCHOR: solution
pub fn in_parts(
    samples: usize,
    most: usize,
    gradient: &dyn Fn(Range<usize>) -> Tensor<f64>,
) -> Tensor<f64> {
    let first = most.min(samples);
    let mut sum = gradient(0..first) * first as f64;
    for from in (first..samples).step_by(most) {
        let to = samples.min(from + most);
        sum += &(gradient(from..to) * (to - from) as f64);
    }
    sum / samples as f64
}
// ANCHOR_END: solution
