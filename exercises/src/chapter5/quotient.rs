//! 5.3: an operation of one's own, the quotient.

use crate::samples::{normal, numeric_gradient};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::tape::Var;
use longhand::{Tape, Tensor};

mod second;
mod solution;

type M = Tensor<f64>;

/// a/b as one operation; a and b broadcast.
pub type Quotient = for<'t> fn(Var<'t, f64>, Var<'t, f64>) -> Var<'t, f64>;

/// The exercise.
pub static QUOTIENT: Exercise<Quotient> = Exercise {
    facts: Facts {
        number: (5, 3),
        name: "quotient",
        title: "A quotient of your own",
        minutes: 25,
        points: 3,
        see: "Pullbacks that can carry something",
        hint: "From y = a/b follow dy/da = 1/b and dy/db = −a/b², which is −y/b. If a was repeated \
               to fit b, its gradient is summed to the shape that it had: `sum_to(a.shape())`.",
    },
    refused: &[],
    check,
    solution: solution::quotient,
    second: second::quotient,
    mistakes: &[
        Mistake {
            answer: |a, b| a / b,
            says: "You divide with the crate's own operation. Write one of your own: its value by \
                   tensors, its way back as a pullback.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                record(a, b, |[a, b], y, g| {
                    [(g / b).sum_to(a.shape()), (g * y / b).sum_to(b.shape())]
                })
            },
            says: "The sign of b's gradient is missing. If b grows, a/b becomes smaller: −a/b².",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                record(a, b, |[a, b], y, g| {
                    [(g / b).sum_to(a.shape()), (-(g * y)).sum_to(b.shape())]
                })
            },
            says: "b's gradient is −g·a/b in your answer. It is −g·a/b²: y must be divided by b \
                   once more.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                record(a, b, |[a, b], y, g| {
                    [(g * b).sum_to(a.shape()), (-(g * y / b)).sum_to(b.shape())]
                })
            },
            says: "a's gradient is g·b in your answer, as in a product. It is g/b.",
            see: None,
        },
        Mistake {
            answer: |a, b| record(a, b, |[_, b], y, g| [g / b, -(g * y / b)]),
            says: "A gradient has the shape of the output. What was repeated going forward must be \
                   summed to the shape of the input: `sum_to`.",
            see: Some("The way back beside the way there"),
        },
        Mistake {
            answer: |a, b| {
                record(a, b, |[a, b], y, g| {
                    let [a_value, b_value, y] = [a, b, y].map(Var::detach);
                    [(g / b_value).sum_to(a_value.shape()), (-(g * y / b_value)).sum_to(b.shape())]
                })
            },
            says: "The first derivatives are right, the second are not. A pullback must compute \
                   with the variables that are handed to it. With their values, as constants, the \
                   gradient does not know that it depends on a and b.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                record(a, b, |[a, b], y, g| {
                    [(g / b).sum_to(a.shape()), (-(g * y.detach() / b)).sum_to(b.shape())]
                })
            },
            says: "In b's gradient y is a constant. The first derivatives are right all the same, \
                   and the second are not: y depends on a and b.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                record(a, b, |[a, b], y, g| {
                    let g = g.detach();
                    [(g / b).sum_to(a.shape()), (-(g * y / b)).sum_to(b.shape())]
                })
            },
            says: "The gradient that arrives is a constant in your answer. The first derivatives \
                   are right all the same. The second are not: where a/b is squared, say, what \
                   arrives depends on a and b.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                record(a, b, |[a, b], _, g| {
                    [(g / b).sum_to(a.shape()), (-(g * a.detach() / b / b)).sum_to(b.shape())]
                })
            },
            says: "In b's gradient a is a constant. The first derivatives are right all the same, \
                   and the second are not.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                record(a, b, |[a, b], y, g| {
                    let one = (g * 0.0 + 1.0) / b;
                    [one.sum_to(a.shape()), (-(y * one)).sum_to(b.shape())]
                })
            },
            says: "These are the slopes, 1/b and −a/b². By the chain rule each is to be multiplied \
                   by g, the gradient of the output.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                record(a, b, |[a, b], _, g| {
                    [(g / b).sum_to(a.shape()), (-g / (b * b)).sum_to(b.shape())]
                })
            },
            says: "b's gradient is −g/b² in your answer. a is missing: −g·a/b².",
            see: None,
        },
        Mistake {
            answer: |a, b| a * b.recip(),
            says: "You put it together of the crate's operations. Write one of your own: its value \
                   by tensors, its way back as a pullback.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                a.tape().operation("quotient", [a, b], a.value() / b.value(), |[a, b], _, g| {
                    [Some((g / b).sum_to(a.shape())), None]
                })
            },
            says: "b gets no gradient. Both inputs have a say in the quotient.",
            see: None,
        },
    ],
    wrong: &[
        (
            |a, b| {
                record(a, b, |[a, b], _, g| {
                    [(g / b).sum_to(a.shape()), (g * a / (b * b)).sum_to(b.shape())]
                })
            },
            "sign of b's gradient",
        ),
        (
            |a, b| {
                record(a, b, |[a, b], _, g| {
                    let a_value = a.detach();
                    let d_b = -(g * a_value / (b * b));
                    [(g / b).sum_to(a.shape()), d_b.sum_to(b.shape())]
                })
            },
            "gradient a is a constant",
        ),
        (
            |a, b| record(a, b, |[a, b], _, g| [g / b, -(g * a / b.square())].map(|d| d * 1.0)),
            "shape of the output",
        ),
    ],
    equivalent: &[(
        "a.tape().operation(\"quotient\", [a, b], value, |[a, b], y, g| { → b.tape().operation(\"quotient\", [a, b], value, |[a, b], y, g| {",
        "both are on one tape",
    )],
};

/// A gradient for each input, from the inputs, the output and its gradient.
type Back = for<'a> fn([Var<'a, f64>; 2], Var<'a, f64>, Var<'a, f64>) -> [Var<'a, f64>; 2];

fn record<'t>(a: Var<'t, f64>, b: Var<'t, f64>, back: Back) -> Var<'t, f64> {
    let value = a.value() / b.value();
    a.tape().operation("quotient", [a, b], value, move |inputs, y, g| back(inputs, y, g).map(Some))
}

fn check(quotient: Quotient, trial: &mut Trial) {
    let scalar = |x: f64| Tensor::scalar(x);
    trial.paper("a = 6, b = 2, and the gradient of the output is 10");
    if let Some(found) = trial.call(|| passes(quotient, &scalar(6.0), &scalar(2.0), &scalar(10.0)))
    {
        trial.near("a/b", &found.y, &scalar(3.0));
        trial.near("d_a", &found.first[0], &scalar(5.0));
        trial.near("d_b", &found.first[1], &scalar(-15.0));
    }
    let shapes: [[&[usize]; 2]; 5] =
        [[&[3], &[3]], [&[2, 3], &[3]], [&[3], &[2, 3]], [&[4, 1], &[1, 3]], [&[], &[2, 2]]];
    for (seed, [of_a, of_b]) in shapes.into_iter().enumerate() {
        let seed = 10 * seed as u64;
        // No b is near 0.
        let (a, b) = (normal(of_a, seed), normal(of_b, seed + 1).map(|b: f64| b + b.signum()));
        let g = normal(&(&a / &b).shape(), seed + 2);
        trial.case(format!("random a {of_a:?} and b {of_b:?}"));
        let Some(found) = trial.call(|| passes(quotient, &a, &b, &g)) else { continue };
        let right = passes(|a, b| a / b, &a, &b, &g);
        trial.near("a/b", &found.y, &right.y);
        for (part, input) in [("d_a", 0), ("d_b", 1)] {
            trial.near(part, &found.first[input], &right.first[input]);
        }
        for (part, input) in [("d_a, differentiated", 0), ("d_b, differentiated", 1)] {
            for (ours, theirs) in found.second[input].iter().zip(&right.second[input]) {
                trial.near(part, ours, theirs);
            }
        }
        let loss = |a: &M, b: &M| (a / b * &g).sum();
        trial.measured("d_a", &found.first[0], &numeric_gradient(&a, |a| loss(a, &b)));
        trial.measured("d_b", &found.first[1], &numeric_gradient(&b, |b| loss(&a, b)));
        trial.bits(
            "what was written on the tape",
            &*found.written,
            "one operation, not the crate's",
        );
    }
}

/// What a quotient gives there, back, and back through the way back.
struct Passes {
    y: M,
    first: [M; 2],
    /// Of the squares of each gradient of y², the gradients of both inputs.
    second: [[M; 2]; 2],
    written: String,
}

fn passes(quotient: Quotient, a: &M, b: &M, g: &M) -> Passes {
    let tape = Tape::<f64>::new();
    let (a, b) = (tape.leaf(a.clone()), tape.leaf(b.clone()));
    let y = quotient(a, b);
    let written = match (tape.len() - 2, tape.to_string().contains("div")) {
        (1, false) => "one operation, not the crate's".into(),
        (1, true) => "the crate's own division".into(),
        (many, _) => format!("{many} entries"),
    };
    let pass = || tape.backward_pass().root(y, g.clone());
    let first = pass().create_graph(&[a, b]);
    let first = [0, 1].map(|i| first[i].expect("y depends on a and b"));
    // Squared, so that the gradient that arrives at the quotient depends on a and b as well.
    let squared = (y.square() * tape.constant(g.clone())).sum();
    let of_squared = squared.backward_pass().create_graph(&[a, b]);
    let second = [0, 1].map(|i| {
        let gradient = of_squared[i].expect("y depends on a and b");
        let found = gradient.square().sum().backward_pass().retain_graph().with_respect_to(&[a, b]);
        let value = |(found, input): (Option<M>, Var<f64>)| {
            found.unwrap_or_else(|| Tensor::zeros(input.shape()))
        };
        let mut found = found.into_iter().zip([a, b]).map(value);
        [0, 1].map(|_| found.next().expect("two of them"))
    });
    Passes { y: y.value(), first: first.map(Var::value), second, written }
}
