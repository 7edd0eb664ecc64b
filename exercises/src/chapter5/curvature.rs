//! 5.4: the Hessian times a vector.

use crate::samples::normal;
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::tape::Var;
use longhand::{Tape, Tensor};

mod second;
mod solution;

type M = Tensor<f64>;

/// A function of a tensor whose value is one number.
pub type Function = for<'t> fn(Var<'t, f64>) -> Var<'t, f64>;

/// Hv, of the shape of x and v.
pub type HessianProduct = fn(f: Function, x: &M, v: &M) -> M;

/// The exercise.
pub static CURVATURE: Exercise<HessianProduct> = Exercise {
    facts: Facts {
        number: (5, 4),
        name: "curvature",
        title: "The Hessian times a vector",
        minutes: 30,
        points: 3,
        see: "On scratch, or on the tape",
        hint: "Hv is the gradient of one number: of g·v, where g is the gradient of f and v a \
               constant. So the first gradient must stay on the tape, with its way back.",
    },
    refused: &[],
    check,
    solution: solution::hessian_product,
    second: second::hessian_product,
    mistakes: &[
        Mistake {
            answer: |f, x, v| {
                let tape = Tape::new();
                let leaf = tape.leaf(x.clone());
                let [gradient] = f(leaf).grad([leaf]);
                let dot = (tape.constant(gradient) * tape.constant(v.clone())).sum();
                dot.backward_pass().with_respect_to(&[leaf])[0].clone().unwrap_or(x * 0.0)
            },
            says: "Your gradient is a constant: it has forgotten how it depends on x, so its own \
                   gradient is 0. `grad_create_graph` leaves it on the tape with its way back.",
            see: None,
        },
        Mistake {
            answer: |f, x, v| gradient(f, x) * v,
            says: "You multiply the gradient by v, and do not differentiate again.",
            see: None,
        },
        Mistake {
            answer: |f, x, _| product(f, x, |g| g.sum()),
            says: "Your v is missing: you differentiate the plain sum of the gradient.",
            see: None,
        },
        Mistake {
            answer: |f, x, _| product(f, x, |g| g.square().sum() * 0.5),
            says: "You differentiate half the square of the gradient. That gives Hg, the Hessian \
                   times the gradient.",
            see: None,
        },
        Mistake {
            answer: |f, x, _| product(f, x, |g| g.square().sum()),
            says: "You differentiate the square of the gradient. That gives 2Hg, twice the Hessian \
                   times the gradient.",
            see: None,
        },
        Mistake {
            answer: |f, x, v| {
                let ones = Tensor::ones(x.shape());
                solution::hessian_product(f, x, &ones) * v
            },
            says: "You differentiate the sum of the gradient, and multiply by v afterwards. v must \
                   be inside: the number to be differentiated is Σ gᵢvᵢ.",
            see: None,
        },
        Mistake {
            answer: |f, x, v| gradient(f, &(x + v)) - gradient(f, x),
            says: "You take the gradient at x + v less that at x. That is Hv only if v is \
                   very short: the curvature changes on the way.",
            see: None,
        },
        Mistake {
            answer: |f, x, v| {
                let columns = (0..x.len()).map(|i| {
                    let mut unit = Tensor::zeros(x.shape());
                    unit.data_mut()[i] = 1.0;
                    solution::hessian_product(f, x, &unit).data()[i]
                });
                Tensor::new(x.shape(), columns.collect()) * v
            },
            says: "You have only the diagonal of the Hessian, times v. Its other elements say how \
                   the slope of one element changes with another.",
            see: None,
        },
        Mistake {
            answer: |f, x, _| gradient(f, x),
            says: "This is the gradient itself. Hv takes a second backward pass.",
            see: None,
        },
        Mistake {
            answer: |f, x, v| (gradient(f, &(x + v * 1e-4)) - gradient(f, x)) / 1e-4,
            says: "You measure the slope of the gradient to one side. It is right to a few digits; \
                   two backward passes have all of them.",
            see: None,
        },
    ],
    wrong: &[
        (
            |f, x, v| {
                let tape = Tape::new();
                let leaf = tape.leaf(x.clone());
                let [gradient] = f(leaf).grad_create_graph([leaf]);
                let dot = (gradient.detach() * tape.constant(v.clone())).sum();
                let again = (leaf * 0.0).sum() + dot;
                again.grad([leaf])[0].clone()
            },
            "has forgotten how it depends on x",
        ),
        (|f, x, v| -solution::hessian_product(f, x, v), "opposite sign"),
        (|_, _, v| v.clone(), "the input itself"),
        (
            |f, x, v| {
                let tape = Tape::new();
                let leaf = tape.leaf(x.clone());
                let [gradient] = f(leaf).grad_create_graph([leaf]);
                let [row] = gradient.sum().grad([leaf]);
                v * &row
            },
            "multiply by v afterwards",
        ),
    ],
    equivalent: &[],
};

fn gradient(f: Function, x: &M) -> M {
    let tape = Tape::new();
    let leaf = tape.leaf(x.clone());
    let [gradient] = f(leaf).grad([leaf]);
    gradient
}

/// The gradient of some number that is made of the gradient.
fn product(f: Function, x: &M, number: Function) -> M {
    let tape = Tape::new();
    let leaf = tape.leaf(x.clone());
    let [gradient] = f(leaf).grad_create_graph([leaf]);
    let [second] = number(gradient).grad([leaf]);
    second
}

fn check(hessian_product: HessianProduct, trial: &mut Trial) {
    let (x, v) = (Tensor::vector(&[1.0, 2.0]), Tensor::vector(&[10.0, 100.0]));
    trial.paper(format!("f = x₀³ + x₁³, x = {x}, v = {v}; H has 6x on its diagonal"));
    trial.given(&v);
    if let Some(found) = trial.call(|| hessian_product(|x| (x * x * x).sum(), &x, &v)) {
        trial.near("Hv", &found, &Tensor::vector(&[60.0, 1200.0]));
    }
    trial.paper(format!("f = (x₀ + x₁)², x = {x}, v = {v}; every element of H is 2"));
    trial.given(&v);
    if let Some(found) = trial.call(|| hessian_product(|x| x.sum().square(), &x, &v)) {
        trial.near("Hv", &found, &Tensor::vector(&[220.0, 220.0]));
    }
    let functions: [(&str, Function, &[usize]); 4] = [
        ("the sum of tanh x, times that of eˣ", |x| x.tanh().sum() * x.exp().sum(), &[4]),
        ("the length of x", |x| x.square().sum().sqrt(), &[5]),
        ("the sum of all elements of tanh(x·xᵀ)", |x| x.matmul_nt(x).tanh().sum(), &[2, 3]),
        ("the loss of a net, x being its weight", net, &[3, 2]),
    ];
    for (seed, (name, f, shape)) in functions.into_iter().enumerate() {
        let (x, v) = (normal(shape, 20 + seed as u64), normal(shape, 30 + seed as u64));
        trial.case(format!("f is {name}, random x and v {shape:?}"));
        trial.given(&v);
        let Some(found) = trial.call(|| hessian_product(f, &x, &v)) else { continue };
        trial.near("Hv", &found, &explicit(f, &x, &v));
        // The slope of the gradient along v.
        let h = 1e-5;
        let along = gradient(f, &(&x + &v * h)) - gradient(f, &(&x - &v * h));
        trial.measured("Hv", &found, &(along / (2.0 * h)));
    }
}

fn net<'t>(weight: Var<'t, f64>) -> Var<'t, f64> {
    let input = weight.tape().constant(normal(&[4, 3], 40));
    input.matmul(weight).tanh().cross_entropy(&[0, 1, 1, 0])
}

/// Hv by the whole Hessian, row after row.
fn explicit(f: Function, x: &M, v: &M) -> M {
    let tape = Tape::new();
    let leaf = tape.leaf(x.clone());
    let [gradient] = f(leaf).grad_create_graph([leaf]);
    let row = |i: usize| {
        let mut unit = Tensor::zeros(x.shape());
        unit.data_mut()[i] = 1.0;
        let picked = (gradient * tape.constant(unit)).sum();
        let found = picked.backward_pass().retain_graph().with_respect_to(&[leaf]);
        let row = found.into_iter().flatten().next().expect("it depends on x");
        (row * v).sum()
    };
    Tensor::new(x.shape(), (0..x.len()).map(row).collect())
}
