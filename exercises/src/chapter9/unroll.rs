//! 9.5: an unroll in time at whose end the future is guessed, and at whose start the guess is
//! taught.

use crate::samples::{normal, numeric_gradient};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use longhand::dni::{BackwardInterface, Manager};
use longhand::layers::Linear;
use longhand::{Rng, Tape, sequential};

mod second;
mod solution;

type M = Tensor<f64>;

/// d_w and d_a from the start, the inputs, the targets, w and a.
pub type Unroll = fn(start: &M, inputs: &[M], targets: &[M], w: &M, a: &M) -> (M, M);

/// The exercise.
pub static UNROLL: Exercise<Unroll> = Exercise {
    facts: Facts {
        number: (9, 5),
        name: "unroll",
        title: "The future, guessed",
        minutes: 60,
        points: 5,
        see: "The future as a message",
        hint: "Go forward and keep all states. Going back, d_h begins with the guess at the last \
               state. At each step its loss is added, h_t − y_t; then d_h says what w gets, \
               d_hᵀ·h_(t−1), and becomes that of the state before, d_h·w. What is left at the start \
               is g, whole.",
    },
    refused: &["Tape"],
    check,
    solution: solution::unroll,
    second: second::unroll,
    mistakes: &[
        Mistake {
            answer: |start, inputs, targets, w, a| {
                let Way { d_w, truth, .. } = way(start, inputs, targets, w, None, LOSSES);
                (d_w, lesson(start, a, &truth))
            },
            says: "You go back from the losses alone, as truncated backpropagation does. The guess at \
                   the last state is missing.",
            see: None,
        },
        Mistake {
            answer: |start, inputs, targets, w, a| {
                let (d_w, _) = solution::unroll(start, inputs, targets, w, a);
                let Way { truth, .. } = way(start, inputs, targets, w, None, LOSSES);
                (d_w, lesson(start, a, &truth))
            },
            says: "d_w is right. The synthesizer learns from the losses of this unroll alone; the \
                   guess at its end belongs to the truth as well, or nobody ever looks farther than \
                   one unroll.",
            see: None,
        },
        Mistake {
            answer: |start, inputs, targets, w, a| {
                let Way { d_w, truth, .. } = way(start, inputs, targets, w, Some(a), LOSSES);
                let twice = start.matmul_nt(a) * 2.0 - truth;
                (d_w, (twice * (2.0 / start.shape()[0] as f64)).matmul_tn(start))
            },
            says: "You teach twice, once with the losses' part of the gradient and once with the \
                   guess's. The lessons add up to 2(2ĝ − g)/n, and the synthesizer learns half of \
                   the truth. Add the parts up first, and teach once.",
            see: None,
        },
        Mistake {
            answer: |start, inputs, targets, w, a| {
                let Way { d_w, states, .. } = way(start, inputs, targets, w, Some(a), LOSSES);
                let last = &states[inputs.len()];
                let truth = last - &targets[inputs.len() - 1];
                (d_w, lesson(last, a, &truth))
            },
            says: "You teach the synthesizer at the end of the unroll, with the loss of the last \
                   step. It is taught at the beginning, where what came after has been gone through \
                   and is known.",
            see: None,
        },
        Mistake {
            answer: |start, inputs, targets, w, a| {
                let every = |_: usize, _: usize| [true, true];
                let Way { d_w, truth, .. } = way(start, inputs, targets, w, Some(a), every);
                (d_w, lesson(start, a, &truth))
            },
            says: "You add a guess at every step. Only the last state has a future that is not \
                   computed.",
            see: None,
        },
        Mistake {
            answer: |start, inputs, targets, w, a| {
                let Way { d_h, states, truth, .. } =
                    way(start, inputs, targets, w, Some(a), LOSSES);
                (d_h[0].matmul_tn(&states[0]), lesson(start, a, &truth))
            },
            says: "Your d_w is that of the first step, the last one on the way back. The weight is \
                   used in every step, and what each brings must be added up (`+=`, not `=`).",
            see: None,
        },
        Mistake {
            answer: |start, inputs, targets, w, a| {
                let last = |t: usize, steps: usize| [t + 1 == steps, false];
                let Way { d_w, truth, .. } = way(start, inputs, targets, w, Some(a), last);
                (d_w, lesson(start, a, &truth))
            },
            says: "Only the last step's loss is in your gradients. Every step has one, which joins on \
                   the way back.",
            see: None,
        },
        Mistake {
            answer: |start, inputs, targets, w, a| {
                let Way { d_h, states, truth, .. } =
                    way(start, inputs, targets, w, Some(a), LOSSES);
                let terms = d_h.iter().zip(&states[1..]).map(|(d, after)| d.matmul_tn(after));
                (terms.reduce(|a, b| a + b).expect("a step"), lesson(start, a, &truth))
            },
            says: "In d_w you pair d_h with the state of the same step. The weight is multiplied with \
                   the state before.",
            see: None,
        },
        Mistake {
            answer: |start, inputs, targets, w, a| {
                let (d_w, _) = solution::unroll(start, inputs, targets, w, a);
                let Way { d_h, .. } = way(start, inputs, targets, w, Some(a), LOSSES);
                (d_w, lesson(start, a, &d_h[0]))
            },
            says: "d_w is right. What you take for the truth at the start is the gradient of the state \
                   after it: it still has to pass w.",
            see: None,
        },
        Mistake {
            answer: |start, inputs, targets, w, a| {
                let turned = Tensor::new(w.shape(), w.t().data().to_vec());
                let Way { states, .. } = way(start, inputs, targets, w, None, LOSSES);
                let (mut d, mut d_w) =
                    (states[inputs.len()].matmul_nt(a), Tensor::zeros(w.shape()));
                for t in (0..inputs.len()).rev() {
                    d += &(&states[t + 1] - &targets[t]);
                    d_w += &d.matmul_tn(&states[t]);
                    d = d.matmul(&turned);
                }
                (d_w, lesson(start, a, &d))
            },
            says: "On the way back you multiply by wᵀ. Forward it was h·wᵀ, so back it is d_h·w; the shapes cannot tell, since w is square.",
            see: None,
        },
        Mistake {
            answer: |start, inputs, targets, w, a| {
                let Way { d_w, truth, .. } = way(start, inputs, targets, w, Some(&a.t()), LOSSES);
                (d_w, lesson(start, &a.t(), &truth))
            },
            says: "Your guess is h·a. The synthesizer says h·aᵀ; the shapes cannot tell, since a is square.",
            see: None,
        },
        Mistake {
            answer: |start, inputs, targets, w, a| {
                let but_last = |t: usize, steps: usize| [t + 1 < steps, false];
                let Way { d_w, truth, .. } = way(start, inputs, targets, w, Some(a), but_last);
                (d_w, lesson(start, a, &truth))
            },
            says: "At the last state you have the guess and not the loss. It has both: the loss of its own step, and what is guessed for all that follow.",
            see: None,
        },
        Mistake {
            answer: |start, inputs, targets, w, a| {
                let Way { d_w, truth, .. } = way(start, inputs, targets, w, Some(a), LOSSES);
                (d_w, lesson(start, a, &(truth + start - &targets[0])))
            },
            says: "d_w is right. You add a loss at the start. Its own loss belongs to the unroll before; here arrives what follows it.",
            see: None,
        },
    ],
    wrong: &[
        (
            |start, inputs, targets, w, a| {
                let (d_w, of_losses) = {
                    let Way { truth, .. } = way(start, inputs, targets, w, None, LOSSES);
                    let (d_w, _) = solution::unroll(start, inputs, targets, w, a);
                    (d_w, truth)
                };
                let Way { truth, .. } = way(start, inputs, targets, w, Some(a), LOSSES);
                let of_guess = truth - &of_losses;
                (d_w, lesson(start, a, &of_losses) + lesson(start, a, &of_guess))
            },
            "learns half of the truth",
        ),
        (
            |start, inputs, targets, w, a| {
                let zero = Tensor::zeros(a.shape());
                let (d_w, _) = solution::unroll(start, inputs, targets, w, &zero);
                let Way { truth, .. } = way(start, inputs, targets, w, None, LOSSES);
                (d_w, lesson(start, a, &truth))
            },
            "as truncated backpropagation does",
        ),
        (
            |start, inputs, targets, w, a| {
                let (d_w, d_a) = solution::unroll(start, inputs, targets, w, a);
                (d_w, -d_a)
            },
            "d_a: the opposite sign",
        ),
        (
            |start, inputs, targets, w, a| {
                let (d_w, d_a) = solution::unroll(start, inputs, targets, w, a);
                (d_w.t(), d_a)
            },
            "d_w: transposed",
        ),
        (
            |start, inputs, targets, w, a| {
                let (d_w, d_a) = solution::unroll(start, inputs, targets, w, a);
                (d_w, d_a * start.shape()[0] as f64)
            },
            "d_a: too large by the number of samples",
        ),
    ],
    equivalent: &[
        (
            "let mut d_w = Tensor::zeros(w.shape()); → let mut d_w = Tensor::zeros(a.shape());",
            "w and a have one shape",
        ),
        (
            "for t in (0..inputs.len()).rev() { → for t in (0..targets.len()).rev() {",
            "there is a target for each input",
        ),
        (
            "let mut d_h = states[inputs.len()].matmul(&a.t()); → let mut d_h = states[targets.len()].matmul(&a.t());",
            "there is a target for each input",
        ),
    ],
};

/// Whether a step adds its loss, and a guess.
type Joins = fn(t: usize, steps: usize) -> [bool; 2];

/// All losses, and no guess on the way.
const LOSSES: Joins = |_, _| [true, false];

/// There and back.
struct Way {
    states: Vec<M>,
    /// Of the states from the first step on.
    d_h: Vec<M>,
    d_w: M,
    /// The gradient of the start.
    truth: M,
}

fn way(start: &M, inputs: &[M], targets: &[M], w: &M, a: Option<&M>, joins: Joins) -> Way {
    let steps = inputs.len();
    let mut states = vec![start.clone()];
    for (t, x) in inputs.iter().enumerate() {
        states.push(x + states[t].matmul_nt(w));
    }
    let guess = |state: &M| a.map_or(Tensor::zeros(state.shape()), |a| state.matmul_nt(a));
    let (mut d_h, mut d_w) = (vec![Tensor::zeros([0]); steps], Tensor::zeros(w.shape()));
    let mut d = guess(&states[steps]);
    for t in (0..steps).rev() {
        let [loss, guessed] = joins(t, steps);
        if loss {
            d += &(&states[t + 1] - &targets[t]);
        }
        if guessed && t + 1 < steps {
            d += &guess(&states[t + 1]);
        }
        d_w += &d.matmul_tn(&states[t]);
        d_h[t] = d.clone();
        d = d.matmul(w);
    }
    Way { states, d_h, d_w, truth: d }
}

/// d_a from a state and its true gradient.
fn lesson(state: &M, a: &M, truth: &M) -> M {
    ((state.matmul_nt(a) - truth) * (2.0 / state.shape()[0] as f64)).matmul_tn(state)
}

/// The same by the crate: a listener at the start, and both gradients deferred.
fn by_interface(start: &M, inputs: &[M], targets: &[M], w: &M, a: &M) -> (M, M) {
    let d = a.shape()[0];
    let mut guess = Linear::without_bias(d, d, &mut Rng::new(0));
    guess.weight.value = a.clone();
    let mut interface = BackwardInterface::new(sequential![guess]);
    let tape = Tape::new();
    let (dni, w) = (Manager::new(&tape), tape.leaf(w.clone()));
    dni.defer_backward(|| {
        let mut h = interface.make_trigger(&dni, tape.constant(start.clone()));
        for (x, y) in inputs.iter().zip(targets) {
            h = tape.constant(x.clone()) + h.matmul_nt(w);
            dni.backward(h.mse_sum(tape.constant(y.clone())) * 0.5);
        }
        interface.backward(&dni, h, 1.0);
    });
    let d_w = dni.gradient_at(w).expect("the losses depend on it");
    let learnt = interface.params_mut().pop().and_then(|param| dni.gradient(param));
    (d_w, learnt.expect("it is taught"))
}

fn check(unroll: Unroll, trial: &mut Trial) {
    let one = |value: f64| Tensor::new([1, 1], vec![value]);
    trial.paper("start = [[1]], inputs = [[[1]]], targets = [[[2]]], w = [[2]], a = [[0.5]]");
    let call = || unroll(&one(1.0), &[one(1.0)], &[one(2.0)], &one(2.0), &one(0.5));
    if let Some((d_w, d_a)) = trial.call(call) {
        trial.near("d_w", &d_w, &one(2.5));
        trial.near("d_a", &d_a, &one(-9.0));
    }
    for (seed, [steps, n, d]) in
        [[3, 2, 3], [1, 4, 2], [4, 1, 2], [2, 3, 1]].into_iter().enumerate()
    {
        let seed = 20 * seed as u64;
        let many = |from: u64| -> Vec<M> {
            (0..steps as u64).map(|t| normal(&[n, d], seed + from + t)).collect()
        };
        let (start, inputs, targets) = (normal(&[n, d], seed), many(1), many(10));
        let [w, a] = [5, 6].map(|from| normal(&[d, d], seed + from));
        trial.case(format!("random states [{n}, {d}], {steps} steps"));
        trial.batch(n);
        let call = || unroll(&start, &inputs, &targets, &w, &a);
        let Some((d_w, d_a)) = trial.call(call) else { continue };
        let (right_w, right_a) = by_interface(&start, &inputs, &targets, &w, &a);
        trial.near("d_w", &d_w, &right_w);
        trial.near("d_a", &d_a, &right_a);

        // The loss with a last term that pulls the last state as the guess says.
        let Way { states, truth, .. } = way(&start, &inputs, &targets, &w, Some(&a), LOSSES);
        let pull = states[steps].matmul_nt(&a);
        let loss = |w: &M| {
            let (mut h, mut loss) = (start.clone(), 0.0);
            for (x, y) in inputs.iter().zip(&targets) {
                h = x + h.matmul_nt(w);
                loss += 0.5 * (&h - y).square().sum();
            }
            loss + (h * &pull).sum()
        };
        trial.measured("d_w", &d_w, &numeric_gradient(&w, loss));
        let distance = |a: &M| (start.matmul_nt(a) - &truth).square().sum() / n as f64;
        trial.measured("d_a", &d_a, &numeric_gradient(&a, distance));
    }
}
