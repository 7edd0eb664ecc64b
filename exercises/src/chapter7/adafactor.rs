//! 7.4: a matrix of squares guessed from its rows and columns.

use crate::samples::normal;
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;

mod second;
mod solution;

type M = Tensor<f64>;

/// The guess for v `[n, m]`, which has no negative element.
pub type Guess = fn(v: &M) -> M;

/// The exercise.
pub static ADAFACTOR: Exercise<Guess> = Exercise {
    facts: Facts {
        number: (7, 4),
        name: "adafactor",
        title: "Rows and columns",
        minutes: 10,
        points: 1,
        see: "What remains",
        hint: "`mean_axis(1)` is the mean of each row. A column [n, 1] times a vector [m] \
               broadcasts to [n, m], and `unsqueeze(1)` makes a column. What is 0/0?",
    },
    refused: &[],
    check,
    solution: solution::guess,
    second: second::guess,
    mistakes: &[
        Mistake {
            answer: |v| product(&v.mean_axis(1), &v.mean_axis(0)),
            says: "You do not divide by the mean. If every element of v were 4, so would be every \
                   row's mean and every column's, and your guess would be 16.",
            see: None,
        },
        Mistake {
            answer: |v| divided(product(&v.mean_axis(1), &v.mean_axis(0)), v.sum()),
            says: "You divide the product of two means by the sum of all. Either take three means, \
                   or three sums.",
            see: None,
        },
        Mistake {
            answer: |v| divided(product(&v.sum_axis(1), &v.sum_axis(0)), v.mean()),
            says: "You divide the product of two sums by the mean of all. Either take three means, \
                   or three sums.",
            see: None,
        },
        Mistake {
            answer: |v| product(&v.mean_axis(1), &v.mean_axis(0)) / v.mean(),
            says: "Where all of v is zero you divide 0 by 0. A parameter that has had no gradient \
                   yet would become NaN with its first step.",
            see: None,
        },
        Mistake {
            answer: |v| {
                let (r, c) = (v.mean_axis(1), v.mean_axis(0));
                (r.unsqueeze(1) + c) / 2.0
            },
            says: "You take the mean of row and column. The guess is their product: if a row is \
                   ten times as large as the others, so is each element in it.",
            see: None,
        },
        Mistake {
            answer: |v| divided(product(&v.mean_axis(1), &v.mean_axis(0)), v.sum_axis(1).mean()),
            says: "You divide by the mean of the rows' sums. What is to be divided by is the mean of \
                   their means.",
            see: None,
        },
        Mistake {
            answer: |v| v.mean_axis(1).unsqueeze(1).expand(v.shape()),
            says: "You use the rows alone: all elements of a row come out the same.",
            see: None,
        },
        Mistake {
            answer: |v| {
                let rows = v.mean_axis(1);
                divided(product(&rows, &v.mean_axis(0)), rows.sum())
            },
            says: "You divide by the sum of the rows' means. It is to be their mean.",
            see: None,
        },
    ],
    wrong: &[
        (|v| v.clone(), "the input itself"),
        (|v| solution::guess(v).t(), "transposed"),
        (|v| solution::guess(v).sqrt().square() * 2.0, "twice what it should be"),
        (
            |v| {
                let n = v.len() as f64;
                divided(product(&v.sum_axis(1), &v.sum_axis(0)) / n, v.sum())
            },
            "the product of two means by the sum",
        ),
    ],
    equivalent: &[],
};

/// Each of the one times each of the other.
fn product(rows: &M, columns: &M) -> M {
    rows.unsqueeze(1) * columns
}

fn divided(product: M, by: f64) -> M {
    if by == 0.0 { product } else { product / by }
}

fn check(guess: Guess, trial: &mut Trial) {
    for (v, expected) in
        [([1.0, 2.0, 3.0, 6.0], [1.0, 2.0, 3.0, 6.0]), ([1.0, 0.0, 0.0, 1.0], [0.5; 4])]
    {
        let v = Tensor::new([2, 2], v.to_vec());
        trial.paper(format!("v = {v}"));
        trial.given(&v);
        if let Some(found) = trial.call(|| guess(&v)) {
            trial.near("guess", &found, &Tensor::new([2, 2], expected.to_vec()));
        }
    }
    for (seed, [n, m]) in [[3, 4], [1, 5], [4, 1], [5, 3], [6, 6]].into_iter().enumerate() {
        let seed = 10 * seed as u64;
        let v = normal(&[n, m], seed).square();
        trial.case(format!("random v [{n}, {m}]"));
        trial.given(&v);
        if let Some(found) = trial.call(|| guess(&v)) {
            let product = v.mean_axis(1).unsqueeze(1).matmul(&v.mean_axis(0).unsqueeze(0));
            trial.near("guess", &found, &(product / v.mean()));
            // What it knows of v it gives back.
            trial.near("its rows", &found.mean_axis(-1), &v.mean_axis(1));
            trial.near("its columns", &found.mean_axis(0), &v.mean_axis(0));
        }
        let (row, column) =
            (normal(&[1, m], seed + 1).square(), normal(&[n, 1], seed + 2).square());
        let v = column * row;
        trial.case(format!("a column times a row, [{n}, {m}]: the guess is v itself"));
        trial.given(&v);
        if let Some(found) = trial.call(|| guess(&v)) {
            trial.near("guess", &found, &v);
        }
    }
    let zeros = Tensor::zeros([2, 3]);
    trial.case("zeros [2, 3]");
    trial.given(&zeros);
    if let Some(found) = trial.call(|| guess(&zeros)) {
        trial.near("guess", &found, &zeros);
    }
}
