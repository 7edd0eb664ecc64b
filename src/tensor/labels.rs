//! Labels: which column of each row of scores is the right one (chapter 4).

use super::{Shape, Tensor};
use crate::Scalar;

impl<T: Scalar> Tensor<T> {
    /// Row `i` is zero but for a 1 at column `labels[i]`. Shape `[labels.len(), classes]`.
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let hot = Tensor::<f32>::one_hot(&[2, 0], 3);
    /// assert_eq!(hot.data(), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If a label is not below `classes`.
    #[track_caller]
    #[must_use]
    pub fn one_hot(labels: &[usize], classes: usize) -> Self {
        let mut hot = Self::zeros([labels.len(), classes]);
        let data = hot.data_mut();
        for (row, &label) in labels.iter().enumerate() {
            if label >= classes {
                panic!("label {label} in row {row}, but there are only {classes} classes");
            }
            data[row * classes + label] = T::ONE;
        }
        hot
    }

    /// Of each row of a matrix, the element in the column that its label names: `[batch, classes]`
    /// gives `[batch]`.
    ///
    /// ```
    /// # use longhand::Tensor;
    /// let x = Tensor::new([2, 3], vec![1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0]);
    /// assert_eq!(x.pick(&[2, 0]).data(), [3.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If there is not one label for each row, or a label is not below the number of columns.
    #[track_caller]
    #[must_use]
    pub fn pick(&self, labels: &[usize]) -> Self {
        let classes = check_labels("pick", self.shape(), labels);
        let rows = self.data().chunks_exact(classes).zip(labels);
        Self::new([labels.len()], rows.map(|(row, &label)| row[label]).collect())
    }
}

/// The number of classes, once every row of the scores is known to have a label below it.
#[track_caller]
pub(crate) fn check_labels(what: &str, scores: Shape, labels: &[usize]) -> usize {
    let count = labels.len();
    match *scores {
        [batch, classes] if batch == count && classes > 0 => {
            if let Some(label) = labels.iter().find(|&&label| label >= classes) {
                panic!("{what}: label {label}, but there are {classes} classes");
            }
            classes
        }
        _ => panic!("{what}: {count} labels want scores of shape [{count}, classes], not {scores}"),
    }
}
