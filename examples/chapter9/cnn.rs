//! A convolutional net whose synthesizer is convolutional too.

use crate::digits::Digits;
use longhand::dni::{BackwardInterface, ConvSynthesizer, Manager};
use longhand::layers::{
    BatchNorm1d, BatchNorm2d, Conv2d, CrossEntropy, Flatten, Layer, Linear, MaxPool2d, Relu,
    Sequential, evaluate,
};
use longhand::optim::{Adam, Optimizer};
use longhand::record::Record;
use longhand::report::{Table, section};
use longhand::tape::Var;
use longhand::tensor::Window;
use longhand::{Param, Rng, Tape, Tensor, sequential};

/// The CNN of the example of `dni.py` but for its dropout, with an interface between its halves.
struct Cnn {
    /// Two convolutions of 10 and 20 channels, with batch normalisation and pooling.
    below: Sequential,
    /// Two linear layers.
    above: Sequential,
    interface: Option<BackwardInterface<ConvSynthesizer>>,
    context: bool,
}

impl Cnn {
    fn new(rng: &mut Rng) -> Self {
        let window = Window::new([5, 5]);
        let below = sequential![
            Conv2d::new(1, 10, window, rng),
            BatchNorm2d::new(10),
            MaxPool2d::new(Window::tiling(2)),
            Relu::new(),
            Conv2d::new(10, 20, window, rng),
            BatchNorm2d::new(20),
            MaxPool2d::new(Window::tiling(2)),
        ];
        let above = sequential![
            Flatten::new(),
            Relu::new(),
            Linear::new(320, 50, rng),
            BatchNorm1d::new(50),
            Relu::new(),
            Linear::new(50, 10, rng),
            BatchNorm1d::new(10),
        ];
        Self { below, above, interface: None, context: false }
    }

    /// The scores of images `[batch, 1, 28, 28]`.
    fn forward<'t>(&mut self, dni: &Manager<'t>, x: Var<'t>) -> Var<'t> {
        let mut h = self.below.record(x);
        if let Some(interface) = &mut self.interface {
            h = interface.forward(dni, h);
        }
        self.above.record(h)
    }

    /// The scores in evaluation, where an interface hands on what it is given.
    fn predict(&self, x: &Tensor) -> Tensor {
        self.above.predict(&self.below.predict(x))
    }

    fn step(&mut self, tape: &mut Tape, adam: &mut Adam, x: &Tensor, y: &[usize]) -> f32 {
        tape.clear();
        let dni = Manager::new(tape);
        let x = tape.constant(images(x));
        let scores = match self.context {
            true => {
                let labels = tape.constant(Tensor::one_hot(y, 10));
                dni.synthesizer_context(labels, || self.forward(&dni, x))
            }
            false => self.forward(&dni, x),
        };
        let loss = scores.cross_entropy_sum(y);
        let value = loss.value().item() / y.len() as f32;
        dni.backward(loss);
        dni.write_to(self.params_mut());
        tape.clear();
        for param in self.params_mut() {
            adam.step_param(param);
            param.zero_grad();
        }
        value
    }

    fn params_mut(&mut self) -> Vec<&mut Param> {
        let Self { below, above, interface, .. } = self;
        let mut params = below.params_mut();
        params.extend(above.params_mut());
        if let Some(interface) = interface {
            params.extend(interface.params_mut());
        }
        params
    }
}

/// Rows of pixels as images.
fn images(rows: &Tensor) -> Tensor {
    rows.reshape([rows.shape()[0], 1, 28, 28])
}

/// Plain, with a guessed gradient, and with one that is guessed from the labels too.
pub fn compare(digits: &Digits, steps: usize, seed: u64) {
    section("A convolutional net");
    let mut table = Table::new(["convolutional net", "steps", "mean loss", "test error"]);
    for (name, dni, context) in
        [("bprop", false, None), ("DNI", true, None), ("cDNI", true, Some(10))]
    {
        let rng = &mut Rng::new(seed);
        let mut net = Cnn::new(rng);
        if dni {
            net.interface = Some(BackwardInterface::new(ConvSynthesizer::new(20, 5, context, rng)));
            net.context = context.is_some();
        }
        let (mut tape, mut adam) = (Tape::new(), Adam::new(1e-3));
        let mut losses = Vec::new();
        let batches = digits.train.batches(64).drop_last();
        for (x, y) in std::iter::repeat_with(|| batches.shuffled(rng)).flatten().take(steps) {
            losses.push(net.step(&mut tape, &mut adam, &x, &y));
        }
        let predict = |x: &Tensor| net.predict(&images(x));
        let found = evaluate(&digits.test, 500, &mut CrossEntropy::mean(), predict);
        let mean = format!("{:.4}", Tensor::vector(&losses).mean());
        let error = format!("{:.2} %", 100.0 - found.accuracy());
        table.push([name.to_string(), steps.to_string(), mean, error]);
    }
    print!("{}", table.right(3));
}
