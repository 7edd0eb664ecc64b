//! The nets of chapter 9: linear layers with batch normalisation, and between any two of them a
//! link that can be an interface. `tests/chapter9/` holds them to `dni.py`.

use longhand::dni::{
    BackwardInterface, BasicSizes, BasicSynthesizer, BidirectionalInterface, Manager,
};
use longhand::layers::{BatchNorm1d, Layer, Linear, Sequential, preserve_state};
use longhand::optim::{Adam, Optimizer};
use longhand::record::Record;
use longhand::tape::Var;
use longhand::{Param, Rng, Scalar, Tape, Tensor, sequential};

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

    fn pass<'t>(&mut self, dni: &Manager<'t, T>, h: Var<'t, T>, input: Var<'t, T>) -> Var<'t, T> {
        match self {
            Link::Joined => h,
            Link::Cut => h.detach(),
            Link::Update(interface) => interface.forward(dni, h),
            Link::Full(interface) => interface.forward(dni, h, input),
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
    /// A training step on a batch; gives its loss.
    pub fn step(
        &mut self,
        tape: &mut Tape<T>,
        adam: &mut Adam<T>,
        x: &Tensor<T>,
        y: &[usize],
    ) -> T {
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
        for param in self.params_mut() {
            adam.step_param(param);
            param.zero_grad();
        }
        value
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
    /// How good the guesses are: at each update unlock the cosine between the guess and the true
    /// gradient, and their ratio in length. The truth is backpropagated through everything above.
    /// It only looks: the running statistics stay as they are.
    pub fn compare(&mut self, x: &Tensor<T>, y: &[usize]) -> Vec<(f64, f64)> {
        let tape = Tape::new();
        let dni = Manager::new(&tape);
        let labels = tape.constant(Tensor::one_hot(y, self.classes()));
        let work = || {
            let (mut triggers, mut guesses) = (Vec::new(), Vec::new());
            let mut h = tape.leaf(x.clone());
            for (number, layer) in self.layers.iter_mut().enumerate() {
                let x = if number > 0 { h.relu() } else { h };
                h = preserve_state(layer, |layer| layer.record(x));
                if let Some(Link::Update(interface)) = self.links.get_mut(number) {
                    triggers.push(h);
                    guesses.push(interface.receive(&dni, h).value());
                }
            }
            (h.cross_entropy_sum(y).backward_pass().with_respect_to(&triggers), guesses)
        };
        let (truths, guesses) = dni.synthesizer_context(labels, work);
        let pairs = truths.into_iter().flatten().zip(guesses);
        let dot = |a: &Tensor<T>, b: &Tensor<T>| (a * b).sum().to_f64();
        let pairs = pairs.map(|(truth, guess)| {
            let [t, g] = [dot(&truth, &truth).sqrt(), dot(&guess, &guess).sqrt()];
            (dot(&truth, &guess) / (t * g), g / t)
        });
        pairs.collect()
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
            }
        }
        params
    }
}
