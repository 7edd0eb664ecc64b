//! The recurrent net of chapter 9: an LSTM with a linear layer on top, unrolled a few steps at a
//! time, with or without an interface between one unroll and the next.

use longhand::dni::{BackwardInterface, BasicSizes, BasicSynthesizer, Manager};
use longhand::layers::{Layer, Linear};
use longhand::optim::{Adam, Optimizer};
use longhand::record::Record;
use longhand::tape::{Var, concat};
use longhand::{Param, Rng, Tape, Tensor};

// ANCHOR: cell
/// An LSTM (Hochreiter and Schmidhuber, 1997): its state is h and c side by side.
pub struct Lstm {
    gates: Linear,
    decoder: Linear,
    hidden: usize,
}

impl Lstm {
    pub fn new(inputs: usize, hidden: usize, outputs: usize, rng: &mut Rng) -> Self {
        let mut gates = Linear::new(inputs + hidden, 4 * hidden, rng);
        // The forget gate starts out open, so that the state is kept unless something speaks
        // against it.
        let bias = gates.bias.as_mut().expect("made with one");
        bias.value.data_mut()[hidden..2 * hidden].fill(1.0);
        Self { gates, decoder: Linear::new(hidden, outputs, rng), hidden }
    }

    /// The state before the first step.
    pub fn start(&self, batch: usize) -> Tensor {
        Tensor::zeros([batch, 2 * self.hidden])
    }

    /// One step: an input `[batch, inputs]` and the state `[batch, 2·hidden]` give the next state.
    fn step<'t>(&mut self, x: Var<'t>, state: Var<'t>) -> Var<'t> {
        let n = self.hidden;
        let part = |v: Var<'t>, number: usize| v.slice(1, number * n..(number + 1) * n);
        let all = self.gates.record(concat(&[x, part(state, 0)], 1));
        let [input, forget, new, output] = [0, 1, 2, 3].map(|number| part(all, number));
        let c = forget.sigmoid() * part(state, 1) + input.sigmoid() * new.tanh();
        concat(&[output.sigmoid() * c.tanh(), c], 1)
    }

    /// The scores `[batch, outputs]` of a state.
    fn scores<'t>(&mut self, state: Var<'t>) -> Var<'t> {
        self.decoder.record(state.slice(1, 0..self.hidden))
    }

    /// One step of a tensor, without learning: the scores and the next state.
    pub fn think(&mut self, x: &Tensor, state: &Tensor) -> (Tensor, Tensor) {
        let tape = Tape::new();
        tape.no_record(|| {
            let state = self.step(tape.constant(x.clone()), tape.constant(state.clone()));
            (self.scores(state).value(), state.value())
        })
    }

    fn params_mut(&mut self) -> Vec<&mut Param> {
        [&mut self.gates, &mut self.decoder].into_iter().flat_map(Layer::params_mut).collect()
    }
}
// ANCHOR_END: cell

/// A time step of a batch: what is shown, and what should be answered, if anything.
pub struct Moment {
    pub input: Tensor,
    pub answer: Option<Vec<usize>>,
}

/// A recurrent net in training.
pub struct Learner {
    pub net: Lstm,
    /// What stands in for the unrolls to come; without it, truncated backpropagation in time.
    pub interface: Option<BackwardInterface<BasicSynthesizer>>,
    /// How much of the guessed gradient is used.
    pub factor: f32,
    pub adam: Adam,
    tape: Tape,
}

impl Learner {
    pub fn new(net: Lstm, lr: f64) -> Self {
        Self { net, interface: None, factor: 1.0, adam: Adam::new(lr), tape: Tape::new() }
    }

    /// With synthetic gradients from a linear synthesizer, `factor` times as large as guessed.
    pub fn with_dni(mut self, factor: f32, rng: &mut Rng) -> Self {
        let synthesizer = BasicSynthesizer::new(BasicSizes::new(2 * self.net.hidden), rng);
        self.interface = Some(BackwardInterface::new(synthesizer));
        self.factor = factor;
        self
    }

    // ANCHOR: unroll
    /// Learns from one unroll that begins in `state`. Gives the state at its end, and the loss of
    /// each answer, summed over the batch. `last` says that nothing follows.
    pub fn unroll(&mut self, state: Tensor, moments: &[Moment], last: bool) -> (Tensor, f32) {
        self.tape.clear();
        let (tape, dni) = (&self.tape, Manager::new(&self.tape));
        let (end, loss) = dni.defer_backward(|| {
            let mut state = tape.constant(state);
            if let Some(interface) = &mut self.interface {
                state = interface.make_trigger(&dni, state);
            }
            let mut loss: Option<Var> = None;
            for moment in moments {
                state = self.net.step(tape.constant(moment.input.clone()), state);
                if let Some(answer) = &moment.answer {
                    let more = self.net.scores(state).cross_entropy_sum(answer);
                    loss = Some(loss.map_or(more, |sum| sum + more));
                }
            }
            if let (Some(interface), false) = (&mut self.interface, last) {
                interface.backward(&dni, state, self.factor);
            }
            if let Some(loss) = loss {
                dni.backward(loss);
            }
            (state.value(), loss.map_or(0.0, |loss| loss.value().item()))
        });
        let mut params = self.net.params_mut();
        if let Some(interface) = &mut self.interface {
            params.extend(interface.params_mut());
        }
        dni.write_to(params.iter_mut().map(|param| &mut **param));
        self.tape.clear();
        for param in params {
            self.adam.step_param(param);
            param.zero_grad();
        }
        (end, loss)
    }
    // ANCHOR_END: unroll
}
