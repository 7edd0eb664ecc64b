//! 7.5: the norm of a gradient that is never formed.

use crate::samples::{normal, whole};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use longhand::layers::{Layer, Linear};
use longhand::mebp::global_norm;
use longhand::tensor::meter::Meter;

mod second;
mod solution;

type M = Tensor<f64>;

/// Σ d_w² + Σ d_b², from x `[n, i]` and d_out `[n, o]`.
pub type SquaredNorm = fn(x: &M, d_out: &M) -> f64;

/// The exercise.
pub static GRAM: Exercise<SquaredNorm> = Exercise {
    facts: Facts {
        number: (7, 5),
        name: "gram",
        title: "A norm without the gradient",
        minutes: 25,
        points: 3,
        see: "What it cannot do",
        hint: "d_w at [o, i] is Σ_n g_no·x_ni. Square it as Σ_n times Σ_m, with two names for the \
               index, and pull the sums over o and over i inside. And the bias: it is a weight \
               whose input is always 1.",
    },
    refused: &["global_norm", "Linear"],
    check,
    solution: solution::squared_norm,
    second: second::squared_norm,
    mistakes: &[
        Mistake {
            answer: |x, g| weight(x, g),
            says: "You forget the bias. Its gradient is Σ_n g_no, and its square belongs to the \
                   sum: as if x had one more column, of ones.",
            see: None,
        },
        Mistake {
            answer: |x, g| weight(x, g) + g.square().sum(),
            says: "For the bias you add up the squares of d_out. Its gradient is the sum over the \
                   samples, and that is squared, not each sample by itself.",
            see: None,
        },
        Mistake {
            answer: |x, g| {
                let each = x.square().sum_axis(1) + 1.0;
                (each * g.square().sum_axis(1)).sum()
            },
            says: "You add up the squared norm of each sample's own gradient. The samples' \
                   gradients are added up before they are squared, so each pair of samples counts, \
                   not only each with itself.",
            see: None,
        },
        Mistake {
            answer: |x, g| exact(x, g).sqrt(),
            says: "You take the root. It is the squares that are added up over all layers; the root \
                   comes at the very end.",
            see: None,
        },
        Mistake {
            answer: |x, g| g.matmul_nt(g).matmul(&(x.matmul_nt(x) + 1.0)).sum(),
            says: "You multiply the two n × n matrices as matrices. They are multiplied element by \
                   element: each pair of samples with itself.",
            see: None,
        },
        Mistake {
            answer: |x, g| g.matmul_tn(x).square().sum() + g.sum_axis(0).square().sum(),
            says: "The number is right, but you have formed d_w, or something as large, to get it. \
                   Multiply the square out first.",
            see: None,
        },
        Mistake {
            answer: |x, g| weight(x, g) + g.sum().powi(2),
            says: "For the bias you square the sum of all of d_out. Each output has a bias of its \
                   own: sum over the samples, square, and then add up the outputs.",
            see: None,
        },
        Mistake {
            answer: |x, g| x.square().sum() * g.square().sum() + g.sum_axis(0).square().sum(),
            says: "You multiply the squares of all of x by the squares of all of d_out. That is too \
                   large: it takes each sample's input with every other sample's gradient, and \
                   forgets that they point in different directions.",
            see: None,
        },
        Mistake {
            answer: |x, g| x.square().sum() * g.square().sum(),
            says: "You multiply the squares of all of x by the squares of all of d_out. That takes \
                   each sample's input with every other sample's gradient. And the bias is missing.",
            see: None,
        },
        Mistake {
            answer: |x, g| (x.square().sum_axis(1) * g.square().sum_axis(1)).sum(),
            says: "You add up the squared norm of each sample's own gradient of w. The samples' \
                   gradients are added up before they are squared, so each pair of samples counts. \
                   And the bias is missing.",
            see: None,
        },
    ],
    wrong: &[
        (
            |x, g| {
                let samples = x.shape()[0];
                let row = |t: &M, n: usize| t.rows(n..n + 1);
                let pair = |n: usize, m: usize| {
                    (row(g, n) * row(g, m)).sum() * (row(x, n) * row(x, m)).sum()
                };
                (0..samples).map(|n| (0..samples).map(|m| pair(n, m)).sum::<f64>()).sum()
            },
            "forget the bias",
        ),
        (|x, g| exact(x, g) * 2.0, "twice what it should be"),
        (|x, g| exact(x, g) / x.shape()[0] as f64, "too small by the number of samples"),
        (
            |x, g| {
                let d_w = g.unsqueeze(2) * x.unsqueeze(1);
                d_w.sum_axis(0).square().sum() + g.sum_axis(0).square().sum()
            },
            "you have formed d_w",
        ),
    ],
    equivalent: &[],
};

/// Σ d_w² alone.
fn weight(x: &M, g: &M) -> f64 {
    (g.matmul_nt(g) * x.matmul_nt(x)).sum()
}

fn exact(x: &M, g: &M) -> f64 {
    (g.matmul_nt(g) * (x.matmul_nt(x) + 1.0)).sum()
}

/// By the crate's layer, which forms the gradients.
fn by_the_layer(x: &M, g: &M) -> f64 {
    let weight = Tensor::zeros([g.shape()[1], x.shape()[1]]);
    let mut layer = Linear::from_parts(weight, Some(Tensor::zeros([g.shape()[1]])));
    layer.forward(x);
    layer.backward_params(g);
    global_norm(layer.params()).powi(2)
}

fn check(squared_norm: SquaredNorm, trial: &mut Trial) {
    let x = Tensor::new([2, 2], vec![1.0, 2.0, 3.0, 4.0]);
    let g = Tensor::new([2, 1], vec![1.0, 2.0]);
    trial.paper(format!("x = {x}, d_out = {g}"));
    trial.batch(2);
    if let Some(found) = trial.call(|| squared_norm(&x, &g)) {
        trial.near("squares", &found, &158.0);
    }
    for (seed, [n, i, o]) in
        [[3, 40, 50], [1, 30, 40], [2, 64, 64], [4, 70, 30]].into_iter().enumerate()
    {
        let seed = 10 * seed as u64;
        let (x, g) = (normal(&[n, i], seed), whole(&[n, o], seed + 1) + normal(&[n, o], seed + 2));
        trial.case(format!("random x [{n}, {i}] and d_out [{n}, {o}]"));
        trial.batch(n);
        let meter = Meter::new();
        let Some(found) = trial.call(|| meter.watch(|| squared_norm(&x, &g))) else { continue };
        let d_w = g.t().matmul(&x);
        trial.near("squares", &found, &(d_w.square().sum() + g.sum_axis(0).square().sum()));
        trial.near("squares", &found, &by_the_layer(&x, &g));
        // A few copies of x and d_out are fine.
        let held = meter.peak().total() / size_of::<f64>();
        let memory = if held < i * o { "less than d_w" } else { "as much as d_w, or more" };
        trial.bits("held", memory, "less than d_w");
    }
}
