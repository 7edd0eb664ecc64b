//! 9.2: the best that can be guessed from a trigger is the mean of the truths that share it.

use crate::samples::{normal, whole};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::{Tape, Tensor};

mod second;
mod solution;

type M = Tensor<f64>;

/// The guess for each sample from its trigger and the truths `[n, features]`.
pub type BestGuess = fn(triggers: &[usize], truths: &M) -> M;

/// The exercise.
pub static CONDITIONAL_MEAN: Exercise<BestGuess> = Exercise {
    facts: Facts {
        number: (9, 2),
        name: "conditional_mean",
        title: "The best guess",
        minutes: 20,
        points: 2,
        see: "What a synthesizer learns",
        hint: "A regression with squared errors learns a mean: of all truths that it cannot tell \
               apart. Which ones are those for sample s?",
    },
    refused: &[],
    check,
    solution: solution::best_guess,
    second: second::best_guess,
    mistakes: &[
        Mistake {
            answer: |triggers, truths| each(triggers, truths, |_, _, _| true, mean),
            says: "You guess the mean of all truths. The synthesizer sees the trigger: it is the mean \
                   of those that share it.",
            see: None,
        },
        Mistake {
            answer: |_, truths| truths.clone(),
            says: "You guess the truth itself. Samples with one trigger look alike, and must be \
                   guessed alike.",
            see: None,
        },
        Mistake {
            answer: |triggers, truths| each(triggers, truths, same, |rows| rows.sum_axis(0)),
            says: "You add up the truths that share a trigger. The squared distance to all of them is \
                   smallest at their mean.",
            see: None,
        },
        Mistake {
            answer: |triggers, truths| {
                each(triggers, truths, same, |rows| rows.sum_axis(0)) / triggers.len() as f64
            },
            says: "You divide by the number of all samples. It is the mean over those that share the \
                   trigger.",
            see: None,
        },
        Mistake {
            answer: |triggers, truths| {
                each(triggers, truths, same, |rows| {
                    rows.rows(rows.shape()[0] - 1..rows.shape()[0]).squeeze(0)
                })
            },
            says: "You guess the last truth of each trigger. Whoever overwrites what was known learns \
                   from one sample.",
            see: None,
        },
        Mistake {
            answer: |triggers, truths| {
                each(triggers, truths, same, |rows| rows.rows(0..1).squeeze(0))
            },
            says: "You guess the first truth of each trigger, and learn nothing from the others.",
            see: None,
        },
        Mistake {
            answer: |triggers, truths| {
                let so_far =
                    |triggers: &[usize], s: usize, t: usize| t <= s && triggers[t] == triggers[s];
                each(triggers, truths, so_far, mean)
            },
            says: "You guess the mean of the truths up to this sample. Asked is what it says once it \
                   has learnt from all of them.",
            see: None,
        },
        Mistake {
            answer: |triggers, truths| {
                let halved = |rows: &M| {
                    let first = rows.rows(0..1).squeeze(0);
                    let next = |known: M, row| (known + rows.rows(row..row + 1).squeeze(0)) / 2.0;
                    (1..rows.shape()[0]).fold(first, next)
                };
                each(triggers, truths, same, halved)
            },
            says: "You go half way to each new truth. Then the last ones count most; in the mean all \
                   count alike.",
            see: None,
        },
        Mistake {
            answer: |triggers, truths| {
                let in_a_row = |triggers: &[usize], s: usize, t: usize| {
                    let (from, to) = (s.min(t), s.max(t));
                    triggers[from..=to].iter().all(|trigger| *trigger == triggers[s])
                };
                each(triggers, truths, in_a_row, mean)
            },
            says: "You take the mean over samples that stand side by side. A trigger can come again \
                   later.",
            see: None,
        },
        Mistake {
            answer: |triggers, truths| {
                let others =
                    |triggers: &[usize], s: usize, t: usize| t != s && triggers[t] == triggers[s];
                each(triggers, truths, others, |rows| match rows.shape()[0] {
                    0 => Tensor::zeros([rows.shape()[1]]),
                    _ => mean(rows),
                })
            },
            says: "You leave the sample itself out of its mean. It has been learnt from like all others that share the trigger.",
            see: None,
        },
        Mistake {
            answer: |triggers, truths| {
                let all = |rows: &M| Tensor::full([rows.shape()[1]], rows.mean());
                each(triggers, truths, same, all)
            },
            says: "You take the mean over the features as well. The guess has a number for each feature.",
            see: None,
        },
        Mistake {
            answer: |triggers, truths| {
                let mut known = triggers.to_vec();
                known.sort();
                known.dedup();
                let all = each(triggers, truths, same, mean);
                let first = |known: &usize| triggers.iter().position(|t| t == known).unwrap_or(0);
                all.gather_rows(&known.iter().map(first).collect::<Vec<_>>())
            },
            says: "You give one row for each trigger. Asked is a guess for each sample, in their order.",
            see: None,
        },
    ],
    wrong: &[
        (
            |_, truths| truths.mean_axis(0).unsqueeze(0).expand(truths.shape()),
            "the mean of all truths",
        ),
        (
            |triggers, truths| {
                let mut known = std::collections::BTreeMap::new();
                let mut guesses = Vec::new();
                for (trigger, truth) in triggers.iter().zip(truths.data().chunks(truths.shape()[1]))
                {
                    let (count, sums) =
                        known.entry(trigger).or_insert((0.0, vec![0.0; truth.len()]));
                    *count += 1.0;
                    for (sum, truth) in sums.iter_mut().zip(truth) {
                        *sum += truth;
                        guesses.push(*sum / *count);
                    }
                }
                Tensor::new(truths.shape(), guesses)
            },
            "up to this sample",
        ),
        (|triggers, truths| -solution::best_guess(triggers, truths), "opposite sign"),
        (|triggers, truths| solution::best_guess(triggers, truths) * 0.0, "zero everywhere"),
    ],
    equivalent: &[],
};

/// Something made of the rows of truths that are chosen for each sample.
fn each(
    triggers: &[usize],
    truths: &M,
    chosen: fn(&[usize], usize, usize) -> bool,
    make: impl Fn(&M) -> M,
) -> M {
    let of = |s: usize| {
        let rows = (0..triggers.len()).filter(|&t| chosen(triggers, s, t));
        make(&truths.gather_rows(&rows.collect::<Vec<_>>()))
    };
    let rows: Vec<M> = (0..triggers.len()).map(of).collect();
    Tensor::stack(&rows.iter().collect::<Vec<_>>())
}

fn same(triggers: &[usize], s: usize, t: usize) -> bool {
    triggers[s] == triggers[t]
}

fn mean(rows: &M) -> M {
    rows.mean_axis(0)
}

fn check(best_guess: BestGuess, trial: &mut Trial) {
    let truths = Tensor::new([3, 1], vec![2.0, 5.0, 4.0]);
    trial.paper(format!("triggers = [0, 7, 0], truths = {truths}"));
    trial.given(&truths);
    if let Some(found) = trial.call(|| best_guess(&[0, 7, 0], &truths)) {
        trial.near("guess", &found, &Tensor::new([3, 1], vec![3.0, 5.0, 3.0]));
    }
    let cases: [&[usize]; 5] =
        [&[3, 1, 3, 3, 1, 9], &[2, 2, 2, 2], &[8], &[0, 1, 2], &[5, 0, 5, 5, 0, 5, 4, 0]];
    for (seed, triggers) in cases.into_iter().enumerate() {
        let seed = 10 * seed as u64;
        let shape = [triggers.len(), 1 + triggers.len() % 3];
        let truths = normal(&shape, seed) + whole(&shape, seed + 1);
        trial.case(format!("triggers = {triggers:?}, random truths {shape:?}"));
        trial.given(&truths);
        let Some(found) = trial.call(|| best_guess(triggers, &truths)) else { continue };
        trial.near("guess", &found, &each(triggers, &truths, same, mean));
        // No other table has a smaller error: there the slope is 0.
        let tape = Tape::new();
        let table = tape.leaf(Tensor::zeros([10, shape[1]]));
        let seen = tape.constant(Tensor::one_hot(triggers, 10));
        let truth = tape.constant(truths.clone());
        let [slope] = seen.matmul(table).mse_sum(truth).grad([table]);
        let bend = Tensor::<f64>::one_hot(triggers, 10).sum_axis(0) * 2.0;
        let best = slope.zip(&bend.unsqueeze(1).expand(slope.shape()), |slope, bend| {
            if bend > 0.0 { -slope / bend } else { 0.0 }
        });
        trial.near("guess", &found, &best.gather_rows(triggers));
    }
}
