//! 7.5 for each pair of samples, without a matrix.

use longhand::Tensor;

pub fn squared_norm(x: &Tensor<f64>, d_out: &Tensor<f64>) -> f64 {
    let row = |tensor: &Tensor<f64>, n: usize| {
        let width = tensor.shape()[1];
        tensor.data()[n * width..(n + 1) * width].to_vec()
    };
    let dot = |a: Vec<f64>, b: Vec<f64>| a.iter().zip(&b).map(|(a, b)| a * b).sum::<f64>();
    let samples = x.shape()[0];
    let pairs = (0..samples).flat_map(|n| (0..=n).map(move |m| (n, m)));
    pairs
        .map(|(n, m)| {
            let g = dot(row(d_out, n), row(d_out, m));
            let both = g * dot(row(x, n), row(x, m)) + g;
            if n == m { both } else { 2.0 * both }
        })
        .sum()
}
