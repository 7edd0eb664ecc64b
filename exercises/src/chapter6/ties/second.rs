//! 6.4 from the last element of each window to its first, so that equals may replace each other.

use longhand::Tensor;

pub fn max_pool_grad(
    x: &Tensor<f64>,
    d_output: &Tensor<f64>,
    size: usize,
    stride: usize,
) -> Tensor<f64> {
    let (width, across) = (x.shape()[1], d_output.shape()[1]);
    let mut d_input = Tensor::zeros(x.shape());
    for (place, g) in d_output.data().iter().enumerate() {
        let corner = place / across * stride * width + place % across * stride;
        let window = (0..size * size).rev().map(|tap| corner + tap / size * width + tap % size);
        let largest = window.max_by(|&a, &b| x.data()[a].total_cmp(&x.data()[b]));
        d_input.data_mut()[largest.expect("a window has elements")] += g;
    }
    d_input
}
