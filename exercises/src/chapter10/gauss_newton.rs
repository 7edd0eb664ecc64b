//! 10.6: the product of a Gauss-Newton matrix with a vector, forward and back by hand.

use crate::samples::{normal, numeric_gradient};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::per_sample::{self, Curvature, Hessian};
use longhand::{Tape, Tensor};

mod second;
mod solution;

type M = Tensor<f64>;

/// G·v for w1 and for w2, where the scores are tanh(x·w1ᵀ)·w2ᵀ.
pub type GaussNewton = fn(x: &M, w1: &M, w2: &M, v1: &M, v2: &M) -> (M, M);

/// The exercise.
pub static GAUSS_NEWTON: Exercise<GaussNewton> = Exercise {
    facts: Facts {
        number: (10, 6),
        name: "gauss_newton",
        title: "The Gauss-Newton product by hand",
        minutes: 90,
        points: 5,
        see: "Two matrices",
        hint: "G·v = Jᵀ·(H·(J·v)), three steps. J·v: if w1 and w2 move by a little of v1 and v2, how \
               do h = tanh(x·w1ᵀ) and then s = h·w2ᵀ move? The second has two reasons to. H·u for a \
               sample: p·u − p·(p·u). Jᵀ is the backward pass of chapter 3, from what came out.",
    },
    refused: &["GaussNewton", "Tape"],
    check,
    solution: solution::gauss_newton,
    second: second::gauss_newton,
    mistakes: &[
        Mistake {
            answer: |x, w1, w2, v1, v2| {
                let tape = Tape::new();
                let [a, b] = [w1, w2].map(|w| tape.leaf(w.clone()));
                let scores = tape.constant(x.clone()).matmul_nt(a).tanh().matmul_nt(b);
                let labels = vec![0; x.shape()[0]];
                let hessian = Hessian::new(scores.cross_entropy_sum(&labels), &[a, b]);
                pair(hessian.times(&[v1.clone(), v2.clone()]))
            },
            says: "You have H·v, the product with the Hessian for samples of class 0. It holds how the \
                   net itself bends. The Gauss-Newton matrix leaves that out, and needs no label.",
            see: None,
        },
        Mistake {
            answer: |x, w1, w2, v1, v2| product(x, w1, w2, v1, v2, |_, moved| moved.clone(), BOTH),
            says: "You have Jᵀ·J·v. Between the two stands the Hessian of the loss with respect to \
                   the scores, diag(p) − p·pᵀ for each sample.",
            see: None,
        },
        Mistake {
            answer: |x, w1, w2, v1, v2| product(x, w1, w2, v1, v2, |p, moved| p * moved, BOTH),
            says: "Your Hessian of the loss is diag(p). The part −p·pᵀ is missing: since the \
                   probabilities add up to 1, moving all scores alike changes nothing.",
            see: None,
        },
        Mistake {
            answer: |x, w1, w2, v1, v2| {
                product(x, w1, w2, v1, v2, |p, moved| p * (1.0 - p) * moved, BOTH)
            },
            says: "Your Hessian of the loss is p·(1 − p), its diagonal alone. The scores of a sample \
                   act together: it is diag(p) − p·pᵀ.",
            see: None,
        },
        Mistake {
            answer: |x, w1, w2, v1, v2| product(x, w1, w2, v1, v2, of_loss, [true, false]),
            says: "Going forward, the scores move only because h does. They have a second reason: \
                   w2 itself moves, which adds h·v2ᵀ.",
            see: None,
        },
        Mistake {
            answer: |x, w1, w2, v1, v2| product(x, w1, w2, v1, v2, of_loss, [false, true]),
            says: "Going forward, the scores move only because w2 does. They have another reason: h \
                   moves, since w1 does, which adds (the movement of h)·w2ᵀ.",
            see: None,
        },
        Mistake {
            answer: |x, w1, w2, v1, v2| {
                let h = x.matmul_nt(w1).tanh();
                let moved = x.matmul_nt(v1).matmul_nt(w2) + h.matmul_nt(v2);
                back(x, w1, w2, &of_loss(&p(&h, w2), &moved))
            },
            says: "Going forward, the slope of tanh is missing: h moves by (1 − h²) times what its \
                   argument moves.",
            see: None,
        },
        Mistake {
            answer: |x, w1, w2, v1, v2| {
                let (h, moved) = forward(x, w1, w2, v1, v2, BOTH);
                let d_s = of_loss(&p(&h, w2), &moved);
                (d_s.matmul(w2).matmul_tn(x), d_s.matmul_tn(&h))
            },
            says: "Going back, the slope of tanh is missing: what comes back to w1 has passed \
                   through 1 − h².",
            see: None,
        },
        Mistake {
            answer: |x, w1, w2, v1, v2| {
                let n = x.shape()[0] as f64;
                let (d_w1, d_w2) = solution::gauss_newton(x, w1, w2, v1, v2);
                (d_w1 / n, d_w2 / n)
            },
            says: "You divide by the number of samples. The loss of this exercise is a sum.",
            see: None,
        },
        Mistake {
            answer: |x, w1, w2, v1, v2| {
                product(x, w1, w2, v1, v2, |p, moved| p * moved - p * (p * moved).sum(), BOTH)
            },
            says: "In p·pᵀ·u you sum over all samples. Each sample has a Hessian of its own: the sum \
                   runs along its row.",
            see: None,
        },
        Mistake {
            answer: |x, w1, w2, v1, v2| {
                let (d_w1, _) = product(x, w1, w2, v1, v2, of_loss, [true, false]);
                let (_, d_w2) = product(x, w1, w2, v1, v2, of_loss, [false, true]);
                (d_w1, d_w2)
            },
            says: "You take each weight alone: d_w1 knows of v1 only, and d_w2 of v2. That is G without the blocks between the layers. The scores move for both reasons together, and what comes back goes to both weights.",
            see: Some("Layer by layer"),
        },
        Mistake {
            answer: |x, w1, w2, v1, v2| {
                let h = x.matmul_nt(w1).tanh();
                let slope = 1.0 - &h;
                let moved = (x.matmul_nt(v1) * &slope).matmul_nt(w2) + h.matmul_nt(v2);
                let d_s = of_loss(&p(&h, w2), &moved);
                ((d_s.matmul(w2) * slope).matmul_tn(x), d_s.matmul_tn(&h))
            },
            says: "Your slope of tanh is 1 − h. It is 1 − h².",
            see: None,
        },
    ],
    wrong: &[
        (
            |x, w1, w2, v1, v2| {
                let (d_w1, d_w2) = solution::gauss_newton(x, w1, w2, v1, v2);
                (-d_w1, -d_w2)
            },
            "opposite sign",
        ),
        (
            |x, w1, w2, v1, v2| {
                let (d_w1, d_w2) = solution::gauss_newton(x, w1, w2, v1, v2);
                (d_w1.t(), d_w2)
            },
            "d_w1: transposed",
        ),
        (
            |x, w1, w2, v1, v2| {
                let zeros = Tensor::zeros(v2.shape());
                solution::gauss_newton(x, w1, w2, v1, &zeros)
            },
            "They have a second reason",
        ),
    ],
    equivalent: &[],
};

const BOTH: [bool; 2] = [true, true];

/// h, and how the scores move: because h does, because w2 does.
fn forward(x: &M, w1: &M, w2: &M, v1: &M, v2: &M, reasons: [bool; 2]) -> (M, M) {
    let h = x.matmul_nt(w1).tanh();
    let mut moved = h.matmul_nt(v2) * f64::from(u8::from(reasons[1]));
    if reasons[0] {
        moved += &(x.matmul_nt(v1) * (1.0 - h.square())).matmul_nt(w2);
    }
    (h, moved)
}

/// The probabilities.
fn p(h: &M, w2: &M) -> M {
    h.matmul_nt(w2).log_softmax().exp()
}

/// (diag(p) − p·pᵀ)·moved
fn of_loss(p: &M, moved: &M) -> M {
    let weighted = p * moved;
    &weighted - p * weighted.sum_axis(1).unsqueeze(1)
}

/// The gradients of both weights from that of the scores.
fn back(x: &M, w1: &M, w2: &M, d_s: &M) -> (M, M) {
    let h = x.matmul_nt(w1).tanh();
    let d_a = d_s.matmul(w2) * (1.0 - h.square());
    (d_a.matmul_tn(x), d_s.matmul_tn(&h))
}

/// The product with another Hessian of the loss.
fn product(
    x: &M,
    w1: &M,
    w2: &M,
    v1: &M,
    v2: &M,
    of_loss: fn(&M, &M) -> M,
    reasons: [bool; 2],
) -> (M, M) {
    let (h, moved) = forward(x, w1, w2, v1, v2, reasons);
    back(x, w1, w2, &of_loss(&p(&h, w2), &moved))
}

fn pair(tensors: Vec<M>) -> (M, M) {
    let [a, b] = tensors.try_into().expect("two");
    (a, b)
}

fn check(gauss_newton: GaussNewton, trial: &mut Trial) {
    let column = |data: &[f64]| Tensor::new([data.len(), 1], data.to_vec());
    let (x, w1, w2) = (column(&[1.0]), column(&[0.0]), column(&[4.0, 0.0]));
    let (v1, v2) = (column(&[1.0]), column(&[7.0, 9.0]));
    trial.paper(format!("x = {x}, w1 = {w1}, w2 = {w2}, v1 = {v1}, v2 = {v2}"));
    if let Some((d_w1, d_w2)) = trial.call(|| gauss_newton(&x, &w1, &w2, &v1, &v2)) {
        trial.near("d_w1", &d_w1, &column(&[4.0]));
        trial.near("d_w2", &d_w2, &column(&[0.0, 0.0]));
    }
    for (seed, [n, i, h, c]) in [[3, 2, 4, 3], [1, 3, 2, 4], [5, 1, 3, 2]].into_iter().enumerate() {
        let seed = 10 * seed as u64;
        let x = normal(&[n, i], seed);
        let [w1, v1] = [1, 2].map(|more| normal(&[h, i], seed + more));
        let [w2, v2] = [3, 4].map(|more| normal(&[c, h], seed + more));
        trial.case(format!("random x [{n}, {i}], w1 and v1 [{h}, {i}], w2 and v2 [{c}, {h}]"));
        trial.batch(n);
        let call = || gauss_newton(&x, &w1, &w2, &v1, &v2);
        let Some((d_w1, d_w2)) = trial.call(call) else { continue };

        // The crate's, from a tape.
        let tape = Tape::new();
        let [a, b] = [&w1, &w2].map(|w| tape.leaf(w.clone()));
        let scores = tape.constant(x.clone()).matmul_nt(a).tanh().matmul_nt(b);
        let loss = scores.cross_entropy_sum(&vec![0; n]);
        let ggn = per_sample::GaussNewton::new(scores, loss, &[a, b]);
        let (right_w1, right_w2) = pair(ggn.times(&[v1.clone(), v2.clone()]));
        trial.near("d_w1", &d_w1, &right_w1);
        trial.near("d_w2", &d_w2, &right_w2);

        // J·v and Jᵀ·u by finite differences.
        let scores = |w1: &M, w2: &M| x.matmul_nt(w1).tanh().matmul_nt(w2);
        let step = 1e-5;
        let at = |t: f64| scores(&(&w1 + &v1 * t), &(&w2 + &v2 * t));
        let moved = (at(step) - at(-step)) / (2.0 * step);
        let u = of_loss(&scores(&w1, &w2).log_softmax().exp(), &moved);
        let measured = numeric_gradient(&w1, |w1| (scores(w1, &w2) * &u).sum());
        trial.measured("d_w1", &d_w1, &measured);
        let measured = numeric_gradient(&w2, |w2| (scores(&w1, w2) * &u).sum());
        trial.measured("d_w2", &d_w2, &measured);
    }
}
