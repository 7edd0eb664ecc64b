//! The Hessian and the Gauss-Newton matrix: their traces, and the largest eigenvalue.

use longhand::data::Mnist;
use longhand::layers::{Layer, Linear, Reduction, Sequential};
use longhand::per_sample::{
    GaussNewton, Hessian, Recorder, cross_entropy_root, largest_eigenvalue, trace,
};
use longhand::report::{Figure, LineChart, Table, grouped};
use longhand::tape::Var;
use longhand::{Result, Rng, Tape, Tensor, init, sequential};

/// 784 inputs, some hidden units with tanh between them, 10 scores.
fn small_net<'t>(recorder: &Recorder<'t>, p: &[Var<'t>], x: Var<'t>) -> Var<'t> {
    let h = recorder.linear(x, p[0], Some(p[1])).tanh();
    recorder.linear(h, p[2], Some(p[3]))
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
    println!(
        "{} parameters; the trace of the Gauss-Newton matrix is {exact:.3}\nmean of the draws ± its \
         standard error\n",
        grouped(count)
    );
    let mut table = Table::new(["draws", "Gauss-Newton", "Hessian"]);
    for draws in [10, 40, 160] {
        let figures = [trace(&ggn, draws, rng), trace(&hessian, draws, rng)]
            .map(|estimate| format!("{:.2} ± {:.2}", estimate.mean, estimate.error));
        table.push([draws.to_string()].into_iter().chain(figures));
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
