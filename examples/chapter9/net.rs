//! The nets of chapter 9: linear layers with batch normalisation, and between any two of them a
//! link that can be an interface. `tests/chapter9/` holds them to `dni.py`.

use longhand::dni::{BackwardInterface, BasicSynthesizer, BidirectionalInterface, Manager};
use longhand::layers::{BatchNorm1d, Layer, Linear, Mode};
use longhand::optim::{Adam, Optimizer};
use longhand::tape::Var;
use longhand::{Param, Rng, Scalar, Tape, Tensor};

/// What batch normalisation adds to the variance.
const EPS: f64 = 1e-5;

// ANCHOR: normed
/// A linear layer without a bias, and batch normalisation.
pub struct Normed<T: Scalar = f32> {
    pub weight: Param<T>,
    pub norm: BatchNorm1d<T>,
}

impl<T: Scalar> Normed<T> {
    pub fn new(inputs: usize, outputs: usize, rng: &mut Rng) -> Self {
        let weight = Linear::without_bias(inputs, outputs, rng).weight;
        Self { weight, norm: BatchNorm1d::new(outputs) }
    }

    /// By the batch's own statistics, on the tape.
    fn normalise<'t>(&self, x: Var<'t, T>) -> Var<'t, T> {
        let tape = x.tape();
        let (weight, bias) = (tape.param(&self.norm.weight), tape.param(&self.norm.bias));
        x.matmul_nt(tape.param(&self.weight)).batch_norm(weight, bias, T::from_f64(EPS))
    }

    /// The same in training: the statistics are remembered.
    pub fn forward<'t>(&mut self, x: Var<'t, T>) -> Var<'t, T> {
        let tape = x.tape();
        let h = x.matmul_nt(tape.param(&self.weight));
        self.norm.observe(&h.value());
        let (weight, bias) = (tape.param(&self.norm.weight), tape.param(&self.norm.bias));
        h.batch_norm(weight, bias, T::from_f64(EPS))
    }

    /// The parameters.
    pub fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        vec![&mut self.weight, &mut self.norm.weight, &mut self.norm.bias]
    }

    /// In evaluation: by the running statistics.
    pub fn predict(&mut self, x: &Tensor<T>) -> Tensor<T> {
        self.norm.set_mode(Mode::Eval);
        let y = self.norm.forward(&x.matmul_nt(&self.weight.value));
        self.norm.forget();
        self.norm.set_mode(Mode::Train);
        y
    }
}
// ANCHOR_END: normed

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
        let sizes = BasicSynthesizer::<T>::builder(width).n_hidden(n_hidden).context_dim(context);
        Link::Update(Box::new(BackwardInterface::new(sizes.build(rng))))
    }

    /// A full unlock, its activations guessed from the net's `inputs`.
    pub fn full(
        [inputs, width]: [usize; 2],
        [forward, backward]: [usize; 2],
        context: Option<usize>,
        rng: &mut Rng,
    ) -> Self {
        let sizes = BasicSynthesizer::<T>::builder(width).context_dim(context);
        let activations = sizes.n_hidden(forward).trigger_dim(inputs).build(rng);
        let gradients = sizes.n_hidden(backward).build(rng);
        Link::Full(Box::new(BidirectionalInterface::new(activations, gradients)))
    }

    fn pass<'t>(&self, dni: &Manager<'t, T>, h: Var<'t, T>, input: Var<'t, T>) -> Var<'t, T> {
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
    pub layers: Vec<Normed<T>>,
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
        let layers = sizes.windows(2).map(|pair| Normed::new(pair[0], pair[1], rng)).collect();
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
            h = layer.forward(h);
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
            param.grad = None;
        }
        value
    }
    // ANCHOR_END: step

    /// The scores of each row, in evaluation.
    pub fn predict(&mut self, x: &Tensor<T>) -> Tensor<T> {
        let mut h = self.layers[0].predict(x);
        for layer in &mut self.layers[1..] {
            h = layer.predict(&h.clamp_min(T::ZERO));
        }
        h
    }

    // ANCHOR: compare
    /// How good the guesses are: at each update unlock the cosine between the guess and the true
    /// gradient, and their ratio in length. The truth is backpropagated through everything above.
    pub fn compare(&self, x: &Tensor<T>, y: &[usize]) -> Vec<(f64, f64)> {
        let tape = Tape::new();
        let dni = Manager::new(&tape);
        let work = || {
            let (mut triggers, mut guesses) = (Vec::new(), Vec::new());
            let mut h = tape.leaf(x.clone());
            for (number, layer) in self.layers.iter().enumerate() {
                h = layer.normalise(if number > 0 { h.relu() } else { h });
                if let Some(Link::Update(interface)) = self.links.get(number) {
                    triggers.push(h);
                    guesses.push(interface.messages.receive(&dni, h).value());
                }
            }
            (h.cross_entropy_sum(y).backward_pass().with_respect_to(&triggers), guesses)
        };
        let labels = tape.constant(Tensor::one_hot(y, self.classes()));
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
        self.layers.last().expect("a layer").weight.value.shape()[0]
    }

    /// The parameters: those of the layers, then those of the links.
    pub fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        let mut params: Vec<_> = self.layers.iter_mut().flat_map(Normed::params_mut).collect();
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
