//! Asking for gradients: from which outputs, for which inputs, recorded or not (chapter 5).

use super::ground::{Ground, Recorded, Scratch};
use super::walk::{roles, walk};
use super::{Gradients, Tape, Var};
use crate::param::ParamId;
use crate::{Scalar, Tensor};

/// The gradient that a sweep starts from: a tensor or, to be differentiated itself, a variable.
pub enum Upstream<'t, T: Scalar> {
    /// A plain value.
    Tensor(Tensor<T>),
    /// A variable of the same tape.
    Var(Var<'t, T>),
}

impl<T: Scalar> From<Tensor<T>> for Upstream<'_, T> {
    fn from(tensor: Tensor<T>) -> Self {
        Upstream::Tensor(tensor)
    }
}

impl<T: Scalar> From<&Tensor<T>> for Upstream<'_, T> {
    fn from(tensor: &Tensor<T>) -> Self {
        Upstream::Tensor(tensor.clone())
    }
}

impl<'t, T: Scalar> From<Var<'t, T>> for Upstream<'t, T> {
    fn from(var: Var<'t, T>) -> Self {
        Upstream::Var(var)
    }
}

/// A backward pass about to be made: from which outputs, and whether it spends what it passes.
///
/// ```
/// use longhand::{Tape, Tensor};
/// let tape = Tape::<f64>::new();
/// let x = tape.leaf(Tensor::vector(&[1.0, 2.0]));
/// let (y, z) = (x * x, x.exp());
/// // Two outputs at once, each with the gradient that comes from elsewhere.
/// let gradients = tape
///     .sweep()
///     .root(y, Tensor::vector(&[1.0, 10.0]))
///     .root(z, Tensor::zeros([2]))
///     .gradients();
/// assert_eq!(gradients[x].data(), [2.0, 40.0]);
/// ```
#[must_use = "a sweep does nothing until it is asked for gradients"]
pub struct Sweep<'t, T: Scalar> {
    pub(super) tape: &'t Tape<T>,
    pub(super) roots: Vec<(Var<'t, T>, Upstream<'t, T>)>,
    pub(super) retain: bool,
}

impl<T: Scalar> Tape<T> {
    /// A sweep without a root yet.
    pub fn sweep(&self) -> Sweep<'_, T> {
        Sweep { tape: self, roots: Vec::new(), retain: false }
    }
}

impl<'t, T: Scalar> Var<'t, T> {
    /// A sweep from this one number.
    ///
    /// # Panics
    /// If it is not one number.
    #[track_caller]
    pub fn sweep(self) -> Sweep<'t, T> {
        let shape = self.shape();
        if shape.count() != 1 {
            panic!(
                "a backward pass starts from one number, not from shape {shape}: sum it, or give \
                 its gradient with tape.sweep().root(y, gradient)"
            );
        }
        self.tape.sweep().root(self, Tensor::ones(shape))
    }

    /// Goes back to every leaf and gives their gradients. The entries on the way are spent.
    ///
    /// ```
    /// use longhand::{Param, Tape, Tensor};
    /// let mut weight = Param::new("weight", Tensor::vector(&[1.0_f64, -1.0]));
    /// let tape = Tape::new();
    /// let loss = tape.param(&weight).powi(2).sum();
    /// loss.backward().write_to([&mut weight]);
    /// assert_eq!(weight.grad.unwrap().data(), [2.0, -2.0]);
    /// ```
    ///
    /// # Panics
    /// If this is not one number, if it depends on no leaf, or if an entry on the way is spent.
    #[track_caller]
    pub fn backward(self) -> Gradients<T> {
        self.sweep().gradients()
    }

    /// The gradients with respect to these variables, leaves or not. The entries on the way are
    /// spent, the variables themselves are not.
    ///
    /// # Panics
    /// If this is not one number, does not depend on one of them, or goes through a spent entry.
    #[track_caller]
    pub fn grad<const N: usize>(self, of: [Var<'t, T>; N]) -> [Tensor<T>; N] {
        let found = self.sweep().of(&of);
        self.all(of, found)
    }

    /// The same, recorded on the tape, so that the gradients can be differentiated again.
    /// Nothing is spent.
    ///
    /// # Panics
    /// As [`grad`](Self::grad).
    #[track_caller]
    pub fn grad_recorded<const N: usize>(self, of: [Var<'t, T>; N]) -> [Var<'t, T>; N] {
        let found = self.sweep().recorded(&of);
        self.all(of, found)
    }

    #[track_caller]
    fn all<G, const N: usize>(self, of: [Var<'t, T>; N], found: Vec<Option<G>>) -> [G; N] {
        let entries = self.tape.entries.borrow();
        let describe = |var: Var<T>| entries[var.index].describe(var.index);
        for (&input, gradient) in of.iter().zip(&found) {
            if gradient.is_none() {
                panic!(
                    "{} does not depend on {}: there is no gradient",
                    describe(self),
                    describe(input)
                );
            }
        }
        let mut found = found.into_iter().flatten();
        of.map(|_| found.next().expect("one for each"))
    }
}

impl<'t, T: Scalar> Sweep<'t, T> {
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
            panic!("a sweep of one tape from a variable of another");
        }
        self.roots.push((output, gradient));
        self
    }

    /// Spends nothing, so that another sweep can go the same way.
    pub fn retain(mut self) -> Self {
        self.retain = true;
        self
    }

    /// Goes back to every leaf and gives their gradients.
    ///
    /// # Panics
    /// If a root depends on no leaf, or an entry on the way is spent.
    #[track_caller]
    pub fn gradients(self) -> Gradients<T> {
        let mut gradients = Gradients::new(self.tape.id);
        self.leaves(|index, param, gradient| gradients.add(index, param, gradient));
        gradients.finish()
    }

    // ANCHOR: hook
    /// Goes back to every leaf, and hands each parameter's gradient to `hook` as soon as it is
    /// complete; those of the other leaves are returned.
    ///
    /// The sweep has then passed everything that was computed from the parameter, and the tape
    /// no longer holds its value: an optimizer can change it in place (chapter 7).
    ///
    /// # Panics
    /// If a root depends on no leaf, or an entry on the way is spent.
    #[track_caller]
    pub fn hooked(self, mut hook: impl FnMut(ParamId, Tensor<T>)) -> Gradients<T> {
        let mut others = Gradients::new(self.tape.id);
        self.leaves(|index, param, gradient| match param {
            Some(param) => hook(param, gradient),
            None => others.add(index, None, gradient),
        });
        others.finish()
    }
    // ANCHOR_END: hook

    /// The gradient of each of these variables, leaves or not; `None` where no root depends on it.
    ///
    /// # Panics
    /// If an entry on the way is spent.
    #[track_caller]
    pub fn of(self, inputs: &[Var<'t, T>]) -> Vec<Option<Tensor<T>>> {
        self.targets::<Scratch>(inputs)
    }

    /// The same, recorded on the tape, so that the gradients can be differentiated again.
    /// Nothing is spent.
    ///
    /// # Panics
    /// If an entry on the way is spent.
    #[track_caller]
    pub fn recorded(self, inputs: &[Var<'t, T>]) -> Vec<Option<Var<'t, T>>> {
        self.retain().targets::<Recorded>(inputs)
    }

    #[track_caller]
    fn leaves(self, arrived: impl FnMut(usize, Option<ParamId>, Tensor<T>)) {
        for (root, _) in &self.roots {
            if !root.needs_grad() {
                let entries = self.tape.entries.borrow();
                let root = entries[root.index].describe(root.index);
                panic!("{root} depends on no leaf: there is nothing to go back to");
            }
        }
        walk::<T, Scratch>(self, Vec::new(), arrived);
    }

    #[track_caller]
    fn targets<G: Ground<'t, T>>(self, inputs: &[Var<'t, T>]) -> Vec<Option<G::Gradient>> {
        let roles = roles(&self, inputs);
        let mut found = Vec::with_capacity(inputs.len());
        walk::<T, G>(self, roles, |index, _, gradient| found.push((index, gradient)));
        // They have arrived in the order of the sweep: the highest number first.
        let gradient = |input: &Var<T>| {
            let place = found.binary_search_by(|(index, _)| input.index.cmp(index));
            place.ok().map(|place| found[place].1.clone())
        };
        inputs.iter().map(gradient).collect()
    }
}
