//! 1.3: the loops of a product with the two inner ones exchanged.

use crate::samples::normal_f32;
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Tensor;

mod second;
mod solution;

/// Calls `link(i, p, j)` once for each link of the product of `[m, k]` by `[k, n]`.
pub type Links = fn(m: usize, k: usize, n: usize, link: &mut dyn FnMut(usize, usize, usize));

/// The exercise.
pub static SWAP: Exercise<Links> = Exercise {
    facts: Facts {
        number: (1, 3),
        name: "swap",
        title: "Loops in another order",
        minutes: 10,
        points: 1,
        see: "Two changes, four ways",
        hint: "Which index must run fastest, so that b[p, j] and c[i, j] are read along a row? And \
               which may not be innermost, because it is the one that a chain is summed over?",
    },
    refused: &[],
    check,
    solution: solution::links,
    second: second::links,
    mistakes: &[
        Mistake {
            answer: |m, k, n, link| {
                (0..m).for_each(|i| (0..n).for_each(|j| (0..k).for_each(|p| link(i, p, j))));
            },
            says: "Your innermost loop is still p. It walks down a column of B, where two \
                   neighbours lie a whole row apart in memory.",
            see: None,
        },
        Mistake {
            answer: |m, k, n, link| {
                (0..k).for_each(|p| (0..m).for_each(|i| (0..n).for_each(|j| link(i, p, j))));
            },
            says: "Your outermost loop is p. That too reads along rows, but it goes through all of \
                   C for every p. Only the two inner loops were to be exchanged.",
            see: None,
        },
        Mistake {
            answer: |m, k, n, link| {
                (0..n).for_each(|j| (0..k).for_each(|p| (0..m).for_each(|i| link(i, p, j))));
            },
            says: "Your innermost loop is i. It walks down a column of A and one of C.",
            see: None,
        },
        Mistake {
            answer: |m, k, n, link| {
                (0..k).for_each(|p| (0..n).for_each(|j| (0..m).for_each(|i| link(i, p, j))));
            },
            says: "Your loops are all in the reverse order, with i innermost. It walks down a \
                   column of A and one of C.",
            see: None,
        },
        Mistake {
            answer: |m, k, n, link| {
                (0..n).for_each(|j| (0..m).for_each(|i| (0..k).for_each(|p| link(i, p, j))));
            },
            says: "You exchanged the two outer loops. The innermost one is still p, which walks \
                   down a column of B.",
            see: None,
        },
        Mistake {
            answer: |m, k, n, link| {
                (0..m).for_each(|i| (0..k).rev().for_each(|p| (0..n).for_each(|j| link(i, p, j))));
            },
            says: "Your p goes down. Each chain is then summed from its last term to its first, \
                   and rounds differently.",
            see: Some("The order of a sum"),
        },
        Mistake {
            answer: |m, k, n, link| {
                (0..m).for_each(|i| (0..k).for_each(|j| (0..n).for_each(|p| link(i, p, j))));
            },
            says: "You exchanged the names p and j but not their ranges: p goes up to k, j up to n.",
            see: None,
        },
    ],
    wrong: &[(
        |m, k, n, link| {
            for i in 0..m {
                for number in 0..n * k {
                    link(i, number % k, number / k);
                }
            }
        },
        "walks down a column of B",
    )],
    equivalent: &[],
};

fn check(links: Links, trial: &mut Trial) {
    trial.paper("m = 1, k = 2, n = 3");
    record(
        links,
        trial,
        [1, 2, 3],
        Some(&[[0, 0, 0], [0, 0, 1], [0, 0, 2], [0, 1, 0], [0, 1, 1], [0, 1, 2]]),
    );
    for [m, k, n] in [[2, 3, 4], [3, 1, 2], [1, 40, 1], [5, 7, 3], [0, 2, 2], [2, 0, 3], [2, 3, 0]]
    {
        trial.case(format!("m = {m}, k = {k}, n = {n}"));
        record(links, trial, [m, k, n], None);
    }
}

/// The order of the links, and what they give when they are made.
fn record(links: Links, trial: &mut Trial, [m, k, n]: [usize; 3], known: Option<&[[usize; 3]]>) {
    let (a, b) = (normal_f32(&[m, k], 1), normal_f32(&[k, n], 2));
    let (mut order, mut c) = (Vec::new(), Tensor::<f32>::zeros([m, n]));
    let mut link = |i: usize, p: usize, j: usize| {
        order.push([i, p, j]);
        assert!(i < m && p < k && j < n, "link({i}, {p}, {j}) with m = {m}, k = {k}, n = {n}");
        c[[i, j]] = a[[i, p]].mul_add(b[[p, j]], c[[i, j]]);
    };
    if trial.call(|| links(m, k, n, &mut link)).is_none() {
        return;
    }
    let number = |at: usize| [at / (n * k), at / n % k, at % n];
    let expected: Vec<[usize; 3]> = (0..m * k * n).map(number).collect();
    trial.near("order", &order, known.unwrap_or(&expected));
    trial.bits("product", &c, &a.matmul(&b));
}
