//! 10.6 sample by sample, with J written down: a row for each score.

use longhand::Tensor;

pub fn gauss_newton(
    x: &Tensor<f64>,
    w1: &Tensor<f64>,
    w2: &Tensor<f64>,
    v1: &Tensor<f64>,
    v2: &Tensor<f64>,
) -> (Tensor<f64>, Tensor<f64>) {
    let (hidden, inputs, classes) = (w1.shape()[0], w1.shape()[1], w2.shape()[0]);
    let (mut d_w1, mut d_w2) = (Tensor::zeros(w1.shape()), Tensor::zeros(w2.shape()));
    for n in 0..x.shape()[0] {
        let activation = |j: usize| (0..inputs).map(|i| x[[n, i]] * w1[[j, i]]).sum::<f64>().tanh();
        let h: Vec<f64> = (0..hidden).map(activation).collect();
        let score = |c: usize| (0..hidden).map(|j| h[j] * w2[[c, j]]).sum::<f64>().exp();
        let p: Vec<f64> = (0..classes).map(score).collect();
        let whole: f64 = p.iter().sum();
        // ds_c/dw1_ji and ds_c/dw2_cj
        let to_w1 = |c: usize, j: usize, i: usize| w2[[c, j]] * (1.0 - h[j] * h[j]) * x[[n, i]];
        let forward = |c: usize| {
            let mut sum = 0.0;
            for j in 0..hidden {
                sum += h[j] * v2[[c, j]];
                sum += (0..inputs).map(|i| to_w1(c, j, i) * v1[[j, i]]).sum::<f64>();
            }
            sum
        };
        let moved: Vec<f64> = (0..classes).map(forward).collect();
        let mean = p.iter().zip(&moved).map(|(p, m)| p / whole * m).sum::<f64>();
        for c in 0..classes {
            let d_s = p[c] / whole * (moved[c] - mean);
            for j in 0..hidden {
                d_w2[[c, j]] += d_s * h[j];
                (0..inputs).for_each(|i| d_w1[[j, i]] += d_s * to_w1(c, j, i));
            }
        }
    }
    (d_w1, d_w2)
}
