//! What an operation says of itself beside its value and its pullback: how many bytes it has
//! saved, and whether it mixes the samples of a batch (chapters 5 and 10).

use super::list::{Tape, Var};
use crate::Scalar;

impl<'t, T: Scalar> Var<'t, T> {
    /// Says that the pullback of the operation that made this has captured so many bytes of plain
    /// data, such as a list of positions, for [`Tape::bytes`] to count.
    ///
    /// ```
    /// use longhand::{Tape, Tensor};
    /// let tape = Tape::<f64>::new();
    /// let x = tape.leaf(Tensor::vector(&[3.0, 1.0, 2.0]));
    /// let order = vec![1, 2, 0];
    /// let bytes = size_of_val(&order[..]);
    /// let value = x.value().gather_rows(&order);
    /// let sorted = tape
    ///     .operation("sort", [x], value, move |[_], _, g| [Some(g.scatter_rows(&order, 3))])
    ///     .saving(bytes);
    /// assert_eq!(tape.bytes(), 2 * 3 * size_of::<f64>() + bytes);
    /// assert_eq!(sorted.sum().backward()[x].data(), [1.0; 3]);
    /// ```
    pub fn saving(self, bytes: usize) -> Self {
        self.tape.entries.borrow_mut()[self.index].saved_bytes = bytes;
        self
    }

    // ANCHOR: mixing
    /// Says that the operation that made this mixes the samples of a batch, which lie along the
    /// first axis: a row of the output depends on several rows of an input, as batch
    /// normalisation has it in training. Then no gradient behind it belongs to one sample alone,
    /// and chapter 10's [`Recorder`](crate::per_sample::Recorder) refuses to give any.
    ///
    /// ```should_panic
    /// use longhand::per_sample::{Recorder, Scaling};
    /// use longhand::{Tape, Tensor, tape::Var};
    ///
    /// /// Each row less the mean of all: an operation of one's own that must not be overlooked.
    /// fn centred<'t>(x: Var<'t, f64>) -> Var<'t, f64> {
    ///     (x - x.mean_axis(0)).mixing_samples()
    /// }
    /// let tape = Tape::new();
    /// let recorder = Recorder::new(&tape);
    /// let (x, weight) = (tape.constant(Tensor::ones([4, 3])), tape.leaf(Tensor::ones([2, 3])));
    /// let loss = centred(recorder.linear(x, weight, None)).square().sum();
    /// let _ = recorder.backward(loss, Scaling::Share); // panics
    /// ```
    pub fn mixing_samples(self) -> Self {
        self.tape.entries.borrow_mut()[self.index].mixes_samples = true;
        self
    }
    // ANCHOR_END: mixing
}

impl<T: Scalar> Tape<T> {
    /// The first operation that mixes samples on a path from one of `outputs` to `end`, the
    /// outputs themselves included.
    pub(crate) fn mixing_between<'t>(
        &'t self,
        outputs: &[Var<'t, T>],
        end: Var<'t, T>,
    ) -> Option<Var<'t, T>> {
        let first = outputs.iter().map(|output| output.index).min()?;
        let entries = self.entries.borrow();
        // Whether an entry is an output or was computed from one.
        let mut depends = vec![false; end.index + 1];
        for output in outputs.iter().filter(|output| output.index <= end.index) {
            depends[output.index] = true;
        }
        for index in first..=end.index {
            depends[index] |= entries[index].inputs.iter().any(|input| depends[input]);
        }
        // Whether it leads to the end.
        let mut leads = vec![false; end.index + 1];
        leads[end.index] = true;
        let mut found = None;
        for index in (first..=end.index).rev().filter(|&index| depends[index]) {
            if leads[index] {
                entries[index].inputs.iter().for_each(|input| leads[input] = true);
                if entries[index].mixes_samples {
                    found = Some(Var { tape: self, index });
                }
            }
        }
        found
    }
}
