//! Pullbacks as an entry holds them: boxed closures, for a fixed number of inputs or for any
//! (chapter 5).

use super::list::Var;
use crate::Scalar;

// ANCHOR: pullback
/// Turns the gradient of an output into the gradients of its inputs.
pub(super) trait Pullback<T: Scalar>: Send {
    /// Puts the gradient of each input into its place in `given`; it stays `None` where no
    /// gradient flows.
    fn pull<'t>(
        &self,
        inputs: &[Var<'t, T>],
        output: Var<'t, T>,
        gradient: Var<'t, T>,
        given: &mut [Option<Var<'t, T>>],
    );
}
// ANCHOR_END: pullback

/// A closure for a fixed number of inputs. One that captures nothing has no size, and a box of
/// it is no allocation.
pub(super) struct Fixed<F, const N: usize>(pub(super) F);

impl<T, F, const N: usize> Pullback<T> for Fixed<F, N>
where
    T: Scalar,
    F: for<'a> Fn([Var<'a, T>; N], Var<'a, T>, Var<'a, T>) -> [Option<Var<'a, T>>; N] + Send,
{
    fn pull<'t>(
        &self,
        inputs: &[Var<'t, T>],
        output: Var<'t, T>,
        gradient: Var<'t, T>,
        given: &mut [Option<Var<'t, T>>],
    ) {
        let inputs = inputs.try_into().expect("as many inputs as were recorded");
        given.copy_from_slice(&(self.0)(inputs, output, gradient));
    }
}

/// A closure for any number of inputs.
pub(super) struct Listed<F>(pub(super) F);

impl<T, F> Pullback<T> for Listed<F>
where
    T: Scalar,
    F: for<'a> Fn(&[Var<'a, T>], Var<'a, T>, Var<'a, T>) -> Vec<Option<Var<'a, T>>> + Send,
{
    fn pull<'t>(
        &self,
        inputs: &[Var<'t, T>],
        output: Var<'t, T>,
        gradient: Var<'t, T>,
        given: &mut [Option<Var<'t, T>>],
    ) {
        let gradients = (self.0)(inputs, output, gradient);
        let (found, expected) = (gradients.len(), given.len());
        assert!(found == expected, "the pullback gave {found} gradients for {expected} inputs");
        given.copy_from_slice(&gradients);
    }
}
