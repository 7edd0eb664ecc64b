//! 9.3: what both sides of an interface learn from, and the synthesizer itself.

use crate::samples::{normal, numeric_gradient};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::dni::{BackwardInterface, Manager};
use longhand::layers::Linear;
use longhand::record::Record;
use longhand::{Rng, Tape, Tensor, sequential};

mod second;
mod solution;

type M = Tensor<f64>;

/// d_below, d_above and d_synthesizer.
pub type Unlocked = fn(x: &M, y: &M, below: &M, above: &M, synthesizer: &M) -> [M; 3];

/// The exercise.
pub static UNLOCK: Exercise<Unlocked> = Exercise {
    facts: Facts {
        number: (9, 3),
        name: "unlock",
        title: "An update unlock by hand",
        minutes: 30,
        points: 3,
        see: "The pieces",
        hint: "Three backward passes, each of one layer. Below: d_out of the layer is ĝ(h). Above: \
               d_out is that of the loss, and it brings g as its d_inp. The synthesizer: d_out is \
               2/n times ĝ − g. None of the three goes on into another.",
    },
    refused: &["lin_grad", "Tape"],
    check,
    solution: solution::unlocked,
    second: second::unlocked,
    mistakes: &[
        Mistake {
            answer: |x, y, below, above, s| {
                let Parts { truth, .. } = parts(x, y, below, above, s);
                let [_, d_above, d_s] = solution::unlocked(x, y, below, above, s);
                [truth.matmul_tn(x), d_above, d_s]
            },
            says: "The layer below learns from the true gradient. It should not have to wait for \
                   that: it learns from the guess.",
            see: None,
        },
        Mistake {
            answer: |x, y, below, above, s| {
                let Parts { guess, truth, .. } = parts(x, y, below, above, s);
                let [_, d_above, d_s] = solution::unlocked(x, y, below, above, s);
                [(guess + truth).matmul_tn(x), d_above, d_s]
            },
            says: "The layer below learns from the guess and from the truth as well. Whatever \
                   comes from above should end at the interface.",
            see: None,
        },
        Mistake {
            answer: |x, y, below, above, s| {
                let Parts { h: _, guess, truth, n } = parts(x, y, below, above, s);
                let [_, d_above, d_s] = solution::unlocked(x, y, below, above, s);
                let leak = ((&guess - truth) * (2.0 / n)).matmul(s);
                [(guess + leak).matmul_tn(x), d_above, d_s]
            },
            says: "The synthesizer's error goes on into the layer below, as if it were a gradient \
                   of the loss. The synthesizer sees h detached.",
            see: Some("Scopes"),
        },
        Mistake {
            answer: |x, y, below, above, s| {
                let Parts { h, guess, truth, n } = parts(x, y, below, above, s);
                let [d_below, d_above, _] = solution::unlocked(x, y, below, above, s);
                let error = (guess - truth * n) * (2.0 / n);
                [d_below, d_above, error.matmul_tn(&h)]
            },
            says: "Your truth for the synthesizer is n times too large: that of the sum of the \
                   losses and not of their mean.",
            see: Some("Why the last layer starts at zero"),
        },
        Mistake {
            answer: |x, y, below, above, s| {
                let Parts { h, guess, truth, .. } = parts(x, y, below, above, s);
                let [d_below, d_above, _] = solution::unlocked(x, y, below, above, s);
                let error = (&guess - truth) * (2.0 / guess.len() as f64);
                [d_below, d_above, error.matmul_tn(&h)]
            },
            says: "You divide the synthesizer's loss by all elements. It is a mean over the samples, \
                   of a sum over the features.",
            see: Some("Who waits for whom"),
        },
        Mistake {
            answer: |x, y, below, above, s| {
                let Parts { guess, n, .. } = parts(x, y, below, above, s);
                let [_, d_above, d_s] = solution::unlocked(x, y, below, above, s);
                [(guess / n).matmul_tn(x), d_above, d_s]
            },
            says: "You divide the guess by the number of samples before the layer below learns from \
                   it. The guess stands for the gradient of the mean, and has its size already.",
            see: Some("Why the last layer starts at zero"),
        },
        Mistake {
            answer: |x, y, below, above, s| {
                let Parts { h, guess, .. } = parts(x, y, below, above, s);
                let [d_below, d_above, _] = solution::unlocked(x, y, below, above, s);
                let error = guess * (2.0 / x.shape()[0] as f64);
                [d_below, d_above, error.matmul_tn(&h)]
            },
            says: "The synthesizer learns to say 0: the true gradient does not occur in its error.",
            see: None,
        },
        Mistake {
            answer: |x, y, below, above, s| {
                let Parts { h, guess, truth, n } = parts(x, y, below, above, s);
                let [d_below, d_above, _] = solution::unlocked(x, y, below, above, s);
                let error = (guess - truth * n) * (2.0 / n);
                [d_below, d_above * n, error.matmul_tn(&h)]
            },
            says: "The loss of the net is a mean over the samples, and you go back from their sum: d_above is n times too large, and so is the truth that the synthesizer learns.",
            see: None,
        },
        Mistake {
            answer: |x, y, below, above, s| {
                let Parts { h, guess, truth, n } = parts(x, y, below, above, s);
                let [d_below, d_above, _] = solution::unlocked(x, y, below, above, s);
                let error = (guess - truth / 2.0) * (2.0 / n);
                [d_below, d_above / 2.0, error.matmul_tn(&h)]
            },
            says: "A 2 is missing where the loss of the net begins: the slope of a square is twice the difference. So d_above is half, and so is the truth that the synthesizer learns.",
            see: None,
        },
        Mistake {
            answer: |x, y, below, above, s| solution::unlocked(x, y, below, above, &s.t()),
            says: "Your guess is h·synthesizer. The synthesizer says h·synthesizerᵀ; the shapes cannot tell, since it is square.",
            see: None,
        },
    ],
    wrong: &[
        (
            |x, y, below, above, s| {
                let n = x.shape()[0] as f64;
                let tape = Tape::new();
                let [below, above] = [below, above].map(|w| tape.leaf(w.clone()));
                let h = tape.constant(x.clone()).matmul_nt(below);
                let loss = h.matmul_nt(above).mse_sum(tape.constant(y.clone())) / n;
                let [d_below, d_above] = loss.grad([below, above]);
                let [_, _, d_s] = solution::unlocked(x, y, &below.value(), &above.value(), s);
                [d_below, d_above, d_s]
            },
            "learns from the true gradient",
        ),
        (
            |x, y, below, above, s| {
                let [d_below, d_above, d_s] = solution::unlocked(x, y, below, above, s);
                [d_below, d_above, -d_s]
            },
            "d_synthesizer: the opposite sign",
        ),
        (
            |x, y, below, above, s| {
                let [d_below, d_above, d_s] = solution::unlocked(x, y, below, above, s);
                [d_below, d_above, d_s * x.shape()[0] as f64]
            },
            "d_synthesizer: too large by the number of samples",
        ),
        (
            |x, y, below, above, s| {
                let [d_below, d_above, d_s] = solution::unlocked(x, y, below, above, s);
                [d_below.t(), d_above, d_s]
            },
            "d_below: transposed",
        ),
    ],
    equivalent: &[(
        "let n = x.shape()[0] as f64; → let n = y.shape()[0] as f64;",
        "both have a row for each sample",
    )],
};

/// What passes by on the way.
struct Parts {
    h: M,
    guess: M,
    truth: M,
    n: f64,
}

fn parts(x: &M, y: &M, below: &M, above: &M, synthesizer: &M) -> Parts {
    let n = x.shape()[0] as f64;
    let h = x.matmul_nt(below);
    let truth = ((h.matmul_nt(above) - y) * (2.0 / n)).matmul(above);
    Parts { guess: h.matmul_nt(synthesizer), h, truth, n }
}

/// The three gradients from the crate's interface.
fn by_interface(x: &M, y: &M, below: &M, above: &M, synthesizer: &M) -> [M; 3] {
    let layer = |weight: &M| {
        let [outputs, inputs] = [0, 1].map(|axis| weight.shape()[axis]);
        let mut layer = Linear::without_bias(inputs, outputs, &mut Rng::new(0));
        layer.weight.value = weight.clone();
        layer
    };
    let (mut below, mut above) = (layer(below), layer(above));
    let mut interface = BackwardInterface::new(sequential![layer(synthesizer)]);
    let tape = Tape::new();
    let dni = Manager::new(&tape);
    let h = below.record(tape.constant(x.clone()));
    let h = interface.forward(&dni, h);
    let out = above.record(h);
    dni.backward(out.mse_sum(tape.constant(y.clone())) / x.shape()[0] as f64);
    let found = |param| dni.gradient(param).expect("it learns");
    let learnt = interface.params_mut().pop().map(|param| found(param));
    [found(&below.weight), found(&above.weight), learnt.expect("a weight")]
}

fn check(unlocked: Unlocked, trial: &mut Trial) {
    const PARTS: [&str; 3] = ["d_below", "d_above", "d_synthesizer"];
    let one = |value: f64| Tensor::new([1, 1], vec![value]);
    trial.paper("x = [[1]], y = [[5]], below = [[2]], above = [[3]], synthesizer = [[5]]");
    let call = || unlocked(&one(1.0), &one(5.0), &one(2.0), &one(3.0), &one(5.0));
    if let Some(found) = trial.call(call) {
        for ((part, found), right) in PARTS.into_iter().zip(&found).zip([10.0, 4.0, 16.0]) {
            trial.near(part, found, &one(right));
        }
    }
    let sizes = [[3, 2, 4, 2], [1, 3, 2, 4], [5, 4, 3, 1]];
    for (seed, [n, i, h, o]) in sizes.into_iter().enumerate() {
        let seed = 10 * seed as u64;
        let (x, y) = (normal(&[n, i], seed), normal(&[n, o], seed + 1));
        let (below, above) = (normal(&[h, i], seed + 2), normal(&[o, h], seed + 3));
        let synthesizer = normal(&[h, h], seed + 4);
        trial
            .case(format!("random x [{n}, {i}], y [{n}, {o}], below [{h}, {i}], above [{o}, {h}]"));
        trial.batch(n);
        let call = || unlocked(&x, &y, &below, &above, &synthesizer);
        let Some(found) = trial.call(call) else { continue };
        let right = by_interface(&x, &y, &below, &above, &synthesizer);
        for ((part, found), right) in PARTS.into_iter().zip(&found).zip(&right) {
            trial.near(part, found, right);
        }
        let Parts { h, guess, truth, n } = parts(&x, &y, &below, &above, &synthesizer);
        let pull = |below: &M| (x.matmul_nt(below) * &guess).sum();
        let loss = |above: &M| (h.matmul_nt(above) - &y).square().sum() / n;
        let lesson = |s: &M| (h.matmul_nt(s) - &truth).square().sum() / n;
        trial.measured(PARTS[0], &found[0], &numeric_gradient(&below, pull));
        trial.measured(PARTS[1], &found[1], &numeric_gradient(&above, loss));
        trial.measured(PARTS[2], &found[2], &numeric_gradient(&synthesizer, lesson));
    }
}
