//! The convolutional net of chapters 6 to 8: two convolutions and two linear layers.

use crate::layers::{
    Conv2d, Dropout, Flatten, Layer, Linear, LogSoftmax, MaxPool2d, Relu, Sequential,
};
use crate::rng::Mersenne;
use crate::tensor::Window;
use crate::{Rng, Scalar, sequential};

// ANCHOR: lenet
/// A net that reads digits, in the manner of LeNet (LeCun and others, 1998): images
/// `[n, 1, 28, 28]` give log-probabilities `[n, 10]`. It has 431,080 parameters.
///
/// The two numbers are the chances with which dropout sets an element to 0 in front of the linear
/// layers; the WTB notebook (chapter 8) has `[0.0, 0.0]`.
///
/// ```
/// use longhand::layers::Layer;
/// use longhand::models::lenet;
/// use longhand::{Rng, Tensor};
/// let mut net = lenet::<f32>(&mut Rng::new(0), [0.0, 0.0]);
/// assert_eq!(net.forward(&Tensor::zeros([3, 1, 28, 28])).shape(), [3, 10]);
/// assert_eq!(net.params().iter().map(|param| param.value.len()).sum::<usize>(), 431_080);
/// ```
///
/// # Panics
/// If a chance is not from 0 up to but not including 1.
#[track_caller]
pub fn lenet<T: Scalar>(rng: &mut Rng, dropout: [f64; 2]) -> Sequential<T> {
    let five = Window::new([5, 5]);
    sequential![
        Conv2d::new(1, 20, five, rng), // 28 to 24
        Relu::new(),
        MaxPool2d::new(Window::tiling(2)), // 24 to 12
        Conv2d::new(20, 50, five, rng),    // 12 to 8
        Relu::new(),
        MaxPool2d::new(Window::tiling(2)), // 8 to 4
        Flatten::new(),
        Dropout::new(dropout[0], rng),
        Linear::new(50 * 4 * 4, 500, rng),
        Relu::new(),
        Dropout::new(dropout[1], rng),
        Linear::new(500, 10, rng),
        LogSoftmax::new(),
    ]
}
// ANCHOR_END: lenet

// ANCHOR: lenet_of_torch
/// [`lenet`] without dropout, with the very values that PyTorch gives such a net after
/// `torch.manual_seed(seed)`: the net that the WTB notebook began with, for one.
pub fn lenet_of_torch(seed: u32) -> Sequential {
    let (mut net, mut words) = (lenet(&mut Rng::new(0), [0.0, 0.0]), Mersenne::new(seed));
    for layer in net.params_mut().chunks_exact_mut(2) {
        // weight [outputs, inputs, ..] and bias [outputs], both on ±1/√fan_in
        let weight = layer[0].value.shape();
        let bound = 1.0 / ((weight.count() / weight[0]) as f64).sqrt();
        for param in layer {
            words.fill_uniform(param.value.data_mut(), -bound as f32, bound as f32);
        }
    }
    net
}
// ANCHOR_END: lenet_of_torch
