//! 1.2: the shape that two shapes have in common.

use crate::{Exercise, Facts, Mistake, Trial};
use longhand::tensor::Shape;

mod second;
mod solution;

/// The common shape, if there is one.
pub type Common = fn(a: &[usize], b: &[usize]) -> Option<Vec<usize>>;

/// The exercise.
pub static BROADCAST: Exercise<Common> = Exercise {
    facts: Facts {
        number: (1, 2),
        name: "broadcast",
        title: "The shape in common",
        minutes: 20,
        points: 2,
        see: "Broadcasting",
        hint: "Make both shapes equally long first, with ones on the left of the shorter one. Then \
               every axis is decided by itself. There are four cases: equal, a 1 here, a 1 there, \
               and neither.",
    },
    refused: &["broadcast"],
    check,
    solution: solution::common,
    second: second::common,
    mistakes: &[
        Mistake {
            answer: |a, b| {
                let size = |shape: &[usize], axis: usize| shape.get(axis).copied().unwrap_or(1);
                let axes = 0..a.len().max(b.len());
                axes.map(|axis| one(size(a, axis), size(b, axis))).collect()
            },
            says: "You align the shapes at the left. They are aligned at the right: [3] is a row, \
                   not a column.",
            see: None,
        },
        Mistake {
            answer: |a, b| Some(each(a, b).map(|(x, y)| x.max(y)).collect()),
            says: "You refuse nothing. Where two sizes differ and neither is 1, there is no \
                   telling which number meets which.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                let larger = |(x, y): (usize, usize)| one(x, y).map(|_| x.max(y));
                each(a, b).map(larger).collect()
            },
            says: "You take the larger of the two sizes. It is the 1 that is repeated, as often as \
                   the other size says; and if that is 0, not at all.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                (a.len() == b.len()).then(|| each(a, b).map(|(x, y)| one(x, y)).collect())?
            },
            says: "You refuse shapes with different numbers of axes. An axis that is missing on \
                   the left counts as one of size 1.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                let repeated = |(x, y)| if x == y || y == 1 { Some(x) } else { None };
                each(a, b).map(repeated).collect()
            },
            says: "You repeat only the second of the two. Either may be repeated, and each along \
                   another axis.",
            see: None,
        },
        Mistake {
            answer: |a, b| (a == b).then(|| a.to_vec()),
            says: "You ask for equal shapes. A 1 fits every size: it is repeated.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                let both = a.iter().rev().zip(b.iter().rev());
                let mut shape: Vec<usize> =
                    both.map(|(&x, &y)| one(x, y)).collect::<Option<_>>()?;
                shape.reverse();
                Some(shape)
            },
            says: "You lose the axes that only the longer shape has. Where one of the two has no \
                   axis left, it counts as 1, and the other's size stays.",
            see: None,
        },
        Mistake {
            answer: |a, b| {
                let both = a.iter().rev().zip(b.iter().rev());
                let larger = |(&x, &y): (&usize, &usize)| one(x, y).map(|_| x.max(y));
                let mut shape: Vec<usize> = both.map(larger).collect::<Option<_>>()?;
                shape.reverse();
                Some(shape)
            },
            says: "You lose the axes that only the longer shape has: where the other has none, it \
                   counts as 1. And beside a 0 the 1 is repeated not at all: take the size that is \
                   not 1, not the larger.",
            see: None,
        },
    ],
    wrong: &[
        (
            |a, b| solution::common(a, b).map(|shape| shape.into_iter().rev().collect()),
            "reverse order",
        ),
        (
            |a, b| {
                let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
                let mut shape = long.to_vec();
                for (axis, &size) in short.iter().enumerate() {
                    if shape[axis] == 1 {
                        shape[axis] = size;
                    } else if size != 1 && size != shape[axis] {
                        return None;
                    }
                }
                Some(shape)
            },
            "align the shapes at the left",
        ),
    ],
    equivalent: &[],
};

/// The two sizes along each axis of the common shape.
fn each(a: &[usize], b: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    let rank = a.len().max(b.len());
    let size = move |shape: &[usize], axis: usize| match (axis + shape.len()).checked_sub(rank) {
        Some(own) => shape[own],
        None => 1,
    };
    (0..rank).map(move |axis| (size(a, axis), size(b, axis)))
}

/// The size in common of two.
fn one(x: usize, y: usize) -> Option<usize> {
    match (x, y) {
        (x, y) if x == y || y == 1 => Some(x),
        (1, y) => Some(y),
        _ => None,
    }
}

fn check(common: Common, trial: &mut Trial) {
    let mut paper = |a: &[usize], b: &[usize], expected: Option<Vec<usize>>| {
        trial.paper(format!("{a:?} and {b:?}"));
        if let Some(found) = trial.call(|| common(a, b)) {
            trial.near("shape", &found, &expected);
        }
    };
    paper(&[4, 1, 3], &[2, 1], Some(vec![4, 2, 3]));
    paper(&[2, 3], &[3], Some(vec![2, 3]));
    paper(&[2, 3], &[2], None);
    paper(&[], &[2], Some(vec![2]));
    let shapes: [&[usize]; 14] = [
        &[],
        &[1],
        &[3],
        &[2],
        &[0],
        &[2, 1],
        &[1, 3],
        &[2, 3],
        &[3, 2],
        &[0, 1],
        &[1, 1, 1],
        &[4, 1, 3],
        &[4, 2, 3],
        &[5, 1, 1, 2],
    ];
    for (a, b) in shapes.iter().flat_map(|&a| shapes.iter().map(move |&b| (a, b))) {
        trial.case(format!("{a:?} and {b:?}"));
        if let Some(found) = trial.call(|| common(a, b)) {
            let expected = Shape::from(a).broadcast(Shape::from(b));
            trial.near("shape", &found, &expected.map(|shape| shape.to_vec()));
        }
    }
}
