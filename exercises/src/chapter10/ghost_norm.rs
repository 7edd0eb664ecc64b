//! 10.3: the norms of a convolution's individual gradients, from the Gram matrices of the places.

use crate::samples::{normal, whole};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use longhand::tensor::meter::Meter;
use longhand::tensor::{Window, threads};

mod second;
mod solution;

type M = Tensor<f64>;

/// The square norms `[n]` from columns `[n, p, a]` and d_out `[n, o, a]`.
pub type SquareNorms = fn(columns: &M, d_out: &M) -> M;

/// The exercise.
pub static GHOST_NORM: Exercise<SquareNorms> = Exercise {
    facts: Facts {
        number: (10, 3),
        name: "ghost_norm",
        title: "A ghost norm for a convolution",
        minutes: 30,
        points: 3,
        see: "Norms without gradients",
        hint: "For one image, ‖D·Xᵀ‖² = Σ_st (DᵀD)_st·(XᵀX)_st. Both matrices are [a, a]. \
               `rows(n..n + 1)` gives image n, with an axis of one in front that `squeeze(0)` takes \
               away.",
    },
    refused: &["conv2d_weight_square_norms", "square_norms"],
    check,
    solution: solution::square_norms,
    second: second::square_norms,
    mistakes: &[
        Mistake {
            answer: |x, d| of_each(x, d, |x, d| d.matmul_nt(x).square().sum()),
            says: "You write down D·Xᵀ, p·o numbers for an image. The two \
                   Gram matrices, DᵀD and XᵀX, have a·a.",
            see: None,
        },
        Mistake {
            answer: |x, d| of_each(x, d, |x, d| x.square().sum() * d.square().sum()),
            says: "You multiply the square lengths of D and X. That is right for a fully connected \
                   layer, which has a single place; with several places the gradient is a sum, and \
                   the square of a sum is not a product of squares.",
            see: None,
        },
        Mistake {
            answer: |x, d| {
                of_each(x, d, |x, d| (x.square().sum_axis(0) * d.square().sum_axis(0)).sum())
            },
            says: "You add up the square norms of the places, the diagonals of the two Gram \
                   matrices alone. What two places say together is missing.",
            see: None,
        },
        Mistake {
            answer: |x, d| {
                of_each(x, d, |x, d| x.sum_axis(1).square().sum() * d.sum_axis(1).square().sum())
            },
            says: "You add up X and D over the places before you multiply. Each place's D belongs to \
                   its own X.",
            see: None,
        },
        Mistake {
            answer: |x, d| solution::square_norms(x, d).sqrt(),
            says: "You take the root. What is asked for is the square of the length.",
            see: None,
        },
        Mistake {
            answer: |x, d| of_each(x, d, |x, d| (x.matmul_tn(x) * d.matmul_tn(d)).square().sum()),
            says: "You square once more. The products of the elements of the two Gram matrices, \
                   added up, are the square norm as they are.",
            see: None,
        },
        Mistake {
            answer: |x, d| of_each(x, d, |x, d| x.matmul_tn(x).matmul(&d.matmul_tn(d)).sum()),
            says: "You multiply the two Gram matrices as matrices, and add up. They are multiplied element by element.",
            see: None,
        },
        Mistake {
            answer: |x, d| {
                of_each(x, d, |x, d| {
                    let whole = (x.matmul_tn(x) * d.matmul_tn(d)).sum();
                    let diagonal = (x.square().sum_axis(0) * d.square().sum_axis(0)).sum();
                    (whole + diagonal) / 2.0
                })
            },
            says: "You count each pair of places once. The sum runs over s and t, and so two different places are a pair twice.",
            see: None,
        },
        Mistake {
            answer: |x, d| {
                let pairs = (0..x.shape()[0])
                    .map(|n| d.rows(n..n + 1).squeeze(0).matmul_nt(&x.rows(n..n + 1).squeeze(0)));
                let batch = pairs.reduce(|a, b| a + b).expect("an image");
                Tensor::full([x.shape()[0]], batch.square().sum())
            },
            says: "You add up the images and give all of them the norm of the batch's gradient. Each image has its own.",
            see: None,
        },
    ],
    wrong: &[
        (
            |x, d| {
                of_each(x, d, |x, d| {
                    let place = |s: usize| {
                        let (x, d) = (x.slice(1, s..s + 1), d.slice(1, s..s + 1));
                        x.square().sum() * d.square().sum()
                    };
                    (0..x.shape()[1]).map(place).sum()
                })
            },
            "the diagonals of the two Gram matrices alone",
        ),
        (
            |x, d| {
                let [n, p, a] = [0, 1, 2].map(|axis| x.shape()[axis]);
                let o = d.shape()[1];
                let written = d.reshape([n, o, 1, a]) * x.reshape([n, 1, p, a]);
                written.sum_axis(3).flatten(1).square().sum_axis(1)
            },
            "You write down D·Xᵀ",
        ),
        (|x, d| solution::square_norms(x, d) * 2.0, "twice"),
        (
            |x, d| solution::square_norms(x, d) / x.shape()[0] as f64,
            "too small by the number of samples",
        ),
    ],
    equivalent: &[(
        "Tensor::vector(&(0..columns.shape()[0]).map(norm).collect::<Vec<_>>()) → Tensor::vector(&(0..d_out.shape()[0]).map(norm).collect::<Vec<_>>())",
        "both have the images along the first axis",
    )],
};

/// A number for each image, from its X `[p, a]` and its D `[o, a]`.
fn of_each(x: &M, d: &M, norm: fn(&M, &M) -> f64) -> M {
    let image = |of: &M, n: usize| of.rows(n..n + 1).squeeze(0);
    let norms = (0..x.shape()[0]).map(|n| norm(&image(x, n), &image(d, n)));
    Tensor::vector(&norms.collect::<Vec<_>>())
}

fn check(square_norms: SquareNorms, trial: &mut Trial) {
    let x = Tensor::new([1, 2, 2], vec![1.0, 1.0, 0.0, 1.0]);
    let d = Tensor::new([1, 1, 2], vec![1.0, 2.0]);
    trial.paper(format!("X = {}, D = {}", x.squeeze(0), d.squeeze(0)));
    if let Some(found) = trial.call(|| square_norms(&x, &d)) {
        trial.near("norms", &found, &Tensor::vector(&[13.0]));
    }
    for (seed, [n, p, o, a]) in
        [[3, 4, 2, 5], [2, 3, 6, 1], [4, 1, 3, 2], [2, 5, 1, 3]].into_iter().enumerate()
    {
        let seed = 10 * seed as u64;
        let (x, d) = (normal(&[n, p, a], seed), whole(&[n, o, a], seed + 1));
        trial.case(format!("random columns [{n}, {p}, {a}] and d_out [{n}, {o}, {a}]"));
        trial.batch(n);
        let Some(found) = trial.call(|| square_norms(&x, &d)) else { continue };
        trial.near("norms", &found, &of_each(&x, &d, |x, d| d.matmul_nt(x).square().sum()));
    }
    // A convolution of the crate.
    let window = Window::new([3, 2]).stride([1, 2]).padding([1, 0]);
    let (images, d) = (normal(&[3, 2, 4, 5], 70), normal(&[3, 4, 4, 2], 71));
    let right = images.conv2d_weight_square_norms(&d, window);
    let (x, d) = (images.im2col(window), d.flatten(2));
    trial.case("the columns of images [3, 2, 4, 5], and a gradient of 4 channels");
    trial.batch(3);
    if let Some(found) = trial.call(|| square_norms(&x, &d)) {
        trial.near("norms", &found, &right);
    }
    // Few places and many channels: the gradient of one image has 120·150 numbers.
    let (x, d) = (normal(&[2, 120, 2], 80), normal(&[2, 150, 2], 81));
    trial.case("columns [2, 120, 2] and d_out [2, 150, 2], before the meter");
    trial.batch(2);
    let meter = Meter::new();
    let found = threads::with(1, || meter.watch(|| trial.call(|| square_norms(&x, &d))));
    if let Some(found) = found {
        trial.near("norms", &found, &of_each(&x, &d, |x, d| d.matmul_nt(x).square().sum()));
        let much = meter.peak().total() >= 8 * 120 * 150;
        let says = if much { "as much as a gradient takes, or more" } else { "little" };
        trial.bits("memory", says, "little");
    }
}
