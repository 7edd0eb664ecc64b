//! 3.4: a layer that adds up each row, backward.

use crate::samples::{normal, numeric_gradient, whole};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;

mod second;
mod solution;

type M = Tensor<f64>;

/// d_inp `[n, i]` from inp and d_out `[n]`.
pub type RowSumGrad = fn(inp: &M, d_out: &M) -> M;

/// The exercise.
pub static ROW_SUM: Exercise<RowSumGrad> = Exercise {
    facts: Facts {
        number: (3, 4),
        name: "row_sum",
        title: "Sum forward, repeat backward",
        minutes: 15,
        points: 2,
        see: "Many paths",
        hint: "In which output does inp[n, i] appear, and with which factor? All numbers of a row \
               get the same. `unsqueeze(-1)` makes a column of a vector, and `expand` repeats it.",
    },
    refused: &[],
    check,
    solution: solution::row_sum_grad,
    second: second::row_sum_grad,
    mistakes: &[
        Mistake {
            answer: |inp, g| {
                let i = inp.shape()[1] as f64;
                g.unsqueeze(-1).expand(inp.shape()) / i
            },
            says: "You divide by the number of columns. That is the gradient of a mean; in a sum \
                   every number counts whole.",
            see: None,
        },
        Mistake {
            answer: |inp, g| g.unsqueeze(-1).expand(inp.shape()) * inp,
            says: "You multiply by the input. It appears in its output with a factor of 1.",
            see: None,
        },
        Mistake {
            answer: |_, g| g.unsqueeze(-1),
            says: "You hand back a column, [n, 1]. It would broadcast, but a gradient has the \
                   shape of what it belongs to: [n, i].",
            see: Some("One step at a time"),
        },
        Mistake {
            answer: |inp, _| Tensor::ones(inp.shape()),
            says: "You hand back ones: the slope of the sum itself. What the output is worth, \
                   d_out, is missing.",
            see: Some("One step at a time"),
        },
        Mistake {
            answer: |inp, g| {
                let &[n, i] = &*inp.shape() else { panic!("a matrix") };
                let at = |place: usize| g.data()[place % n];
                Tensor::new([n, i], (0..n * i).map(at).collect())
            },
            says: "You repeat d_out along the rows. Its number n belongs to row n, and is the same \
                   in all columns of it.",
            see: None,
        },
        Mistake {
            answer: |inp, g| g.unsqueeze(0).expand(inp.shape()),
            says: "You make a row of d_out, [1, n], and repeat it downwards. It must be a column, \
                   [n, 1], repeated to the right: its number n belongs to row n.",
            see: None,
        },
    ],
    wrong: &[
        (
            |inp, g| {
                let i = inp.shape()[1];
                let row = |g: &f64| vec![g / i as f64; i];
                Tensor::new(inp.shape(), g.data().iter().flat_map(row).collect())
            },
            "divide by the number of columns",
        ),
        (|inp, g| -solution::row_sum_grad(inp, g), "opposite sign"),
        (|_, g| g.clone(), "the input itself"),
        (|inp, _| inp.clone(), "the input itself"),
    ],
    equivalent: &[(
        "d_out.unsqueeze(-1).expand(inp.shape()) → d_out.unsqueeze(1).expand(inp.shape())",
        "of two axes the last is number 1",
    )],
};

fn check(row_sum_grad: RowSumGrad, trial: &mut Trial) {
    let (inp, g) =
        (Tensor::new([2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), Tensor::vector(&[10.0, 20.0]));
    trial.paper(format!("inp = {inp}, d_out = {g}"));
    trial.given(&inp);
    trial.given(&g);
    if let Some(found) = trial.call(|| row_sum_grad(&inp, &g)) {
        trial.bits("d_inp", &found, &Tensor::new([2, 3], vec![10.0, 10.0, 10.0, 20.0, 20.0, 20.0]));
    }
    for (seed, [n, i]) in [[3, 4], [1, 5], [4, 1], [3, 3], [5, 2]].into_iter().enumerate() {
        let seed = 10 * seed as u64;
        let (inp, g) = (normal(&[n, i], seed), normal(&[n], seed + 1) + whole(&[n], seed + 2));
        trial.case(format!("random inp [{n}, {i}] and d_out [{n}]"));
        trial.given(&inp);
        trial.given(&g);
        let Some(found) = trial.call(|| row_sum_grad(&inp, &g)) else { continue };
        trial.bits("d_inp", &found, &g.unsqueeze(-1).expand([n, i]));
        let measured = numeric_gradient(&inp, |inp| (inp.sum_axis(1) * &g).sum());
        trial.measured("d_inp", &found, &measured);
    }
}
