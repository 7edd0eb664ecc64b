//! 2.5 number by number.

use longhand::Tensor;

pub fn mse(output: &Tensor<f64>, target: &Tensor<f64>) -> f64 {
    let errors = output.data().iter().zip(target.data()).map(|(y, t)| y - t);
    errors.map(|error| error * error).sum::<f64>() / target.len() as f64
}
