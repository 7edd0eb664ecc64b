//! 5.5: a check that finds the broken rule.

use crate::samples::normal;
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::tape::Var;
use longhand::{Rng, Tape, Tensor, init};

mod second;
mod solution;

type M = Tensor<f64>;

/// A function of a tensor with a pullback that may be wrong.
pub type Rule = for<'t> fn(Var<'t, f64>) -> Var<'t, f64>;

/// The lowest order of derivative that is wrong: `Some(1)`, `Some(2)`, or `None`.
pub type WrongOrder = fn(rule: Rule, x: &M) -> Option<usize>;

/// The exercise.
pub static SUSPECT: Exercise<WrongOrder> = Exercise {
    facts: Facts {
        number: (5, 5),
        name: "suspect",
        title: "The broken rule among five",
        minutes: 60,
        points: 5,
        see: "Trusting it",
        hint: "Make one number of the output, with random weights, and hold its gradient against \
               central differences. Then make one number of that gradient, with weights again, and \
               do the same. Differences are to be judged in relation to the size of the slopes.",
    },
    refused: &["gradcheck", "gradgradcheck", "Check"],
    check,
    solution: solution::wrong_order,
    second: second::wrong_order,
    mistakes: &[
        Mistake {
            answer: |rule, x| first(rule, x, Judge::default()).then_some(1),
            says: "Your check looks at first derivatives only. A pullback that uses values where it \
                   should use variables gives those right, and the second wrong.",
            see: None,
        },
        Mistake {
            answer: |rule, x| orders(rule, x, Judge { weighs: false, ..Judge::default() }),
            says: "You add up the outputs without weights. Those of a softmax always add up to 1, \
                   so their sum has the gradient 0, and a pullback that always gives 0 passes.",
            see: None,
        },
        Mistake {
            answer: |rule, x| orders(rule, x, Judge { size: |_| 1e-3, ..Judge::default() }),
            says: "Your check takes right rules for wrong: those with large slopes. Judge a \
                   difference in relation to the size of the slope.",
            see: None,
        },
        Mistake {
            answer: |rule, x| orders(rule, x, Judge { size: f64::abs, ..Judge::default() }),
            says: "Your check takes right rules for wrong: those with slopes of nearly 0. There \
                   rounding is a large part of the slope. Allow a small difference whatever the \
                   slope, beside the one in relation to it.",
            see: None,
        },
        Mistake {
            answer: |rule, x| orders(rule, x, Judge { step: 1e-12, ..Judge::default() }),
            says: "Your check takes right rules for wrong, with slopes of ordinary size too. Is the \
                   step too short, so that rounding is all that is left, or the demand too high?",
            see: None,
        },
        Mistake {
            answer: |rule, x| orders(rule, x, Judge { share: 0.05, ..Judge::default() }),
            says: "A slip of a hundredth passes your check. Central differences are exact to nine \
                   digits or so: allow no more than a few millionths.",
            see: None,
        },
        Mistake {
            answer: |rule, x| orders(rule, x, Judge { elements: 1, ..Judge::default() }),
            says: "You move only the first element of x. A slip at another passes.",
            see: None,
        },
        Mistake {
            answer: |rule, x| orders(rule, x, Judge::default()).map(|order| 3 - order),
            says: "You have the two orders exchanged.",
            see: None,
        },
        Mistake {
            answer: |_, _| None,
            says: "Your check finds nothing wrong with any rule.",
            see: None,
        },
        Mistake {
            answer: |_, _| Some(1),
            says: "Your check finds a mistake in the first derivative of every rule, right ones too.",
            see: None,
        },
    ],
    wrong: &[
        (
            |rule, x| {
                let numbers = |x: &M| rule(Tape::new().leaf(x.clone())).value().sum();
                let measured = crate::samples::numeric_gradient(x, numbers);
                let tape = Tape::new();
                let leaf = tape.leaf(x.clone());
                let [gradient] = rule(leaf).sum().grad([leaf]);
                let differs = (&gradient - &measured).abs().max();
                if differs > 1e-6 * measured.abs().max().max(1.0) {
                    return Some(1);
                }
                orders(rule, x, Judge { weighs: false, ..Judge::default() })
            },
            "without weights",
        ),
        (
            |rule, x| match first(rule, x, Judge { step: 1e-4, share: 1e-5, ..Judge::default() }) {
                true => Some(1),
                false => None,
            },
            "first derivatives only",
        ),
        (|rule, x| solution::wrong_order(rule, x).filter(|_| false), "nothing wrong with any rule"),
    ],
    equivalent: &[
        (
            "let weights = init::normal(y.shape(), 0.0, 1.0, &mut Rng::new(1)); → let weights = init::normal(y.shape(), 0.0, 1.0, &mut Rng::new(0));",
            "other weights",
        ),
        (
            "let weights = init::normal(y.shape(), 0.0, 1.0, &mut Rng::new(1)); → let weights = init::normal(y.shape(), 0.0, 1.0, &mut Rng::new(2));",
            "other weights",
        ),
        (
            "let weights = init::normal(y.shape(), 0.0, 1.0, &mut Rng::new(1)); → let weights = init::normal(y.shape(), 0.0, 2.0, &mut Rng::new(1));",
            "other weights",
        ),
        (
            "let weights = init::normal(y.shape(), 0.0, 1.0, &mut Rng::new(1)); → let weights = init::normal(y.shape(), 1.0, 1.0, &mut Rng::new(1));",
            "other weights",
        ),
        (
            "(y * y.tape().constant(weights)).sum() → (y / y.tape().constant(weights)).sum()",
            "other weights",
        ),
        (
            "(y * y.tape().constant(weights)).sum() → (y * y.tape().constant(weights)).mean()",
            "other weights: all are divided by the same number",
        ),
        (
            "(gradient.data()[i] - slope).abs() > 1e-5 * slope.abs().max(1.0) → (gradient.data()[i] - slope).abs() > 1e-5 * slope.abs().max(2.0)",
            "small slopes may be off by twice as little",
        ),
        (
            "(gradient.data()[i] - slope).abs() > 1e-5 * slope.abs().max(1.0) → (gradient.data()[i] - slope).abs() > 1e-9 * slope.abs().max(1.0)",
            "central differences are as exact as that, where nothing large cancels",
        ),
        (
            "(gradient.data()[i] - slope).abs() > 1e-5 * slope.abs().max(1.0) → (gradient.data()[i] - slope).abs() >= 1e-5 * slope.abs().max(1.0)",
            "no difference is just as large",
        ),
    ],
};

/// How a wrong check judges.
#[derive(Clone, Copy)]
struct Judge {
    step: f64,
    share: f64,
    weighs: bool,
    /// What a difference is judged in relation to.
    size: fn(f64) -> f64,
    elements: usize,
}

impl Default for Judge {
    fn default() -> Self {
        let size = |slope: f64| slope.abs().max(1.0);
        Self { step: 1e-5, share: 1e-5, weighs: true, size, elements: usize::MAX }
    }
}

fn weights(shape: &[usize], judge: Judge) -> M {
    if judge.weighs { normal(shape, 77) } else { Tensor::ones(shape) }
}

fn number<'t>(rule: Rule, x: Var<'t, f64>, judge: Judge) -> Var<'t, f64> {
    let y = rule(x);
    (y * x.tape().constant(weights(&y.shape(), judge))).sum()
}

/// A number made of the gradient.
fn steepness<'t>(rule: Rule, x: Var<'t, f64>, judge: Judge) -> Var<'t, f64> {
    let [gradient] = number(rule, x, judge).grad_create_graph([x]);
    (gradient * x.tape().constant(weights(&gradient.shape(), judge))).sum()
}

fn first(rule: Rule, x: &M, judge: Judge) -> bool {
    wrong(&|x| number(rule, x, judge), x, judge)
}

fn orders(rule: Rule, x: &M, judge: Judge) -> Option<usize> {
    if first(rule, x, judge) {
        return Some(1);
    }
    wrong(&|x| steepness(rule, x, judge), x, judge).then_some(2)
}

fn wrong(f: &dyn for<'t> Fn(Var<'t, f64>) -> Var<'t, f64>, x: &M, judge: Judge) -> bool {
    let tape = Tape::new();
    let leaf = tape.leaf(x.clone());
    let found = f(leaf).backward_pass().with_respect_to(&[leaf]);
    let found = found.into_iter().flatten().next().unwrap_or(Tensor::zeros(x.shape()));
    let at = |i: usize, h: f64| {
        let mut x = x.clone();
        x.data_mut()[i] += h;
        f(Tape::new().leaf(x)).value().item()
    };
    let h = judge.step;
    (0..x.len().min(judge.elements)).any(|i| {
        let slope = (at(i, h) - at(i, -h)) / (2.0 * h);
        (found.data()[i] - slope).abs() > judge.share * (judge.size)(slope)
    })
}

const ORDERS: [&str; 3] = ["no mistake", "a mistake in the first derivative", "one in the second"];

fn check(wrong_order: WrongOrder, trial: &mut Trial) {
    let right: [(&str, Rule); 4] = [
        ("tanh x", |x| x.tanh()),
        ("the softmax of x", |x| x.log_softmax().exp()),
        ("x³, with a pullback of its own", |x| {
            own(x, x.value().powi(3), |[x], _, g| g * x * x * 3.0)
        }),
        ("2x", |x| x * 2.0),
    ];
    let first: [(&str, Rule); 4] = [
        ("tanh x with 1 − y for 1 − y²", |x| {
            own(x, x.value().tanh(), |_, y, g| g * (1.0 - y))
        }),
        ("the softmax of x with 0 as its gradient", |x| {
            own(x, x.value().log_softmax().exp(), |_, _, g| g * 0.0)
        }),
        ("x² with a gradient too large by a hundredth", |x| {
            own(x, x.value().square(), |[x], _, g| g * x * 2.02)
        }),
        ("tanh x with a slip at the last element", |x| {
            own(x, x.value().tanh(), |[x], y, g| g * (1.0 - y * y) * late(x))
        }),
    ];
    let second: [(&str, Rule); 3] = [
        ("tanh x with y detached", |x| {
            own(x, x.value().tanh(), |_, y, g| g * (1.0 - y.detach() * y.detach()))
        }),
        ("x² with one of two x detached", |x| {
            own(x, x.value().square(), |[x], _, g| g * (x + x.detach()))
        }),
        ("eˣ with y detached", |x| own(x, x.value().exp(), |_, y, g| g * y.detach())),
    ];
    let x = Tensor::new([1, 1], vec![0.5]);
    for (order, (name, rule)) in [right[0], first[0], second[0]].into_iter().enumerate() {
        trial.paper(format!("{name}, at x = ½"));
        one(wrong_order, trial, "a single number", (rule, &x), order);
    }
    let parts = ["rules that are right", "wrong in the first", "wrong in the second"];
    let all = [&right[..], &first, &second];
    for (order, (part, rules)) in parts.into_iter().zip(all).enumerate() {
        for (seed, (name, rule)) in rules.iter().enumerate() {
            let x = init::normal([2, 3], 0.0, 1.0, &mut Rng::new(50 + seed as u64));
            trial.case(format!("{name}, at random x [2, 3]"));
            one(wrong_order, trial, part, (*rule, &x), order);
        }
    }
    let x = Tensor::new([1, 3], vec![1.0, 2.0, -1.0]);
    trial.case(format!("a million times eˣ, and less a million times eˣ, at {x}"));
    one(wrong_order, trial, "large slopes", (|x| x.exp() * 1e6, &x), 0);
    one(wrong_order, trial, "large slopes", (|x| x.exp() * -1e6, &x), 0);
    let x = Tensor::new([1, 3], vec![0.0, 20.0, -5.0]);
    trial.case(format!("the softmax of {x}"));
    one(wrong_order, trial, "small slopes", (|x| x.log_softmax().exp(), &x), 0);
}

fn one(
    wrong_order: WrongOrder,
    trial: &mut Trial,
    part: &'static str,
    (rule, x): (Rule, &M),
    order: usize,
) {
    let Some(found) = trial.call(|| wrong_order(rule, x)) else { return };
    let says = ORDERS.get(found.unwrap_or(0)).copied().unwrap_or("an order that is not asked for");
    trial.bits(part, says, ORDERS[order]);
}

/// 1, and 1.5 at the last element.
fn late<'t>(x: Var<'t, f64>) -> Var<'t, f64> {
    let mut factors = Tensor::ones(x.shape());
    if x.shape().count() > 1 {
        factors.data_mut()[x.shape().count() - 1] = 1.5;
    }
    x.tape().constant(factors)
}

type Back = for<'a> fn([Var<'a, f64>; 1], Var<'a, f64>, Var<'a, f64>) -> Var<'a, f64>;

fn own<'t>(x: Var<'t, f64>, value: M, back: Back) -> Var<'t, f64> {
    x.tape().operation("own", [x], value, move |x, y, g| [Some(back(x, y, g))])
}
