//! Networks by hand against the same on a tape, bit for bit: outputs, losses, gradients, what
//! training moves on, and the parameters after a few steps; each road under an instruction set and on
//! a number of threads of its own. A third network is trained as chapter 7 does.

use crate::choices::Choices;
use crate::count::Count;
use longhand::layers::{
    AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, CrossEntropy, Dropout, Flatten, Layer, Linear,
    LogSoftmax, Loss, MaxPool2d, Mode, Mse, Relu, Sequential,
};
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::record::Record;
use longhand::tensor::isa::{self, Isa};
use longhand::tensor::{Window, threads};
use longhand::{Rng, Scalar, Tape, Tensor, mebp};

static COMPARED: Count = Count::new("tensors compared between two roads");

pub fn check(data: &[u8]) {
    let mut choices = Choices::new(data);
    match choices.flip() {
        false => of_type::<f32>(&mut choices),
        true => of_type::<f64>(&mut choices),
    }
}

/// What a network is to learn.
enum Task<T: Scalar> {
    Labels(Vec<usize>),
    Targets(Tensor<T>),
}

/// Where one road is walked: instruction set and number of threads.
#[derive(Clone, Copy, Debug)]
struct Place(Isa, usize);

impl Place {
    fn choose(choices: &mut Choices) -> Self {
        let all: Vec<Isa> = Isa::supported().collect();
        Self(choices.pick(&all), choices.pick(&[1, 2, 3]))
    }

    fn run<R>(self, f: impl FnOnce() -> R) -> R {
        isa::with(self.0, || threads::with(self.1, f))
    }
}

fn of_type<T: Scalar>(choices: &mut Choices) {
    let shape = input_shape(choices);
    let (seed, depth) = (choices.rng(), choices.within(1..=7));
    let plan: Vec<u8> = (0..depth * 12).map(|_| choices.byte()).collect();
    // The same decisions, the same network: layers cannot be cloned.
    let build = || chain::<T>(&mut Choices::new(&plan), &mut seed.clone(), &shape, depth, 0);
    let ((mut hand, out), (mut taped, _), (mut early, _)) = (build(), build(), build());
    if choices.seldom(5) {
        for net in [&mut hand, &mut taped, &mut early] {
            net.set_mode(Mode::Eval);
        }
    }
    let [here, there] = [Place::choose(choices), Place::choose(choices)];
    let task = match out[..] {
        [batch, classes] if choices.flip() => {
            Task::Labels((0..batch).map(|_| choices.below(classes)).collect())
        }
        _ => Task::Targets(choices.tensor(&out)),
    };
    let rule = choices.byte();
    let mut optimizers = [optimizer::<T>(rule), optimizer(rule), optimizer(rule)];
    for step in 0..choices.within(1..=3) {
        let x: Tensor<T> = choices.tensor(&shape);
        let [one, other, third] = &mut optimizers;
        let by_hand = here.run(|| step_by_hand(&mut hand, &x, &task, &mut **one));
        let by_tape = there.run(|| step_by_tape(&mut taped, &x, &task, &mut **other));
        let what =
            format!("step {step}, {hand:?} of {shape:?} in {}, {here:?}, {there:?}", T::NAME);
        assert_eq!(by_hand.len(), by_tape.len(), "{what}");
        for (number, (a, b)) in by_hand.iter().zip(&by_tape).enumerate() {
            assert_same(&format!("{what}, tensor {number}"), a, b);
        }
        there.run(|| step_early(&mut early, &x, &task, &mut **third));
        for net in [&taped, &early] {
            for ((name, a), (_, b)) in hand.state().into_iter().zip(net.state()) {
                assert_same(&format!("{what}: {name}"), a, b);
            }
        }
        assert!(hand.rngs_mut().iter().eq(taped.rngs_mut().iter()), "{what}: generators");
    }
    let x: Tensor<T> = choices.tensor(&shape);
    let predicted = here.run(|| hand.predict(&x));
    taped.set_mode(Mode::Eval);
    assert_same("predict and forward in evaluation", &predicted, &there.run(|| taped.forward(&x)));
}

#[track_caller]
fn assert_same<T: Scalar>(what: &str, a: &Tensor<T>, b: &Tensor<T>) {
    COMPARED.one_more();
    assert_eq!(a.shape(), b.shape(), "{what}");
    for (i, (&a, &b)) in a.data().iter().zip(b.data()).enumerate() {
        let (a, b) = (a.to_f64(), b.to_f64());
        let same = a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
        assert!(same, "{what}, element {i}: {a:e} and {b:e}");
    }
}

fn optimizer<T: Scalar>(rule: u8) -> Box<dyn Optimizer<T>> {
    match rule % 5 {
        0 => Box::new(Sgd::new(0.1)),
        1 => Box::new(Sgd::new(0.1).momentum(0.9)),
        2 => Box::new(Sgd::new(0.1).momentum(0.8).weight_decay(0.01).nesterov()),
        3 => Box::new(Adam::new(0.01)),
        _ => Box::new(Adam::new(0.01).weight_decay(0.1)),
    }
}

fn step_by_hand<T: Scalar>(
    net: &mut Sequential<T>,
    x: &Tensor<T>,
    task: &Task<T>,
    optimizer: &mut dyn Optimizer<T>,
) -> Vec<Tensor<T>> {
    let y = net.forward(x);
    let (loss, d_y) = match task {
        Task::Labels(labels) => {
            let mut loss = CrossEntropy::mean();
            (loss.forward(&y, labels), loss.backward())
        }
        Task::Targets(targets) => {
            let mut loss = Mse::mean();
            (loss.forward(&y, targets), loss.backward())
        }
    };
    net.zero_grad();
    let mut found = vec![y, Tensor::scalar(loss), net.backward(&d_y)];
    found.extend(net.params().iter().map(|param| param.grad().expect("a gradient").clone()));
    optimizer.step(net.params_mut());
    found
}

fn recorded<'t, T: Scalar>(
    y: longhand::tape::Var<'t, T>,
    task: &Task<T>,
) -> longhand::tape::Var<'t, T> {
    match task {
        Task::Labels(labels) => y.cross_entropy(labels),
        Task::Targets(targets) => y.mse(y.tape().constant(targets.clone())),
    }
}

fn step_by_tape<T: Scalar>(
    net: &mut Sequential<T>,
    x: &Tensor<T>,
    task: &Task<T>,
    optimizer: &mut dyn Optimizer<T>,
) -> Vec<Tensor<T>> {
    let tape = Tape::new();
    let leaf = tape.leaf(x.clone());
    let y = net.record(leaf);
    let loss = recorded(y, task);
    let mut found = vec![y.value(), loss.value()];
    let gradients = loss.backward();
    found.push(gradients[leaf].clone());
    net.zero_grad();
    gradients.write_to(net.params_mut());
    found.extend(net.params().iter().map(|param| param.grad().expect("a gradient").clone()));
    optimizer.step(net.params_mut());
    found
}

/// Each parameter is stepped as soon as its gradient is there (chapter 7).
fn step_early<T: Scalar>(
    net: &mut Sequential<T>,
    x: &Tensor<T>,
    task: &Task<T>,
    optimizer: &mut dyn Optimizer<T>,
) {
    let tape = Tape::new();
    let loss = recorded(net.record(tape.leaf(x.clone())), task);
    net.zero_grad();
    mebp::backward(loss, net.params_mut(), optimizer);
}

fn input_shape(choices: &mut Choices) -> Vec<usize> {
    let batch = choices.within(1..=6);
    match choices.below(3) {
        0 => vec![batch, choices.within(1..=9)],
        1 => vec![batch, choices.within(1..=3), choices.within(1..=5)],
        _ => {
            let [h, w] = choices.pair(1..=10);
            vec![batch, choices.within(1..=3), h, w]
        }
    }
}

/// `depth` layers that fit one another, and the shape of what comes out.
fn chain<T: Scalar>(
    choices: &mut Choices,
    rng: &mut Rng,
    shape: &[usize],
    depth: usize,
    nested: usize,
) -> (Sequential<T>, Vec<usize>) {
    let (mut layers, mut shape) = (Vec::new(), shape.to_vec());
    for _ in 0..depth {
        let (layer, after): (Box<dyn Layer<T>>, _) = if nested < 2 && choices.seldom(10) {
            let depth = choices.below(3);
            let (inner, after) = chain(choices, rng, &shape, depth, nested + 1);
            (Box::new(inner), after)
        } else {
            layer(choices, rng, &shape)
        };
        shape = after;
        layers.push(layer);
    }
    (Sequential::new(layers), shape)
}

type Chosen<T> = (Box<dyn Layer<T>>, Vec<usize>);

/// A layer for inputs of this shape.
fn layer<T: Scalar>(choices: &mut Choices, rng: &mut Rng, shape: &[usize]) -> Chosen<T> {
    let same = shape.to_vec();
    // At least two elements in each channel, for a variance.
    let varied = shape.len() > 1 && same.iter().product::<usize>() > shape[1];
    match (choices.below(8), shape) {
        (0, _) => (Box::new(Relu::new()), same),
        (1, _) => (Box::new(Relu::shifted(T::from_f64(0.25))), same),
        (2, _) => (Box::new(Dropout::new(f64::from(choices.byte() % 10) / 10.0, rng)), same),
        (3, &[batch, _, ..]) => (Box::new(Flatten::new()), vec![batch, same[1..].iter().product()]),
        (4, _) => (Box::new(LogSoftmax::new()), same),
        (5, &[_, c, _, _]) if varied => (Box::new(BatchNorm2d::new(c)), same),
        (5, &[_, c] | &[_, c, _]) if varied => (Box::new(BatchNorm1d::new(c).momentum(0.3)), same),
        (_, &[batch, inputs]) => {
            let outputs = choices.within(1..=12);
            let layer = match choices.flip() {
                true => Linear::new(inputs, outputs, rng),
                false => Linear::without_bias(inputs, outputs, rng),
            };
            (Box::new(layer), vec![batch, outputs])
        }
        (6, &[n, c, h, w]) => {
            let window = window(choices, [h, w], |kernel| kernel);
            let [down, across] = window.output([h, w]);
            let outputs = choices.within(1..=4);
            let layer = match choices.flip() {
                true => Conv2d::new(c, outputs, window, rng),
                false => Conv2d::without_bias(c, outputs, window, rng),
            };
            (Box::new(layer), vec![n, outputs, down, across])
        }
        (_, &[n, c, h, w]) => {
            let window = window(choices, [h, w], |kernel| kernel / 2);
            let [down, across] = window.output([h, w]);
            let layer: Box<dyn Layer<T>> = match choices.below(3) {
                0 => Box::new(MaxPool2d::new(window)),
                1 => Box::new(AvgPool2d::new(window)),
                _ => Box::new(AvgPool2d::new(window).without_padding()),
            };
            (layer, vec![n, c, down, across])
        }
        _ => (Box::new(Relu::new()), same),
    }
}

/// A window that fits an image of this size.
fn window(choices: &mut Choices, size: [usize; 2], padding: impl Fn(usize) -> usize) -> Window {
    let kernel = [0, 1].map(|axis| choices.within(1..=size[axis].min(4)));
    let padding = [0, 1].map(|axis| choices.within(0..=padding(kernel[axis]).min(2)));
    let stride = choices.pair(1..=3);
    let dilation = [0, 1].map(|axis| match kernel[axis] {
        1 => 1,
        // A tap more than one image away from the next would see nothing.
        kernel => choices.within(1..=((size[axis] - 1) / (kernel - 1)).clamp(1, 2)),
    });
    Window { kernel, stride, padding, dilation }
}
