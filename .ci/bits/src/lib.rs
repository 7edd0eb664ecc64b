//! What every machine must compute alike, as lines of a name and a hash of the bits.

use longhand::layers::{
    BatchNorm2d, Conv2d, CrossEntropy, Flatten, Layer, Linear, Loss, MaxPool2d, Relu, Sequential,
};
use longhand::optim::{Adam, Optimizer, Sgd};
use longhand::report::Progress;
use longhand::tensor::{Window, threads};
use longhand::{Rng, Scalar, Tape, Tensor, init, sequential};

/// All of the lines.
pub fn report() -> String {
    let mut lines = Vec::new();
    functions::<f32>("f32", &mut lines);
    functions::<f64>("f64", &mut lines);
    products(&mut lines);
    let rng = &mut Rng::new(1);
    let dense = sequential![Linear::new(784, 128, rng), Relu::new(), Linear::new(128, 10, rng)];
    train("dense net, momentum", dense, &[64, 784], Sgd::new(0.1).momentum(0.9), &mut lines);
    let convolutional = sequential![
        Conv2d::new(1, 6, Window::new([5, 5]).padding([2, 2]), rng),
        BatchNorm2d::new(6),
        Relu::new(),
        MaxPool2d::new(Window::tiling(2)),
        Flatten::new(),
        Linear::new(6 * 14 * 14, 10, rng),
    ];
    train("convolution, Adam", convolutional, &[16, 1, 28, 28], Adam::new(0.01), &mut lines);
    taped(&mut lines);
    lines.concat()
}

/// FNV-1a over the bits of every element. (To `f64` and back a number keeps its bits.)
fn hash<T: Scalar>(numbers: &[T]) -> u64 {
    let bytes = numbers.iter().flat_map(|x| x.to_f64().to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn line<T: Scalar>(name: impl std::fmt::Display, numbers: &[T]) -> String {
    format!("{:016x}  {name}\n", hash(numbers))
}

/// The functions that a platform's library would compute in its own way.
fn functions<T: Scalar>(kind: &str, lines: &mut Vec<String>) {
    let x: Tensor<T> = init::normal([50_000], T::ZERO, T::from_f64(4.0), &mut Rng::new(7));
    lines.push(line(format_args!("{kind} normal"), x.data()));
    let mut each = |name: &str, f: fn(T) -> T| {
        let y: Vec<T> = x.data().iter().map(|&x| f(x)).collect();
        lines.push(line(format_args!("{kind} {name}"), &y));
    };
    each("exp", T::exp);
    each("ln", |x| x.abs().ln());
    each("tanh", T::tanh);
    each("sigmoid", T::sigmoid);
    each("sqrt", |x| x.abs().sqrt());
    each("mul_add", |x| x.mul_add(x, T::from_f64(1.0 / 3.0)));
}

/// One product on one thread and on three; where there are no threads it says so by working.
fn products(lines: &mut Vec<String>) {
    let rng = &mut Rng::new(3);
    let a: Tensor = init::normal([131, 257], 0.0, 1.0, rng);
    let b: Tensor = init::normal([257, 199], 0.0, 1.0, rng);
    for count in [1, 3] {
        let c = threads::with(count, || a.matmul(&b));
        lines.push(line(format_args!("131×257 · 257×199, threads: {count}"), c.data()));
    }
}

/// The weights after 0, 5 and 10 steps, and the losses.
fn train(
    name: &str,
    mut net: Sequential,
    shape: &[usize],
    mut optimizer: impl Optimizer,
    lines: &mut Vec<String>,
) {
    let x: Tensor = init::normal(shape, 0.0, 1.0, &mut Rng::new(5));
    let labels: Vec<usize> = (0..shape[0]).map(|i| i * 7 % 10).collect();
    let (mut loss, mut losses) = (CrossEntropy::mean(), Vec::new());
    let mut progress = Progress::new(name, 10); // looks for a terminal, and at a clock only then
    for step in 0..=10 {
        if step % 5 == 0 {
            let weights: Vec<f32> =
                net.params().iter().flat_map(|p| p.value.data().to_vec()).collect();
            lines.push(line(format_args!("{name}: step {step}"), &weights));
        }
        losses.push(loss.forward(&net.forward(&x), &labels));
        net.zero_grad();
        net.backward_params(&loss.backward());
        optimizer.step(net.params_mut());
        progress.step(String::new);
    }
    lines.push(line(format_args!("{name}: losses"), &losses));
}

/// d/dx of Σ tanh(x·w)², by the tape.
fn taped(lines: &mut Vec<String>) {
    let rng = &mut Rng::new(9);
    let tape = Tape::<f64>::new();
    let x = tape.leaf(init::normal([20, 30], 0.0, 1.0, rng));
    let w = tape.constant(init::normal([30, 10], 0.0, 1.0, rng));
    let y = x.matmul(w).tanh();
    let gradients = (y * y).sum().backward();
    lines.push(line("tape: gradient", gradients[x].data()));
}

/// For a caller outside: makes the report and says where it lies. Its first four bytes are the
/// length of the text behind them, lowest byte first.
#[cfg(target_family = "wasm")]
#[unsafe(no_mangle)]
pub extern "C" fn report_bytes() -> *const u8 {
    let text = report();
    let bytes = [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
    bytes.leak().as_ptr()
}
