//! 7.2: the peak of gradients where a parameter is used more than once.

use crate::{Exercise, Facts, Mistake, Trial};
use longhand::optim::Sgd;
use longhand::tensor::meter::{Kind, Meter};
use longhand::{Param, Rng, Tape, Tensor, init, mebp};

mod second;
mod solution;

/// The most numbers of gradients held, from the sizes of parameters and who uses them.
pub type Peak = fn(sizes: &[usize], uses: &[usize]) -> usize;

/// The exercise.
pub static TIED: Exercise<Peak> = Exercise {
    facts: Facts {
        number: (7, 2),
        name: "tied",
        title: "How many gradients wait",
        minutes: 25,
        points: 3,
        see: "Against theory",
        hint: "Go through the layers from the last to the first and keep count of what is held. At \
               each, a gradient arrives. Is one of the same parameter waiting already? And does \
               a layer further in front use it too?",
    },
    refused: &["backward"],
    check,
    solution: solution::peak,
    second: second::peak,
    mistakes: &[
        Mistake {
            answer: |sizes, uses| used(sizes, uses).iter().sum(),
            says: "That is the sum of all parameters that are used, the peak of ordinary training \
                   where none is used twice. Here a gradient is let go as soon as it is complete.",
            see: None,
        },
        Mistake {
            answer: |sizes, uses| used(sizes, uses).into_iter().max().unwrap_or(0),
            says: "That is the largest gradient alone. A parameter that is used by two layers is \
                   stepped at the second of its gradients to come, not at the first: until then \
                   the first one waits.",
            see: None,
        },
        Mistake {
            answer: |sizes, uses| {
                let (mut held, mut most) = (0, 0);
                for (layer, &p) in uses.iter().enumerate().rev() {
                    if !uses[layer + 1..].contains(&p) {
                        held += sizes[p];
                    }
                    most = most.max(held);
                    if !uses[..layer].contains(&p) {
                        held -= sizes[p];
                    }
                }
                most
            },
            says: "You forget the moment in which two gradients of the same parameter are there, \
                   the one that waited and the one that arrives.",
            see: None,
        },
        Mistake {
            answer: |sizes, uses| {
                let (mut held, mut most) = (0, 0);
                for (layer, &p) in uses.iter().enumerate().rev() {
                    held += sizes[p];
                    most = most.max(held);
                    if !uses[..layer].contains(&p) {
                        held -= sizes[p] * uses.iter().filter(|&&other| other == p).count();
                    }
                }
                most
            },
            says: "You hold every gradient of a parameter until the last of them has come. When \
                   two are there they are added up, and one is left.",
            see: None,
        },
        Mistake {
            answer: |sizes, uses| {
                let turned: Vec<_> = uses.iter().rev().copied().collect();
                solution::peak(sizes, &turned)
            },
            says: "You go through the layers from the first to the last. A backward pass begins \
                   at the last.",
            see: None,
        },
        Mistake {
            answer: |sizes, uses| {
                let (mut held, mut most) = (0, 0);
                for (layer, &p) in uses.iter().enumerate().rev() {
                    most = most.max(held + sizes[p]);
                    if !uses[layer + 1..].contains(&p) {
                        held += sizes[p];
                    }
                }
                most
            },
            says: "You never let go of a gradient. When it is complete the parameter is stepped, \
                   and the gradient is gone.",
            see: None,
        },
        Mistake {
            answer: |sizes, uses| sizes.iter().sum(),
            says: "That is the sum of all parameters, even of those that no layer uses. Here a \
                   gradient is let go as soon as it is complete.",
            see: None,
        },
        Mistake {
            answer: |sizes, uses| {
                let (mut held, mut most) = (0, 0);
                for (layer, &p) in uses.iter().enumerate().rev() {
                    held += sizes[p];
                    most = most.max(held);
                    if !uses[..layer].contains(&p) {
                        held -= sizes[p];
                    }
                }
                most
            },
            says: "Each gradient that arrives is counted in, and one for each parameter is counted \
                   out. When two have been added up, one of them is gone.",
            see: None,
        },
        Mistake {
            answer: |sizes, uses| {
                let count = |p: usize| uses.iter().filter(|&&other| other == p).count();
                let several = (0..sizes.len()).filter(|&p| count(p) > 1).map(|p| sizes[p]);
                several.sum::<usize>() + used(sizes, uses).into_iter().max().unwrap_or(0)
            },
            says: "You count every parameter that is used more than once as waiting all the time. It \
                   waits between its last use and its first only, seen from the front.",
            see: None,
        },
    ],
    wrong: &[
        (
            |sizes, uses| {
                let (mut held, mut most, mut waiting) = (0, 0, vec![false; sizes.len()]);
                for (layer, &p) in uses.iter().enumerate().rev() {
                    if !waiting[p] {
                        held += sizes[p];
                        waiting[p] = true;
                    }
                    most = most.max(held);
                    if !uses[..layer].contains(&p) {
                        held -= sizes[p];
                    }
                }
                most
            },
            "forget the moment",
        ),
        (|sizes, uses| uses.iter().map(|&p| sizes[p]).max().unwrap_or(0), "the largest gradient"),
        (|_, _| 0, "zero everywhere"),
        (|sizes, uses| 2 * solution::peak(sizes, uses), "twice what it should be"),
    ],
    equivalent: &[],
};

/// The sizes of those that are used.
fn used(sizes: &[usize], uses: &[usize]) -> Vec<usize> {
    let used = |&(p, _): &(usize, &usize)| uses.contains(&p);
    sizes.iter().enumerate().filter(used).map(|(_, &size)| size).collect()
}

/// What a real tape holds, by the meter: each layer multiplies one number by every element of
/// its parameter, and adds up.
fn measured(sizes: &[usize], uses: &[usize]) -> usize {
    let rng = &mut Rng::new(7);
    let mut value = |&size: &usize| init::uniform([size], 0.5, 1.5, rng);
    let mut params: Vec<Param> =
        sizes.iter().map(|size| Param::new("weight", value(size))).collect();
    let meter = Meter::new();
    meter.watch(|| {
        let tape = Tape::new();
        let one = tape.leaf(Tensor::scalar(1.0));
        let out = uses.iter().fold(one, |h, &p| (tape.param(&params[p]) * h).sum());
        mebp::backward(out, &mut params, &mut Sgd::new(0.0));
    });
    meter.most(Kind::Gradient) / size_of::<f32>()
}

fn check(peak: Peak, trial: &mut Trial) {
    for (sizes, uses, expected) in [
        (&[10, 3, 4][..], &[0, 1, 2, 0][..], 20_usize),
        (&[10, 3, 4], &[0, 1, 2], 10),
        (&[2, 9], &[0, 1, 0], 11),
    ] {
        trial.paper(format!("sizes = {sizes:?}, uses = {uses:?}"));
        if let Some(found) = trial.call(|| peak(sizes, uses)) {
            trial.bits("peak", &found, &expected);
        }
    }
    let cases: [(&[usize], &[usize]); 8] = [
        (&[5, 7, 3], &[0, 1, 1, 2]),
        (&[8, 2, 6], &[0, 0, 0, 1, 2]),
        (&[4, 5, 6, 30], &[0, 1, 0, 2, 1, 2]),
        (&[4, 5, 6], &[2, 0, 1, 0, 2, 1, 0]),
        (&[1, 20, 3], &[1, 0, 2, 1, 0, 2, 2]),
        (&[12], &[0, 0, 0]),
        (&[3, 4, 11], &[0, 1, 0, 2]),
        (&[3, 4, 11], &[2, 0, 1, 0]),
    ];
    for (sizes, uses) in cases {
        trial.case(format!("sizes = {sizes:?}, uses = {uses:?}; by the meter"));
        if let Some(found) = trial.call(|| peak(sizes, uses)) {
            trial.bits("peak", &found, &measured(sizes, uses));
        }
    }
    trial.case("no layers");
    if let Some(found) = trial.call(|| peak(&[3], &[])) {
        trial.bits("peak", &found, &0_usize);
    }
}
