//! A list of operations on the tape, chosen so that their shapes fit and their values stay of the size
//! of one.

use super::operations;
use crate::choices::Choices;
use longhand::tape::Var;
use longhand::tensor::Window;
use longhand::{Tape, Tensor};
use std::fmt;

/// What a step computes of its arguments.
pub type Operation = Box<dyn for<'t> Fn(&[Var<'t, f64>]) -> Var<'t, f64>>;

/// Where an operation has no slope.
#[derive(Clone, Copy)]
pub enum Kink {
    Nowhere,
    /// Where its last argument changes its sign.
    Sign,
    /// Where its two arguments are equal.
    Equal,
    /// Where another element along the axis becomes the largest.
    Largest(isize),
    /// The same in a window.
    Pool(Window),
}

/// An argument: a leaf, or what an earlier step has computed.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    Leaf(usize),
    Step(usize),
}

pub struct Step {
    pub name: String,
    pub arguments: Vec<Source>,
    pub kink: Kink,
    pub operation: Operation,
}

pub struct Plan {
    pub leaves: Vec<Tensor<f64>>,
    steps: Vec<Step>,
    /// What each step gives at the leaves.
    values: Vec<Tensor<f64>>,
}

/// Tensors of more elements are not made.
const MOST: usize = 300;

impl Plan {
    pub fn choose(choices: &mut Choices) -> Self {
        let mut plan = Self { leaves: Vec::new(), steps: Vec::new(), values: Vec::new() };
        let rank = choices.within(0..=4);
        let shape: Vec<usize> = (0..rank).map(|_| choices.within(1..=4)).collect();
        let mut last = plan.leaf(choices, &shape);
        for _ in 0..choices.within(1..=8) {
            // Mostly one after another; sometimes from further back.
            let from = match choices.seldom(5) && !plan.steps.is_empty() {
                true => Source::Step(choices.below(plan.steps.len())),
                false => last,
            };
            last = operations::choose(&mut plan, choices, from).unwrap_or(from);
        }
        plan
    }

    /// A new leaf of normal numbers.
    pub fn leaf(&mut self, choices: &mut Choices, shape: &[usize]) -> Source {
        let mut rng = choices.rng();
        let numbers = (0..shape.iter().product()).map(|_| rng.normal()).collect();
        self.leaves.push(Tensor::new(shape, numbers));
        Source::Leaf(self.leaves.len() - 1)
    }

    /// Something of this shape: a leaf of its own, or what there is.
    pub fn of_shape(&mut self, choices: &mut Choices, shape: &[usize]) -> Source {
        let leaves = (0..self.leaves.len()).map(Source::Leaf);
        let there: Vec<Source> = leaves
            .chain((0..self.steps.len()).map(Source::Step))
            .filter(|&source| *self.value_of(source).shape() == *shape)
            .collect();
        match there.is_empty() || choices.flip() {
            true => self.leaf(choices, shape),
            false => choices.pick(&there),
        }
    }

    pub fn value_of(&self, source: Source) -> &Tensor<f64> {
        match source {
            Source::Leaf(number) => &self.leaves[number],
            Source::Step(number) => &self.values[number],
        }
    }

    /// Adds a step, if its value is finite; scales what has become large.
    pub fn push(&mut self, step: Step) -> Option<Source> {
        let tape = Tape::new();
        let arguments: Vec<_> =
            step.arguments.iter().map(|&x| tape.constant(self.value_of(x).clone())).collect();
        let value = (step.operation)(&arguments).value();
        let largest = value.data().iter().fold(0.0, |largest: f64, x| match x.is_finite() {
            true => largest.max(x.abs()),
            false => f64::INFINITY,
        });
        if value.len() > MOST || value.len() == 0 || largest > 1e6 {
            return None;
        }
        self.steps.push(step);
        self.values.push(value);
        let source = Source::Step(self.steps.len() - 1);
        if largest > 4.0 {
            let factor = 2.0 / largest;
            return self.push(Step {
                name: format!("times {factor}"),
                arguments: vec![source],
                kink: Kink::Nowhere,
                operation: Box::new(move |x| x[0] * factor),
            });
        }
        Some(source)
    }

    /// f of these leaves: the last value and one more, weighted, since mistakes can cancel in a sum.
    pub fn value<'t>(&self, tape: &'t Tape<f64>, leaves: &[Var<'t, f64>]) -> Var<'t, f64> {
        let mut values: Vec<Var<f64>> = Vec::new();
        for step in &self.steps {
            let arguments: Vec<_> = step
                .arguments
                .iter()
                .map(|&source| match source {
                    Source::Leaf(number) => leaves[number],
                    Source::Step(number) => values[number],
                })
                .collect();
            values.push((step.operation)(&arguments));
        }
        let outputs = [values.last(), values.get(values.len() / 2), leaves.first()];
        let weighted = outputs.into_iter().flatten().enumerate().map(|(number, output)| {
            let weights =
                (0..output.shape().count()).map(|i| (1.0 + number as f64 + i as f64).sin());
            (*output * tape.constant(Tensor::new(output.shape(), weights.collect()))).sum()
        });
        weighted.reduce(|a, b| a + b).expect("a first leaf")
    }

    /// Which way every kink is passed at these leaves.
    pub fn branches(&self, leaves: &[Tensor<f64>]) -> Vec<usize> {
        let tape = Tape::new();
        let mut values: Vec<Tensor<f64>> = Vec::new();
        let mut branches = Vec::new();
        for step in &self.steps {
            let arguments: Vec<&Tensor<f64>> = step
                .arguments
                .iter()
                .map(|&source| match source {
                    Source::Leaf(number) => &leaves[number],
                    Source::Step(number) => &values[number],
                })
                .collect();
            step.kink.branches(&arguments, &mut branches);
            let vars: Vec<_> = arguments.iter().map(|&x| tape.constant(x.clone())).collect();
            let value = (step.operation)(&vars).value();
            values.push(value);
        }
        branches
    }
}

impl Kink {
    fn branches(self, arguments: &[&Tensor<f64>], branches: &mut Vec<usize>) {
        let order = |x: f64, y: f64| usize::from(x > y) + 2 * usize::from(x < y);
        match self {
            Kink::Nowhere => {}
            Kink::Sign => {
                let x = arguments.last().expect("an argument");
                branches.extend(x.data().iter().map(|&x| order(x, 0.0)));
            }
            Kink::Equal => {
                let difference = arguments[0] - arguments[1];
                branches.extend(difference.data().iter().map(|&x| order(x, 0.0)));
            }
            Kink::Largest(axis) => branches.extend(arguments[0].argmax(axis)),
            Kink::Pool(window) => {
                let (_, maxima) = arguments[0].max_pool2d(window);
                branches.extend(maxima.positions().iter().map(|&at| at as usize));
            }
        }
    }
}

/// What is needed to see what went wrong.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, leaf) in self.leaves.iter().enumerate() {
            writeln!(f, "leaf {number} {}: {:?}", leaf.shape(), leaf.data())?;
        }
        for (number, (step, value)) in self.steps.iter().zip(&self.values).enumerate() {
            let Step { name, arguments, .. } = step;
            writeln!(f, "step {number} {}: {name} of {arguments:?}", value.shape())?;
        }
        Ok(())
    }
}
