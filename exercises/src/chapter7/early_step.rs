//! 7.1: a linear layer that steps as it goes back.

use crate::samples::{normal, numeric_gradient, whole};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;

mod second;
mod solution;

type M = Tensor<f64>;

/// Steps w `[o, i]` and b `[o]` and gives d_x `[n, i]`, from x and d_out `[n, o]`.
pub type BackAndStep = fn(w: &mut M, b: &mut M, x: &M, d_out: &M, lr: f64) -> M;

/// The exercise.
pub static EARLY_STEP: Exercise<BackAndStep> = Exercise {
    facts: Facts {
        number: (7, 1),
        name: "early_step",
        title: "Back, and step at once",
        minutes: 15,
        points: 2,
        see: "Parameter by parameter",
        hint: "Three gradients, and two of them are used up at once. Which of the three still needs \
               w, and which w? For the step there is `-=`, with a tensor on its right.",
    },
    refused: &[],
    check,
    solution: solution::back_and_step,
    second: second::back_and_step,
    mistakes: &[
        Mistake {
            answer: |w, b, x, g, lr| {
                step(w, b, x, g, lr);
                g.matmul(w)
            },
            says: "Your d_x is that of the weight after its step. What is handed to the layer in \
                   front must be computed with the weight that the forward pass has used.",
            see: None,
        },
        Mistake {
            answer: |w, b, x, g, lr| {
                let d_x = g.matmul(w);
                *w = &*w - g.matmul_tn(x) * lr;
                *b -= &(g.sum_axis(0) * lr);
                d_x
            },
            says: "The numbers are right, but w lies elsewhere than before, so for a moment there \
                   were two of it. Either a new tensor took its place (`*w = …`), or somebody held \
                   a clone of it when it was written to: then it is copied. Use `-=`, and hold \
                   none.",
            see: Some("Layer by layer"),
        },
        Mistake {
            answer: |w, b, x, g, lr| {
                let d_x = g.matmul(w);
                step(w, b, x, g, -lr);
                d_x
            },
            says: "You add the gradients to w and b: that climbs. Descent takes them off.",
            see: None,
        },
        Mistake {
            answer: |w, b, x, g, lr| {
                let d_x = g.matmul(w);
                *w -= &(g.matmul_tn(x) * lr);
                d_x
            },
            says: "You step w, but not b.",
            see: None,
        },
        Mistake {
            answer: |w, b, x, g, lr| {
                let d_x = g.matmul(w);
                step(w, b, x, g, 1.0);
                d_x
            },
            says: "You step by the whole gradient; lr is missing.",
            see: None,
        },
        Mistake {
            answer: |w, b, x, g, lr| {
                let g = g * lr;
                let d_x = g.matmul(w);
                step(w, b, x, &g, 1.0);
                d_x
            },
            says: "You take d_out times lr to begin with, and so your d_x has lr in it. It would go \
                   on through all layers in front, and each would put in one more.",
            see: None,
        },
        Mistake {
            answer: |w, b, x, g, lr| {
                let d_x = g.matmul(w);
                step(w, b, x, g, lr / x.shape()[0] as f64);
                d_x
            },
            says: "You divide the gradients by the number of samples. The mean has been taken in \
                   the loss, and d_out knows it.",
            see: None,
        },
        Mistake {
            answer: |w, _, _, g, _| g.matmul(w),
            says: "You give d_x, and step neither w nor b. Do you step copies of them?",
            see: None,
        },
        Mistake {
            answer: |w, b, x, g, lr| {
                let d_x = g.matmul(w);
                *w -= &(g.matmul_tn(x) * lr);
                *b -= &(g.mean_axis(0) * lr);
                d_x
            },
            says: "You step b by the mean over the samples. It joins every sample, so its gradient \
                   is the sum.",
            see: None,
        },
    ],
    wrong: &[
        (
            |w, b, x, g, lr| {
                let old = w.clone();
                step(w, b, x, g, lr);
                g.matmul(&old)
            },
            "somebody held a clone",
        ),
        (
            |w, b, x, g, lr| {
                let [o, i] = [w.shape()[0], w.shape()[1]];
                for (n, (o, i)) in (0..x.shape()[0])
                    .flat_map(|n| (0..o).flat_map(move |o| (0..i).map(move |i| (n, (o, i)))))
                {
                    w[[o, i]] -= lr * g[[n, o]] * x[[n, i]];
                }
                *b -= &(g.sum_axis(0) * lr);
                g.matmul(w)
            },
            "the weight after its step",
        ),
        (|w, b, x, g, lr| -solution::back_and_step(w, b, x, g, lr), "d_x: the opposite sign"),
        (|w, b, x, g, lr| solution::back_and_step(w, b, x, g, lr).t(), "d_x: transposed"),
        (
            |w, b, x, g, lr| {
                solution::back_and_step(w, b, x, g, lr);
                x.clone()
            },
            "d_x: the input itself",
        ),
    ],
    equivalent: &[],
};

/// The step alone.
fn step(w: &mut M, b: &mut M, x: &M, g: &M, lr: f64) {
    *w -= &(g.matmul_tn(x) * lr);
    *b -= &(g.sum_axis(0) * lr);
}

fn check(answer: BackAndStep, trial: &mut Trial) {
    let call = |trial: &mut Trial, [w, b, x, g]: [&M; 4], lr: f64| -> Option<[M; 3]> {
        trial.batch(x.shape()[0]);
        trial.given(x);
        // Their memory is their own: nothing else holds them.
        let [mut w, mut b] =
            [w, b].map(|tensor| Tensor::new(tensor.shape(), tensor.data().to_vec()));
        let place = w.data().as_ptr();
        let d_x = trial.call(|| answer(&mut w, &mut b, x, g, lr))?;
        let memory = if w.data().as_ptr() == place { "where it was" } else { "elsewhere" };
        trial.bits("w's memory", memory, "where it was");
        Some([d_x, w, b])
    };
    let (w, b) = (Tensor::new([1, 2], vec![3.0, 4.0]), Tensor::vector(&[5.0]));
    let (x, g) = (Tensor::new([1, 2], vec![1.0, 2.0]), Tensor::new([1, 1], vec![1.0]));
    trial.paper(format!("w = {w}, b = {b}, x = {x}, d_out = {g}, lr = 1"));
    if let Some([d_x, w, b]) = call(trial, [&w, &b, &x, &g], 1.0) {
        trial.near("d_x", &d_x, &Tensor::new([1, 2], vec![3.0, 4.0]));
        trial.near("w", &w, &Tensor::new([1, 2], vec![2.0, 2.0]));
        trial.near("b", &b, &Tensor::vector(&[4.0]));
    }
    let sizes = [[3, 4, 2, 1], [1, 3, 2, 2], [5, 2, 2, 3], [4, 1, 3, 1], [6, 5, 7, 2]];
    for (seed, [n, i, o, tenths]) in sizes.into_iter().enumerate() {
        let (seed, lr) = (10 * seed as u64, tenths as f64 / 10.0);
        let (w, b) = (normal(&[o, i], seed), normal(&[o], seed + 1));
        let (x, g) = (normal(&[n, i], seed + 2), normal(&[n, o], seed + 3) + whole(&[n, o], seed));
        trial.case(format!("random x [{n}, {i}], w [{o}, {i}], lr = {lr}"));
        let Some([d_x, stepped_w, stepped_b]) = call(trial, [&w, &b, &x, &g], lr) else { continue };
        trial.near("d_x", &d_x, &g.matmul(&w));
        trial.near("w", &stepped_w, &(&w - g.matmul_tn(&x) * lr));
        trial.near("b", &stepped_b, &(&b - g.sum_axis(0) * lr));
        let loss = |w: &M, b: &M, x: &M| ((x.matmul_nt(w) + b) * &g).sum();
        trial.measured("d_x", &d_x, &numeric_gradient(&x, |x| loss(&w, &b, x)));
        trial.measured("w", &stepped_w, &(&w - numeric_gradient(&w, |w| loss(w, &b, &x)) * lr));
        trial.measured("b", &stepped_b, &(&b - numeric_gradient(&b, |b| loss(&w, b, &x)) * lr));
    }
}
