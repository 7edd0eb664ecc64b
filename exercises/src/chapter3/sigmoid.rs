//! 3.3: the sigmoid, backward.

use crate::samples::{normal, numeric_gradient, whole};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;

mod second;
mod solution;

type M = Tensor<f64>;

/// d_inp from inp and d_out, all of one shape.
pub type SigmoidGrad = fn(inp: &M, d_out: &M) -> M;

/// The exercise.
pub static SIGMOID: Exercise<SigmoidGrad> = Exercise {
    facts: Facts {
        number: (3, 3),
        name: "sigmoid",
        title: "The sigmoid, backward",
        minutes: 15,
        points: 2,
        see: "The rectifier",
        hint: "Write σ(z) as 1/(1 + e⁻ᶻ) and derive it. What comes out can be said with σ(z) \
               itself. Then comes the companion's other half: what was handed to it.",
    },
    refused: &[],
    check,
    solution: solution::sigmoid_grad,
    second: second::sigmoid_grad,
    mistakes: &[
        Mistake {
            answer: |inp, g| inp * &(1.0 - inp) * g,
            says: "You compute z(1 − z) with the input. It is y(1 − y) with y = σ(z), the output.",
            see: None,
        },
        Mistake {
            answer: |inp, _| {
                let y = inp.sigmoid();
                &y * &(1.0 - &y)
            },
            says: "This is the slope of the sigmoid. By the chain rule it is to be multiplied by \
                   d_out, which says what the output is worth.",
            see: Some("One step at a time"),
        },
        Mistake {
            answer: |inp, g| inp.sigmoid() * g,
            says: "You multiply by y alone. The slope is y(1 − y): it also falls off where y is \
                   near 1.",
            see: None,
        },
        Mistake {
            answer: |inp, g| (1.0 - inp.sigmoid()) * g,
            says: "You multiply by 1 − y alone. The slope is y(1 − y): it also falls off where y \
                   is near 0.",
            see: None,
        },
        Mistake {
            answer: |inp, g| (1.0 - inp.tanh().square()) * g,
            says: "This is the slope of tanh, 1 − tanh².",
            see: None,
        },
        Mistake {
            answer: |inp, g| {
                let y = g.sigmoid();
                &y * &(1.0 - &y) * inp
            },
            says: "You have inp and d_out exchanged.",
            see: None,
        },
    ],
    wrong: &[
        (|inp, g| -solution::sigmoid_grad(inp, g), "opposite sign"),
        (|_, g| g.clone(), "the input itself"),
        (|inp, g| (inp - &inp.square()) * g, "z(1 − z) with the input"),
        (
            |inp, g| {
                let half = (inp / 2.0).tanh().square();
                (1.0 - half) * 0.25 * g.mask(|_| true)
            },
            "multiplied by d_out",
        ),
    ],
    equivalent: &[],
};

fn check(sigmoid_grad: SigmoidGrad, trial: &mut Trial) {
    let (inp, g) = (Tensor::vector(&[0.0, 0.0]), Tensor::vector(&[4.0, -8.0]));
    trial.paper(format!("inp = {inp}, d_out = {g}; σ(0) is ½"));
    trial.given(&g);
    if let Some(found) = trial.call(|| sigmoid_grad(&inp, &g)) {
        trial.near("d_inp", &found, &Tensor::vector(&[1.0, -2.0]));
    }
    for (seed, shape) in [[3, 4], [1, 5], [6, 1]].into_iter().enumerate() {
        let seed = 10 * seed as u64;
        let (inp, g) = (normal(&shape, seed) * 2.0, normal(&shape, seed + 1) + whole(&shape, seed));
        trial.case(format!("random inp and d_out of shape {shape:?}"));
        trial.given(&g);
        let Some(found) = trial.call(|| sigmoid_grad(&inp, &g)) else { continue };
        let y = inp.sigmoid();
        trial.near("d_inp", &found, &(&y * &(1.0 - &y) * &g));
        let measured = numeric_gradient(&inp, |inp| (inp.sigmoid() * &g).sum());
        trial.measured("d_inp", &found, &measured);
    }
    // Far out the slope is 0, whatever becomes of e to the power of it.
    let (inp, g) = (Tensor::vector(&[800.0, -800.0]), Tensor::vector(&[1.0, 1.0]));
    trial.case(format!("inp = {inp}, d_out = {g}"));
    trial.given(&g);
    if let Some(found) = trial.call(|| sigmoid_grad(&inp, &g)) {
        trial.near("d_inp far out", &found, &Tensor::vector(&[0.0, 0.0]));
    }
}
