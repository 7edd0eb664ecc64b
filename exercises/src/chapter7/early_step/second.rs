//! 7.1 with every index written out: each weight is stepped when all samples have used it.

use longhand::Tensor;

pub fn back_and_step(
    w: &mut Tensor<f64>,
    b: &mut Tensor<f64>,
    x: &Tensor<f64>,
    d_out: &Tensor<f64>,
    lr: f64,
) -> Tensor<f64> {
    let (samples, [outputs, inputs]) = (x.shape()[0], [w.shape()[0], w.shape()[1]]);
    let mut d_x = Tensor::zeros([samples, inputs]);
    for o in 0..outputs {
        for i in 0..inputs {
            let mut d_w = 0.0;
            for n in 0..samples {
                d_x[[n, i]] += d_out[[n, o]] * w[[o, i]];
                d_w += d_out[[n, o]] * x[[n, i]];
            }
            w[[o, i]] -= lr * d_w;
        }
        b[[o]] -= lr * (0..samples).map(|n| d_out[[n, o]]).sum::<f64>();
    }
    d_x
}
