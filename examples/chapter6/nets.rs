//! The nets that are compared: with and without convolutions, batch normalisation, a way around.

use longhand::layers::{
    BatchNorm1d, BatchNorm2d, Conv2d, Flatten, Layer, Linear, LogSoftmax, MaxPool2d, Mode, Relu,
    Sequential,
};
use longhand::tensor::Window;
use longhand::{Param, Rng, Tensor, sequential};

/// Chapter 4's net.
pub fn linear(rng: &mut Rng) -> Sequential {
    sequential![
        Flatten::new(),
        Linear::new(784, 128, rng),
        Relu::new(),
        Linear::new(128, 10, rng),
        LogSoftmax::new(),
    ]
}

/// A net like the chapter's, but small enough to be trained a hundred times.
pub fn small(rng: &mut Rng) -> Sequential {
    let five = Window::new([5, 5]);
    sequential![
        Conv2d::new(1, 8, five, rng), // 28 to 24
        Relu::new(),
        MaxPool2d::new(Window::tiling(2)), // 24 to 12
        Conv2d::new(8, 16, five, rng),     // 12 to 8
        Relu::new(),
        MaxPool2d::new(Window::tiling(2)), // 8 to 4
        Flatten::new(),
        Linear::new(16 * 4 * 4, 10, rng),
        LogSoftmax::new(),
    ]
}

// ANCHOR: normed
/// The small net with batch normalisation in front of each rectifier.
pub fn normed(rng: &mut Rng) -> Sequential {
    let five = Window::new([5, 5]);
    sequential![
        Conv2d::new(1, 8, five, rng),
        BatchNorm2d::new(8),
        Relu::new(),
        MaxPool2d::new(Window::tiling(2)),
        Conv2d::new(8, 16, five, rng),
        BatchNorm2d::new(16),
        Relu::new(),
        MaxPool2d::new(Window::tiling(2)),
        Flatten::new(),
        Linear::new(16 * 4 * 4, 10, rng),
        LogSoftmax::new(),
    ]
}
// ANCHOR_END: normed

/// Chapter 4's deep net, ten hidden layers of 50, with `block` for each hidden layer but the first.
fn deep(block: impl Fn(&mut Rng) -> Box<dyn Layer>, rng: &mut Rng) -> Sequential {
    let mut layers: Vec<Box<dyn Layer>> = vec![Box::new(Flatten::new())];
    layers.push(Box::new(Linear::new(784, 50, rng)));
    layers.push(Box::new(Relu::new()));
    layers.extend((1..10).map(|_| block(rng)));
    layers.push(Box::new(Linear::new(50, 10, rng)));
    layers.push(Box::new(LogSoftmax::new()));
    Sequential::new(layers)
}

pub fn deep_plain(rng: &mut Rng) -> Sequential {
    deep(|rng| Box::new(sequential![Linear::new(50, 50, rng), Relu::new()]), rng)
}

pub fn deep_normed(rng: &mut Rng) -> Sequential {
    let block = |rng: &mut Rng| -> Box<dyn Layer> {
        Box::new(sequential![Linear::new(50, 50, rng), BatchNorm1d::new(50), Relu::new()])
    };
    deep(block, rng)
}

pub fn deep_residual(rng: &mut Rng) -> Sequential {
    let block = |rng: &mut Rng| -> Box<dyn Layer> {
        Box::new(Residual(sequential![Linear::new(50, 50, rng), Relu::new()]))
    };
    deep(block, rng)
}

// ANCHOR: residual
/// y = x + f(x): what f computes is added to what it was given.
#[derive(Debug)]
pub struct Residual(pub Sequential);

// A change of x reaches y directly and through f, so with g = dL/dy: dL/dx = g + gᵀ·df/dx.
impl Layer for Residual {
    fn predict(&self, x: &Tensor) -> Tensor {
        x + self.0.predict(x)
    }

    fn forward(&mut self, x: &Tensor) -> Tensor {
        x + self.0.forward(x)
    }

    fn backward(&mut self, g: &Tensor) -> Tensor {
        g + self.0.backward(g)
    }
    // ANCHOR_END: residual

    fn name(&self) -> String {
        "Residual".into()
    }

    fn params(&self) -> Vec<&Param> {
        self.0.params()
    }

    fn params_mut(&mut self) -> Vec<&mut Param> {
        self.0.params_mut()
    }

    fn set_mode(&mut self, mode: Mode) {
        self.0.set_mode(mode);
    }

    fn forget(&mut self) {
        self.0.forget();
    }
}
