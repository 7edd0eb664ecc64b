//! 7.4 with every index written out, and from sums: r·c / mean is Σ row · Σ column / Σ all.

use longhand::Tensor;

pub fn guess(v: &Tensor<f64>) -> Tensor<f64> {
    let (rows, columns) = (v.shape()[0], v.shape()[1]);
    let mut guess = Tensor::zeros([rows, columns]);
    let all: f64 = v.data().iter().sum();
    for i in 0..rows {
        for j in 0..columns {
            let row: f64 = (0..columns).map(|j| v[[i, j]]).sum();
            let column: f64 = (0..rows).map(|i| v[[i, j]]).sum();
            if all > 0.0 {
                guess[[i, j]] = row * column / all;
            }
        }
    }
    guess
}
