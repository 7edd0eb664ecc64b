//! A convolutional net whose synthesizer is convolutional too.

use crate::digits::Digits;
use longhand::dni::{BackwardInterface, ConvSynthesizer, Manager};
use longhand::layers::{BatchNorm1d, BatchNorm2d, Conv2d, Linear};
use longhand::optim::{Adam, Optimizer};
use longhand::report::{Table, section};
use longhand::tape::Var;
use longhand::tensor::Window;
use longhand::{Param, Rng, Tape, Tensor};

// ANCHOR: cnn
/// The CNN of the example of `dni.py` but for its dropout: two convolutions of 10 and 20 channels with batch
/// normalisation and pooling, then two linear layers. The interface lies between the halves.
struct Cnn {
    convs: [(Conv2d, BatchNorm2d); 2],
    linears: [(Linear, BatchNorm1d); 2],
    interface: Option<BackwardInterface<ConvSynthesizer>>,
    context: bool,
}

impl Cnn {
    /// The scores of images `[batch, 1, 28, 28]`.
    fn forward<'t>(&mut self, dni: &Manager<'t>, x: Var<'t>) -> Var<'t> {
        let tape = x.tape();
        let bias = |bias: &Option<Param>| tape.param(bias.as_ref().expect("made with one"));
        let mut h = x;
        for (number, (conv, norm)) in self.convs.iter_mut().enumerate() {
            h = if number > 0 { h.relu() } else { h };
            h = h.conv2d(tape.param(&conv.weight), Window::new([5, 5]));
            h = h + bias(&conv.bias).unsqueeze(-1).unsqueeze(-1);
            h = normalise(dni, h, norm);
            h = h.max_pool2d(Window::tiling(2));
        }
        if let Some(interface) = &self.interface {
            h = interface.forward(dni, h);
        }
        h = h.flatten(1);
        for (linear, norm) in &mut self.linears {
            h = h.relu().linear(tape.param(&linear.weight), bias(&linear.bias));
            h = normalise(dni, h, norm);
        }
        h
    }
}
// ANCHOR_END: cnn

/// By the batch's statistics in training, by the running ones in evaluation.
fn normalise<'t, const D: usize>(
    dni: &Manager<'t>,
    x: Var<'t>,
    norm: &mut longhand::layers::BatchNorm<D>,
) -> Var<'t> {
    let (weight, bias) = (x.tape().param(&norm.weight), x.tape().param(&norm.bias));
    if !dni.is_training() {
        return x.batch_norm_with(&norm.running_mean, &norm.running_var, weight, bias, 1e-5);
    }
    norm.observe(&x.value());
    x.batch_norm(weight, bias, 1e-5)
}

impl Cnn {
    fn new(rng: &mut Rng) -> Self {
        let window = Window::new([5, 5]);
        Self {
            convs: [
                (Conv2d::new(1, 10, window, rng), BatchNorm2d::new(10)),
                (Conv2d::new(10, 20, window, rng), BatchNorm2d::new(20)),
            ],
            linears: [
                (Linear::new(320, 50, rng), BatchNorm1d::new(50)),
                (Linear::new(50, 10, rng), BatchNorm1d::new(10)),
            ],
            interface: None,
            context: false,
        }
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
            param.grad = None;
        }
        value
    }

    fn params_mut(&mut self) -> Vec<&mut Param> {
        let Self { convs, linears, interface, .. } = self;
        let mut params = Vec::new();
        for (conv, norm) in convs {
            params.extend([&mut conv.weight, &mut norm.weight, &mut norm.bias]);
            params.extend(&mut conv.bias);
        }
        for (linear, norm) in linears {
            params.extend([&mut linear.weight, &mut norm.weight, &mut norm.bias]);
            params.extend(&mut linear.bias);
        }
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
        let mut wrong = 0;
        for (x, y) in digits.test.batches(500).in_order() {
            let tape = Tape::new();
            let dni = Manager::in_mode(&tape, longhand::layers::Mode::Eval);
            let scores = tape.no_record(|| net.forward(&dni, tape.constant(images(&x))).value());
            wrong +=
                scores.argmax(-1).iter().zip(&y).filter(|(guess, label)| guess != label).count();
        }
        let mean = format!("{:.4}", Tensor::vector(&losses).mean());
        let error = format!("{:.2} %", 100.0 * wrong as f64 / digits.test.len() as f64);
        table.push([name.to_string(), steps.to_string(), mean, error]);
    }
    print!("{}", table.right(3));
}
