//! 6.5 path by path, with every index written out.

use longhand::Tensor;

pub fn batch_norm_grad(
    x: &Tensor<f64>,
    weight: &Tensor<f64>,
    d_output: &Tensor<f64>,
    eps: f64,
) -> Tensor<f64> {
    let (n, channels) = (x.shape()[0], x.shape()[1]);
    let count = n as f64;
    let mut d_input = Tensor::zeros(x.shape());
    for c in 0..channels {
        let mean = (0..n).map(|i| x[[i, c]]).sum::<f64>() / count;
        let from_mean = |i: usize| x[[i, c]] - mean;
        let variance = (0..n).map(|i| from_mean(i).powi(2)).sum::<f64>() / count;
        let s = (variance + eps).powf(-0.5);
        let d_z = |i: usize| weight[[c]] * d_output[[i, c]];
        let d_mean = -s * (0..n).map(d_z).sum::<f64>();
        let d_s: f64 = (0..n).map(|i| d_z(i) * from_mean(i)).sum();
        let d_variance = d_s * -0.5 * s.powi(3);
        for i in 0..n {
            let direct = d_z(i) * s;
            d_input[[i, c]] = direct + d_mean / count + d_variance * 2.0 * from_mean(i) / count;
        }
    }
    d_input
}
