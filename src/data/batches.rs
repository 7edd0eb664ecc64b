//! Batches: a few examples at a time, in a new order each epoch (chapter 4).

use crate::{Rng, Scalar, Tensor};
use std::fmt;

// ANCHOR: batches
/// Examples and their targets, to be handed out a batch at a time.
///
/// It borrows them; a batch is the only copy made. `L` is a target: a class, or a number.
///
/// ```
/// use longhand::{Rng, Tensor, data::Batches};
/// let x = Tensor::new([5, 2], vec![0.0_f32, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5]);
/// let y = [0, 1, 2, 3, 4];
/// let batches = Batches::new(&x, &y, 2);
///
/// let sizes: Vec<usize> = batches.in_order().map(|(_, y)| y.len()).collect();
/// assert_eq!(sizes, [2, 2, 1]);
///
/// let mut rng = Rng::new(1);
/// for _epoch in 0..3 {
///     for (x, y) in batches.shuffled(&mut rng) {
///         assert_eq!(x.shape(), [y.len(), 2]);
///         assert_eq!(x.data()[0], y[0] as f32); // rows and targets stay together
///     }
/// }
/// ```
#[must_use]
pub struct Batches<'a, T: Scalar = f32, L: Copy = usize> {
    rows: &'a Tensor<T>,
    targets: &'a [L],
    size: usize,
    drop_last: bool,
}

impl<'a, T: Scalar, L: Copy> Batches<'a, T, L> {
    /// Batches of `size` rows, the last one smaller if they do not come out even.
    ///
    /// # Panics
    /// If there are not as many targets as rows, or `size` is 0.
    #[track_caller]
    pub fn new(rows: &'a Tensor<T>, targets: &'a [L], size: usize) -> Self {
        let shape = rows.shape();
        if shape.first() != Some(&targets.len()) {
            panic!("rows of shape {shape} and {} targets", targets.len());
        }
        assert!(size > 0, "a batch of 0 rows");
        Self { rows, targets, size, drop_last: false }
    }

    /// Leaves out a last batch that is smaller than the others.
    pub fn drop_last(self) -> Self {
        Self { drop_last: true, ..self }
    }

    /// How many batches an epoch has.
    #[must_use]
    pub fn len(&self) -> usize {
        match self.drop_last {
            true => self.targets.len() / self.size,
            false => self.targets.len().div_ceil(self.size),
        }
    }

    /// Whether an epoch has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An epoch in the order of the rows.
    pub fn in_order(&self) -> Epoch<'_, T, L> {
        Epoch { batches: self, order: None, next: 0 }
    }

    /// An epoch in a new random order; equal states of `rng` give equal orders.
    pub fn shuffled(&self, rng: &mut Rng) -> Epoch<'_, T, L> {
        let order = rng.permutation(self.targets.len());
        Epoch { batches: self, order: Some(order), next: 0 }
    }
}

/// Says how many there are, not what is in them.
impl<T: Scalar, L: Copy> fmt::Debug for Batches<'_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} batches of {} rows of {}", self.len(), self.size, self.rows.shape())
    }
}

/// One pass over all batches. Each is some rows, `[b, ..]`, and their b targets.
#[must_use = "an epoch is an iterator: it does nothing until it is asked"]
pub struct Epoch<'a, T: Scalar, L: Copy> {
    /// What is handed out.
    batches: &'a Batches<'a, T, L>,
    /// In which order the rows come; as they stand if `None`.
    order: Option<Vec<usize>>,
    /// The number of the next batch.
    next: usize,
}

impl<T: Scalar, L: Copy> Iterator for Epoch<'_, T, L> {
    type Item = (Tensor<T>, Vec<L>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == self.batches.len() {
            return None;
        }
        let Batches { rows, targets, size, .. } = *self.batches;
        let from = self.next * size;
        let to = (from + size).min(targets.len());
        self.next += 1;

        // The tensor methods copy into memory that an earlier batch has let go.
        Some(match &self.order {
            None => (rows.rows(from..to), targets[from..to].to_vec()),
            Some(order) => {
                let chosen = &order[from..to];
                (rows.gather_rows(chosen), chosen.iter().map(|&row| targets[row]).collect())
            }
        })
    }

    /// Passes over batches without making them: an epoch that was begun earlier goes on.
    fn nth(&mut self, passed_over: usize) -> Option<Self::Item> {
        self.next = self.batches.len().min(self.next.saturating_add(passed_over));
        self.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.batches.len() - self.next;
        (left, Some(left))
    }
}

impl<T: Scalar, L: Copy> ExactSizeIterator for Epoch<'_, T, L> {}

impl<T: Scalar, L: Copy> fmt::Debug for Epoch<'_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "batch {} of {:?}", self.next, self.batches)
    }
}
// ANCHOR_END: batches
