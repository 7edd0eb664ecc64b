//! 4.3: the gradient of a batch that is too large to be taken at once.

use crate::samples::normal;
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;
use std::cell::RefCell;
use std::ops::Range;

mod second;
mod solution;

/// The gradient of the mean loss of these samples.
pub type Gradient<'a> = &'a dyn Fn(Range<usize>) -> Tensor<f64>;

/// The gradient of the mean loss of all samples, by parts of at most so many.
pub type InParts = fn(samples: usize, most: usize, gradient: Gradient) -> Tensor<f64>;

/// The exercise.
pub static IN_PARTS: Exercise<InParts> = Exercise {
    facts: Facts {
        number: (4, 3),
        name: "in_parts",
        title: "A batch in parts",
        minutes: 15,
        points: 2,
        see: "A layer that stands alone",
        hint: "The mean of a part, times the number of samples in it, is the sum over them. Sums \
               may be added. And how long is the last part?",
    },
    refused: &[],
    check,
    solution: solution::in_parts,
    second: second::in_parts,
    mistakes: &[
        Mistake {
            answer: |samples, most, gradient| {
                let parts = parts(samples, most);
                let count = parts.len() as f64;
                sum(parts.into_iter().map(gradient)) / count
            },
            says: "You take the mean of the parts' means. The last part may be shorter, and then \
                   each of its samples has more of a say than the others. Weigh each part by the \
                   number of its samples.",
            see: None,
        },
        Mistake {
            answer: |samples, most, gradient| sum(parts(samples, most).into_iter().map(gradient)),
            says: "You add up the means of the parts. With two parts that is about twice too much: \
                   a mean has to be multiplied by its share of the samples first.",
            see: None,
        },
        Mistake {
            answer: |samples, most, gradient| {
                let parts = parts(samples, most).into_iter();
                sum(parts.map(|part| gradient(part.clone()) * part.len() as f64))
            },
            says: "You have the sum over the samples. The mean is asked for: divide by their number \
                   at the end.",
            see: None,
        },
        Mistake {
            answer: |samples, most, gradient| {
                let share = most as f64 / samples as f64;
                sum(parts(samples, most).into_iter().map(|part| gradient(part) * share))
            },
            says: "You weigh each part as if it were full. The last one may be shorter.",
            see: None,
        },
        Mistake {
            answer: |samples, most, gradient| {
                let parts = parts(samples, most).into_iter();
                let each = parts.map(|p| gradient(p.clone()) * p.len() as f64 / samples as f64);
                each.last().expect("a part")
            },
            says: "The last part overwrites those before it. They must be added up (`+=`, not `=`).",
            see: None,
        },
        Mistake {
            answer: |samples, most, gradient| {
                let full =
                    parts(samples, most).into_iter().filter(|p| p.len() == most.min(samples));
                sum(full.map(|p| gradient(p.clone()) * p.len() as f64 / samples as f64))
            },
            says: "The last samples are left out: those that do not fill a part.",
            see: None,
        },
        Mistake {
            answer: |samples, most, gradient| gradient(0..most.min(samples)),
            says: "You have the first part alone.",
            see: None,
        },
        Mistake {
            answer: |samples, most, gradient| {
                let each = (0..samples)
                    .step_by(most)
                    .map(|from| gradient(from..from + most) * most as f64);
                sum(each) / samples as f64
            },
            says: "Your last part runs past the end. It has as many samples as are left.",
            see: None,
        },
    ],
    wrong: &[
        (
            |samples, most, gradient| {
                let (mut mean, mut from, mut count) = (gradient(0..most.min(samples)), most, 1.0);
                while from < samples {
                    count += 1.0;
                    mean += &((gradient(from..samples.min(from + most)) - &mean) / count);
                    from += most;
                }
                mean
            },
            "mean of the parts' means",
        ),
        (|samples, most, gradient| -solution::in_parts(samples, most, gradient), "opposite sign"),
        (
            |samples, most, gradient| {
                let each = (0..samples).step_by(most).map(|from| {
                    let to = samples.min(from + most);
                    gradient(from..to) * (to - from) as f64
                });
                sum(each)
            },
            "the sum over the samples",
        ),
        (
            |samples, most, gradient| solution::in_parts(samples, most, gradient) / samples as f64,
            "too small by the number of samples",
        ),
    ],
    equivalent: &[],
};

fn parts(samples: usize, most: usize) -> Vec<Range<usize>> {
    (0..samples).step_by(most).map(|from| from..samples.min(from + most)).collect()
}

fn sum(parts: impl Iterator<Item = Tensor<f64>>) -> Tensor<f64> {
    parts.reduce(|sum, part| sum + part).expect("a part")
}

fn check(in_parts: InParts, trial: &mut Trial) {
    trial.paper("three samples with the gradients [1], [2] and [6], two at a time");
    one(in_parts, trial, &Tensor::new([3, 1], vec![1.0, 2.0, 6.0]), 2, &Tensor::vector(&[3.0]));
    for (seed, [samples, most]) in
        [[7, 3], [6, 2], [5, 5], [4, 9], [1, 1], [10, 4]].into_iter().enumerate()
    {
        let each = normal(&[samples, 3], seed as u64);
        trial.case(format!("{samples} samples with random gradients, {most} at a time"));
        one(in_parts, trial, &each, most, &each.mean_axis(0));
    }
}

/// Calls the answer with samples that have these gradients, a row for each; and counts how often
/// each is asked for.
fn one(
    in_parts: InParts,
    trial: &mut Trial,
    each: &Tensor<f64>,
    most: usize,
    expected: &Tensor<f64>,
) {
    let samples = each.shape()[0];
    trial.batch(samples);
    let asked = RefCell::new(vec![0_usize; samples]);
    let gradient = |part: Range<usize>| {
        assert!(!part.is_empty(), "a part without samples: {part:?}");
        assert!(part.len() <= most, "{part:?} are more than {most} samples at a time");
        asked.borrow_mut()[part.clone()].iter_mut().for_each(|count| *count += 1);
        each.rows(part).mean_axis(0)
    };
    if let Some(found) = trial.call(|| in_parts(samples, most, &gradient)) {
        trial.near("gradient", &found, expected);
        trial.bits("how often each sample was asked for", &asked.into_inner(), &vec![1; samples]);
    }
}
