//! Numbers to try an answer on, and finite differences to hold a gradient against.

use longhand::{Rng, Tensor, init};

/// Normal numbers, the same for the same seed.
pub fn normal(shape: &[usize], seed: u64) -> Tensor<f64> {
    init::normal(shape, 0.0, 1.0, &mut Rng::new(seed))
}

/// The same in f32.
pub fn normal_f32(shape: &[usize], seed: u64) -> Tensor<f32> {
    init::normal(shape, 0.0, 1.0, &mut Rng::new(seed))
}

/// Whole numbers from −2 to 2: many zeros and ties, and every sum of them is exact.
pub fn whole(shape: &[usize], seed: u64) -> Tensor<f64> {
    init::uniform(shape, -2.5, 2.5, &mut Rng::new(seed)).map(|x: f64| x.round() + 0.0) // no −0
}

/// dL/dx by central differences: (L(x + h) − L(x − h)) / 2h for each element in turn.
pub fn numeric_gradient(x: &Tensor<f64>, loss: impl Fn(&Tensor<f64>) -> f64) -> Tensor<f64> {
    let h = 1e-5;
    let mut gradient = Tensor::zeros(x.shape());
    for i in 0..x.len() {
        let at = |step: f64| {
            let mut moved = x.clone();
            moved.data_mut()[i] += step;
            loss(&moved)
        };
        gradient.data_mut()[i] = (at(h) - at(-h)) / (2.0 * h);
    }
    gradient
}
