//! Picking rows, and picking one element of each row.

use crate::tape::list::Var;
use crate::{Scalar, Tensor};
use std::sync::Arc;

/// Shared between an operation, its pullback, and the pullback's pullback.
type Indices = Arc<[usize]>;

impl<T: Scalar> Var<'_, T> {
    /// The rows `indices[0]`, `indices[1]`, … along the first axis.
    #[track_caller]
    pub fn gather_rows(self, indices: &[usize]) -> Self {
        self.gather_shared(indices.into())
    }

    /// Adds row `i` to row `indices[i]` of a zero tensor of `count` rows: the adjoint of
    /// [`gather_rows`](Self::gather_rows).
    #[track_caller]
    pub fn scatter_rows(self, indices: &[usize], count: usize) -> Self {
        self.scatter_shared(indices.into(), count)
    }

    #[track_caller]
    fn gather_shared(self, indices: Indices) -> Self {
        // x [n, ..], m indices → y [m, ..]
        // y_i = x_index(i): a row that was taken twice receives both gradients
        let value = self.read().gather_rows(&indices);
        let bytes = size_of_val(&*indices);
        let y = self.tape.operation("gather rows", [self], value, move |[x], _, g| {
            [Some(g.scatter_shared(indices.clone(), x.shape()[0]))]
        });
        y.saving(bytes)
    }

    #[track_caller]
    fn scatter_shared(self, indices: Indices, count: usize) -> Self {
        // x [m, ..], m indices → y [count, ..]
        // y_j = Σ of the x_i with index(i) = j: each of them receives g_j
        let value = self.read().scatter_rows(&indices, count);
        let bytes = size_of_val(&*indices);
        let y = self.tape.operation("scatter rows", [self], value, move |[_], _, g| {
            [Some(g.gather_shared(indices.clone()))]
        });
        y.saving(bytes)
    }

    /// Of each row of a matrix, the element in the column that its label names.
    ///
    /// ```
    /// use longhand::{Tape, Tensor};
    /// let tape = Tape::<f32>::new();
    /// let x = tape.leaf(Tensor::new([2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    /// assert_eq!(x.pick(&[2, 0]).value().data(), [3.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If it is not a matrix of one row per label, or a label is not below its columns.
    #[track_caller]
    pub fn pick(self, labels: &[usize]) -> Self {
        self.pick_shared(labels.into())
    }

    #[track_caller]
    pub(super) fn pick_shared(self, labels: Indices) -> Self {
        // x [batch, classes], labels [batch] → y [batch]
        // y_b = x_b,label(b): g_b goes back there, 0 elsewhere
        let (value, classes) = (self.read().pick(&labels), self.shape()[1]);
        let bytes = size_of_val(&*labels);
        let y = self.tape.operation("pick", [self], value, move |[_], _, g| {
            [Some(g.place_shared(labels.clone(), classes))]
        });
        y.saving(bytes)
    }

    /// The adjoint of [`pick`](Self::pick): element b goes to row b and column `labels[b]` of a
    /// zero matrix.
    #[track_caller]
    fn place_shared(self, labels: Indices, classes: usize) -> Self {
        // x [batch], labels [batch] → y [batch, classes]
        let value = {
            let x = self.read();
            let mut placed = Tensor::zeros([labels.len(), classes]);
            let rows = placed.data_mut().chunks_exact_mut(classes);
            rows.zip(&*labels).zip(x.data()).for_each(|((row, &label), &x)| row[label] = x);
            placed
        };
        let bytes = size_of_val(&*labels);
        let y = self.tape.operation("place", [self], value, move |[_], _, g| {
            [Some(g.pick_shared(labels.clone()))]
        });
        y.saving(bytes)
    }
}
