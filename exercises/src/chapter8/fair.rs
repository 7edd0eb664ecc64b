//! 8.5: a step size is chosen where it may be, and judged where it may not.

use crate::samples::normal;
use crate::{Exercise, Facts, Mistake, Trial};

mod second;
mod solution;

type Rows = [Vec<f64>];

/// The row that is chosen and its mean loss on the test set.
pub type Choose = fn(choosing: &Rows, test: &Rows) -> (usize, f64);

/// The exercise.
pub static FAIR: Exercise<Choose> = Exercise {
    facts: Facts {
        number: (8, 5),
        name: "fair",
        title: "A fair choice",
        minutes: 15,
        points: 2,
        see: "Noise that matters",
        hint: "Two questions, two tables: which row is chosen, and what is it worth? `<` is false \
               for NaN on either side, whichever way round.",
    },
    refused: &[],
    check,
    solution: solution::choose,
    second: second::choose,
    mistakes: &[
        Mistake {
            answer: |_, test| solution::choose(test, test),
            says: "You choose by the test set. Of several step sizes the best on the test set is \
                   in part the luckiest there, and its loss is no longer that of images which were \
                   never looked at.",
            see: None,
        },
        Mistake {
            answer: |choosing, _| solution::choose(choosing, choosing),
            says: "You choose rightly, and give the loss by which you chose. The least of several is \
                   in part the luckiest; what it is worth is told by the test set.",
            see: None,
        },
        Mistake {
            answer: |choosing, test| {
                let least = |row: &Vec<f64>| vec![row.iter().copied().reduce(min).unwrap_or(NAN)];
                let best: Vec<_> = choosing.iter().map(least).collect();
                let (row, _) = solution::choose(&best, test);
                (row, mean(&test[row]))
            },
            says: "You choose by the best run. One lucky seed is enough for that; the mean over all \
                   seeds is what counts.",
            see: None,
        },
        Mistake {
            answer: |choosing, test| {
                let kept = |row: &Vec<f64>| {
                    let kept: Vec<f64> = row.iter().copied().filter(|x| !x.is_nan()).collect();
                    vec![mean(&kept)]
                };
                let kept: Vec<_> = choosing.iter().map(kept).collect();
                solution::choose(&kept, test)
            },
            says: "You leave out the runs that ran away, and take the mean of the others. A step \
                   size that now and then runs away is not to be chosen.",
            see: None,
        },
        Mistake {
            answer: |choosing, test| {
                let mut row = 0;
                for other in 1..choosing.len() {
                    if mean(&choosing[other]) < mean(&choosing[row]) {
                        row = other;
                    }
                }
                (row, mean(&test[row]))
            },
            says: "If the first row ran away you stay with it: nothing is less than NaN. Begin with \
                   none.",
            see: None,
        },
        Mistake {
            answer: |choosing, test| {
                let means = choosing.iter().map(|row| mean(row)).enumerate();
                let numbers = means.filter(|(_, mean)| !mean.is_nan());
                let best = numbers.fold((0, f64::INFINITY), |best, (row, mean)| {
                    if mean <= best.1 { (row, mean) } else { best }
                });
                (best.0, mean(&test[best.0]))
            },
            says: "Of two equally good rows you take the last.",
            see: None,
        },
        Mistake {
            answer: |choosing, test| {
                let (row, _) = solution::choose(choosing, test);
                let best = test[row].iter().copied().reduce(min).unwrap_or(NAN);
                (row, best)
            },
            says: "You give the loss of the best seed. It is the mean over the seeds that can be \
                   expected.",
            see: None,
        },
        Mistake {
            answer: |choosing, test| {
                let seeds = choosing[0].len();
                let of = |seed: usize| {
                    let column: Vec<_> = choosing.iter().map(|row| vec![row[seed]]).collect();
                    let tested: Vec<_> = test.iter().map(|row| vec![row[seed]]).collect();
                    solution::choose(&column, &tested).1
                };
                let (row, _) = solution::choose(choosing, test);
                (row, (0..seeds).map(of).sum::<f64>() / seeds as f64)
            },
            says: "You let each seed have a step size of its own. It is one for all that is chosen.",
            see: None,
        },
    ],
    wrong: &[
        (
            |choosing, test| {
                let (row, loss) = solution::choose(choosing, test);
                (row, -loss)
            },
            "loss: the opposite sign",
        ),
        (
            |choosing, test| {
                let (row, loss) = solution::choose(choosing, test);
                (row + 1, loss)
            },
            "row: one too large",
        ),
        (
            |choosing, test| {
                let (row, _) = solution::choose(choosing, test);
                (row, test[row].iter().copied().fold(f64::INFINITY, f64::min))
            },
            "the loss of the best seed",
        ),
    ],
    equivalent: &[],
};

const NAN: f64 = f64::NAN;

fn mean(losses: &[f64]) -> f64 {
    losses.iter().sum::<f64>() / losses.len() as f64
}

/// The less of two; a NaN if one of them is.
fn min(a: f64, b: f64) -> f64 {
    if a.is_nan() || a < b { a } else { b }
}

fn check(choose: Choose, trial: &mut Trial) {
    let call = |trial: &mut Trial, choosing: &Rows, test: &Rows, (row, loss): (usize, f64)| {
        if let Some((found, found_loss)) = trial.call(|| choose(choosing, test)) {
            trial.bits("row", &found, &row);
            trial.near("loss", &found_loss, &loss);
        }
    };
    type Rows2 = [[f64; 2]; 3];
    let paper: [(Rows2, Rows2, (usize, f64)); 3] = [
        ([[3.0, 5.0], [2.0, 4.0], [1.0, 9.0]], [[4.0, 4.0], [6.0, 4.0], [2.0, 2.0]], (1, 5.0)),
        ([[NAN, 1.0], [2.0, 3.0], [4.0, 4.0]], [[1.0, 1.0], [3.0, 2.0], [9.0, 8.0]], (1, 2.5)),
        ([[6.0, 2.0], [3.0, 5.0], [8.0, 8.0]], [[5.0, 3.0], [1.0, 2.0], [7.0, 9.0]], (0, 4.0)),
    ];
    for (choosing, test, expected) in paper {
        let [choosing, test] = [choosing, test].map(|rows| rows.map(|row| row.to_vec()));
        trial.paper(format!("choosing {choosing:?}, test {test:?}"));
        call(trial, &choosing, &test, expected);
    }
    for (seed, (rows, seeds)) in [(4, 3), (1, 2), (6, 1), (5, 4), (7, 3)].into_iter().enumerate() {
        let draw = |seed: u64| -> Vec<Vec<f64>> {
            let drawn = normal(&[rows, seeds], seed).square() + 0.1;
            drawn.data().chunks(seeds).map(<[f64]>::to_vec).collect()
        };
        let (mut choosing, test) = (draw(10 * seed as u64), draw(10 * seed as u64 + 1));
        if seed == 3 {
            (choosing[0][2], choosing[4][0]) = (NAN, NAN);
        }
        // The least mean by sorting.
        let mut order: Vec<usize> = (0..rows).collect();
        order.retain(|&row| choosing[row].iter().all(|loss| !loss.is_nan()));
        order.sort_by(|&a, &b| mean(&choosing[a]).total_cmp(&mean(&choosing[b])));
        trial.case(format!("{rows} random step sizes from {seeds} seeds"));
        call(trial, &choosing, &test, (order[0], mean(&test[order[0]])));
    }
}
