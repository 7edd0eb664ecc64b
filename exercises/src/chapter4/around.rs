//! 4.5: a layer around which there is a way.

use crate::samples::{normal, numeric_gradient};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::layers::{Layer, Linear, Relu};
use longhand::{Param, Rng, Tensor, sequential};

mod second;
mod solution;

type M = Tensor<f64>;
type Inner = Box<dyn Layer<f64>>;

/// The layer y = x + inner(x).
pub type Around = fn(inner: Inner) -> Inner;

/// The exercise.
pub static AROUND: Exercise<Around> = Exercise {
    facts: Facts {
        number: (4, 5),
        name: "around",
        title: "A way around a layer",
        minutes: 40,
        points: 4,
        see: "A list knows the order",
        hint: "Each x goes into y along two paths. What comes back along them adds up. And an \
               optimizer changes what `params_mut` hands it, and nothing else.",
    },
    refused: &[],
    check,
    solution: solution::around,
    second: second::around,
    mistakes: &[
        Mistake {
            answer: |inner| like(inner, |inner, g| inner.backward(g)),
            says: "Your d_input is what comes back through the layer alone. x also goes into y \
                   around it, and by that path comes d_output as it is.",
            see: None,
        },
        Mistake {
            answer: |inner| like(inner, |_, g| g.clone()),
            says: "You go back only around the layer. It has had a say in y too: its `backward` \
                   must be called, or its parameters never get a gradient.",
            see: None,
        },
        Mistake {
            answer: |inner| {
                like(inner, |inner, g| {
                    inner.backward(g);
                    g.clone()
                })
            },
            says: "You let the layer go back, and drop what it gives. That is the gradient along \
                   one of the two paths: add it.",
            see: None,
        },
        Mistake {
            answer: |inner| like(inner, |inner, g| (inner.backward(g) + g) / 2.0),
            says: "You take the mean over the two paths. What comes along all paths adds up.",
            see: None,
        },
        Mistake {
            answer: |inner| like(inner, |inner, g| inner.backward(g) * g),
            says: "You multiply what comes along the two paths. It adds up.",
            see: None,
        },
        Mistake {
            answer: |inner| Box::new(Like { params: false, ..parts(inner, right) }),
            says: "Your layer has no parameters. What the inner layer has must be handed on by \
                   `params` and `params_mut`, or no optimizer finds it.",
            see: Some("A layer that stands alone"),
        },
        Mistake {
            answer: |inner| Box::new(Like { predicts: false, ..parts(inner, right) }),
            says: "Your `predict` gives what the inner layer gives. It must be the same function \
                   as `forward`: the input is added there too.",
            see: Some("A layer that stands alone"),
        },
        Mistake {
            answer: |inner| Box::new(Like { adds: false, predicts: false, ..parts(inner, right) }),
            says: "Your output is that of the inner layer. The input is to be added.",
            see: None,
        },
    ],
    wrong: &[
        (
            |inner| {
                like(inner, |inner, g| {
                    let d = inner.backward(g);
                    d + g * 0.0
                })
            },
            "through the layer alone",
        ),
        (
            |inner| {
                like(inner, |inner, g| {
                    let mut d = inner.backward(g);
                    d.apply(|x| x / 2.0);
                    d + g / 2.0
                })
            },
            "mean over the two paths",
        ),
        (|inner| like(inner, |inner, g| -right(inner, g)), "opposite sign"),
    ],
    equivalent: &[],
};

/// A way back from the gradient of the output.
type Back = fn(&mut dyn Layer<f64>, &M) -> M;

fn right(inner: &mut dyn Layer<f64>, d_output: &M) -> M {
    inner.backward(d_output) + d_output
}

/// A layer around another that may make mistakes.
struct Like {
    inner: Inner,
    backward: Back,
    adds: bool,
    predicts: bool,
    params: bool,
}

fn parts(inner: Inner, backward: Back) -> Like {
    Like { inner, backward, adds: true, predicts: true, params: true }
}

fn like(inner: Inner, backward: Back) -> Inner {
    Box::new(parts(inner, backward))
}

impl Layer<f64> for Like {
    fn forward(&mut self, input: &M) -> M {
        let output = self.inner.forward(input);
        if self.adds { output + input } else { output }
    }

    fn backward(&mut self, d_output: &M) -> M {
        (self.backward)(&mut *self.inner, d_output)
    }

    fn predict(&self, input: &M) -> M {
        let output = self.inner.predict(input);
        if self.predicts { output + input } else { output }
    }

    fn params(&self) -> Vec<&Param<f64>> {
        if self.params { self.inner.params() } else { Vec::new() }
    }

    fn params_mut(&mut self) -> Vec<&mut Param<f64>> {
        if self.params { self.inner.params_mut() } else { Vec::new() }
    }

    fn name(&self) -> String {
        "Like".into()
    }
}

fn check(around: Around, trial: &mut Trial) {
    let twice = || Box::new(Linear::from_parts(Tensor::full([1, 1], 2.0), None));
    let (x, g) = (Tensor::new([1, 1], vec![3.0]), Tensor::new([1, 1], vec![10.0]));
    trial.paper(format!("the inner layer is y = 2x, without a bias; x = {x}, d_output = {g}"));
    if let Some(found) = trial.call(|| pass(around(twice()), &x, &g)) {
        trial.near("output", &found.output, &Tensor::new([1, 1], vec![9.0]));
        trial.near("predict, held against forward", &found.predicted, &found.output);
        trial.near("d_input", &found.d_input, &Tensor::new([1, 1], vec![30.0]));
        trial.near("gradients of the parameters", &found.gradients, &vec![30.0]);
        trial.near("gradients after another pass", &found.added_up, &vec![60.0]);
        trial.near("parameters that an optimizer finds", &found.found, &1);
    }
    for (seed, n) in [4, 1, 3].into_iter().enumerate() {
        let seed = 10 * seed as u64;
        let inner = || -> Inner {
            let rng = &mut Rng::new(seed);
            Box::new(sequential![
                Linear::<f64>::new(3, 5, rng),
                Relu::new(),
                Linear::new(5, 3, rng)
            ])
        };
        let (x, g) = (normal(&[n, 3], seed + 1), normal(&[n, 3], seed + 2));
        trial.case(format!("around two linear layers with a rectifier, random input [{n}, 3]"));
        let Some(found) = trial.call(|| pass(around(inner()), &x, &g)) else { continue };
        let f = |x: &M| x + inner().predict(x);
        trial.near("output", &found.output, &f(&x));
        trial.near("predict, held against forward", &found.predicted, &found.output);
        let mut alone = inner();
        alone.forward(&x);
        trial.near("d_input", &found.d_input, &(alone.backward(&g) + &g));
        trial.near("gradients of the parameters", &found.gradients, &gradients(&*alone));
        let twice: Vec<f64> = gradients(&*alone).iter().map(|gradient| 2.0 * gradient).collect();
        trial.near("gradients after another pass", &found.added_up, &twice);
        trial.near("parameters that an optimizer finds", &found.found, &4);
        trial.measured("d_input", &found.d_input, &numeric_gradient(&x, |x| (f(x) * &g).sum()));
    }
}

/// What a layer gives there and back.
struct Pass {
    output: M,
    predicted: M,
    d_input: M,
    gradients: Vec<f64>,
    added_up: Vec<f64>,
    found: usize,
}

fn pass(mut layer: Inner, x: &M, g: &M) -> Pass {
    let predicted = layer.predict(x);
    let output = layer.forward(x);
    let d_input = layer.backward(g);
    let first = gradients(&*layer);
    layer.forward(x);
    layer.backward(g);
    let added_up = gradients(&*layer);
    let found = layer.params_mut().len();
    Pass { output, predicted, d_input, gradients: first, added_up, found }
}

/// Those of all parameters in a row; a 0 for one that has none.
fn gradients(layer: &dyn Layer<f64>) -> Vec<f64> {
    let each = layer.params().into_iter().map(|param| match param.grad() {
        Some(gradient) => gradient.data().to_vec(),
        None => vec![0.0; param.value.len()],
    });
    each.collect::<Vec<_>>().concat()
}
