//! 8.4: the whole method, for one parameter.

use crate::samples::{normal, whole};
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::optim::{Optimizer, Sgd};
use longhand::wtb::Tempered;
use longhand::{Param, Tensor};

mod second;
mod solution;

/// What the optimizer is shown, from the raw gradients, epoch by epoch.
pub type Temper = fn(epochs: &[Vec<f64>]) -> Vec<Vec<f64>>;

/// The exercise.
pub static TEMPER: Exercise<Temper> = Exercise {
    facts: Facts {
        number: (8, 4),
        name: "temper",
        title: "Tempering by hand",
        minutes: 35,
        points: 3,
        see: "Tempering",
        hint: "Keep one number from epoch to epoch, the factor that is in force. Show the epoch's \
               gradients times that, and then find the next factor from the epoch's gradients as \
               they were.",
    },
    refused: &["Tempered", "GradientStats", "compute_snr"],
    check,
    solution: solution::temper,
    second: second::temper,
    mistakes: &[
        Mistake {
            answer: |epochs| {
                let own = |gradients: &Vec<f64>| times(gradients, factor(gradients, RIGHT));
                epochs.iter().map(own).collect()
            },
            says: "You temper each epoch by its own ratio. While it goes on, that is not known; it \
                   is the ratio of the epoch before that is in force.",
            see: None,
        },
        Mistake {
            answer: |epochs| go(epochs, RIGHT, true),
            says: "You measure what you have tempered. So the method sees its own effect: a \
                   gradient that was made small once looks small from then on. Measure the raw \
                   gradients.",
            see: None,
        },
        Mistake {
            answer: |epochs| go(epochs, Kind { capped: false, ..RIGHT }, false),
            says: "You multiply by the ratio also where it is above 1, and make gradients larger. \
                   There nothing happens.",
            see: None,
        },
        Mistake {
            answer: |epochs| go(epochs, Kind { magnitude: false, ..RIGHT }, false),
            says: "Your ratio has the sign of the mean. Where that is negative, you turn the \
                   gradients round. The signal is |mean|.",
            see: Some("Signal and noise"),
        },
        Mistake {
            answer: |epochs| {
                let so_far = |number: usize| epochs[..number].concat();
                let shown = |(number, gradients): (usize, &Vec<f64>)| {
                    times(gradients, factor(&so_far(number), RIGHT))
                };
                epochs.iter().enumerate().map(shown).collect()
            },
            says: "Your statistics go on from epoch to epoch. Each epoch begins new ones, since the \
                   weights have moved on.",
            see: None,
        },
        Mistake {
            answer: |epochs| go(epochs, Kind { of_mean: false, ..RIGHT }, false),
            says: "You divide by the deviation of a single gradient, and not by the standard error \
                   of the mean, √(v/B).",
            see: Some("Signal and noise"),
        },
        Mistake {
            answer: |epochs| go(epochs, Kind { less: 1.0, ..RIGHT }, false),
            says: "Your variance divides by B − 1; the method's divides by B.",
            see: Some("Signal and noise"),
        },
        Mistake {
            answer: |epochs| go(epochs, Kind { least: 1, ..RIGHT }, false),
            says: "After an epoch of a single batch you temper by what the formula gives, |g|·10⁸. \
                   One number has no scatter, so it gives no ratio.",
            see: None,
        },
        Mistake {
            answer: |epochs| {
                let mut factor_in_force = 1.0;
                let mut shown = Vec::new();
                for gradients in epochs {
                    shown.push(times(gradients, factor_in_force));
                    if gradients.len() > 1 {
                        factor_in_force = factor(gradients, RIGHT);
                    }
                }
                shown
            },
            says: "After an epoch with fewer than two gradients you go by an older ratio. Then there \
                   is none, and nothing is tempered.",
            see: None,
        },
        Mistake {
            answer: |epochs| go(epochs, Kind { epsilon: 0.0, ..RIGHT }, false),
            says: "Where all gradients of an epoch were 0 you divide 0 by 0. With 1e-8 in place of \
                   the error the ratio is 0, and the next gradients are held.",
            see: Some("Signal and noise"),
        },
        Mistake {
            answer: |epochs| {
                let mut in_force = 1.0;
                let mut shown = Vec::new();
                for gradients in epochs {
                    shown.push(times(gradients, in_force));
                    let ratio = factor(gradients, Kind { capped: false, ..RIGHT });
                    in_force = if ratio > 1.0 { ratio } else { 1.0 };
                }
                shown
            },
            says: "You take the larger of the ratio and 1, and so make the sure gradients larger and \
                   leave the doubtful ones as they are. It is the other way round.",
            see: None,
        },
    ],
    wrong: &[
        (
            |epochs| {
                let mut shown = epochs.to_vec();
                for number in 1..epochs.len() {
                    let factor = factor(&shown[number - 1], RIGHT);
                    shown[number] = times(&epochs[number], factor);
                }
                shown
            },
            "You measure what you have tempered",
        ),
        (<[Vec<f64>]>::to_vec, "the input itself"),
        (|epochs| flipped(solution::temper(epochs), -1.0), "the opposite sign"),
        (|epochs| flipped(solution::temper(epochs), 0.0), "zero everywhere"),
    ],
    equivalent: &[(
        "mean.abs() / if error == 0.0 { 1e-8 } else { error } → mean.abs() / if variance == 0.0 { 1e-8 } else { error }",
        "the error is 0 just where the variance is",
    )],
};

/// How a factor is found, with each thing that can be done wrongly.
#[derive(Clone, Copy)]
struct Kind {
    capped: bool,
    magnitude: bool,
    of_mean: bool,
    less: f64,
    least: usize,
    epsilon: f64,
}

const RIGHT: Kind =
    Kind { capped: true, magnitude: true, of_mean: true, less: 0.0, least: 2, epsilon: 1e-8 };

fn factor(gradients: &[f64], kind: Kind) -> f64 {
    if gradients.len() < kind.least {
        return 1.0;
    }
    let b = gradients.len() as f64;
    let mean = gradients.iter().sum::<f64>() / b;
    let variance = gradients.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / (b - kind.less);
    let error = if kind.of_mean { variance / b } else { variance }.sqrt();
    let signal = if kind.magnitude { mean.abs() } else { mean };
    let ratio = signal / if error == 0.0 { kind.epsilon } else { error };
    if kind.capped && ratio > 1.0 { 1.0 } else { ratio }
}

fn times(gradients: &[f64], factor: f64) -> Vec<f64> {
    gradients.iter().map(|g| factor * g).collect()
}

fn flipped(shown: Vec<Vec<f64>>, by: f64) -> Vec<Vec<f64>> {
    shown.iter().map(|gradients| times(gradients, by)).collect()
}

/// The method, with factors of this kind, from raw gradients or from what was shown.
fn go(epochs: &[Vec<f64>], kind: Kind, measures_shown: bool) -> Vec<Vec<f64>> {
    let mut in_force = 1.0;
    let mut shown: Vec<Vec<f64>> = Vec::new();
    for gradients in epochs {
        let now = times(gradients, in_force);
        in_force = factor(if measures_shown { &now } else { gradients }, kind);
        shown.push(now);
    }
    shown
}

/// What the crate shows its optimizer.
fn by_the_crate(epochs: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut param = Param::new("weight", Tensor::<f64>::zeros([1]));
    let mut tempered = Tempered::new(Sgd::new(1.0));
    let epoch = |gradients: &Vec<f64>| {
        let shown = gradients.iter().map(|&g| {
            param.set_grad(Tensor::vector(&[g]));
            tempered.step_param(&mut param);
            param.take_grad().expect("the gradient that was shown").item()
        });
        let shown = shown.collect();
        let _ = tempered.end_epoch();
        shown
    };
    epochs.iter().map(epoch).collect()
}

fn check(temper: Temper, trial: &mut Trial) {
    let record = |trial: &mut Trial, epochs: &[Vec<f64>], expected: &[Vec<f64>]| {
        trial.given(&epochs.concat());
        if let Some(found) = trial.call(|| temper(epochs)) {
            let lengths = |epochs: &[Vec<f64>]| epochs.iter().map(Vec::len).collect::<Vec<_>>();
            trial.bits("batches", &lengths(&found), &lengths(expected));
            trial.near("shown", &found.concat(), &expected.concat());
        }
    };
    let half = 0.5_f64.sqrt();
    let epochs = [vec![4.0, 0.0], vec![1.0, -3.0], vec![2.0, 2.0]];
    trial.paper(format!("{epochs:?}"));
    record(trial, &epochs, &[vec![4.0, 0.0], vec![1.0, -3.0], vec![2.0 * half, 2.0 * half]]);
    let draw = |seed: u64, sizes: &[usize], level: f64| -> Vec<Vec<f64>> {
        let drawn = (seed..).zip(sizes);
        drawn.map(|(seed, &size)| (normal(&[size], seed) + level).data().to_vec()).collect()
    };
    let mut silent = draw(40, &[4, 4, 4, 4], 0.2);
    silent[1] = vec![0.0; 4];
    let mut steady = draw(50, &[3, 3, 3], 0.1);
    steady[0] = vec![-0.5; 3];
    let ties: Vec<Vec<f64>> = (60..66).map(|seed| whole(&[5], seed).data().to_vec()).collect();
    for (about, epochs) in [
        ("five epochs of noise", draw(10, &[6, 6, 6, 6, 6], 0.0)),
        ("five epochs of noise below zero", draw(20, &[10, 3, 7, 2, 5], -0.3)),
        ("epochs of one batch and of none", draw(30, &[5, 1, 4, 0, 3, 3, 1, 1, 2], 0.1)),
        ("an epoch of one tiny gradient", vec![vec![1.0, -2.0], vec![1e-9], vec![1.0, 1.0]]),
        ("an epoch of equal gradients, tiny ones", vec![vec![2e-9; 4], vec![1.0, 2.0], vec![3.0]]),
        ("an epoch of zeros", silent),
        ("an epoch of equal gradients", steady),
        ("whole numbers", ties),
        ("no epochs", Vec::new()),
    ] {
        trial.case(about);
        record(trial, &epochs, &by_the_crate(&epochs));
    }
}
