//! The Hessian and the Gauss-Newton matrix at work: traces, a better step, the largest eigenvalue.

use longhand::data::{Dataset, Mnist};
use longhand::layers::{Layer, Linear, Reduction, Sequential};
use longhand::models::lenet;
use longhand::per_sample::{
    GaussNewton, Hessian, Recorder, conjugate_gradients, cross_entropy_root, largest_eigenvalue,
    trace,
};
use longhand::report::{Figure, LineChart, Table, grouped};
use longhand::tape::Var;
use longhand::tensor::Window;
use longhand::{Result, Rng, Tape, Tensor, init, sequential};

/// 784 inputs, some hidden units with tanh between them, 10 scores.
fn small_net<'t>(recorder: &Recorder<'t>, p: &[Var<'t>], x: Var<'t>) -> Var<'t> {
    let h = recorder.linear(x, p[0], Some(p[1])).tanh();
    recorder.linear(h, p[2], Some(p[3]))
}

/// Chapter 8's net.
fn conv_net<'t>(recorder: &Recorder<'t>, p: &[Var<'t>], x: Var<'t>) -> Var<'t> {
    let (five, two) = (Window::new([5, 5]), Window::tiling(2));
    let h = recorder.conv2d(x, p[0], Some(p[1]), five).relu().max_pool2d(two);
    let h = recorder.conv2d(h, p[2], Some(p[3]), five).relu().max_pool2d(two);
    let h = recorder.linear(h.flatten(1), p[4], Some(p[5])).relu();
    recorder.linear(h, p[6], Some(p[7]))
}

fn leaves<'t>(tape: &'t Tape, net: &Sequential) -> Vec<Var<'t>> {
    net.params().into_iter().map(|param| tape.param(param)).collect()
}

pub fn traces(mnist: &Mnist) {
    let digits = mnist.train.split_at(200).0.dataset::<f32>([784], 255.0);
    let rng = &mut Rng::new(3);
    let net = sequential![Linear::<f32>::new(784, 16, rng), Linear::new(16, 10, rng)];
    // ANCHOR: traces
    let tape = Tape::new();
    let params = leaves(&tape, &net);
    let recorder = Recorder::new(&tape);
    let scores = small_net(&recorder, &params, tape.constant(digits.images.clone()));
    let loss = scores.cross_entropy(&digits.labels);
    let hessian = Hessian::new(loss, &params);
    let ggn = GaussNewton::new(scores, loss, &params);
    let root = cross_entropy_root(&scores.value(), Reduction::Mean);
    let exact: f32 = recorder.ggn_diagonal(scores, &root).iter().map(Tensor::sum).sum();
    // ANCHOR_END: traces
    let count: usize = params.iter().map(|param| param.shape().count()).sum();
    println!("{} parameters; the trace of the Gauss-Newton matrix is {exact:.3}\n", grouped(count));
    let mut table =
        Table::new(["draws", "Gauss-Newton", "off by at most", "Hessian", "off by at most"]);
    for draws in [10, 40, 160] {
        let (g, h) = (trace(&ggn, draws, rng), trace(&hessian, draws, rng));
        let figures = [g.mean, 2.0 * g.error, h.mean, 2.0 * h.error].map(|x| format!("{x:.2}"));
        table.push([draws.to_string()].into_iter().chain(figures));
    }
    print!("{table}");
}

/// The parameters after a step of `lr` against `direction`.
fn moved(net: &Sequential, direction: &[Tensor], lr: f32) -> Vec<Tensor> {
    let params = net.params().into_iter().zip(direction);
    params.map(|(param, d)| &param.value - d * lr).collect()
}

fn loss_at(values: Vec<Tensor>, digits: &Dataset) -> f32 {
    let tape = Tape::new();
    let params: Vec<_> = values.into_iter().map(|value| tape.constant(value)).collect();
    let scores = conv_net(&Recorder::new(&tape), &params, tape.constant(digits.images.clone()));
    scores.cross_entropy(&digits.labels).value().item()
}

/// The loss after steps of plain descent.
fn descended(net: &Sequential, digits: &Dataset, steps: usize, lr: f32) -> f32 {
    let mut values: Vec<Tensor> = net.params().iter().map(|p| p.value.clone()).collect();
    for _ in 0..steps {
        let tape = Tape::new();
        let params: Vec<_> = values.iter().map(|value| tape.leaf(value.clone())).collect();
        let x = tape.constant(digits.images.clone());
        let loss = conv_net(&Recorder::new(&tape), &params, x).cross_entropy(&digits.labels);
        let gradients = loss.backward_pass().with_respect_to(&params);
        for (value, gradient) in values.iter_mut().zip(gradients.into_iter().flatten()) {
            value.update(&gradient, |w, g| w - lr * g);
        }
    }
    loss_at(values, digits)
}

pub fn steps(mnist: &Mnist) {
    let mut digits = mnist.train.split_at(64).0.dataset::<f32>([1, 28, 28], 255.0);
    digits.normalize(0.1307, 0.3081);
    let net = lenet::<f32>(&mut Rng::new(4), [0.0, 0.0]);
    // ANCHOR: steps
    let tape = Tape::new();
    let params = leaves(&tape, &net);
    let recorder = Recorder::new(&tape);
    let scores = conv_net(&recorder, &params, tape.constant(digits.images.clone()));
    let loss = scores.cross_entropy(&digits.labels);
    let gradient = loss
        .backward_pass()
        .retain_graph()
        .with_respect_to(&params)
        .into_iter()
        .flatten()
        .collect::<Vec<_>>();

    let root = cross_entropy_root(&scores.value(), Reduction::Mean);
    let diagonal = recorder.ggn_diagonal(scores, &root);
    let damping = 0.1;
    let scaled: Vec<_> = gradient.iter().zip(&diagonal).map(|(g, d)| g / (d + damping)).collect();

    let ggn = GaussNewton::new(scores, loss, &params);
    let solved = conjugate_gradients(&ggn, damping, &gradient, 10).x;
    // ANCHOR_END: steps
    println!("{} digits, loss {:.4}\n", digits.len(), loss.value().item());
    let mut table = Table::new(["direction", "length", "loss after it"]);
    for (name, direction) in [
        ("the gradient", &gradient),
        ("gradient / (diagonal of G + 0.1)", &scaled),
        ("(G + 0.1)⁻¹ · gradient", &solved),
    ] {
        let tried = (-8..=4).map(|power| 2_f32.powi(power));
        let tried = tried.map(|lr| (lr, loss_at(moved(&net, direction, lr), &digits)));
        let (lr, best) = tried.min_by(|a, b| a.1.total_cmp(&b.1)).expect("some were tried");
        table.push([name.to_string(), lr.to_string(), format!("{best:.4}")]);
    }
    // Thirty gradients cost about as much as the ten products behind the last row.
    for lr in [0.05, 0.2] {
        let loss = descended(&net, &digits, 30, lr);
        table.push(["30 steps of descent".to_string(), lr.to_string(), format!("{loss:.4}")]);
    }
    print!("{table}");
}

pub fn edge(mnist: &Mnist) -> Result<()> {
    const STEPS: usize = 1_500;
    let digits = mnist.train.split_at(200).0.dataset::<f32>([784], 255.0);
    let target = Tensor::one_hot(&digits.labels, 10);
    let mut chart =
        LineChart::new("The largest eigenvalue of the Hessian").x("step").y("eigenvalue");
    let mut table = Table::new(["step size", "2/step size", "steps", "loss", "largest eigenvalue"]);
    for lr in [0.2_f32, 0.1, 0.05] {
        let rng = &mut Rng::new(5);
        let mut net = sequential![Linear::<f32>::new(784, 32, rng), Linear::new(32, 10, rng)];
        let mut vector: Vec<Tensor> =
            net.params().iter().map(|p| init::normal(p.value.shape(), 0.0, 1.0, rng)).collect();
        let (mut at, mut values) = (Vec::new(), Vec::new());
        let mut tape = Tape::new();
        for step in 0..=STEPS {
            tape.clear();
            let params = leaves(&tape, &net);
            let x = tape.constant(digits.images.clone());
            let scores = small_net(&Recorder::new(&tape), &params, x);
            let loss = scores.mse_sum(tape.constant(target.clone())) / (2.0 * digits.len() as f32);
            if step % 15 == 0 {
                // ANCHOR: eigenvalue
                let hessian = Hessian::new(loss, &params);
                let top = largest_eigenvalue(&hessian, vector, 1e-2, 30);
                vector = top.vector; // where to start from the next time
                // ANCHOR_END: eigenvalue
                at.push(step as f64);
                values.push(f64::from(top.value));
                if step % 750 == 0 {
                    table.push([
                        lr.to_string(),
                        format!("{:.0}", 2.0 / lr),
                        step.to_string(),
                        format!("{:.4}", loss.value().item()),
                        format!("{:.2}", top.value),
                    ]);
                }
            }
            let gradients = loss.backward_pass().with_respect_to(&params);
            for (param, gradient) in
                net.params_mut().into_iter().zip(gradients.into_iter().flatten())
            {
                param.value.update(&gradient, |w, g| w - lr * g);
            }
        }
        chart = chart.line(&format!("step size {lr}"), &at, &values);
        chart = chart.mark_y(f64::from(2.0 / lr), &format!("2/{lr}"));
    }
    print!("{table}");
    println!("\nfigure: {}", chart.save_figure("chapter10-eigenvalue")?);
    Ok(())
}
