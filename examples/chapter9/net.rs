//! The nets of chapter 9: linear layers with batch normalisation, and between any two of them a
//! link that can be an interface. `tests/chapter9/` holds them to `dni.py`.

use longhand::dni::{
    BackwardInterface, BasicSizes, BasicSynthesizer, BidirectionalInterface, LocalLoss, Manager,
};
use longhand::layers::{BatchNorm1d, Layer, Linear, Relu, Sequential, preserve_state};
use longhand::optim::{Adam, Optimizer};
use longhand::record::Record;
use longhand::tape::Var;
use longhand::{Param, Rng, Scalar, Tape, Tensor, sequential};

/// Steps these parameters by their gradients, and lets go of those.
pub fn update<T: Scalar>(adam: &mut Adam<T>, params: Vec<&mut Param<T>>) {
    for param in params {
        adam.step_param(param);
        param.zero_grad();
    }
}

/// A linear layer without a bias, and batch normalisation.
pub fn normed<T: Scalar>(inputs: usize, outputs: usize, rng: &mut Rng) -> Sequential<T> {
    sequential![Linear::without_bias(inputs, outputs, rng), BatchNorm1d::new(outputs)]
}

// ANCHOR: link
/// What lies between two layers.
pub enum Link<T: Scalar = f32> {
    /// Nothing: plain backpropagation.
    Joined,
    /// No gradient passes: what lies below never learns.
    Cut,
    /// A guessed gradient: update unlock.
    Update(Box<BackwardInterface<BasicSynthesizer<T>>>),
    /// A guessed activation and a guessed gradient: full unlock.
    Full(Box<BidirectionalInterface<BasicSynthesizer<T>, BasicSynthesizer<T>>>),
    /// No gradient passes, and what lies below learns from a loss of its own.
    Local(Box<LocalLoss<T>>),
}

impl<T: Scalar> Link<T> {
    /// An update unlock between layers of this width.
    pub fn update(width: usize, n_hidden: usize, context: Option<usize>, rng: &mut Rng) -> Self {
        let sizes = BasicSizes::new(width).n_hidden(n_hidden).context_dim(context);
        Link::Update(Box::new(BackwardInterface::new(BasicSynthesizer::new(sizes, rng))))
    }

    /// A full unlock, its activations guessed from the net's `inputs`.
    pub fn full(
        [inputs, width]: [usize; 2],
        [forward, backward]: [usize; 2],
        context: Option<usize>,
        rng: &mut Rng,
    ) -> Self {
        let sizes = BasicSizes::new(width).context_dim(context);
        let activations = BasicSynthesizer::new(sizes.n_hidden(forward).trigger_dim(inputs), rng);
        let gradients = BasicSynthesizer::new(sizes.n_hidden(backward), rng);
        Link::Full(Box::new(BidirectionalInterface::new(activations, gradients)))
    }

    /// A loss for a layer of this width, by a classifier of one matrix.
    pub fn local(width: usize, classes: usize, rng: &mut Rng) -> Self {
        let classifier = sequential![Relu::new(), Linear::new(width, classes, rng)];
        Link::Local(Box::new(LocalLoss::new(classifier)))
    }

    fn pass<'t>(&mut self, dni: &Manager<'t, T>, h: Var<'t, T>, input: Var<'t, T>) -> Var<'t, T> {
        match self {
            Link::Joined => h,
            Link::Cut => h.detach(),
            Link::Update(interface) => interface.forward(dni, h),
            Link::Full(interface) => interface.forward(dni, h, input),
            Link::Local(loss) => loss.forward(dni, h),
        }
    }
}
// ANCHOR_END: link

/// Layers, and a link after each but the last.
pub struct Net<T: Scalar = f32> {
    pub layers: Vec<Sequential<T>>,
    pub links: Vec<Link<T>>,
    /// Whether synthesizers are told the labels.
    pub context: bool,
    /// Whether the loss is a sum, so that a sample's gradient is its own, and not 1/batch of it.
    pub summed: bool,
}

impl<T: Scalar> Net<T> {
    /// Layers of these sizes, linked by what `link` gives for each number from 0.
    pub fn new(
        sizes: &[usize],
        rng: &mut Rng,
        mut link: impl FnMut(usize, &mut Rng) -> Link<T>,
    ) -> Self {
        let layers = sizes.windows(2).map(|pair| normed(pair[0], pair[1], rng)).collect();
        let links = (0..sizes.len() - 2).map(|number| link(number, rng)).collect();
        Self { layers, links, context: false, summed: false }
    }

    // ANCHOR: forward
    /// The scores of a batch. Interfaces on the way do their learning here.
    pub fn forward<'t>(&mut self, dni: &Manager<'t, T>, x: Var<'t, T>) -> Var<'t, T> {
        let mut h = x;
        for (number, layer) in self.layers.iter_mut().enumerate() {
            if number > 0 {
                h = self.links[number - 1].pass(dni, h, x).relu();
            }
            h = layer.record(h);
        }
        h
    }
    // ANCHOR_END: forward

    // ANCHOR: step
    /// Goes forward and back on a batch, and leaves the gradients in the parameters; gives the loss.
    pub fn backward(&mut self, tape: &mut Tape<T>, x: &Tensor<T>, y: &[usize]) -> T {
        tape.clear();
        let dni = Manager::new(tape);
        let x = tape.constant(x.clone());
        let scores = if self.context {
            let labels = tape.constant(Tensor::one_hot(y, self.classes()));
            dni.synthesizer_context(labels, || self.forward(&dni, x))
        } else {
            self.forward(&dni, x)
        };
        let mut loss = scores.cross_entropy(y);
        let value = loss.value().item();
        if self.summed {
            loss = loss * T::from_f64(y.len() as f64);
        }
        dni.backward(loss);
        dni.write_to(self.params_mut());
        // The tape shares the parameters' memory: once it is empty they change in place.
        tape.clear();
        value
    }

    /// A training step on a batch; gives its loss.
    pub fn step(
        &mut self,
        tape: &mut Tape<T>,
        adam: &mut Adam<T>,
        x: &Tensor<T>,
        y: &[usize],
    ) -> T {
        let loss = self.backward(tape, x, y);
        update(adam, self.params_mut());
        loss
    }
    // ANCHOR_END: step

    /// The scores of each row, in evaluation.
    pub fn predict(&self, x: &Tensor<T>) -> Tensor<T> {
        let mut h = self.layers[0].predict(x);
        for layer in &self.layers[1..] {
            h = layer.predict(&h.clamp_min(T::ZERO));
        }
        h
    }

    // ANCHOR: compare
    /// How good the guess is at each update unlock. The truth is backpropagated through everything
    /// above. It only looks: the running statistics stay as they are.
    pub fn compare(&mut self, x: &Tensor<T>, y: &[usize]) -> Vec<Comparison> {
        let tape = Tape::new();
        let dni = Manager::new(&tape);
        let labels = tape.constant(Tensor::one_hot(y, self.classes()));
        let (mut places, mut h) = (Vec::new(), tape.leaf(x.clone()));
        dni.synthesizer_context(labels, || {
            for (number, layer) in self.layers.iter_mut().enumerate() {
                let x = if number > 0 { h.relu() } else { h };
                h = preserve_state(layer, |layer| layer.record(x));
                if let Some(Link::Update(interface)) = self.links.get_mut(number) {
                    let weight = tape.param(layer.params()[0]);
                    places.push((h, weight, interface.receive(&dni, h).value()));
                }
            }
        });
        let triggers: Vec<Var<T>> = places.iter().map(|place| place.0).collect();
        let pass = h.cross_entropy_sum(y).backward_pass().retain_graph();
        let truths = pass.with_respect_to(&triggers).into_iter().flatten();
        let compared = places.into_iter().zip(truths).map(|((h, weight, guess), truth)| {
            let below = |gradient: &Tensor<T>| {
                let pass = tape.backward_pass().root(h, gradient.clone()).retain_graph();
                pass.with_respect_to(&[weight]).remove(0).expect("h depends on the weight")
            };
            let weights = Quality::of(&below(&guess), &below(&truth));
            Comparison { samples: Quality::of(&guess, &truth), weights }
        });
        compared.collect()
    }
    // ANCHOR_END: compare

    fn classes(&self) -> usize {
        self.layers.last().expect("a layer").params()[0].value.shape()[0]
    }

    /// The parameters: those of the layers, then those of the links.
    pub fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        let mut params: Vec<_> = self.layers.iter_mut().flat_map(Layer::params_mut).collect();
        for link in &mut self.links {
            match link {
                Link::Joined | Link::Cut => {}
                Link::Update(interface) => params.extend(interface.params_mut()),
                Link::Full(interface) => params.extend(interface.params_mut()),
                Link::Local(loss) => params.extend(loss.params_mut()),
            }
        }
        params
    }
}

/// Guesses and truth at one interface.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    /// The gradients of the layer's output, sample by sample.
    pub samples: Quality,
    /// What becomes of them: the gradients of the layer's weights, summed over the samples.
    pub weights: Quality,
}

// ANCHOR: quality
/// A guess ĝ beside the truth g, both as one long vector.
#[derive(Clone, Copy, Debug)]
pub struct Quality {
    /// Whether it points the right way: ĝ·g/(‖ĝ‖‖g‖), or 0 for a guess of nothing.
    pub cosine: f64,
    /// How long it is: ‖ĝ‖/‖g‖.
    pub length: f64,
}

impl Quality {
    pub fn of<T: Scalar>(guess: &Tensor<T>, truth: &Tensor<T>) -> Self {
        let dot = |a: &Tensor<T>, b: &Tensor<T>| (a * b).sum().to_f64();
        let [g, t] = [guess, truth].map(|v| dot(v, v).sqrt());
        let cosine = if g > 0.0 { dot(guess, truth) / (t * g) } else { 0.0 };
        Self { cosine, length: g / t }
    }

    /// The share of ‖g‖² that the guess explains: 1 − ‖ĝ − g‖²/‖g‖².
    pub fn explained(&self) -> f64 {
        self.length * (2.0 * self.cosine - self.length)
    }
}
// ANCHOR_END: quality
