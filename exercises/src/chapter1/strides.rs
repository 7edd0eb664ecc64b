//! 1.1: from the indices of an element to its place in the line.

use crate::{Exercise, Facts, Mistake, Trial};

mod second;
mod solution;

/// The place in the line of the element at `index`.
pub type Place = fn(shape: &[usize], index: &[usize]) -> usize;

/// The exercise.
pub static STRIDES: Exercise<Place> = Exercise {
    facts: Facts {
        number: (1, 1),
        name: "strides",
        title: "The place of an element",
        minutes: 10,
        points: 1,
        see: "A block of numbers",
        hint: "Go from the right to the left, and carry along how many places one step of the axis \
               at hand is worth. It begins at 1. What happens to it when you go on to the next axis?",
    },
    refused: &["strides"],
    check,
    solution: solution::place,
    second: second::place,
    mistakes: &[
        Mistake {
            answer: |shape, index| {
                let (mut place, mut stride) = (0, 1);
                for (size, i) in shape.iter().zip(index) {
                    place += i * stride;
                    stride *= size;
                }
                place
            },
            says: "Your first index runs fastest. Here it is the last one: the numbers of a row \
                   stand side by side.",
            see: None,
        },
        Mistake {
            answer: |_, index| index.iter().sum(),
            says: "You add up the indices as they are. A step along an axis passes over all that \
                   lies to the right of it, so each index counts as many times as its stride.",
            see: None,
        },
        Mistake {
            answer: |shape, index| index.iter().zip(shape).map(|(i, size)| i * size).sum(),
            says: "You multiply each index by the size of its own axis. Its stride is made of the \
                   sizes to the *right* of it.",
            see: None,
        },
        Mistake {
            answer: |shape, index| {
                let next = |axis: usize| shape.get(axis + 1).copied().unwrap_or(1);
                index.iter().enumerate().map(|(axis, i)| i * next(axis)).sum()
            },
            says: "You multiply each index by the size of the next axis only. With three axes the \
                   stride of the first is the product of the other two sizes.",
            see: None,
        },
        Mistake {
            answer: |shape, index| {
                let (mut place, mut stride) = (0, 1);
                for (size, i) in shape.iter().zip(index).rev() {
                    stride *= size;
                    place += i * stride;
                }
                place
            },
            says: "One axis too many is in each of your strides: its own. A step along the last \
                   axis is one place, whatever its size.",
            see: None,
        },
    ],
    wrong: &[
        (
            |shape, index| {
                let stride = |axis: usize| shape[axis..].iter().product::<usize>();
                (0..shape.len()).map(|axis| index[axis] * stride(axis)).sum()
            },
            "One axis too many",
        ),
        (|shape, index| solution::place(shape, index) + 1, "one too large"),
        (|_, _| 0, "zero everywhere"),
        (
            |shape, index| {
                let shape: Vec<usize> = shape.iter().rev().copied().collect();
                let index: Vec<usize> = index.iter().rev().copied().collect();
                solution::place(&shape, &index)
            },
            "first index runs fastest",
        ),
    ],
    equivalent: &[(
        "for axis in (0..shape.len()).rev() { → for axis in (0..index.len()).rev() {",
        "there is one index for each axis",
    )],
};

fn check(place: Place, trial: &mut Trial) {
    let paper: [(&[usize], &[usize], usize); 2] =
        [(&[2, 3], &[1, 2], 5), (&[2, 3, 4], &[1, 2, 3], 23)];
    for (shape, index, expected) in paper {
        trial.paper(format!("shape {shape:?}, index {index:?}"));
        if let Some(found) = trial.call(|| place(shape, index)) {
            trial.near("place", &found, &expected);
        }
    }
    // Every element of each, held against a count.
    let shapes: [&[usize]; 6] = [&[5], &[1, 4], &[3, 1], &[2, 3, 5], &[4, 1, 2, 3], &[]];
    for shape in shapes {
        trial.case(format!("every element of the shape {shape:?}"));
        let mut index = vec![0; shape.len()];
        for expected in 0..shape.iter().product() {
            if let Some(found) = trial.call(|| place(shape, &index)) {
                trial.near("place", &found, &expected);
            }
            for axis in (0..shape.len()).rev() {
                index[axis] = (index[axis] + 1) % shape[axis];
                if index[axis] > 0 {
                    break;
                }
            }
        }
    }
}
