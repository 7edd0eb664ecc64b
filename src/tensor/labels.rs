//! Labels: which column of each row of scores is the right one (chapter 4).

use super::Shape;

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
