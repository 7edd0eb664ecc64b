//! 3.5: a weight that is used twice.

use crate::samples::{normal, numeric_gradient};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use longhand::by_hand::{relu, relu_grad};

mod second;
mod solution;

type M = Tensor<f64>;

/// d_w `[d, d]` from x `[n, d]`, w and d_out `[n, d]`, where out = relu(x·w)·w.
pub type SharedGrad = fn(x: &M, w: &M, d_out: &M) -> M;

/// The exercise.
pub static SHARED: Exercise<SharedGrad> = Exercise {
    facts: Facts {
        number: (3, 5),
        name: "shared",
        title: "A weight used twice",
        minutes: 30,
        points: 3,
        see: "Many paths",
        hint: "Pretend that there are two weights, w₁ and w₂, and find the gradient of each as in \
               the chapter's net. The loss moves with w along both paths. What does one do with \
               paths?",
    },
    refused: &["lin_grad"],
    check,
    solution: solution::shared_grad,
    second: second::shared_grad,
    mistakes: &[
        Mistake {
            answer: |x, w, g| uses(x, w, g)[1].clone(),
            says: "You have only the second use of w, hᵀ·d_out with h = relu(x·w). If your code \
                   writes d_w twice, the one overwrites the other: it must be added (`+=`, not \
                   `=`).",
            see: None,
        },
        Mistake {
            answer: |x, w, g| uses(x, w, g)[0].clone(),
            says: "You have only the first use of w, xᵀ·(what comes back through the rectifier). If \
                   your code writes d_w twice, the one overwrites the other: it must be added \
                   (`+=`, not `=`).",
            see: None,
        },
        Mistake {
            answer: |x, w, g| {
                let [first, second] = uses(x, w, g);
                (first + second) / 2.0
            },
            says: "You take the mean over the two uses. Over all paths the products add up.",
            see: None,
        },
        Mistake {
            answer: |x, w, g| {
                let h = relu(&x.matmul(w));
                x.matmul_tn(&g.matmul_nt(w)) + h.matmul_tn(g)
            },
            says: "On the way back to the first use you forgot the rectifier: where its input was \
                   not above zero, nothing passes.",
            see: Some("The rectifier"),
        },
        Mistake {
            answer: |x, w, g| {
                let a = x.matmul(w);
                x.matmul_tn(&relu_grad(&a, &g.matmul_nt(w))) + a.matmul_tn(g)
            },
            says: "For the second use you took x·w as its input, before the rectifier. The second \
                   product sees relu(x·w).",
            see: Some("Putting it together"),
        },
        Mistake {
            answer: |x, w, g| {
                let a = x.matmul(w);
                x.matmul_tn(&relu_grad(&a, g)) + relu(&a).matmul_tn(g)
            },
            says: "d_out reaches the first use without having passed the second product: what comes \
                   back there is d_out·wᵀ.",
            see: Some("One step at a time"),
        },
        Mistake {
            answer: |x, w, g| {
                let a = x.matmul(w);
                x.matmul_tn(&relu_grad(&a, &g.matmul(w))) + relu(&a).matmul_tn(g)
            },
            says: "You go back through the second product with d_out·w. It is d_out·wᵀ: the shapes \
                   cannot tell here, since w is square.",
            see: Some("The linear layer"),
        },
        Mistake {
            answer: |x, w, g| x.matmul_tn(&g.matmul_nt(w)),
            says: "Two things are missing: the second use of w, hᵀ·d_out with h = relu(x·w), is \
                   not in your sum; and on the way back to the first use there is no rectifier.",
            see: None,
        },
    ],
    wrong: &[
        (
            |x, w, g| {
                let h = relu(&x.matmul(w));
                let mut d_w = h.matmul_tn(g);
                let d_h = g.matmul_nt(w);
                d_w = d_w * 0.0 + x.matmul_tn(&(h.mask(|h| h > 0.0) * d_h));
                d_w
            },
            "only the first use",
        ),
        (|x, w, g| -solution::shared_grad(x, w, g), "opposite sign"),
        (|x, w, g| solution::shared_grad(x, w, g).t(), "d_w: transposed"),
        (|x, w, g| solution::shared_grad(x, w, g) / x.shape()[0] as f64, "too small by the number"),
    ],
    equivalent: &[(
        "let d_a = relu_grad(&a, &d_h); → let d_a = relu_grad(&h, &d_h);",
        "what the rectifier gives is above zero where what it was given is",
    )],
};

/// What comes by the first use of w, and by the second.
fn uses(x: &M, w: &M, g: &M) -> [M; 2] {
    let a = x.matmul(w);
    [x.matmul_tn(&relu_grad(&a, &g.matmul_nt(w))), relu(&a).matmul_tn(g)]
}

fn check(shared_grad: SharedGrad, trial: &mut Trial) {
    let one = |value: f64| Tensor::new([1, 1], vec![value]);
    for (x, w, g, expected) in [(3.0, 2.0, 1.0, 12.0), (3.0, -2.0, 1.0, 0.0)] {
        trial.paper(format!("x = [[{x}]], w = [[{w}]], d_out = [[{g}]]"));
        if let Some(found) = trial.call(|| shared_grad(&one(x), &one(w), &one(g))) {
            trial.near("d_w", &found, &one(expected));
        }
    }
    for (seed, [n, d]) in [[3, 2], [1, 3], [5, 4], [2, 6]].into_iter().enumerate() {
        let seed = 10 * seed as u64;
        let (x, w, g) =
            (normal(&[n, d], seed), normal(&[d, d], seed + 1), normal(&[n, d], seed + 2));
        trial.case(format!("random x and d_out [{n}, {d}], w [{d}, {d}]"));
        trial.batch(n);
        let Some(found) = trial.call(|| shared_grad(&x, &w, &g)) else { continue };
        let [first, second] = uses(&x, &w, &g);
        trial.near("d_w", &found, &(first + second));
        let loss = |w: &M| (relu(&x.matmul(w)).matmul(w) * &g).sum();
        trial.measured("d_w", &found, &numeric_gradient(&w, loss));
    }
}
