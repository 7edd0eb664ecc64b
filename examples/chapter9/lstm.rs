//! The recurrent net of chapter 9: an LSTM with a linear layer on top, unrolled a few steps at a
//! time, with or without an interface between one unroll and the next.

use crate::net::update;
use longhand::dni::{BackwardInterface, BasicSizes, BasicSynthesizer, Manager};
use longhand::layers::{Layer, Linear};
use longhand::optim::Adam;
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

    /// A net of its own with the same weights.
    pub fn copy(&self) -> Self {
        let mut copy = Self::new(
            self.gates.weight.value.shape()[1] - self.hidden,
            self.hidden,
            self.decoder.weight.value.shape()[0],
            &mut Rng::new(0),
        );
        let values = self.params().into_iter().map(|param| param.value.clone());
        copy.params_mut().into_iter().zip(values).for_each(|(param, value)| param.value = value);
        copy
    }

    pub fn params(&self) -> Vec<&Param> {
        [&self.gates, &self.decoder].into_iter().flat_map(Layer::params).collect()
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

/// What stands in for the unrolls to come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Future {
    /// Nothing: truncated backpropagation in time.
    Cut,
    /// A guessed gradient, `factor` times as large as guessed, from this many hidden layers.
    Guess { n_hidden: usize, factor: f32 },
    /// The same from a linear synthesizer that is taught at every moment: BP(λ).
    Lambda(f32),
}

/// A recurrent net in training.
pub struct Learner {
    pub net: Lstm,
    future: Future,
    interface: Option<BackwardInterface<BasicSynthesizer>>,
    /// The longest gradient of the mean loss of an answer that is not made shorter.
    clip: Option<f32>,
    adam: Adam,
    tape: Tape,
}

impl Learner {
    pub fn new(net: Lstm, future: Future, rate: f64, rng: &mut Rng) -> Self {
        let n_hidden = match future {
            Future::Cut => None,
            Future::Guess { n_hidden, .. } => Some(n_hidden),
            Future::Lambda(_) => Some(0),
        };
        let interface = n_hidden.map(|n_hidden| {
            let sizes = BasicSizes::new(2 * net.hidden).n_hidden(n_hidden);
            BackwardInterface::new(BasicSynthesizer::new(sizes, rng))
        });
        Self { net, future, interface, clip: None, adam: Adam::new(rate), tape: Tape::new() }
    }

    /// With the gradients of all parameters clipped together, as the example of `dni.py` does.
    pub fn clipped(self, clip: f32) -> Self {
        Self { clip: Some(clip), ..self }
    }

    // ANCHOR: unroll
    /// Learns from one unroll that begins in `state`. Gives the state at its end, and the loss of
    /// each answer, summed over the batch. `last` says that nothing follows.
    pub fn unroll(&mut self, state: Tensor, moments: &[Moment], last: bool) -> (Tensor, f32) {
        let (end, loss) = self.backward(state, moments, last);
        let mut params = self.net.params_mut();
        if let Some(interface) = &mut self.interface {
            params.extend(interface.params_mut());
        }
        if let Some(clip) = self.clip {
            let answers = moments.iter().filter_map(|moment| moment.answer.as_ref()).map(Vec::len);
            clip_norm(&mut params, clip * answers.sum::<usize>() as f32);
        }
        update(&mut self.adam, params);
        (end, loss)
    }

    fn backward(&mut self, state: Tensor, moments: &[Moment], last: bool) -> (Tensor, f32) {
        self.tape.clear();
        let (tape, dni) = (&self.tape, Manager::new(&self.tape));
        let found = dni.defer_backward(|| {
            let mut state = tape.constant(state);
            if let Some(interface) = &mut self.interface {
                state = interface.make_trigger(&dni, state);
            }
            let mut loss: Option<Var> = None;
            for (number, moment) in moments.iter().enumerate() {
                if let (Some(interface), Future::Lambda(lambda), 1..) =
                    (&mut self.interface, self.future, number)
                {
                    state = interface.mix(&dni, state, lambda);
                }
                state = self.net.step(tape.constant(moment.input.clone()), state);
                if let Some(answer) = &moment.answer {
                    let more = self.net.scores(state).cross_entropy_sum(answer);
                    loss = Some(loss.map_or(more, |sum| sum + more));
                }
            }
            if let (Some(interface), false) = (&mut self.interface, last) {
                let factor =
                    if let Future::Guess { factor, .. } = self.future { factor } else { 1.0 };
                interface.backward(&dni, state, factor);
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
        dni.write_to(params);
        self.tape.clear();
        found
    }
    // ANCHOR_END: unroll
}

// ANCHOR: clip
/// Makes the gradients of all these parameters shorter by one factor, so that together they are at
/// most `limit` long.
pub fn clip_norm(params: &mut [&mut Param], limit: f32) {
    let squares = params.iter().filter_map(|param| param.grad()).map(|g| g.square().sum());
    let norm = squares.sum::<f32>().sqrt();
    if norm > limit {
        for param in params {
            if let Some(gradient) = param.take_grad() {
                param.set_grad(gradient * (limit / norm));
            }
        }
    }
}
// ANCHOR_END: clip
