//! 10.5: what a training with noise gives away.

use crate::{Exercise, Facts, Mistake, Trial};
use longhand::per_sample::Accountant;

mod second;
mod solution;

/// ε for this δ, from the noise of each step, by the best of these orders.
pub type Epsilon = fn(noises: &[f64], delta: f64, orders: &[f64]) -> f64;

/// The exercise.
pub static ACCOUNTANT: Exercise<Epsilon> = Exercise {
    facts: Facts {
        number: (10, 5),
        name: "accountant",
        title: "A privacy accountant",
        minutes: 30,
        points: 3,
        see: "Clipping",
        hint: "For one order: add up R(α) over the steps, and only then turn it into an ε. Each order \
               gives a bound that is true; so which of them is the best?",
    },
    refused: &["Accountant"],
    check,
    solution: solution::epsilon,
    second: second::epsilon,
    mistakes: &[
        Mistake {
            answer: |noises, delta, orders| {
                noises.iter().map(|&noise| solution::epsilon(&[noise], delta, orders)).sum()
            },
            says: "You find an ε for each step and add those up. That is a bound, but far too large a \
                   one, and it is for a δ that adds up as well. The divergences are added, and the \
                   sum turned into an ε once.",
            see: None,
        },
        Mistake {
            answer: |noises, delta, orders| {
                let share = delta / noises.len() as f64;
                noises.iter().map(|&noise| solution::epsilon(&[noise], share, orders)).sum()
            },
            says: "You find an ε for each step, with its share of δ, and add those up. That is a \
                   bound, but far too large a one. The divergences are added, and the sum turned \
                   into an ε once.",
            see: None,
        },
        Mistake {
            answer: |noises, delta, orders| {
                noises.len() as f64 * solution::epsilon(&noises[..1], delta, orders)
            },
            says: "You multiply the ε of the first step by the number of steps. The divergences are \
                   added, and the sum turned into an ε once.",
            see: None,
        },
        Mistake {
            answer: |noises, delta, orders| {
                best(orders, |order| spent(noises, order) - delta.ln() / (order - 1.0))
            },
            says: "You have ε = R(α) − ln δ/(α − 1). That was the first way from a divergence to an \
                   ε, and it is true. The two other terms of the formula make it smaller.",
            see: None,
        },
        Mistake {
            answer: |noises, delta, orders| {
                let all = orders.iter().map(|&order| converted(spent(noises, order), delta, order));
                all.fold(f64::NEG_INFINITY, f64::max)
            },
            says: "You take the largest ε of all orders. Each is a bound that is true, so the \
                   smallest is what one knows.",
            see: None,
        },
        Mistake {
            answer: |noises, delta, orders| converted(spent(noises, orders[0]), delta, orders[0]),
            says: "You look at the first order only. Each order gives a bound that is true; try all, \
                   and take the smallest.",
            see: None,
        },
        Mistake {
            answer: |noises, delta, orders| {
                let last = orders[orders.len() - 1];
                converted(spent(noises, last), delta, last)
            },
            says: "You have the ε of the last order. Each order gives a bound that is true; take the \
                   smallest.",
            see: None,
        },
        Mistake {
            answer: |noises, delta, orders| {
                let spent = |order: f64| noises.iter().map(|noise| order / (2.0 * noise)).sum();
                best(orders, |order| converted(spent(order), delta, order))
            },
            says: "Your divergence is α/(2σ). The noise is squared in it: α/(2σ²).",
            see: None,
        },
        Mistake {
            answer: |noises, delta, orders| {
                best(orders, |order| converted(2.0 * spent(noises, order), delta, order))
            },
            says: "Your divergence is α/σ². The 2 below the line is missing: α/(2σ²).",
            see: None,
        },
        Mistake {
            answer: |noises, delta, orders| {
                let steps = noises.len() as f64;
                let mean = noises.iter().sum::<f64>() / steps;
                let spent = |order: f64| steps * order / (2.0 * mean * mean);
                best(orders, |order| converted(spent(order), delta, order))
            },
            says: "You count every step with the mean of the noises. A step with little noise gives \
                   away more than one with much can make good: add up 1/σ².",
            see: None,
        },
        Mistake {
            answer: |noises, delta, orders| {
                let last = &noises[noises.len() - 1..];
                best(orders, |order| converted(spent(last, order), delta, order))
            },
            says: "Only the last step counts in your ε. In a loop over the steps the divergences must \
                   be added up (`+=`, not `=`).",
            see: None,
        },
        Mistake {
            answer: |noises, delta, orders| {
                let lose = |order: f64| {
                    let kept = ((order - 1.0) / order).ln();
                    spent(noises, order) + kept - (delta.ln() + order.ln())
                };
                best(orders, lose)
            },
            says: "The last term is not divided by α − 1.",
            see: None,
        },
        Mistake {
            answer: |noises, delta, orders| {
                best(orders, |order| {
                    noises
                        .iter()
                        .map(|&noise| converted(spent(&[noise], order), delta, order))
                        .sum()
                })
            },
            says: "You turn each step's divergence into an ε, and add up for each order. So the terms with δ are there once for each step. The divergences are added first, and the sum turned into an ε once.",
            see: None,
        },
        Mistake {
            answer: |noises, delta, orders| {
                let turned = |order: f64| (delta.ln() - order.ln()) / (order - 1.0);
                let kept = |order: f64| ((order - 1.0) / order).ln();
                best(orders, |order| spent(noises, order) + kept(order) - turned(order))
            },
            says: "In the last term you subtract ln α from ln δ. They are added there: it is ln(δ·α).",
            see: None,
        },
        Mistake {
            answer: |noises, delta, orders| {
                let least = orders.iter().copied().fold(f64::INFINITY, f64::min);
                converted(spent(noises, least), delta, least)
            },
            says: "You take the order with the smallest divergence. That is always the smallest order, and the term with δ is largest there. What is to be smallest is ε.",
            see: None,
        },
    ],
    wrong: &[
        (
            |noises, delta, orders| {
                let mut total = 0.0;
                for noise in noises {
                    let mut best = f64::INFINITY;
                    for order in orders {
                        let spent = order / (2.0 * noise * noise);
                        let kept = ((order - 1.0) / order).ln();
                        let next = spent + kept - (delta.ln() + order.ln()) / (order - 1.0);
                        best = f64::min(best, next);
                    }
                    total += best;
                }
                total
            },
            "for a δ that adds up as well",
        ),
        (|noises, delta, orders| -solution::epsilon(noises, delta, orders), "opposite sign"),
        (|noises, delta, orders| 2.0 * solution::epsilon(noises, delta, orders), "twice"),
    ],
    equivalent: &[],
};

/// R(α) of all steps.
fn spent(noises: &[f64], order: f64) -> f64 {
    noises.iter().map(|noise| order / (2.0 * noise * noise)).sum()
}

/// ε from R(α).
fn converted(spent: f64, delta: f64, order: f64) -> f64 {
    spent + ((order - 1.0) / order).ln() - (delta.ln() + order.ln()) / (order - 1.0)
}

fn best(orders: &[f64], epsilon: impl Fn(f64) -> f64) -> f64 {
    orders.iter().map(|&order| epsilon(order)).fold(f64::INFINITY, f64::min)
}

fn check(epsilon: Epsilon, trial: &mut Trial) {
    let delta = (-3.0_f64).exp() / 4.0;
    trial.paper("noises = [1, 1], δ = e⁻³/4, orders = [2]");
    if let Some(found) = trial.call(|| epsilon(&[1.0, 1.0], delta, &[2.0])) {
        trial.near("ε", &found, &5.0);
    }
    // The crate's accountant, with its own orders.
    let orders: Vec<f64> = (2..=512).map(f64::from).collect();
    let trainings: [&[f64]; 4] =
        [&[4.0], &[8.0, 4.0, 5.0, 9.0], &[3.0, 7.0], &[30.0, 20.0, 25.0, 22.0, 40.0, 28.0]];
    for (noises, delta) in trainings.into_iter().zip([1e-5, 1e-6, 1e-3, 1e-5]) {
        let mut accountant = Accountant::new();
        noises.iter().for_each(|&noise| accountant.steps(1.0, noise, 1));
        trial.case(format!("noises = {noises:?}, δ = {delta:e}, orders from 2 to 512"));
        if let Some(found) = trial.call(|| epsilon(noises, delta, &orders)) {
            trial.near("ε", &found, &accountant.epsilon(delta));
        }
    }
    let (noises, orders) = ([2.0, 3.0, 2.5], [32.0, 1.5, 4.0, 2.25, 16.0]);
    trial.case("noises = [2, 3, 2.5], δ = 1e-5, orders = [32, 1.5, 4, 2.25, 16]");
    if let Some(found) = trial.call(|| epsilon(&noises, 1e-5, &orders)) {
        let right = best(&orders, |order| converted(spent(&noises, order), 1e-5, order));
        trial.near("ε", &found, &right);
    }
}
