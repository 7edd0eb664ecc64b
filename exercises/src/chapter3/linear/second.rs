//! 3.2 with every index written out.

use longhand::Tensor;

pub fn linear_grad(
    inp: &Tensor<f64>,
    w: &Tensor<f64>,
    d_out: &Tensor<f64>,
) -> (Tensor<f64>, Tensor<f64>, Tensor<f64>) {
    let (samples, inputs, outputs) = (inp.shape()[0], w.shape()[0], w.shape()[1]);
    let mut d_inp = Tensor::zeros([samples, inputs]);
    let mut d_w = Tensor::zeros([inputs, outputs]);
    let mut d_b = Tensor::zeros([outputs]);
    for n in 0..samples {
        for o in 0..outputs {
            let g = d_out[[n, o]];
            d_b[[o]] += g;
            for i in 0..inputs {
                d_w[[i, o]] += inp[[n, i]] * g;
                d_inp[[n, i]] += g * w[[i, o]];
            }
        }
    }
    (d_inp, d_w, d_b)
}
