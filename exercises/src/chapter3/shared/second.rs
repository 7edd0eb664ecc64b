//! 3.5 path by path, with every index written out.

use longhand::Tensor;

pub fn shared_grad(x: &Tensor<f64>, w: &Tensor<f64>, d_out: &Tensor<f64>) -> Tensor<f64> {
    let (samples, d) = (x.shape()[0], w.shape()[0]);
    let mut d_w = Tensor::zeros([d, d]);
    for n in 0..samples {
        for j in 0..d {
            let a: f64 = (0..d).map(|i| x[[n, i]] * w[[i, j]]).sum();
            if a <= 0.0 {
                continue;
            }
            let d_a: f64 = (0..d).map(|o| d_out[[n, o]] * w[[j, o]]).sum();
            for i in 0..d {
                d_w[[i, j]] += x[[n, i]] * d_a;
                d_w[[j, i]] += a * d_out[[n, i]];
            }
        }
    }
    d_w
}
