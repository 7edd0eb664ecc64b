//! The mistakes that can be made in any exercise, known by what they do to the result.

use crate::trial::{Case, Record};
use crate::value::{Value, Within};

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
    // Where all is right but for rounding, every mistake that changes nothing here would fit.
    let rounding = records.iter().all(|r| r.found.agrees(&r.expected, nearly(r.within)));
    if rounding { Vec::new() } else { USUAL.iter().filter(fits).collect() }
}

/// How near a mistake must be to be known: what it does to the result may round in another way.
fn nearly(within: Within) -> Within {
    match within {
        Within::Bits => Within::Share(1e-6),
        near => near,
    }
}

/// Whether the numbers found are those expected after this is done to them.
fn made_by(record: &Record, f: impl Fn(f64) -> f64) -> bool {
    let Some((shape, data)) = record.expected.numbers() else { return false };
    let made = Value::Numbers(shape.to_vec(), data.iter().map(|&x| f(x)).collect());
    record.found.agrees(&made, nearly(record.within))
}

static USUAL: [Usual; 14] = [
    Usual {
        says: "{}: not a number (NaN). Somewhere 0 is divided by 0, or a root is taken of a \
               negative number, or infinity is taken from infinity.",
        fits: |_, r| {
            let nan = |v: &Value| v.numbers().is_some_and(|(_, d)| d.iter().any(|x| x.is_nan()));
            nan(&r.found) && !nan(&r.expected)
        },
    },
    Usual {
        says: "{}: the opposite sign everywhere. What was subtracted from what?",
        fits: |_, r| made_by(r, |x| -x),
    },
    Usual {
        says: "{}: zero everywhere. Is it ever written to, or is what was written lost?",
        fits: |_, r| made_by(r, |_| 0.0),
    },
    Usual {
        says: "{}: twice what it should be. Was something counted or added twice?",
        fits: |_, r| made_by(r, |x| 2.0 * x),
    },
    Usual {
        says: "{}: half of what it should be. Is a factor of 2 missing?",
        fits: |_, r| made_by(r, |x| 0.5 * x),
    },
    Usual {
        says: "{}: too large by the number of samples: the division by it, which makes a mean \
               of a sum, is missing.",
        fits: |case, r| made_by(r, |x| x * case.batch as f64),
    },
    Usual {
        says: "{}: too small by the number of samples: it is divided by it where a sum is \
               wanted, or divided twice.",
        fits: |case, r| made_by(r, |x| x / case.batch as f64),
    },
    Usual {
        says: "{}: transposed. Rows stand where columns should be. Look at which factor of the \
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
        says: "{}: the input itself. It comes back as it went in.",
        fits: |case, r| case.given.iter().any(|input| r.found.agrees(input, r.within)),
    },
    Usual {
        says: "{}: there is still an axis that should be summed over. What was repeated going forward \
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
    Usual { says: "{}: one too large.", fits: |_, r| made_by(r, |x| x + 1.0) },
    Usual { says: "{}: one too small.", fits: |_, r| made_by(r, |x| x - 1.0) },
    Usual {
        says: "{}: shifted by one place.",
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
        says: "{}: the reverse order, the last first.",
        fits: |_, r| {
            let Some((shape, data)) = r.expected.numbers() else { return false };
            let each: usize = shape.iter().skip(1).product();
            let turned = data.chunks(each.max(1)).rev().flatten().copied().collect();
            r.found.agrees(&Value::Numbers(shape.to_vec(), turned), r.within)
        },
    },
];
