//! A convolutional net whose synthesizer is convolutional too.

use crate::net::update;
use longhand::data::Dataset;
use longhand::dni::{BackwardInterface, ConvSynthesizer, LocalLoss, Manager};
use longhand::layers::{
    BatchNorm1d, BatchNorm2d, Conv2d, CrossEntropy, Dropout, Flatten, Layer, Linear, MaxPool2d,
    Relu, Sequential, evaluate,
};
use longhand::optim::Adam;
use longhand::record::Record;
use longhand::tape::Var;
use longhand::tensor::Window;
use longhand::{Param, Rng, Tape, Tensor, sequential};

/// What stands between the two halves.
pub enum Between {
    Nothing,
    Guess(Box<BackwardInterface<ConvSynthesizer>>),
    Local(LocalLoss),
}

// ANCHOR: cnn
/// The CNN of the example of `dni.py`, with dropout where it has it.
pub struct Cnn {
    /// Two convolutions of 10 and 20 channels, with batch normalisation.
    below: Sequential,
    /// Drops whole channels: its mask has one element for each.
    dropout: Dropout,
    pool: MaxPool2d,
    /// Two linear layers.
    above: Sequential,
    between: Between,
}

impl Cnn {
    /// The scores of images `[batch, 1, 28, 28]`. The labels are the context.
    fn forward<'t>(&mut self, dni: &Manager<'t>, x: Var<'t>) -> Var<'t> {
        let mut h = self.below.record(x);
        let [batch, channels] = [0, 1].map(|axis| h.shape()[axis]);
        let all = dni.tape().constant(Tensor::ones([batch, channels, 1, 1]));
        h = self.pool.record(h * self.dropout.record(all));
        h = match &mut self.between {
            Between::Nothing => h,
            Between::Guess(interface) => interface.forward(dni, h),
            Between::Local(loss) => loss.forward(dni, h),
        };
        self.above.record(h)
    }
    // ANCHOR_END: cnn

    pub fn new(between: impl FnOnce(&mut Rng) -> Between, rng: &mut Rng) -> Self {
        let window = Window::new([5, 5]);
        let below = sequential![
            Conv2d::new(1, 10, window, rng),
            BatchNorm2d::new(10),
            MaxPool2d::new(Window::tiling(2)),
            Relu::new(),
            Conv2d::new(10, 20, window, rng),
            BatchNorm2d::new(20),
        ];
        let above = sequential![
            Flatten::new(),
            Relu::new(),
            Linear::new(320, 50, rng),
            BatchNorm1d::new(50),
            Relu::new(),
            Dropout::new(0.5, rng),
            Linear::new(50, 10, rng),
            BatchNorm1d::new(10),
        ];
        let (dropout, pool) = (Dropout::new(0.5, rng), MaxPool2d::new(Window::tiling(2)));
        let between = between(rng);
        Self { below, dropout, pool, above, between }
    }

    /// The scores in evaluation, where an interface hands on what it is given.
    fn predict(&self, x: &Tensor) -> Tensor {
        self.above.predict(&self.pool.predict(&self.below.predict(x)))
    }

    /// A training step on rows of pixels; gives the mean loss.
    pub fn step(&mut self, tape: &mut Tape, adam: &mut Adam, x: &Tensor, y: &[usize]) -> f32 {
        tape.clear();
        let dni = Manager::new(tape);
        let x = tape.constant(images(x));
        let labels = tape.constant(Tensor::one_hot(y, 10));
        let scores = dni.synthesizer_context(labels, || self.forward(&dni, x));
        let loss = scores.cross_entropy_sum(y);
        let value = loss.value().item() / y.len() as f32;
        dni.backward(loss);
        dni.write_to(self.params_mut());
        tape.clear();
        update(adam, self.params_mut());
        value
    }

    pub fn params_mut(&mut self) -> Vec<&mut Param> {
        let Self { below, above, between, .. } = self;
        let mut params = below.params_mut();
        params.extend(above.params_mut());
        match between {
            Between::Nothing => {}
            Between::Guess(interface) => params.extend(interface.params_mut()),
            Between::Local(loss) => params.extend(loss.params_mut()),
        }
        params
    }
}

/// Rows of pixels as images.
fn images(rows: &Tensor) -> Tensor {
    rows.reshape([rows.shape()[0], 1, 28, 28])
}

/// What can stand between the halves, by name. Only what has a layer for the labels sees them.
pub fn between(name: &str, rng: &mut Rng) -> Between {
    let guess = |context: Option<usize>, rng: &mut Rng| {
        let synthesizer = ConvSynthesizer::new(20, 5, context, rng);
        Between::Guess(Box::new(BackwardInterface::new(synthesizer)))
    };
    match name {
        "bprop" => Between::Nothing,
        "DNI" => guess(None, rng),
        "cDNI" => guess(Some(10), rng),
        _ => {
            let classifier = sequential![Relu::new(), Flatten::new(), Linear::new(320, 10, rng)];
            Between::Local(LocalLoss::new(classifier))
        }
    }
}

/// The share of digits that are misread after so many steps, in percent.
pub fn error_after(
    net: &mut Cnn,
    steps: usize,
    rate: f64,
    train: &Dataset,
    on: &Dataset,
    rng: &mut Rng,
) -> f64 {
    let (mut tape, mut adam) = (Tape::new(), Adam::new(rate));
    let batches = train.batches(64).drop_last();
    for (x, y) in std::iter::repeat_with(|| batches.shuffled(rng)).flatten().take(steps) {
        net.step(&mut tape, &mut adam, &x, &y);
    }
    100.0 - evaluate(on, 500, &mut CrossEntropy::mean(), |x| net.predict(&images(x))).accuracy()
}
