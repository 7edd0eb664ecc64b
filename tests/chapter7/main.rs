//! Chapter 7: memory-efficient backpropagation, and the meter that measures it.

#[path = "../common/mod.rs"]
mod common;

mod allocator;
mod chain;
mod checkpoint;
mod clipping;
mod equalities;
mod in_place;
mod meter;
mod peaks;
mod process;
mod taped;
mod taped_checkpoint;

use common::panic_of;
use longhand::layers::{
    BatchNorm1d, Conv2d, Dropout, Flatten, Layer, Linear, Loss, MaxPool2d, Mse, Relu, Sequential,
};
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::tensor::Window;
use longhand::{Rng, Tensor, mebp, sequential};
use std::sync::{Arc, Mutex};

/// A net, and the shape of a batch for it. Two nets of one seed are equal.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    net: fn(u64) -> Sequential,
    batch: &'static [usize],
}

/// The nets that everything is tried on.
const CASES: [Case; 4] = [
    Case { name: "the notebook's", net: notebook_net, batch: &[1, 50] },
    Case { name: "convolutions", net: conv_net, batch: &[6, 1, 12, 12] },
    Case { name: "a net of nets", net: nested_net, batch: &[7, 3, 4] },
    Case { name: "three layers of 200", net: deep_net, batch: &[32, 200] },
];

fn notebook_net(seed: u64) -> Sequential {
    let rng = &mut Rng::new(seed);
    sequential![
        Linear::new(50, 50, rng),
        Relu::new(),
        Linear::new(50, 50, rng),
        Relu::new(),
        Linear::new(50, 1, rng),
    ]
}

fn conv_net(seed: u64) -> Sequential {
    let rng = &mut Rng::new(seed);
    sequential![
        Conv2d::new(1, 4, Window::new([3, 3]), rng), // 12 to 10
        Relu::new(),
        MaxPool2d::new(Window::tiling(2)),           // 10 to 5
        Conv2d::new(4, 6, Window::new([3, 3]), rng), // 5 to 3
        Relu::new(),
        Flatten::new(),
        Linear::new(6 * 9, 10, rng),
    ]
}

/// Nets within nets, one of them empty; layers without parameters first and last; batch
/// normalisation and dropout.
fn nested_net(seed: u64) -> Sequential {
    let rng = &mut Rng::new(seed);
    let inner = sequential![Linear::new(20, 16, rng), BatchNorm1d::new(16), Relu::new()];
    sequential![
        Flatten::new(),
        sequential![Linear::new(12, 20, rng), BatchNorm1d::new(20), Relu::new()],
        Dropout::new(0.4, rng),
        Sequential::new(Vec::new()),
        sequential![inner, Linear::without_bias(16, 5, rng)],
        Relu::new(),
    ]
}

fn deep_net(seed: u64) -> Sequential {
    let rng = &mut Rng::new(seed);
    sequential![
        Linear::new(200, 200, rng),
        Relu::new(),
        Linear::new(200, 200, rng),
        Relu::new(),
        Linear::new(200, 200, rng),
    ]
}

type AnyOptimizer = dyn Optimizer + Send;

/// Makes an optimizer that has seen nothing.
type Rule = fn() -> Arc<Mutex<AnyOptimizer>>;

/// The rules that everything is tried with.
const RULES: [(&str, Rule); 3] = [
    ("Adam", || Arc::new(Mutex::new(Adam::new(1e-3)))),
    ("momentum", || Arc::new(Mutex::new(Sgd::new(0.01).momentum(0.9).weight_decay(1e-4)))),
    ("descent", || Arc::new(Mutex::new(Sgd::new(0.01)))),
];

#[derive(Clone, Copy, PartialEq, Debug)]
enum Way {
    Ordinary,
    PerLayer,
    PerParameter,
}

/// A net in training.
struct Training {
    net: Sequential,
    optimizer: Arc<Mutex<AnyOptimizer>>,
    way: Way,
}

impl Training {
    fn new(mut net: Sequential, rule: Rule, way: Way) -> Self {
        let optimizer = rule();
        if way == Way::PerParameter {
            mebp::set_hooks(&mut net, &optimizer);
        }
        Self { net, optimizer, way }
    }

    /// One step, towards targets that are drawn.
    fn step(&mut self, x: &Tensor, seed: u64) {
        let d_output = forward(&mut self.net, x, seed);
        let Self { net, optimizer, way } = self;
        match way {
            Way::Ordinary => mebp::ordinary(net, d_output, &mut *optimizer.lock().unwrap()),
            Way::PerLayer => mebp::per_layer(net, d_output, &mut *optimizer.lock().unwrap()),
            Way::PerParameter => net.backward_params(&d_output),
        }
    }
}

/// Forward, and the gradient of a squared error against targets drawn from `seed`.
fn forward(net: &mut Sequential, x: &Tensor, seed: u64) -> Tensor {
    let prediction = net.forward(x);
    let mut loss = Mse::mean();
    loss.forward(&prediction, &common::normal(&prediction.shape(), seed));
    loss.backward()
}

/// The first parameter or running statistic in which two nets differ by a bit.
fn first_difference(a: &Sequential, b: &Sequential) -> Option<String> {
    let mut pairs = a.state().into_iter().zip(b.state());
    pairs.find(|((_, a), (_, b))| !a.same_bits(b)).map(|((name, _), _)| name)
}
