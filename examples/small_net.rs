//! Forward, backward, downhill: the net of chapters 2 and 3 on the small tensor, and three nets
//! that learn. With `small_tensor.rs` beside it, it stands in chapter 3 from its first line to its
//! last, and needs nothing of the crate.

// ANCHOR: start
#[allow(dead_code)] // its own main, which is another program
pub mod small_tensor;

use small_tensor::Tensor;
// ANCHOR_END: start

// ANCHOR: four_numbers
/// One input, one weight, one bias, one target.
fn four_numbers() {
    println!("── Four numbers ──");
    let (x, w, b, y) = (3.0, 2.0, 1.0, 5.0);
    let product = w * x;
    let output = product + b;
    let error = output - y;
    let loss = error * error;
    println!("product {product}, output {output}, error {error}, loss {loss}");

    let d_error = 2.0 * error;
    let d_output = d_error;
    let (d_product, d_b) = (d_output, d_output);
    let (d_w, d_x) = (d_product * x, d_product * w);
    println!("d_error {d_error}, d_output {d_output}, d_product {d_product}");
    println!("d_w {d_w}, d_b {d_b}, d_x {d_x}");

    let loss_at = |w: f64, b: f64, x: f64| (w * x + b - y) * (w * x + b - y);
    let h = 0.001;
    let grows = |moved: f64| (moved - loss) / h;
    println!("the loss grows by how many times as much, if a thousandth is added");
    println!("to w: {:.3}", grows(loss_at(w + h, b, x)));
    println!("to b: {:.3}", grows(loss_at(w, b + h, x)));
    println!("to x: {:.3}", grows(loss_at(w, b, x + h)));
}
// ANCHOR_END: four_numbers

// ANCHOR: two_paths
/// One weight, two examples: it reaches the loss by two paths.
fn two_paths() {
    println!("\n── Two paths ──");
    let (w, x, y) = (2.0, [3.0, 1.0], [5.0, 4.0]);
    let error = [w * x[0] - y[0], w * x[1] - y[1]];
    let first = 2.0 * error[0] * x[0];
    let second = 2.0 * error[1] * x[1];
    println!("by the first {first}, by the second {second}, together {}", first + second);

    let square = |error: f64| error * error;
    let loss_at = |w: f64| square(w * x[0] - y[0]) + square(w * x[1] - y[1]);
    let h = 0.001;
    println!("measured: {:.3}", (loss_at(w + h) - loss_at(w)) / h);
}
// ANCHOR_END: two_paths

// ANCHOR: layers
/// out = inp·w + b
pub fn lin(inp: &Tensor, w: &Tensor, b: &Tensor) -> Tensor {
    // inp [n, i], w [i, o], b [o] → [n, o]
    inp.matmul(w).zip(b, |x, y| x + y)
}

/// The gradients of `inp`, `w` and `b`.
pub fn lin_grad(inp: &Tensor, w: &Tensor, d_out: &Tensor) -> (Tensor, Tensor, Tensor) {
    // inp [n, i], w [i, o], d_out [n, o] → [n, i], [i, o], [o]
    (d_out.matmul(&w.t()), inp.t().matmul(d_out), d_out.sum_axis(0))
}

/// max(x, 0)
pub fn relu(inp: &Tensor) -> Tensor {
    inp.map(|x| if x > 0.0 { x } else { 0.0 })
}

/// What comes back passes where the input was above zero.
pub fn relu_grad(inp: &Tensor, d_out: &Tensor) -> Tensor {
    inp.zip(d_out, |x, g| if x > 0.0 { g } else { 0.0 })
}

/// The mean of (ŷ − y)²
pub fn mse(output: &Tensor, target: &Tensor) -> f64 {
    // both [n, 1]
    assert_eq!(output.shape, target.shape, "an output and a target for each example");
    let squares = output.zip(target, |o, t| (o - t) * (o - t));
    squares.data.iter().sum::<f64>() / squares.data.len() as f64
}

/// 2(ŷ − y)/n
pub fn mse_grad(output: &Tensor, target: &Tensor) -> Tensor {
    let n = target.data.len() as f64;
    output.zip(target, |o, t| (o - t) * 2.0 / n)
}
// ANCHOR_END: layers

// ANCHOR: net
/// The loss of lin → relu → lin, and the gradient of each of its four parameters.
pub fn net(params: &[Tensor], inp: &Tensor, target: &Tensor) -> (f64, Vec<Tensor>) {
    let [w1, b1, w2, b2] = params else { panic!("four parameters") };
    let l1 = lin(inp, w1, b1);
    let l2 = relu(&l1);
    let out = lin(&l2, w2, b2);
    let loss = mse(&out, target);

    let d_out = mse_grad(&out, target);
    let (d_l2, d_w2, d_b2) = lin_grad(&l2, w2, &d_out);
    let d_l1 = relu_grad(&l1, &d_l2);
    let (_, d_w1, d_b1) = lin_grad(inp, w1, &d_l1);
    (loss, vec![d_w1, d_b1, d_w2, d_b2])
}
// ANCHOR_END: net

// ANCHOR: check
/// The largest difference between a gradient by hand and the same measured, over all parameters.
pub fn check(params: &[Tensor], inp: &Tensor, target: &Tensor) -> f64 {
    let (_, gradients) = net(params, inp, target);
    let (h, mut largest) = (1e-6, 0.0_f64);
    for (number, gradient) in gradients.iter().enumerate() {
        for (element, by_hand) in gradient.data.iter().enumerate() {
            let loss = |step: f64| {
                let mut moved = params.to_vec();
                moved[number].data[element] += step;
                net(&moved, inp, target).0
            };
            let measured = (loss(h) - loss(-h)) / (2.0 * h);
            largest = largest.max((by_hand - measured).abs());
        }
    }
    largest
}
// ANCHOR_END: check

// ANCHOR: descend
/// A net: from its parameters, the inputs and the targets, the loss and all gradients.
pub type Net = fn(&[Tensor], &Tensor, &Tensor) -> (f64, Vec<Tensor>);

/// Gradient descent. Gives the loss and the parameters before each step, and after the last.
pub fn descend(
    net: Net,
    mut params: Vec<Tensor>,
    (x, y): (&Tensor, &Tensor),
    rate: f64,
    steps: usize,
) -> Vec<(f64, Vec<Tensor>)> {
    let mut path = Vec::new();
    for _ in 0..steps {
        let (loss, gradients) = net(&params, x, y);
        path.push((loss, params.clone()));
        for (param, gradient) in params.iter_mut().zip(&gradients) {
            *param = param.zip(gradient, |p, slope| p - rate * slope);
        }
    }
    path.push((net(&params, x, y).0, params));
    path
}
// ANCHOR_END: descend

// ANCHOR: one
/// A net of one parameter: ŷ = w·x.
pub fn one(params: &[Tensor], x: &Tensor, y: &Tensor) -> (f64, Vec<Tensor>) {
    let [w] = params else { panic!("one parameter") };
    let output = x.matmul(w);
    (mse(&output, y), vec![x.t().matmul(&mse_grad(&output, y))])
}

/// Three examples: about 2 for each 1.
pub fn three_examples() -> (Tensor, Tensor) {
    (Tensor::new(&[3, 1], vec![1.0, 2.0, 3.0]), Tensor::new(&[3, 1], vec![2.1, 3.9, 6.2]))
}

fn one_parameter() {
    println!("\n── One parameter ──");
    let (x, y) = three_examples();
    for rate in [0.02, 0.1, 0.2, 0.22] {
        let path = descend(one, vec![Tensor::new(&[1, 1], vec![0.0])], (&x, &y), rate, 12);
        let ws: Vec<String> = path.iter().map(|(_, w)| format!("{:.3}", w[0].data[0])).collect();
        println!("rate {rate}: w {}", ws.join(" "));
        println!("  the loss is {:.4} at first and {:.4} at last", path[0].0, path[12].0);
    }
}
// ANCHOR_END: one

// ANCHOR: two
/// A net of two parameters: ŷ = w·x + b.
pub fn two(params: &[Tensor], x: &Tensor, y: &Tensor) -> (f64, Vec<Tensor>) {
    let [w, b] = params else { panic!("two parameters") };
    let output = lin(x, w, b);
    let (_, d_w, d_b) = lin_grad(x, w, &mse_grad(&output, y));
    (mse(&output, y), vec![d_w, d_b])
}

/// Five examples: about 5 − x/2.
pub fn five_examples() -> (Tensor, Tensor) {
    let y = vec![4.4, 4.1, 3.4, 3.1, 2.5];
    (Tensor::new(&[5, 1], vec![1.0, 2.0, 3.0, 4.0, 5.0]), Tensor::new(&[5, 1], y))
}

/// w and b, both 0 at first.
pub fn zeros() -> Vec<Tensor> {
    vec![Tensor::new(&[1, 1], vec![0.0]), Tensor::new(&[1], vec![0.0])]
}

/// How many steps it takes until the loss is below 0.01, if it ever is.
pub fn steps_needed(x: &Tensor, y: &Tensor, rate: f64) -> Option<usize> {
    let path = descend(two, zeros(), (x, y), rate, 2000);
    path.iter().position(|(loss, _)| *loss < 0.01)
}

fn two_parameters() {
    println!("\n── Two parameters ──");
    let (x, y) = five_examples();
    let mean = x.sum_axis(0).map(|sum| sum / 5.0);
    let centred = x.zip(&mean, |x, mean| x - mean);
    for (name, x) in [("x as it is", &x), ("x minus its mean", &centred)] {
        let rates = [0.01, 0.02, 0.05, 0.08, 0.1, 0.2, 0.3, 0.4];
        let tried = rates.iter().filter_map(|&rate| Some((steps_needed(x, &y, rate)?, rate)));
        let (steps, rate) =
            tried.min_by_key(|(steps, _)| *steps).expect("one rate that gets there");
        let (loss, params) = descend(two, zeros(), (x, &y), rate, steps).pop().expect("a path");
        let (w, b) = (params[0].data[0], params[1].data[0]);
        println!("{name}: best rate {rate}, {steps} steps to w {w:.3}, b {b:.3}, loss {loss:.4}");
    }
}
// ANCHOR_END: two

// ANCHOR: many
/// Nine points of a parabola, and four hidden units to draw it with.
pub fn parabola() -> (Tensor, Tensor, Vec<Tensor>) {
    let x: Vec<f64> = (-4..=4).map(|i| f64::from(i) / 2.0).collect();
    let y = x.iter().map(|x| x * x).collect();
    let params = vec![
        Tensor::new(&[1, 4], vec![0.9, -0.8, 0.5, -0.4]),
        Tensor::new(&[4], vec![0.13, -0.11, 0.23, -0.17]),
        Tensor::new(&[4, 1], vec![0.3, 0.2, -0.1, 0.4]),
        Tensor::new(&[1], vec![0.0]),
    ];
    (Tensor::new(&[9, 1], x), Tensor::new(&[9, 1], y), params)
}

fn hidden_units() {
    println!("\n── Thirteen parameters ──");
    let (x, y, params) = parabola();
    println!("largest difference, by hand against measured: {:.0e}", check(&params, &x, &y));
    let path = descend(net, params, (&x, &y), 0.1, 3000);
    for step in [0, 10, 100, 1000, 3000] {
        println!("after {step:>4} steps: loss {:.5}", path[step].0);
    }
}

fn main() {
    four_numbers();
    two_paths();
    one_parameter();
    two_parameters();
    hidden_units();
}
// ANCHOR_END: many
