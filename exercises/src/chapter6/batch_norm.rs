//! 6.5: batch normalisation, backward.

use crate::samples::{normal, numeric_gradient, whole};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use longhand::layers::{BatchNorm1d, Layer};

mod second;
mod solution;

type M = Tensor<f64>;

/// d_input `[n, c]` from x `[n, c]`, the weight `[c]`, d_output `[n, c]` and ε.
pub type BatchNormGrad = fn(x: &M, weight: &M, d_output: &M, eps: f64) -> M;

/// The exercise.
pub static BATCH_NORM: Exercise<BatchNormGrad> = Exercise {
    facts: Facts {
        number: (6, 5),
        name: "batch_norm",
        title: "Batch normalisation, backward",
        minutes: 45,
        points: 5,
        see: "Layers with two faces",
        hint: "Compute μ, v, s and z as going forward, and h = w·g. x reaches the loss by three \
               paths: by its own z, by the mean, by the variance. The last two lead to every z of \
               the column, so in each there is a sum, or a mean, over the rows.",
    },
    refused: &["BatchNorm", "BatchNorm1d", "batch_norm"],
    check,
    solution: solution::batch_norm_grad,
    second: second::batch_norm_grad,
    mistakes: &[
        Mistake {
            answer: |x, w, g, eps| paths(x, w, g, eps, true, false),
            says: "The path through the variance is missing: each x also changes the spread by which \
                   all of its column are divided.",
            see: None,
        },
        Mistake {
            answer: |x, w, g, eps| paths(x, w, g, eps, false, true),
            says: "The path through the mean is missing: each x also moves the mean that is taken \
                   off all of its column.",
            see: None,
        },
        Mistake {
            answer: |x, w, g, eps| paths(x, w, g, eps, false, false),
            says: "You have the direct path alone, as if mean and variance were constants. So it is \
                   in evaluation. In training both depend on every x of the column.",
            see: None,
        },
        Mistake {
            answer: |x, _, g, eps| paths(x, &Tensor::ones([x.shape()[1]]), g, eps, true, true),
            says: "The weight is missing: what arrives at z is w·g.",
            see: None,
        },
        Mistake {
            answer: |x, w, g, eps| {
                let n = x.shape()[0] as f64;
                let v = x.var_axis_of_rows() * (n / (n - 1.0).max(1.0));
                with_scale(x, w, g, &(1.0 / (v + eps).sqrt()))
            },
            says: "You divide the variance by n − 1. The layer divides by n; n − 1 is for the \
                   running variance alone.",
            see: None,
        },
        Mistake {
            answer: |x, w, g, eps| with_scale(x, w, g, &(1.0 / (x.var_axis_of_rows() + eps))),
            says: "You divide by the variance. It is its root that numbers are divided by.",
            see: None,
        },
        Mistake {
            answer: |x, w, g, _| solution::batch_norm_grad(x, w, g, 1e-5),
            says: "You do not use the ε that is given.",
            see: None,
        },
        Mistake {
            answer: |x, w, g, eps| {
                with_scale(x, w, g, &(1.0 / (x.var_axis_of_rows().sqrt() + eps)))
            },
            says: "Your ε is added to the root. It is added to the variance: 1/√(v + ε).",
            see: None,
        },
        Mistake {
            answer: |x, w, g, eps| {
                let n = x.shape()[0] as f64;
                let (z, s) = standard(x, eps);
                let h = g * w;
                (&h - h.sum_axis(0) - &z * (&h * &z).sum_axis(0) / n) * s
            },
            says: "You take the sum of h off, where its mean belongs: the mean μ moves by only 1/n \
                   when one x moves by 1.",
            see: None,
        },
        Mistake {
            answer: |x, w, g, eps| {
                let (z, _) = standard(x, eps);
                let h = g * w;
                &h - h.mean_axis(0) - &z * (&h * &z).mean_axis(0)
            },
            says: "The factor s is missing: z changes by s when x changes by 1.",
            see: None,
        },
        Mistake {
            answer: |x, w, g, eps| {
                let (z, s) = standard(x, eps);
                let h = g * w;
                (&h - h.mean_axis(0) + &z * (&h * &z).mean_axis(0)) * s
            },
            says: "The path through the variance has the wrong sign: if the spread grows, all z \
                   become smaller.",
            see: None,
        },
        Mistake {
            answer: |x, w, g, eps| {
                let (z, s) = standard(x, eps);
                let h = g * w;
                (&h - h.mean_axis(0) - (&h * &z).mean_axis(0)) * s
            },
            says: "In the path through the variance z itself is missing: xᵢ moves the variance in \
                   proportion to its distance from the mean.",
            see: None,
        },
        Mistake {
            answer: |x, w, g, eps| {
                let ((z, s), h) = (standard(x, eps), g * w);
                let c = x - x.mean_axis(0);
                (&h - h.mean_axis(0) - &c * (&h * &c).mean_axis(0)) * (s + z * 0.0)
            },
            says: "In the path through the variance you have x − μ where z belongs: the powers of s \
                   cancel but for one, so what is left is z.",
            see: None,
        },
        Mistake {
            answer: |x, w, g, eps| {
                let ((z, s), h) = (standard(x, eps), g * w);
                (&h - h.mean_axis(0) - &z * (&h * &z).sum_axis(0)) * s
            },
            says: "In the path through the variance you have the sum of h·z, where its mean \
                   belongs: the variance is a mean.",
            see: None,
        },
        Mistake {
            answer: |x, w, g, eps| {
                let ((z, s), h) = (standard(x, eps), g * w);
                (&h - h.sum_axis(0) - &z * (&h * &z).sum_axis(0)) * s
            },
            says: "You take sums off where means belong: both μ and v are means over the rows.",
            see: None,
        },
        Mistake {
            answer: |x, w, g, eps| {
                let ((z, s), h) = (standard(x, eps), g * w);
                (&h - h.mean_axis(0) - &z * (&h * &z).mean_axis(0) * 0.5) * s
            },
            says: "The path through the variance is only half of what it should be: the ½ of the \
                   root and the 2 of the square cancel.",
            see: None,
        },
        Mistake {
            answer: |x, w, g, eps| {
                let ((z, s), h) = (standard(x, eps), g * w);
                (&h - h.mean_axis(0) - &z * (&h * &z).mean_axis(0) * 2.0) * s
            },
            says: "The path through the variance is twice what it should be: the ½ of the root and \
                   the 2 of the square cancel.",
            see: None,
        },
        Mistake {
            answer: |x, w, g, eps| {
                let ((z, s), h) = (standard(x, eps), g * w);
                let y = z * w;
                (&h - h.mean_axis(0) - &y * (&h * &y).mean_axis(0)) * s
            },
            says: "In the path through the variance you have y, or w·z, where z belongs. The weight \
                   comes in once, with g.",
            see: None,
        },
    ],
    wrong: &[
        (
            |x, w, g, eps| {
                let n = x.shape()[0] as f64;
                let centred = x - x.sum_axis(0) / n;
                let s = 1.0 / (centred.square().sum_axis(0) / n + eps).sqrt();
                (g - g.sum_axis(0) / n) * w * s
            },
            "path through the variance is missing",
        ),
        (|x, w, g, eps| -solution::batch_norm_grad(x, w, g, eps), "opposite sign"),
        (|x, w, g, eps| solution::batch_norm_grad(x, w, g, eps) * 2.0, "twice what"),
    ],
    equivalent: &[],
};

trait Rows {
    /// The variance over the rows, divided by their number.
    fn var_axis_of_rows(&self) -> M;
}

impl Rows for M {
    fn var_axis_of_rows(&self) -> M {
        (self - self.mean_axis(0)).square().mean_axis(0)
    }
}

/// z and s.
fn standard(x: &M, eps: f64) -> (M, M) {
    let s = 1.0 / (x.var_axis_of_rows() + eps).sqrt();
    ((x - x.mean_axis(0)) * &s, s)
}

/// The gradient, with some other s.
fn with_scale(x: &M, w: &M, g: &M, s: &M) -> M {
    let (z, h) = ((x - x.mean_axis(0)) * s, g * w);
    (&h - h.mean_axis(0) - &z * (&h * &z).mean_axis(0)) * s
}

/// With some of the two paths that lead through the whole column.
fn paths(x: &M, w: &M, g: &M, eps: f64, mean: bool, variance: bool) -> M {
    let ((z, s), h) = (standard(x, eps), g * w);
    let factor = |on: bool| if on { 1.0 } else { 0.0 };
    let through_mean = h.mean_axis(0) * factor(mean);
    let through_variance = &z * (&h * &z).mean_axis(0) * factor(variance);
    (h - through_mean - through_variance) * s
}

fn check(batch_norm_grad: BatchNormGrad, trial: &mut Trial) {
    let (x, w) = (Tensor::new([2, 1], vec![1.0, -1.0]), Tensor::vector(&[1.0]));
    let g = Tensor::new([2, 1], vec![16.0, 0.0]);
    trial.paper(format!("x = {x}, weight = {w}, d_output = {g}, ε = 3"));
    trial.batch(2);
    if let Some(found) = trial.call(|| batch_norm_grad(&x, &w, &g, 3.0)) {
        trial.near("d_input", &found, &Tensor::new([2, 1], vec![3.0, -3.0]));
    }
    let cases = [([4, 3], 1e-5), ([7, 2], 0.5), ([2, 4], 0.1), ([5, 1], 1e-3)];
    for (seed, ([n, c], eps)) in cases.into_iter().enumerate() {
        let seed = 10 * seed as u64;
        let x = normal(&[n, c], seed) * 2.0 + whole(&[c], seed + 1);
        let (w, g) = (normal(&[c], seed + 2), normal(&[n, c], seed + 3));
        trial.case(format!("random x and d_output [{n}, {c}], weight [{c}], ε = {eps}"));
        trial.batch(n);
        let Some(found) = trial.call(|| batch_norm_grad(&x, &w, &g, eps)) else { continue };
        let forward = |x: &M| {
            let mut norm = BatchNorm1d::<f64>::new(c).eps(eps);
            norm.weight.value = w.clone();
            (norm.forward(x), norm)
        };
        trial.near("d_input", &found, &forward(&x).1.backward(&g));
        let measured = numeric_gradient(&x, |x| (forward(x).0 * &g).sum());
        trial.measured("d_input", &found, &measured);
    }
}
