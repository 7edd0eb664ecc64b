//! Held to `dni.py` on PyTorch, in f64 from frozen parameters: losses to 1e-9, parameters to 1e-8.

use super::common::{assert_near, golden, golden_labels};
use super::net::{Link, Net};
use longhand::dni::{BackwardInterface, BasicSizes, BasicSynthesizer, Manager, Over, Synthesizer};
use longhand::layers::{Layer, Linear};
use longhand::optim::{Adam, Optimizer};
use longhand::{Param, Rng, Tape, Tensor};

const STEPS: usize = 20;
const BATCH: usize = 8;

/// Puts the numbers of one long vector into parameters, one after another.
fn fill(params: Vec<&mut Param<f64>>, from: &Tensor<f64>) {
    let mut rest = from.data();
    for param in params {
        let (own, more) = rest.split_at(param.value.len());
        param.value = Tensor::new(param.value.shape(), own.to_vec());
        rest = more;
    }
    assert!(rest.is_empty(), "{} numbers are left over", rest.len());
}

fn flat<'p>(params: impl IntoIterator<Item = &'p Tensor<f64>>) -> Tensor<f64> {
    let all: Vec<f64> = params.into_iter().flat_map(|tensor| tensor.data().to_vec()).collect();
    Tensor::vector(&all)
}

fn values(params: Vec<&mut Param<f64>>) -> Tensor<f64> {
    let values: Vec<Tensor<f64>> = params.into_iter().map(|param| param.value.clone()).collect();
    flat(&values)
}

/// Twenty steps of 12-10-10-4 with Adam.
fn train(case: &str, full: bool, context: bool) {
    let frozen = |name: &str| golden(&format!("chapter9/{case}/{name}"));
    let classes = context.then_some(4);
    let mut net =
        Net::<f64>::new(&[12, 10, 10, 4], &mut Rng::new(1), |number, rng| match (number, full) {
            (0, _) => Link::Joined,
            (_, false) => Link::update(10, 1, classes, rng),
            (_, true) => Link::full([12, 10], [2, 2], classes, rng),
        });
    net.context = context;
    if let Link::Full(interface) = &mut net.links[1] {
        // dni.py divides the error of an activation by all elements.
        interface.forward_interface.over = Over::Elements;
    }
    fill(net.params_mut(), &frozen("start"));
    let (inputs, labels) = (frozen("inputs"), golden_labels(&format!("chapter9/{case}/labels")));
    let (mut tape, mut adam) = (Tape::new(), Adam::new(0.001));
    let mut losses = Vec::new();
    for step in 0..STEPS {
        let x = inputs.rows(step..step + 1).reshape([BATCH, 12]);
        let y = &labels[step * BATCH..][..BATCH];
        losses.push(net.step(&mut tape, &mut adam, &x, y));
    }
    assert_near("losses", &Tensor::vector(&losses), &frozen("losses"), 1e-9);
    assert_near("parameters", &values(net.params_mut()), &frozen("end"), 1e-8);
    let buffers = net.layers.iter().flat_map(Layer::buffers);
    let running = flat(buffers.map(|(_, buffer)| buffer));
    assert_near("running statistics", &running, &frozen("running"), 1e-8);
    let moved = frozen("end").max_abs_diff(&frozen("start"));
    assert!(moved > 0.01, "parameters that stay where they are prove nothing: {moved}");
}

#[test]
fn update_unlock_as_in_dni_py() {
    train("update", false, false);
}

#[test]
fn update_unlock_with_labels_as_in_dni_py() {
    train("update_context", false, true);
}

#[test]
fn full_unlock_as_in_dni_py() {
    train("full", true, false);
}

#[test]
fn full_unlock_with_labels_as_in_dni_py() {
    train("full_context", true, true);
}

/// h ← tanh(x·Wᵢᵀ + bᵢ + h·Wₕᵀ + bₕ), as PyTorch parametrises it, and a decoder.
struct Recurrent {
    input: Linear<f64>,
    state: Linear<f64>,
    decoder: Linear<f64>,
    interface: BackwardInterface<BasicSynthesizer<f64>>,
}

impl Recurrent {
    /// In PyTorch's order: the two weights of the cell, then its two biases.
    fn params_mut(&mut self) -> Vec<&mut Param<f64>> {
        let (input, state) = (&mut self.input, &mut self.state);
        let mut params = vec![&mut input.weight, &mut state.weight];
        params.extend([&mut input.bias, &mut state.bias].into_iter().flatten());
        params.extend([&mut self.decoder.weight].into_iter().chain(&mut self.decoder.bias));
        params.extend(self.interface.params_mut());
        params
    }
}

#[test]
fn twelve_unrolls_inside_defer_backward_as_in_dni_py() {
    let frozen = |name: &str| golden(&format!("chapter9/rnn/{name}"));
    let rng = &mut Rng::new(2);
    let mut net = Recurrent {
        input: Linear::new(5, 6, rng),
        state: Linear::new(6, 6, rng),
        decoder: Linear::new(6, 4, rng),
        // dni.py reads the batch size off the first axis, which here is that of the layers.
        interface: BackwardInterface::new(BasicSynthesizer::new(
            BasicSizes::new(6).n_hidden(2),
            rng,
        ))
        .over(Over::Samples { axis: 0 }),
    };
    fill(net.params_mut(), &frozen("start"));
    let (inputs, labels) = (frozen("inputs"), golden_labels("chapter9/rnn/labels"));
    let (mut tape, mut adam) = (Tape::new(), Adam::new(0.001));
    let (mut state, mut losses) = (Tensor::zeros([1, 3, 6]), Vec::new());
    for unroll in 0..12 {
        tape.clear();
        let dni = Manager::new(&tape);
        let mut loss = None;
        dni.defer_backward(|| {
            let bias = |layer: &Linear<f64>| tape.param(layer.bias.as_ref().unwrap());
            let mut h = net.interface.make_trigger(&dni, tape.constant(state.clone()));
            let mut scores = Vec::new();
            for step in 0..4 {
                let x = inputs.rows(unroll..unroll + 1).reshape([4, 3, 5]).rows(step..step + 1);
                let x = tape.constant(x.reshape([3, 5]));
                let (w_i, w_h) = (tape.param(&net.input.weight), tape.param(&net.state.weight));
                let flat = h.reshape([3, 6]);
                let next = x.linear(w_i, bias(&net.input)) + flat.linear(w_h, bias(&net.state));
                h = next.tanh().reshape([1, 3, 6]);
                let out =
                    h.reshape([3, 6]).linear(tape.param(&net.decoder.weight), bias(&net.decoder));
                scores.push(out);
            }
            net.interface.backward(&dni, h, 0.1);
            let scores = longhand::tape::concat(&scores, 0);
            let answer = scores.cross_entropy(&labels[unroll * 12..][..12]);
            dni.backward(answer);
            loss = Some(answer.value().item());
            state = h.value();
        });
        losses.push(loss.unwrap());
        dni.write_to(net.params_mut());
        tape.clear();
        for param in net.params_mut() {
            adam.step_param(param);
            param.zero_grad();
        }
    }
    assert_near("losses", &Tensor::vector(&losses), &frozen("losses"), 1e-9);
    assert_near("parameters", &values(net.params_mut()), &frozen("end"), 1e-8);
    assert_near("state", &state, &frozen("state"), 1e-8);
    let synthesizer = &net.interface.synthesizer;
    let last = synthesizer.params().len() - 2;
    let learnt = synthesizer.params()[last].value.max_abs_diff(&Tensor::zeros([6, 6]));
    assert!(learnt > 0.005, "the last layer of the synthesizer has not moved: {learnt}");
}
