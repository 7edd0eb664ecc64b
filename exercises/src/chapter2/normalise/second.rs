//! 2.1 number by number.

use longhand::Tensor;

pub fn normalise(train: &Tensor<f64>, images: &Tensor<f64>) -> Tensor<f64> {
    let count = train.len() as f64;
    let mean = train.data().iter().sum::<f64>() / count;
    let squares: f64 = train.data().iter().map(|x| (x - mean) * (x - mean)).sum();
    let deviation = (squares / (count - 1.0)).sqrt();
    let mut images = images.clone();
    for x in images.data_mut() {
        *x = (*x - mean) / deviation;
    }
    images
}
