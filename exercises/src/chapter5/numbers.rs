//! 5.1: the backward pass of a tape of single numbers.

use crate::samples::numeric_gradient;
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::tape::Var;
use longhand::{Rng, Tape, Tensor};

mod second;
mod solution;

/// One entry of a tape of numbers; what it was computed from stands above it.
#[derive(Clone, Copy, Debug)]
pub enum Op {
    /// A number from outside.
    Leaf(f64),
    /// The sum of two entries.
    Add(usize, usize),
    /// The product of two entries.
    Mul(usize, usize),
    /// The hyperbolic tangent of an entry.
    Tanh(usize),
}

/// The gradient of the last entry with respect to each of all.
pub type Gradients = fn(tape: &[Op]) -> Vec<f64>;

/// The exercise.
pub static NUMBERS: Exercise<Gradients> = Exercise {
    facts: Facts {
        number: (5, 1),
        name: "numbers",
        title: "A tape of numbers",
        minutes: 30,
        points: 3,
        see: "Going back",
        hint: "First go down the list and compute all values. Then a place for each gradient, a 1 \
               in the last, and up the list: at each entry hand on what has arrived there, times \
               the slope, to the entries that it was computed from.",
    },
    refused: &[],
    check,
    solution: solution::gradients,
    second: second::gradients,
    mistakes: &[
        Mistake {
            answer: |tape| backward(tape, Slip { overwrites: true, ..Slip::default() }),
            says: "A gradient that arrives overwrites what had arrived before. An entry that is used \
                   twice gets its gradients added up (`+=`, not `=`).",
            see: None,
        },
        Mistake {
            answer: |tape| backward(tape, Slip { downwards: true, ..Slip::default() }),
            says: "You go down the list. When an entry hands on its gradient, all of it must have \
                   arrived, and it arrives from below: go up.",
            see: Some("Why order matters"),
        },
        Mistake {
            answer: |tape| backward(tape, Slip { own: true, ..Slip::default() }),
            says: "To each factor of a product you hand the gradient times this factor itself. From \
                   y = a·b follows dy/da = b: it is the other one.",
            see: Some("The way back beside the way there"),
        },
        Mistake {
            answer: |tape| backward(tape, Slip { from_input: true, ..Slip::default() }),
            says: "For tanh you take 1 − x², with the input. It is 1 − y², with the output.",
            see: Some("The way back beside the way there"),
        },
        Mistake {
            answer: |tape| backward(tape, Slip { slope_alone: true, ..Slip::default() }),
            says: "What tanh hands on is its slope alone. By the chain rule it is to be multiplied \
                   by what has arrived.",
            see: Some("The way back beside the way there"),
        },
        Mistake {
            answer: |tape| backward(tape, Slip { once: true, ..Slip::default() }),
            says: "Where an entry is used twice by the same operation, as in a + a or a·a, you hand \
                   it a gradient only once. Each use counts.",
            see: None,
        },
        Mistake {
            answer: |tape| {
                let mut gradients = backward(tape, Slip::default());
                for (gradient, op) in gradients.iter_mut().zip(tape) {
                    if !matches!(op, Op::Leaf(_)) {
                        *gradient = 0.0;
                    }
                }
                gradients
            },
            says: "Only the leaves have gradients in your answer. Those of the entries in between \
                   are asked for too.",
            see: None,
        },
        Mistake {
            answer: |tape| {
                let values = values(tape);
                let mut gradients = vec![0.0; tape.len()];
                depth_first(tape, &values, tape.len() - 1, 1.0, &mut gradients);
                gradients
            },
            says: "You hand on a gradient whenever something arrives, and each time all that has \
                   arrived so far. Part of it is handed on twice. Wait until all has arrived.",
            see: Some("Why order matters"),
        },
        Mistake {
            answer: values,
            says: "These are the values of the entries, not their gradients.",
            see: None,
        },
        Mistake {
            answer: |tape| backward(tape, Slip { ones: true, ..Slip::default() }),
            says: "You begin with 1 everywhere. Only the last entry begins with 1; the others wait \
                   for what arrives.",
            see: None,
        },
        Mistake {
            answer: |tape| backward(tape, Slip { not_squared: true, ..Slip::default() }),
            says: "For tanh you take 1 − y. It is 1 − y².",
            see: None,
        },
    ],
    wrong: &[
        (
            |tape| {
                let values = values(tape);
                let mut d = vec![0.0; tape.len()];
                d[tape.len() - 1] = 1.0;
                for i in (0..tape.len()).rev() {
                    match tape[i] {
                        Op::Leaf(_) => {}
                        Op::Add(a, b) => (d[a], d[b]) = (d[i], d[i]),
                        Op::Mul(a, b) => (d[a], d[b]) = (d[i] * values[b], d[i] * values[a]),
                        Op::Tanh(a) => d[a] = d[i] * (1.0 - values[i] * values[i]),
                    }
                }
                d
            },
            "overwrites what had arrived",
        ),
        (|tape| solution::gradients(tape).iter().map(|g| -g).collect(), "opposite sign"),
        (|tape| vec![0.0; tape.len()], "zero everywhere"),
        (|tape| solution::gradients(tape).into_iter().rev().collect(), "reverse order"),
    ],
    equivalent: &[
        (
            "for index in (0..tape.len()).rev() { → for index in (0..values.len()).rev() {",
            "there is a value for each entry",
        ),
        (
            "for index in (0..tape.len()).rev() { → for index in (1..tape.len()).rev() {",
            "entry 0 can only be a leaf",
        ),
        (
            "arrived[tape.len() - 1] = 1.0; → arrived[values.len() - 1] = 1.0;",
            "there is a value for each entry",
        ),
        (
            "let mut arrived = vec![0.0; tape.len()]; → let mut arrived = vec![0.0; values.len()];",
            "there is a value for each entry",
        ),
    ],
};

/// What a wrong pass does.
#[derive(Clone, Copy, Default)]
struct Slip {
    overwrites: bool,
    downwards: bool,
    own: bool,
    from_input: bool,
    slope_alone: bool,
    once: bool,
    ones: bool,
    not_squared: bool,
}

fn values(tape: &[Op]) -> Vec<f64> {
    let mut values: Vec<f64> = Vec::new();
    for op in tape {
        values.push(match *op {
            Op::Leaf(x) => x,
            Op::Add(a, b) => values[a] + values[b],
            Op::Mul(a, b) => values[a] * values[b],
            Op::Tanh(a) => values[a].tanh(),
        });
    }
    values
}

/// The entries that an entry was computed from, each with the slope.
fn slopes(tape: &[Op], values: &[f64], index: usize, slip: Slip) -> Vec<(usize, f64)> {
    match tape[index] {
        Op::Leaf(_) => vec![],
        Op::Add(a, b) => vec![(a, 1.0), (b, 1.0)],
        Op::Mul(a, b) if slip.own => vec![(a, values[a]), (b, values[b])],
        Op::Mul(a, b) => vec![(a, values[b]), (b, values[a])],
        Op::Tanh(a) => {
            let y = values[if slip.from_input { a } else { index }];
            vec![(a, if slip.not_squared { 1.0 - y } else { 1.0 - y * y })]
        }
    }
}

fn backward(tape: &[Op], slip: Slip) -> Vec<f64> {
    let values = values(tape);
    let mut gradients = vec![if slip.ones { 1.0 } else { 0.0 }; tape.len()];
    gradients[tape.len() - 1] = 1.0;
    let mut order: Vec<usize> = (0..tape.len()).rev().collect();
    if slip.downwards {
        order.reverse();
    }
    for index in order {
        let mut to = slopes(tape, &values, index, slip);
        if slip.once && to.len() == 2 && to[0].0 == to[1].0 {
            to.pop();
        }
        let alone = slip.slope_alone && matches!(tape[index], Op::Tanh(_));
        let arrived = if alone { 1.0 } else { gradients[index] };
        for (input, slope) in to {
            let earlier = if slip.overwrites { 0.0 } else { gradients[input] };
            gradients[input] = earlier + arrived * slope;
        }
    }
    gradients
}

fn depth_first(tape: &[Op], values: &[f64], index: usize, arriving: f64, gradients: &mut [f64]) {
    gradients[index] += arriving;
    for (input, slope) in slopes(tape, values, index, Slip::default()) {
        depth_first(tape, values, input, gradients[index] * slope, gradients);
    }
}

fn check(gradients: Gradients, trial: &mut Trial) {
    use Op::{Add, Leaf, Mul, Tanh};
    // The picture of the chapter: d = ab + a, L = d·d.
    let picture = [Leaf(2.0), Leaf(3.0), Mul(0, 1), Add(2, 0), Mul(3, 3)];
    trial.paper(format!("{picture:?}"));
    if let Some(found) = trial.call(|| gradients(&picture)) {
        trial.near("gradients", &found, &[64.0, 32.0, 16.0, 16.0, 1.0]);
    }
    let doublings = [Leaf(5.0), Add(0, 0), Add(1, 1), Add(2, 2)];
    trial.paper(format!("{doublings:?}"));
    if let Some(found) = trial.call(|| gradients(&doublings)) {
        trial.near("gradients", &found, &[8.0, 4.0, 2.0, 1.0]);
    }
    let bent = [Leaf(0.5), Tanh(0), Leaf(-2.0), Mul(1, 2), Tanh(3), Mul(4, 0)];
    let alone = [Leaf(7.0)];
    let unused = [Leaf(0.3), Tanh(0), Mul(1, 0), Tanh(1)];
    let random: Vec<Vec<Op>> = (0..4).map(random_tape).collect();
    let all = [&bent[..], &alone, &unused].into_iter().chain(random.iter().map(|tape| &tape[..]));
    for tape in all {
        trial.case(format!("{tape:?}"));
        let Some(found) = trial.call(|| gradients(tape)) else { continue };
        trial.near("gradients", &found, &by_the_crate(tape));
        let mut leaves = Vec::new();
        for (index, op) in tape.iter().enumerate() {
            if let Op::Leaf(x) = op {
                leaves.push((index, *x));
            }
        }
        let at: Vec<f64> = leaves.iter().map(|(_, x)| *x).collect();
        let measured = numeric_gradient(&Tensor::vector(&at), |at| {
            let mut moved = tape.to_vec();
            let places = leaves.iter().zip(at.data());
            places.for_each(|((index, _), x)| moved[*index] = Leaf(*x));
            values(&moved)[moved.len() - 1]
        });
        // Of a result of another length there is nothing to measure.
        if found.len() == tape.len() {
            let found: Vec<f64> = leaves.iter().map(|(index, _)| found[*index]).collect();
            trial.measured("gradients of the leaves", &found, measured.data());
        }
    }
}

/// Twelve entries, three of them leaves.
fn random_tape(seed: u64) -> Vec<Op> {
    let rng = &mut Rng::new(seed);
    let mut tape: Vec<Op> = (0..3).map(|_| Op::Leaf(rng.uniform_in(-1.5, 1.5))).collect();
    while tape.len() < 12 {
        let [kind, a, b] = [3, tape.len(), tape.len()].map(|n| rng.below(n));
        tape.push([Op::Add(a, b), Op::Mul(a, b), Op::Tanh(a)][kind]);
    }
    tape
}

fn by_the_crate(list: &[Op]) -> Vec<f64> {
    let tape = Tape::<f64>::new();
    let mut vars: Vec<Var<f64>> = Vec::new();
    for op in list {
        vars.push(match *op {
            Op::Leaf(x) => tape.leaf(Tensor::scalar(x)),
            Op::Add(a, b) => vars[a] + vars[b],
            Op::Mul(a, b) => vars[a] * vars[b],
            Op::Tanh(a) => vars[a].tanh(),
        });
    }
    let found = vars[vars.len() - 1].backward_pass().with_respect_to(&vars);
    found.into_iter().map(|gradient| gradient.map_or(0.0, |gradient| gradient.item())).collect()
}
