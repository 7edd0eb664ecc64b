//! Training steps: forward, loss, backward, and where a row says so the optimizer's step.

use crate::contest::Contest;
use candle_core::{DType, Device, Var};
use candle_nn::{AdamW, Module, Optimizer as _, ParamsAdamW, VarBuilder, VarMap};
use longhand::by_hand::Net;
use longhand::layers::{CrossEntropy, Layer, Linear, Loss, Mse, Nll, Relu, Sequential};
use longhand::models::lenet;
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::wtb::Tempered;
use longhand::{Rng, Tensor, init};
use std::hint::black_box;

/// The nets of the chapters. Whatever a layer of another kind needs is one more row here and one
/// more workload in `benches/pytorch.py`.
pub fn contests() -> Vec<Contest> {
    vec![
        chapter3(),
        classifier("784-128-10, momentum", &[784, 128, 10], 64, Rule::Momentum),
        wide(64),
        wide(256),
        small(),
        lenet_forward(64),
        lenet_step(64),
        lenet_step(6000),
    ]
}

/// The same net with ever larger batches.
pub fn batches() -> Vec<Contest> {
    [1, 4, 16, 64, 256, 1024].map(wide).into()
}

fn wide(batch: usize) -> Contest {
    classifier("784-256-256-10, Adam", &[784, 256, 256, 10], batch, Rule::Adam)
}

/// Who steps.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Rule {
    Adam,
    Momentum,
}

impl Rule {
    fn ours(self) -> Box<dyn Optimizer> {
        match self {
            Rule::Adam => Box::new(Adam::new(0.001)),
            Rule::Momentum => Box::new(Sgd::new(0.05).momentum(0.9)),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Rule::Adam => "adam",
            Rule::Momentum => "momentum",
        }
    }
}

/// All 50,000 images forward and backward: the gradients of four parameters and of the input.
fn chapter3() -> Contest {
    let (n, rng) = (50_000, &mut Rng::new(3));
    let x = init::normal::<f32>([n, 784], 0.0, 1.0, rng);
    let y = Tensor::new([n], (0..n).map(|i| (i % 10) as f32).collect());
    let net = Net::<f32>::new(784, 50, rng);
    let peer = candle_by_hand(&x, &y, &net).expect("the shapes of chapter 3 fit");
    Contest::ours("chapter 3, 50,000 images", move || {
        black_box(net.forward_and_backward(black_box(&x), &y));
    })
    .peer("candle", peer)
    .pytorch("chapter3")
}

fn candle_by_hand(x: &Tensor, y: &Tensor, net: &Net) -> candle_core::Result<impl FnMut() + use<>> {
    let var = |tensor: &Tensor| {
        let tensor =
            candle_core::Tensor::from_slice(tensor.data(), &tensor.shape()[..], &Device::Cpu)?;
        Var::from_tensor(&tensor)
    };
    let (x, y) = (var(x)?, var(y)?.as_detached_tensor());
    let (w1, b1, w2, b2) = (var(&net.w1)?, var(&net.b1)?, var(&net.w2)?, var(&net.b2)?);
    let step = move || {
        let hidden = x.matmul(&w1)?.broadcast_add(&b1)?.relu()?;
        let output = hidden.matmul(&w2)?.broadcast_add(&b2)?.squeeze(1)?;
        (output - &y)?.sqr()?.mean_all()?.backward()
    };
    Ok(move || {
        black_box(step().expect("the shapes of chapter 3 fit"));
    })
}

/// A net for ten classes: linear layers of these sizes with a ReLU between them.
fn classifier(name: &str, sizes: &[usize], batch: usize, rule: Rule) -> Contest {
    let step = classifier_training(sizes, batch, rule);
    let contest = Contest::ours(format!("{name}, batch {batch}"), step);
    // candle's descent knows no momentum.
    let peer = || candle_classifier(sizes, batch).expect("the sizes fit");
    let contest = if rule == Rule::Adam { contest.peer("candle", peer()) } else { contest };
    contest.pytorch(workload(sizes, batch, rule))
}

/// What the scripts call it.
pub(crate) fn workload(sizes: &[usize], batch: usize, rule: Rule) -> String {
    let words: Vec<String> = sizes.iter().map(usize::to_string).collect();
    format!("classifier {} {batch} {}", rule.name(), words.join(" "))
}

/// Ours as a closure.
pub(crate) fn classifier_training(
    sizes: &[usize],
    batch: usize,
    rule: Rule,
) -> impl FnMut() + use<> {
    let (x, labels) = classes(sizes, batch);
    let net = mlp(sizes, &mut Rng::new(4));
    let (mut net, mut loss, mut optimizer) = (net, CrossEntropy::mean(), rule.ours());
    move || step(&mut net, &mut loss, &mut *optimizer, &x, &labels)
}

/// One step of ours: forward, loss, backward, and the optimizer's.
fn step<L: Loss>(
    net: &mut Sequential,
    loss: &mut L,
    optimizer: &mut dyn Optimizer,
    x: &Tensor,
    y: &L::Target,
) {
    black_box(loss.forward(&net.forward(x), y));
    net.zero_grad();
    net.backward_params(&loss.backward());
    optimizer.step(net.params_mut());
}

/// A batch and its labels.
fn classes(sizes: &[usize], batch: usize) -> (Tensor, Vec<usize>) {
    let x = init::normal([batch, sizes[0]], 0.0, 1.0, &mut Rng::new(4));
    (x, (0..batch).map(|i| i % 10).collect())
}

/// Linear layers of these sizes with a ReLU between them.
pub(crate) fn mlp(sizes: &[usize], rng: &mut Rng) -> Sequential {
    let mut layers: Vec<Box<dyn Layer>> = Vec::new();
    for (i, pair) in sizes.windows(2).enumerate() {
        if i > 0 {
            layers.push(Box::new(Relu::new()));
        }
        layers.push(Box::new(Linear::new(pair[0], pair[1], rng)));
    }
    Sequential::new(layers)
}

/// The name of the row that is all overhead, hardly any arithmetic.
pub(crate) const SMALL: &str = "50-50-50-1, Adam, batch 1";
const SIZES: [usize; 4] = [50, 50, 50, 1];

/// Batches of random numbers with random targets, one after another. If a net saw the same again and
/// again it would learn it, and its gradients would become so small (denormal numbers) that
/// processors take another, slow way.
pub(crate) struct Fresh<T> {
    batches: Vec<(T, T)>,
    at: usize,
}

impl Fresh<Tensor> {
    /// 4,096 samples for a net of these sizes.
    pub(crate) fn new(sizes: &[usize], batch: usize) -> Self {
        let rng = &mut Rng::new(5);
        let mut draw = |size| init::normal([batch, size], 0.0, 1.0, rng);
        let pair = |_| (draw(sizes[0]), draw(sizes[sizes.len() - 1]));
        Self { batches: (0..4096 / batch).map(pair).collect(), at: 0 }
    }
}

impl<T> Fresh<T> {
    /// The next batch and its targets.
    pub(crate) fn next(&mut self) -> &(T, T) {
        self.at = (self.at + 1) % self.batches.len();
        &self.batches[self.at]
    }
}

/// One sample at a time through a small net.
fn small() -> Contest {
    let peer = candle_small().expect("the sizes fit");
    Contest::ours(SMALL, small_training()).peer("candle", peer).pytorch("small")
}

/// Ours as a closure.
pub(crate) fn small_training() -> impl FnMut() {
    let (mut samples, net) = (Fresh::new(&SIZES, 1), mlp(&SIZES, &mut Rng::new(5)));
    let (mut net, mut loss, mut adam) = (net, Mse::mean(), Adam::new(0.001));
    move || {
        let (x, y) = samples.next();
        step(&mut net, &mut loss, &mut adam, x, y);
    }
}

/// Images and labels for chapter 6's net.
fn digits(batch: usize) -> (Tensor, Vec<usize>) {
    let x = init::normal([batch, 1, 28, 28], 0.0, 1.0, &mut Rng::new(6));
    (x, (0..batch).map(|i| i % 10).collect())
}

/// Chapter 6's net, forward alone.
fn lenet_forward(batch: usize) -> Contest {
    let (x, _) = digits(batch);
    let net = lenet::<f32>(&mut Rng::new(7), [0.0, 0.0]);
    Contest::ours(format!("LeNet forward, batch {batch}"), move || {
        black_box(net.predict(black_box(&x)));
    })
    .pytorch(format!("lenet {batch} forward"))
}

/// A step of descent with it.
fn lenet_step(batch: usize) -> Contest {
    let name = format!("LeNet, descent, batch {batch}");
    Contest::ours(name, lenet_training(batch)).pytorch(format!("lenet {batch} step"))
}

/// The same as a closure.
pub fn lenet_training(batch: usize) -> impl FnMut() {
    let (x, labels) = digits(batch);
    let mut net = lenet::<f32>(&mut Rng::new(7), [0.0, 0.0]);
    let (mut loss, mut sgd) = (Nll::mean(), Sgd::new(0.01));
    move || step(&mut net, &mut loss, &mut sgd, &x, &labels)
}

/// A well-tempered step (chapter 8) beside an ordinary one of ours and PyTorch's well-tempered one.
/// Both of ours have ended an epoch before, so that there are ratios to temper by.
pub fn lenet_tempered(batch: usize) -> Contest {
    let (x, labels) = digits(batch);
    let mut net = lenet::<f32>(&mut Rng::new(7), [0.0, 0.0]);
    let (mut loss, mut wtb) = (Nll::mean(), Tempered::new(Sgd::new(0.01)));
    let mut tempered = move |end: bool| {
        step(&mut net, &mut loss, &mut wtb, &x, &labels);
        if end {
            let _ = wtb.end_epoch();
        }
    };
    tempered(false);
    tempered(true);
    Contest::ours(format!("LeNet, well-tempered, batch {batch}"), move || tempered(false))
        .beside("ordinary", lenet_training(batch))
        .pytorch(format!("lenet {batch} wtb"))
}

/// candle's layers of these sizes, and its Adam for them.
fn candle_net(sizes: &[usize]) -> candle_core::Result<(candle_nn::Sequential, AdamW)> {
    let map = VarMap::new();
    let vars = VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu);
    let mut net = candle_nn::seq();
    for (i, pair) in sizes.windows(2).enumerate() {
        if i > 0 {
            net = net.add(candle_nn::Activation::Relu);
        }
        net = net.add(candle_nn::linear(pair[0], pair[1], vars.pp(i))?);
    }
    let params = ParamsAdamW { lr: 0.001, weight_decay: 0.0, ..Default::default() };
    Ok((net, AdamW::new(map.all_vars(), params)?))
}

fn candle_input(x: &Tensor) -> candle_core::Result<candle_core::Tensor> {
    candle_core::Tensor::from_slice(x.data(), &x.shape()[..], &Device::Cpu)
}

fn candle_classifier(sizes: &[usize], batch: usize) -> candle_core::Result<impl FnMut() + use<>> {
    let (net, mut adam) = candle_net(sizes)?;
    let (x, labels) = classes(sizes, batch);
    let x = candle_input(&x)?;
    let labels: Vec<u32> = labels.iter().map(|&label| label as u32).collect();
    let labels = candle_core::Tensor::from_slice(&labels, labels.len(), &Device::Cpu)?;
    let mut step =
        move || adam.backward_step(&candle_nn::loss::cross_entropy(&net.forward(&x)?, &labels)?);
    Ok(move || step().expect("the sizes fit"))
}

fn candle_small() -> candle_core::Result<impl FnMut() + use<>> {
    let (net, mut adam) = candle_net(&SIZES)?;
    let pair = |(x, y): &(Tensor, Tensor)| Ok((candle_input(x)?, candle_input(y)?));
    let batches =
        Fresh::new(&SIZES, 1).batches.iter().map(pair).collect::<candle_core::Result<_>>()?;
    let mut samples = Fresh { batches, at: 0 };
    let mut step = move || {
        let (x, y) = samples.next();
        adam.backward_step(&candle_nn::loss::mse(&net.forward(x)?, y)?)
    };
    Ok(move || step().expect("the sizes fit"))
}
