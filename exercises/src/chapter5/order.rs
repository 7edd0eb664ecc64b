//! 5.2: the order in which a graph is gone back through.

use crate::{Exercise, Facts, Mistake, Trial};
use longhand::Rng;
use std::collections::VecDeque;

mod second;
mod solution;

/// The entries that `last` depends on, it included, each before those that it was computed from.
pub type Order = fn(inputs: &[Vec<usize>], last: usize) -> Vec<usize>;

/// The exercise.
pub static ORDER: Exercise<Order> = Exercise {
    facts: Facts {
        number: (5, 2),
        name: "order",
        title: "A graph has no order",
        minutes: 25,
        points: 3,
        see: "Why order matters",
        hint: "Count for each entry how many uses of it there are. An entry may go into the list \
               once all its uses have gone. Or walk depth first and write an entry down when all \
               below it is written down: that is the order, turned round.",
    },
    refused: &[],
    check,
    solution: solution::order,
    second: second::order,
    mistakes: &[
        Mistake {
            answer: |inputs, last| depth_first(inputs, last, true),
            says: "You write an entry down when you first come to it, depth first. Another that \
                   uses it may come later. Write it down when you leave it, and turn the list round.",
            see: None,
        },
        Mistake {
            answer: |inputs, last| depth_first(inputs, last, false),
            says: "You write an entry down on every way that leads to it. Each has its place once, \
                   behind all that use it.",
            see: None,
        },
        Mistake {
            answer: |inputs, last| {
                let mut order = vec![last];
                let mut waiting = VecDeque::from([last]);
                while let Some(entry) = waiting.pop_front() {
                    for &input in &inputs[entry] {
                        if !order.contains(&input) {
                            order.push(input);
                            waiting.push_back(input);
                        }
                    }
                }
                order
            },
            says: "You go breadth first: by the shortest way from the end. An entry may also be \
                   used by one that is further away, and must wait for it.",
            see: None,
        },
        Mistake {
            answer: |inputs, last| {
                let mut order = solution::order(inputs, last);
                order.reverse();
                order
            },
            says: "Your order is that of going forward: inputs first. Turn it round.",
            see: None,
        },
        Mistake {
            answer: |inputs, last| {
                let mut order = solution::order(inputs, last);
                order.sort_unstable_by_key(|&entry| usize::MAX - entry);
                order
            },
            says: "You take the entries by their numbers, the highest first. Here the numbers say \
                   nothing about which was computed first.",
            see: None,
        },
        Mistake {
            answer: |inputs, last| {
                let mut order: Vec<usize> = Vec::new();
                while order.len() < inputs.len() {
                    let ready = |entry: &usize| {
                        let used = |user: usize| inputs[user].contains(entry);
                        let mut left = (0..inputs.len()).filter(|user| !order.contains(user));
                        !order.contains(entry) && !left.any(used)
                    };
                    let next = (0..inputs.len()).find(ready).expect("there is no ring");
                    order.push(next);
                }
                order
            },
            says: "Entries are among yours that the last one does not depend on. No gradient \
                   arrives there.",
            see: None,
        },
        Mistake {
            answer: |inputs, last| solution::order(inputs, last).split_off(1),
            says: "The last entry itself is missing. The backward pass begins there.",
            see: None,
        },
    ],
    wrong: &[
        (
            |inputs, last| {
                let (mut order, mut stack) = (Vec::new(), vec![last]);
                while let Some(entry) = stack.pop() {
                    if !order.contains(&entry) {
                        order.push(entry);
                        stack.extend(inputs[entry].iter().rev());
                    }
                }
                order
            },
            "when you first come to it",
        ),
        (
            |inputs, last| {
                let mut order = depth_first(inputs, last, true);
                order.sort_unstable();
                order.reverse();
                order
            },
            "by their numbers",
        ),
    ],
    equivalent: &[],
};

/// As they are met, each once or each time.
fn depth_first(inputs: &[Vec<usize>], entry: usize, once: bool) -> Vec<usize> {
    fn walk(inputs: &[Vec<usize>], entry: usize, once: bool, order: &mut Vec<usize>) {
        if once && order.contains(&entry) {
            return;
        }
        order.push(entry);
        inputs[entry].iter().for_each(|&input| walk(inputs, input, once, order));
    }
    let mut order = Vec::new();
    walk(inputs, entry, once, &mut order);
    order
}

fn check(order: Order, trial: &mut Trial) {
    // c = a + b, d = c + a
    let paper = vec![vec![3, 2], vec![], vec![], vec![2, 1]];
    trial.paper("entry 0 was computed from 3 and 2, entry 3 from 2 and 1; the last is 0");
    one(order, trial, &paper, 0);
    let picture = vec![vec![1, 2], vec![3, 3], vec![1, 3], vec![]];
    trial.paper("0 from 1 and 2, 1 from 3 and 3, 2 from 1 and 3; the last is 0");
    one(order, trial, &picture, 0);
    trial.paper("0 from 1 and 2, 1 from 3, 2 from 4, 3 from 2; the last is 0");
    one(order, trial, &[vec![1, 2], vec![3], vec![4], vec![2], vec![]], 0);
    trial.case("an entry that stands alone, among others");
    one(order, trial, &[vec![1], vec![], vec![0]], 1);
    trial.case("eight doublings");
    let doublings: Vec<Vec<usize>> =
        (0..9).map(|i: usize| if i == 8 { vec![] } else { vec![i + 1; 2] }).collect();
    one(order, trial, &doublings, 0);
    for seed in 0..6 {
        let (inputs, last) = random_graph(seed);
        trial.case(format!("the inputs of each entry are {inputs:?}, the last is {last}"));
        one(order, trial, &inputs, last);
    }
}

/// Whether the answer is an order is seen by using it: the number of ways from the last entry to
/// each, which is the gradient if every operation is a sum.
fn one(order: Order, trial: &mut Trial, inputs: &[Vec<usize>], last: usize) {
    let found = trial.call(|| {
        let order = order(inputs, last);
        let mut ways = vec![0_usize; inputs.len()];
        ways[last] = 1;
        for &entry in &order {
            for &input in &inputs[entry] {
                ways[input] += ways[entry];
            }
        }
        (order, ways)
    });
    let Some((mut order, ways)) = found else { return };
    trial.bits("gradients, if all are sums", &ways, &ways_to(inputs, last));
    order.sort_unstable();
    let needed = ways_to(inputs, last).into_iter().enumerate().filter(|&(_, ways)| ways > 0);
    let needed: Vec<usize> = needed.map(|(entry, _)| entry).collect();
    trial.bits("entries, sorted", &order, &needed);
}

/// The number of ways from the last entry to each, every way gone by itself.
fn ways_to(inputs: &[Vec<usize>], last: usize) -> Vec<usize> {
    let mut ways = vec![0; inputs.len()];
    depth_first(inputs, last, false).into_iter().for_each(|entry| ways[entry] += 1);
    ways
}

/// Nine entries, whose numbers say nothing about which was computed first.
fn random_graph(seed: u64) -> (Vec<Vec<usize>>, usize) {
    let rng = &mut Rng::new(seed);
    let name = rng.permutation(9);
    let mut inputs = vec![Vec::new(); 9];
    for entry in 2..9 {
        inputs[name[entry]] = (0..2).map(|_| name[rng.below(entry)]).collect();
    }
    (inputs, name[8])
}
