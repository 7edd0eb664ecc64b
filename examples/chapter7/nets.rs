//! The nets of the chapter, and the ways to train them.

use longhand::layers::{Layer, Linear, Loss, Mse, Nll, Relu, Sequential};
use longhand::models::lenet;
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::record::Record;
use longhand::tape::Var;
use longhand::tensor::meter::Kind;
use longhand::{Rng, Tensor, init, mebp, sequential};
use std::sync::{Arc, Mutex};

/// The net of the MEBP notebook: 50-50-50-1. Two nets of one seed are equal.
pub fn notebook_net(seed: u64) -> Sequential {
    let rng = &mut Rng::new(seed);
    sequential![
        Linear::new(50, 50, rng),
        Relu::new(),
        Linear::new(50, 50, rng),
        Relu::new(),
        Linear::new(50, 1, rng),
    ]
}

/// The convolutional net of chapter 6.
pub fn convolutional(seed: u64) -> Sequential {
    lenet(&mut Rng::new(seed), [0.0, 0.0])
}

/// So many layers of so many units, with a ReLU after each.
fn tower(count: usize, width: usize, seed: u64) -> Sequential {
    let rng = &mut Rng::new(seed);
    let mut layers: Vec<Box<dyn Layer>> = Vec::new();
    for _ in 0..count {
        layers.push(Box::new(Linear::new(width, width, rng)));
        layers.push(Box::new(Relu::new()));
    }
    Sequential::new(layers)
}

/// Twelve layers of 1024 × 1024, with a ReLU after each.
pub fn wide(seed: u64) -> Sequential {
    tower(12, 1024, seed)
}

/// A net, the shape of a batch for it, how its loss begins the way back, and its loss on the tape.
#[derive(Clone, Copy)]
pub struct Case {
    pub name: &'static str,
    pub net: fn(u64) -> Sequential,
    pub batch: &'static [usize],
    pub d_output: fn(&Tensor, u64) -> Tensor,
    pub loss: for<'t> fn(&mut Sequential, Var<'t>, u64) -> Var<'t>,
}

pub const NOTEBOOK: Case = Case {
    name: "the notebook's",
    net: notebook_net,
    batch: &[1, 50],
    d_output: |prediction, seed| {
        let mut loss = Mse::mean();
        loss.forward(prediction, &batch(&prediction.shape(), seed));
        loss.backward()
    },
    loss: notebook_on_tape,
};

pub const CONVOLUTIONAL: Case = Case {
    name: "convolutional",
    net: convolutional,
    batch: &[2, 1, 28, 28],
    d_output: |prediction, seed| {
        let mut loss = Nll::mean();
        loss.forward(prediction, &labels(prediction.shape()[0], seed));
        loss.backward()
    },
    loss: |net, x, seed| net.record(x).nll(&labels(x.shape()[0], seed)),
};

pub const WIDE: Case = Case {
    name: "wide",
    net: wide,
    batch: &[64, 1024],
    d_output: NOTEBOOK.d_output,
    loss: |_, _, _| unreachable!("this net is trained by hand only"),
};

/// 32 layers of 256 × 256, with a ReLU after each. Its targets are not counted as an activation.
pub const DEEP: Case = Case {
    name: "deep",
    net: |seed| tower(32, 256, seed),
    batch: &[256, 256],
    d_output: |prediction, seed| {
        let mut loss = Mse::mean();
        let target = init::normal(prediction.shape(), 0.0, 1.0, &mut Rng::new(seed));
        loss.forward(prediction, &target);
        loss.backward()
    },
    loss: WIDE.loss,
};

// ANCHOR: on_tape
/// The net by products and sums, which are entries of their own: a recorded `Linear` is one entry.
fn notebook_on_tape<'t>(net: &mut Sequential, x: Var<'t>, seed: u64) -> Var<'t> {
    let (tape, params) = (x.tape(), net.params());
    let layer = |x: Var<'t>, i: usize| {
        let product = x.matmul_nt(tape.param(params[i]));
        product + tape.param(params[i + 1])
    };
    let prediction = layer(layer(layer(x, 0).relu(), 2).relu(), 4);
    prediction.mse(tape.constant(batch(&prediction.shape(), seed)))
}
// ANCHOR_END: on_tape

/// Normal draws, counted as an activation: the batch is the first of them.
pub fn batch(shape: &[usize], seed: u64) -> Tensor {
    let _scope = Kind::Activation.scope();
    init::normal(shape, 0.0, 1.0, &mut Rng::new(seed))
}

fn labels(count: usize, seed: u64) -> Vec<usize> {
    (0..count).map(|i| (seed as usize + 3 * i) % 10).collect()
}

/// A rule whose type does not matter, shared between a net's hooks and the program.
pub type Rule = Arc<Mutex<dyn Optimizer + Send>>;

/// Makes a rule that has seen nothing.
pub type Fresh = fn() -> Rule;

pub fn adam() -> Rule {
    Arc::new(Mutex::new(Adam::new(1e-3)))
}

pub fn momentum() -> Rule {
    Arc::new(Mutex::new(Sgd::new(0.01).momentum(0.9)))
}

pub fn descent() -> Rule {
    Arc::new(Mutex::new(Sgd::new(0.01)))
}

/// When gradients are spent.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Way {
    /// All after the backward pass; let go of after the next forward pass, as in chapter 4.
    Late,
    /// All after the backward pass; let go of at once.
    Ordinary,
    Layer,
    Parameter,
}

impl Way {
    /// The three that differ in when they step.
    pub const THREE: [Way; 3] = [Way::Ordinary, Way::Layer, Way::Parameter];

    pub fn name(self) -> &'static str {
        match self {
            Way::Late => "chapter 4's loop",
            Way::Ordinary => "ordinary",
            Way::Layer => "per layer",
            Way::Parameter => "per parameter",
        }
    }
}

/// A net in training.
pub struct Training {
    pub net: Sequential,
    pub rule: Rule,
    case: Case,
    way: Way,
}

impl Training {
    pub fn new(case: Case, seed: u64, rule: Rule, way: Way) -> Self {
        let mut net = (case.net)(seed);
        if way == Way::Parameter {
            mebp::set_hooks(&mut net, &rule);
        }
        Self { net, rule, case, way }
    }

    /// The same net with checkpoints: so many segments, of which the forward pass keeps the inputs.
    pub fn in_segments(self, segments: usize) -> Self {
        Self { net: mebp::checkpoint_sequential(self.net, segments), ..self }
    }

    pub fn step(&mut self, x: &Tensor, seed: u64) {
        let Self { net, rule, case, way } = self;
        let d_output = (case.d_output)(&net.forward(x), seed);
        match way {
            Way::Late => {
                net.zero_grad();
                net.backward_params(&d_output);
                rule.lock().expect("no step has panicked").step(net.params_mut());
            }
            Way::Ordinary => {
                mebp::ordinary(net, d_output, &mut *rule.lock().expect("no step has panicked"));
            }
            Way::Layer => {
                mebp::per_layer(net, d_output, &mut *rule.lock().expect("no step has panicked"));
            }
            // The hooks do it.
            Way::Parameter => net.backward_params(&d_output),
        }
    }
}

/// Whether two nets have the same bits.
pub fn equal(a: &Sequential, b: &Sequential) -> bool {
    a.params().iter().zip(b.params()).all(|(a, b)| a.value.same_bits(&b.value))
}
