//! The mistakes that can be made in any exercise, known by what they do to the result.

use crate::trial::{Case, Record};
use crate::value::Value;

/// A usual mistake: what to say of the part that it spoilt, and how to know it.
pub struct Usual {
    /// What is said; `{}` stands for the part.
    pub says: &'static str,
    fits: fn(&Case, &Record) -> bool,
}

/// Those whose traces are on every record of a part; all of which must come from one part.
pub fn usual(cases: &[Case], records: &[&Record]) -> Vec<&'static Usual> {
    // Where words are as they should be, there is nothing to know a mistake by.
    let known = |r: &&&Record| r.found.numbers().is_some() || !r.right();
    let fits =
        |usual: &&Usual| records.iter().filter(known).all(|r| (usual.fits)(&cases[r.case], r));
    USUAL.iter().filter(fits).collect()
}

/// Whether the numbers found are those expected after this is done to them.
fn made_by(record: &Record, f: impl Fn(f64) -> f64) -> bool {
    let Some((shape, data)) = record.expected.numbers() else { return false };
    let made = Value::Numbers(shape.to_vec(), data.iter().map(|&x| f(x)).collect());
    record.found.agrees(&made, record.within)
}

static USUAL: [Usual; 14] = [
    Usual {
        says: "{} is not a number (NaN). Somewhere 0 is divided by 0, or a root is taken of a \
               negative number, or infinity is taken from infinity.",
        fits: |_, r| {
            let nan = |v: &Value| v.numbers().is_some_and(|(_, d)| d.iter().any(|x| x.is_nan()));
            nan(&r.found) && !nan(&r.expected)
        },
    },
    Usual {
        says: "{} has the opposite sign everywhere. What was subtracted from what?",
        fits: |_, r| made_by(r, |x| -x),
    },
    Usual {
        says: "{} is zero everywhere. Is it ever written to, or is what was written lost?",
        fits: |_, r| made_by(r, |_| 0.0),
    },
    Usual {
        says: "{} is twice what it should be. Was something counted or added twice?",
        fits: |_, r| made_by(r, |x| 2.0 * x),
    },
    Usual {
        says: "{} is half of what it should be. Is a factor of 2 missing?",
        fits: |_, r| made_by(r, |x| 0.5 * x),
    },
    Usual {
        says: "{} is too large by the number of samples: the division by it, which makes a mean \
               of a sum, is missing.",
        fits: |case, r| made_by(r, |x| x * case.batch as f64),
    },
    Usual {
        says: "{} is too small by the number of samples: it is divided by it where a sum is \
               wanted, or divided twice.",
        fits: |case, r| made_by(r, |x| x / case.batch as f64),
    },
    Usual {
        says: "{} is transposed: rows stand where columns should be. Look at which factor of the \
               product is transposed, and in which order they stand.",
        fits: |_, r| {
            let (Value::Numbers(found, ours), Value::Numbers(shape, theirs)) =
                (&r.found, &r.expected)
            else {
                return false;
            };
            let [rows, columns] = shape[..] else { return false };
            let turned =
                (0..rows * columns).map(|i| theirs[i % rows * columns + i / rows]).collect();
            *found == [columns, rows]
                && Value::Numbers(found.clone(), ours.clone())
                    .agrees(&Value::Numbers(found.clone(), turned), r.within)
        },
    },
    Usual {
        says: "{} is the input itself: it comes back as it went in.",
        fits: |case, r| case.given.iter().any(|input| r.found.agrees(input, r.within)),
    },
    Usual {
        says: "{} still has an axis that should be summed over. What was repeated going forward \
               is summed going backward.",
        fits: |_, r| {
            let (Some((found, ours)), Some((shape, theirs))) =
                (r.found.numbers(), r.expected.numbers())
            else {
                return false;
            };
            let each = theirs.len();
            let sums = (0..each).map(|i| ours.iter().skip(i).step_by(each.max(1)).sum()).collect();
            found.len() == shape.len() + 1
                && Value::Numbers(shape.to_vec(), sums).agrees(&r.expected, r.within)
        },
    },
    Usual { says: "{} is one too large.", fits: |_, r| made_by(r, |x| x + 1.0) },
    Usual { says: "{} is one too small.", fits: |_, r| made_by(r, |x| x - 1.0) },
    Usual {
        says: "{} is shifted by one place.",
        fits: |_, r| {
            let (Some((found, ours)), Some((shape, theirs))) =
                (r.found.numbers(), r.expected.numbers())
            else {
                return false;
            };
            let n = ours.len();
            let none = |ours: &[f64], theirs: &[f64]| r.within.apart(ours, theirs).next().is_none();
            found == shape
                && n > 2
                && (none(&ours[1..], &theirs[..n - 1]) || none(&ours[..n - 1], &theirs[1..]))
        },
    },
    Usual {
        says: "{} is in the reverse order, the last first.",
        fits: |_, r| {
            let Some((shape, data)) = r.expected.numbers() else { return false };
            let each: usize = shape.iter().skip(1).product();
            let turned = data.chunks(each.max(1)).rev().flatten().copied().collect();
            r.found.agrees(&Value::Numbers(shape.to_vec(), turned), r.within)
        },
    },
];
