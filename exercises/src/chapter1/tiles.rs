//! 1.4: a result of any size cut into tiles.

use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;

mod second;
mod solution;

/// The tiles of a result of `m` rows and `n` columns: top, left, height and width of each.
pub type Tiles = fn(m: usize, n: usize) -> Vec<[usize; 4]>;

/// The exercise.
pub static TILES: Exercise<Tiles> = Exercise {
    facts: Facts {
        number: (1, 4),
        name: "tiles",
        title: "Tiles up to the edge",
        minutes: 15,
        points: 2,
        see: "The rungs above",
        hint: "`(0..m).step_by(4)` goes through the tops, also that of a last, lower tile. How \
               many rows are left below a top, and how many of them does a tile take at most?",
    },
    refused: &[],
    check,
    solution: solution::tiles,
    second: second::tiles,
    mistakes: &[
        Mistake {
            answer: |m, n| {
                let all = solution::tiles(m, n).into_iter();
                all.filter(|&[_, _, height, width]| height == 4 && width == 16).collect()
            },
            says: "You take whole tiles only, and lose the rows and columns that are left over: \
                   for a result of 3 × 3, all of it.",
            see: None,
        },
        Mistake {
            answer: |m, n| {
                let all = solution::tiles(m, n).into_iter();
                all.map(|[top, left, ..]| [top, left, 4, 16]).collect()
            },
            says: "Your tiles at the edge are whole, and reach beyond it. There they would write \
                   over what does not belong to the result.",
            see: None,
        },
        Mistake {
            answer: |m, n| tiles(m / 4 + 1, n / 16 + 1, m, n),
            says: "You have one row or column of tiles too many where the size divides evenly: 8 \
                   rows are two tiles of 4 and none of 0.",
            see: None,
        },
        Mistake {
            answer: |m, n| {
                let all = solution::tiles(m, n).into_iter();
                let last = |at: usize, most: usize, size: usize| {
                    if at + most >= size { size % most } else { most }
                };
                all.map(|[top, left, ..]| [top, left, last(top, 4, m), last(left, 16, n)]).collect()
            },
            says: "Your last tiles have the size that a division leaves over, and that is 0 where \
                   it leaves nothing: of 8 rows the last tile has 4.",
            see: None,
        },
        Mistake {
            answer: |m, n| {
                let mut all = solution::tiles(m, n);
                all.sort_by_key(|&[top, left, ..]| (left, top));
                all
            },
            says: "You go down the columns of tiles. That is a good order too, and the crate's \
                   own, but the exercise asks for rows of tiles.",
            see: None,
        },
        Mistake {
            answer: |m, n| {
                let turned = solution::tiles(n, m).into_iter();
                let mut all: Vec<_> =
                    turned.map(|[left, top, width, height]| [top, left, height, width]).collect();
                all.sort();
                all
            },
            says: "Your tiles have 16 rows and 4 columns. They should have 4 rows and 16 columns: \
                   sixteen neighbours along a row fill a register.",
            see: None,
        },
    ],
    wrong: &[
        (
            |m, n| {
                let mut all = Vec::new();
                for i in 0..m / 4 {
                    for j in 0..n / 16 {
                        all.push([4 * i, 16 * j, 4, 16]);
                    }
                }
                all
            },
            "whole tiles only",
        ),
        (|m, n| solution::tiles(m, n).into_iter().rev().collect(), "reverse order"),
    ],
    equivalent: &[],
};

/// So many rows and columns of tiles, whatever is left for them.
fn tiles(rows: usize, columns: usize, m: usize, n: usize) -> Vec<[usize; 4]> {
    let tile = |i: usize, j: usize| {
        let (top, left) = (4 * i, 16 * j);
        [top, left, 4.min(m.saturating_sub(top)), 16.min(n.saturating_sub(left))]
    };
    (0..rows).flat_map(|i| (0..columns).map(move |j| tile(i, j))).collect()
}

fn check(answer: Tiles, trial: &mut Trial) {
    trial.paper("m = 5, n = 17");
    let four = [[0, 0, 4, 16], [0, 16, 4, 1], [4, 0, 1, 16], [4, 16, 1, 1]];
    record(answer, trial, 5, 17, &four);
    let sizes = [(8, 32), (3, 3), (4, 16), (1, 40), (9, 16), (13, 1), (0, 5), (5, 0), (12, 50)];
    for (m, n) in sizes {
        trial.case(format!("m = {m}, n = {n}"));
        record(answer, trial, m, n, &tiles(m.div_ceil(4), n.div_ceil(16), m, n));
    }
}

/// The tiles, and how often each element of the result is in one.
fn record(answer: Tiles, trial: &mut Trial, m: usize, n: usize, expected: &[[usize; 4]]) {
    let Some(found) = trial.call(|| answer(m, n)) else { return };
    let mut covered = Tensor::<f64>::zeros([m, n]);
    for &[top, left, height, width] in &found {
        for (i, j) in (top..m.min(top + height))
            .flat_map(|i| (left..n.min(left + width)).map(move |j| (i, j)))
        {
            covered[[i, j]] += 1.0;
        }
    }
    trial.near("tiles", &found, expected);
    trial.near("covered", &covered, &Tensor::<f64>::ones([m, n]));
}
