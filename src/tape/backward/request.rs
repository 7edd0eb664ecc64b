//! Asking for gradients: from which outputs, with respect to what, and whether they are to be
//! differentiated again (chapter 5).

use super::engine;
use super::mode::{CreateGraph, Eager, GradientMode};
use super::reach::reach;
use super::root::{Root, Upstream};
use crate::param::ParamId;
use crate::tape::gradients::Gradients;
use crate::tape::list::{Tape, Var};
use crate::{Scalar, Tensor};

/// A backward pass about to be made: from which outputs, and whether it frees what it passes.
///
/// ```
/// use longhand::{Tape, Tensor};
/// let tape = Tape::<f64>::new();
/// let x = tape.leaf(Tensor::vector(&[1.0, 2.0]));
/// let (y, z) = (x * x, x.exp());
/// // Two outputs at once, each with the gradient that comes from elsewhere.
/// let gradients = tape
///     .backward_pass()
///     .root(y, Tensor::vector(&[1.0, 10.0]))
///     .root(z, Tensor::zeros([2]))
///     .gradients();
/// assert_eq!(gradients[x].data(), [2.0, 40.0]);
/// ```
#[derive(Debug)]
#[must_use = "a backward pass does nothing until it is asked for gradients"]
pub struct BackwardPass<'t, T: Scalar> {
    tape: &'t Tape<T>,
    roots: Vec<Root<'t, T>>,
    retain_graph: bool,
}

impl<T: Scalar> Tape<T> {
    /// A backward pass without a root yet.
    pub fn backward_pass(&self) -> BackwardPass<'_, T> {
        BackwardPass { tape: self, roots: Vec::new(), retain_graph: false }
    }
}

impl<'t, T: Scalar> Var<'t, T> {
    /// A backward pass from this one number.
    ///
    /// # Panics
    /// If it is not one number.
    #[track_caller]
    pub fn backward_pass(self) -> BackwardPass<'t, T> {
        let shape = self.shape();
        if shape.count() != 1 {
            panic!(
                "a backward pass starts from one number, not from shape {shape}: sum it, or give \
                 its gradient with tape.backward_pass().root(y, gradient)"
            );
        }
        self.tape.backward_pass().root(self, Tensor::ones(shape))
    }

    /// Goes back to every leaf and gives their gradients. The entries on the way are freed.
    ///
    /// ```
    /// use longhand::{Param, Tape, Tensor};
    /// let mut weight = Param::new("weight", Tensor::vector(&[1.0_f64, -1.0]));
    /// let tape = Tape::new();
    /// let loss = tape.param(&weight).powi(2).sum();
    /// loss.backward().write_to([&mut weight]);
    /// assert_eq!(weight.grad().unwrap().data(), [2.0, -2.0]);
    /// ```
    ///
    /// # Panics
    /// If this is not one number, if it depends on no leaf, or if an entry on the way is freed.
    #[track_caller]
    #[must_use = "gradients are returned, and not added to the parameters' own"]
    pub fn backward(self) -> Gradients<T> {
        self.backward_pass().gradients()
    }

    /// The gradients with respect to these variables, leaves or not. The entries on the way are
    /// freed, the variables themselves are not.
    ///
    /// # Panics
    /// If this is not one number, does not depend on one of them, or goes through a freed entry.
    #[track_caller]
    #[must_use]
    pub fn grad<const N: usize>(self, inputs: [Var<'t, T>; N]) -> [Tensor<T>; N] {
        let found = self.backward_pass().with_respect_to(&inputs);
        self.expect_all(inputs, found)
    }

    /// The same as variables of the tape, which can be differentiated again. Nothing is freed.
    ///
    /// # Panics
    /// As [`grad`](Self::grad).
    #[track_caller]
    pub fn grad_create_graph<const N: usize>(self, inputs: [Var<'t, T>; N]) -> [Var<'t, T>; N] {
        let found = self.backward_pass().create_graph(&inputs);
        self.expect_all(inputs, found)
    }

    #[track_caller]
    fn expect_all<G, const N: usize>(
        self,
        inputs: [Var<'t, T>; N],
        found: Vec<Option<G>>,
    ) -> [G; N] {
        let entries = self.tape.entries.borrow();
        let describe = |var: Var<T>| entries[var.index].describe(var.index);
        for (&input, gradient) in inputs.iter().zip(&found) {
            if gradient.is_none() {
                panic!(
                    "{} does not depend on {}: there is no gradient",
                    describe(self),
                    describe(input)
                );
            }
        }
        let mut found = found.into_iter().flatten();
        inputs.map(|_| found.next().expect("one for each"))
    }
}

impl<'t, T: Scalar> BackwardPass<'t, T> {
    /// Starts from this output too, with this gradient: a tensor, or a variable that is to be
    /// differentiated as well.
    ///
    /// # Panics
    /// If the gradient's shape is not the output's, or either is on another tape.
    #[track_caller]
    pub fn root(mut self, output: Var<'t, T>, gradient: impl Into<Upstream<'t, T>>) -> Self {
        let gradient = gradient.into();
        let shape = match &gradient {
            Upstream::Tensor(tensor) => tensor.shape(),
            Upstream::Var(var) => var.shape(),
        };
        if shape != output.shape() {
            panic!("gradient of shape {shape} for an output of shape {}", output.shape());
        }
        let foreign = matches!(&gradient, Upstream::Var(var) if !std::ptr::eq(var.tape, self.tape));
        if foreign || !std::ptr::eq(output.tape, self.tape) {
            panic!("a backward pass on one tape from a variable of another");
        }
        self.roots.push(Root { output, gradient });
        self
    }

    /// Frees nothing, so that another pass can go the same way.
    pub fn retain_graph(mut self) -> Self {
        self.retain_graph = true;
        self
    }

    /// Goes back to every leaf and gives their gradients.
    ///
    /// # Panics
    /// If a root depends on no leaf, or an entry on the way is freed.
    #[track_caller]
    #[must_use = "gradients are returned, and not added to the parameters' own"]
    pub fn gradients(self) -> Gradients<T> {
        let mut gradients = Gradients::new(self.tape.id);
        self.run_to_leaves(|index, param, gradient| gradients.add(index, param, gradient));
        gradients.finish()
    }

    // ANCHOR: hook
    /// Goes back to every leaf, and hands each parameter's gradient to `hook` as soon as it is
    /// complete; those of the other leaves are returned.
    ///
    /// The pass is then behind everything that was computed from the parameter, and the tape
    /// no longer holds its value: an optimizer can change it in place (chapter 7).
    ///
    /// # Panics
    /// If a root depends on no leaf, or an entry on the way is freed.
    #[track_caller]
    pub fn with_hook(self, mut hook: impl FnMut(ParamId, Tensor<T>)) -> Gradients<T> {
        let mut others = Gradients::new(self.tape.id);
        self.run_to_leaves(|index, param, gradient| match param {
            Some(param) => hook(param, gradient),
            None => others.add(index, None, gradient),
        });
        others.finish()
    }
    // ANCHOR_END: hook

    /// The gradient of each of these variables, leaves or not; `None` where no root depends on it.
    ///
    /// # Panics
    /// If an entry on the way is freed.
    #[track_caller]
    #[must_use]
    pub fn with_respect_to(self, inputs: &[Var<'t, T>]) -> Vec<Option<Tensor<T>>> {
        self.run_to_targets::<Eager>(inputs)
    }

    /// The same as variables of the tape, which can be differentiated again. Nothing is freed.
    ///
    /// # Panics
    /// If an entry on the way is freed.
    #[track_caller]
    #[must_use]
    pub fn create_graph(self, inputs: &[Var<'t, T>]) -> Vec<Option<Var<'t, T>>> {
        self.retain_graph().run_to_targets::<CreateGraph>(inputs)
    }

    #[track_caller]
    fn run_to_leaves(self, arrived: impl FnMut(usize, Option<ParamId>, Tensor<T>)) {
        for root in &self.roots {
            if !root.output.needs_grad() {
                let root = &root.output;
                panic!("{root:?} depends on no leaf: there is nothing to go back to");
            }
        }
        let Self { tape, roots, retain_graph } = self;
        engine::run::<T, Eager>(tape, roots, retain_graph, Vec::new(), arrived);
    }

    #[track_caller]
    fn run_to_targets<M: GradientMode<'t, T>>(
        self,
        inputs: &[Var<'t, T>],
    ) -> Vec<Option<M::Gradient>> {
        let Self { tape, roots, retain_graph } = self;
        let reach = reach(tape, &roots, inputs);
        let mut found = Vec::with_capacity(inputs.len());
        engine::run::<T, M>(tape, roots, retain_graph, reach, |index, _, gradient| {
            found.push((index, gradient));
        });
        // They have arrived in the order of the pass: the highest number first.
        let gradient = |input: &Var<T>| {
            let place = found.binary_search_by(|(index, _)| input.index.cmp(index));
            place.ok().map(|place| found[place].1.clone())
        };
        inputs.iter().map(gradient).collect()
    }
}
