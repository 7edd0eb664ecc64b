//! 3.2: the linear layer, backward.

use crate::samples::{normal, numeric_gradient, whole};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use longhand::by_hand::lin_grad;

mod second;
mod solution;

type M = Tensor<f64>;

/// d_inp `[n, i]`, d_w `[i, o]` and d_b `[o]` from inp, w and d_out `[n, o]`.
pub type LinearGrad = fn(inp: &M, w: &M, d_out: &M) -> (M, M, M);

/// The exercise.
pub static LINEAR: Exercise<LinearGrad> = Exercise {
    facts: Facts {
        number: (3, 2),
        name: "linear",
        title: "The linear layer, backward",
        minutes: 25,
        points: 3,
        see: "The linear layer",
        hint: "Each gradient has the shape of what it belongs to. Write the shapes of inp, w and \
               d_out beside each other: which product of two of them gives [i, o], which [n, i]? \
               `t()` transposes. And over which axis is something summed that every sample shares?",
    },
    refused: &["lin_grad"],
    check,
    solution: solution::linear_grad,
    second: second::linear_grad,
    mistakes: &[
        Mistake {
            answer: |inp, w, g| {
                let (d_inp, _, d_b) = lin_grad(inp, w, g);
                (d_inp, g.matmul_tn(inp), d_b)
            },
            says: "Your d_w is gᵀ·inp, of shape [o, i]. The weight has the shape [i, o], and so has \
                   its gradient: inpᵀ·g.",
            see: None,
        },
        Mistake {
            answer: |inp, w, g| (g.matmul(w), inp.matmul_tn(g), g.sum_axis(0)),
            says: "You multiply d_out by w as it is. d_out is [n, o] and w is [i, o]: to sum over \
                   the outputs, w must be transposed.",
            see: None,
        },
        Mistake {
            answer: |inp, w, g| (g.matmul_nt(w), inp.matmul(g), g.sum_axis(0)),
            says: "You multiply inp by d_out as it is. inp is [n, i] and d_out is [n, o]: to sum \
                   over the samples, inp must be transposed.",
            see: None,
        },
        Mistake {
            answer: |inp, w, g| {
                let (d_inp, d_w, d_b) = lin_grad(inp, w, g);
                let n = g.shape()[0] as f64;
                (d_inp, d_w / n, d_b / n)
            },
            says: "You divide the gradients of w and b by the number of samples. The sum over \
                   samples is right here; the mean has been taken in the loss, and d_out knows it.",
            see: Some("The loss"),
        },
        Mistake {
            answer: |inp, w, g| {
                let (d_inp, d_w, d_b) = lin_grad(inp, w, g);
                (d_inp, d_w, d_b / g.shape()[0] as f64)
            },
            says: "Your d_b is the mean over the samples. The bias joins every sample, so its \
                   gradient is the sum.",
            see: Some("Many paths"),
        },
        Mistake {
            answer: |inp, w, g| {
                let (d_inp, d_w, _) = lin_grad(inp, w, g);
                (d_inp, d_w, g.clone())
            },
            says: "Your d_b is d_out as it came, with a row for each sample. The bias was repeated \
                   for all of them, so its gradient is the sum of the rows.",
            see: None,
        },
        Mistake {
            answer: |inp, w, g| {
                let (d_inp, d_w, _) = lin_grad(inp, w, g);
                (d_inp, d_w, g.sum_axis(1))
            },
            says: "Your d_b sums over the outputs, axis 1. It has one number for each output: sum \
                   over the samples, axis 0.",
            see: None,
        },
        Mistake {
            answer: |inp, w, g| {
                let n = g.shape()[0];
                let last = |x: &M| x.rows(n - 1..n);
                let (_, d_w, d_b) = lin_grad(&last(inp), w, &last(g));
                (lin_grad(inp, w, g).0, d_w, d_b)
            },
            says: "The gradients of w and b are those of the last sample alone. In a loop over \
                   samples they must be added up (`+=`, not `=`).",
            see: Some("Many paths"),
        },
        Mistake {
            answer: |inp, w, g| {
                let (_, d_w, d_b) = lin_grad(inp, w, g);
                (inp.clone(), d_w, d_b)
            },
            says: "Your d_inp is the input itself. It should say what each input is worth: each \
                   output's g times the weight that leads to it, added up.",
            see: None,
        },
    ],
    wrong: &[
        (
            |inp, w, g| {
                let ([n, i], o) = ([inp.shape()[0], inp.shape()[1]], g.shape()[1]);
                let mut d_w = Tensor::zeros([i, o]);
                let mut d_b = Tensor::zeros([o]);
                for s in 0..n {
                    for b in 0..o {
                        (0..i).for_each(|a| d_w[[a, b]] = inp[[s, a]] * g[[s, b]]);
                        d_b[[b]] = g[[s, b]];
                    }
                }
                (g.matmul(&w.t()), d_w, d_b)
            },
            "the last sample alone",
        ),
        (
            |inp, w, g| {
                let (d_inp, d_w, d_b) = lin_grad(inp, w, g);
                (-d_inp, d_w, d_b)
            },
            "d_inp: the opposite sign",
        ),
        (
            |inp, w, g| {
                let (d_inp, d_w, d_b) = lin_grad(inp, w, g);
                (d_inp.t(), d_w, d_b)
            },
            "d_inp: transposed",
        ),
        (
            |inp, w, g| {
                let (d_inp, d_w, _) = lin_grad(inp, w, g);
                (d_inp, d_w, g.mean_axis(0))
            },
            "the mean over the samples",
        ),
    ],
    equivalent: &[],
};

fn check(linear_grad: LinearGrad, trial: &mut Trial) {
    let inp = Tensor::new([2, 2], vec![1.0, 2.0, 3.0, 4.0]);
    let (w, g) = (Tensor::new([2, 1], vec![5.0, 6.0]), Tensor::new([2, 1], vec![1.0, -1.0]));
    trial.paper(format!("inp = {inp}, w = {w}, d_out = {g}"));
    trial.batch(2);
    if let Some((d_inp, d_w, d_b)) = trial.call(|| linear_grad(&inp, &w, &g)) {
        trial.near("d_inp", &d_inp, &Tensor::new([2, 2], vec![5.0, 6.0, -5.0, -6.0]));
        trial.near("d_w", &d_w, &Tensor::new([2, 1], vec![-2.0, -2.0]));
        trial.near("d_b", &d_b, &Tensor::vector(&[0.0]));
    }
    let sizes = [[3, 4, 2], [1, 3, 2], [5, 1, 3], [4, 2, 1], [7, 5, 6]];
    for (seed, [n, i, o]) in sizes.into_iter().enumerate() {
        let seed = 10 * seed as u64;
        let (inp, w, g) =
            (normal(&[n, i], seed), normal(&[i, o], seed + 1), whole(&[n, o], seed + 2));
        trial.case(format!("random inp [{n}, {i}], w [{i}, {o}] and d_out [{n}, {o}]"));
        trial.batch(n);
        let Some((d_inp, d_w, d_b)) = trial.call(|| linear_grad(&inp, &w, &g)) else { continue };
        let (right_inp, right_w, right_b) = lin_grad(&inp, &w, &g);
        trial.near("d_inp", &d_inp, &right_inp);
        trial.near("d_w", &d_w, &right_w);
        trial.near("d_b", &d_b, &right_b);
        let loss = |inp: &M, w: &M, b: &M| ((inp.matmul(w) + b) * &g).sum();
        let b = Tensor::zeros([o]);
        trial.measured("d_inp", &d_inp, &numeric_gradient(&inp, |inp| loss(inp, &w, &b)));
        trial.measured("d_w", &d_w, &numeric_gradient(&w, |w| loss(&inp, w, &b)));
        trial.measured("d_b", &d_b, &numeric_gradient(&b, |b| loss(&inp, &w, b)));
    }
}
