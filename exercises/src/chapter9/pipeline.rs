//! 9.4: how long a step takes in a pipeline that is flushed, and how much of it is idle.

use crate::{Exercise, Facts, Mistake, Trial};

mod second;
mod solution;

/// The time of a step and the idle share, from machines, parts, forward, backward and line.
pub type Pipeline = fn(usize, usize, f64, f64, f64) -> (f64, f64);

/// The exercise.
pub static PIPELINE: Exercise<Pipeline> = Exercise {
    facts: Facts {
        number: (9, 4),
        name: "pipeline",
        title: "A pipeline with a flush",
        minutes: 25,
        points: 2,
        see: "A slow line",
        hint: "Draw a lane for each machine. When does the first part reach the last machine? From \
               then on that one works without a pause, forward and then back. When, after that, does \
               the last part come out below? A machine works for forward + backward in all.",
    },
    refused: &[],
    check,
    solution: solution::pipeline,
    second: second::pipeline,
    mistakes: &[
        Mistake {
            answer: |_, _, forward, backward, _| (forward + backward, 0.0),
            says: "You count no bubbles: nobody ever waits. That is the pace of a pipe that is always \
                   full; but with a flush it fills and empties in every step.",
            see: None,
        },
        Mistake {
            answer: |machines, parts, forward, backward, line| {
                let fill = (machines - 1) as f64 * (forward / parts as f64 + line);
                shares(fill, forward + backward)
            },
            says: "You count the time in which the pipe fills, and not that in which it empties: the \
                   last part has to come back through all machines.",
            see: None,
        },
        Mistake {
            answer: |machines, parts, forward, backward, _| {
                solution::pipeline(machines, parts, forward, backward, 0.0)
            },
            says: "The line costs nothing in your count.",
            see: None,
        },
        Mistake {
            answer: |machines, parts, forward, backward, line| {
                let way = (machines - 1) as f64;
                let part = (forward + backward) / parts as f64;
                shares(way * (part + line), forward + backward)
            },
            says: "You count each line once. A step crosses it twice, upwards and downwards.",
            see: None,
        },
        Mistake {
            answer: |machines, parts, forward, backward, line| {
                let way = (machines - 1) as f64;
                let (part, count) = ((forward + backward) / parts as f64, parts as f64);
                shares(way * (part + 2.0 * line * count), forward + backward)
            },
            says: "You wait for the line once for each part. The parts are on the line one behind the \
                   other; only the first of them makes anybody wait.",
            see: None,
        },
        Mistake {
            answer: |machines, _, forward, backward, line| {
                solution::pipeline(machines, 1, forward, backward, line)
            },
            says: "Your batch is not cut: this is the locked step, in which all machines but one \
                   stand idle. While the pipe fills, a machine waits for a part only.",
            see: Some("Who waits for whom"),
        },
        Mistake {
            answer: |machines, parts, forward, backward, line| {
                solution::pipeline(machines + 1, parts, forward, backward, line)
            },
            says: "You have one machine too many in the way. Between k machines there are k − 1 \
                   lines, and a part that has reached the last machine has passed k − 1 others.",
            see: None,
        },
        Mistake {
            answer: |machines, parts, forward, backward, line| {
                let (step, _) = solution::pipeline(machines, parts, forward, backward, line);
                let work = forward + backward;
                (step, (step - work) / work)
            },
            says: "The time is right. You divide the idle time by that of the work; its share is \
                   asked for, of the whole step.",
            see: None,
        },
        Mistake {
            answer: |machines, parts, forward, backward, line| {
                let (step, idle) = solution::pipeline(machines, parts, forward, backward, line);
                (step, 1.0 - idle)
            },
            says: "The time is right, but your share is that of the work, not that of the idle time.",
            see: None,
        },
        Mistake {
            answer: |machines, parts, forward, backward, line| {
                let way = (machines - 1) as f64;
                let work = (forward + backward) * parts as f64;
                shares(way * (forward + backward + 2.0 * line), work)
            },
            says: "You take forward and backward for the time of a part. They are that of the whole \
                   batch; a part takes its share.",
            see: None,
        },
        Mistake {
            answer: |machines, parts, forward, backward, line| {
                let part = (forward + backward) / parts as f64;
                let (step, _) = solution::pipeline(machines, parts, forward, backward, line);
                let step = step - part;
                (step, (step - forward - backward) / step)
            },
            says: "A part is missing: the last machine works on all of them, and the way of the first part there and of the last one back comes on top.",
            see: None,
        },
        Mistake {
            answer: |machines, parts, forward, backward, line| {
                let (step, _) = solution::pipeline(machines, parts, forward, backward, line);
                let bubbles = (machines - 1) as f64;
                (step, bubbles / (bubbles + parts as f64))
            },
            says: "The time is right. Your idle share is that of a pipeline whose line costs nothing; while a message is under way machines stand idle too.",
            see: None,
        },
        Mistake {
            answer: |machines, parts, forward, backward, line| {
                let (count, part) = (parts as f64, (forward + backward) / parts as f64);
                shares((machines - 1) as f64 * part + count * line, forward + backward)
            },
            says: "You count the line once for each part. The parts are on it one behind the other; what counts is that the first has to cross each line upwards, and the last each line downwards.",
            see: None,
        },
        Mistake {
            answer: |machines, parts, forward, backward, line| {
                let part = (forward + backward) / parts as f64;
                let way = (machines - 1) as f64;
                shares(machines as f64 * part + 2.0 * way * line, forward + backward)
            },
            says: "You count one part too many. Until the first part reaches the last machine it has passed all others, and the last machine's own time is in the work already.",
            see: None,
        },
    ],
    wrong: &[
        (
            |machines, parts, forward, backward, line| {
                let mut free = vec![0.0_f64; machines];
                for _ in 0..parts {
                    let mut arrives = 0.0_f64;
                    for free in &mut free {
                        *free = free.max(arrives) + forward / parts as f64;
                        arrives = *free + line;
                    }
                }
                let step = free[machines - 1] + backward;
                (step, 1.0 - (forward + backward) / step)
            },
            "and not that in which it empties",
        ),
        (
            |machines, parts, forward, backward, line| {
                let (step, idle) = solution::pipeline(machines, parts, forward, backward, line);
                (2.0 * step, idle)
            },
            "step: twice",
        ),
        (
            |machines, parts, forward, backward, line| {
                let (step, idle) = solution::pipeline(machines, parts, forward, backward, line);
                (step, -idle)
            },
            "idle share: the opposite sign",
        ),
    ],
    equivalent: &[],
};

/// The time of a step and the idle share, from the time that the bubbles take and that of the work.
fn shares(bubbles: f64, work: f64) -> (f64, f64) {
    (bubbles + work, bubbles / (bubbles + work))
}

/// The first machine's end and pauses, by moving the parts one after the other.
fn simulated(machines: usize, parts: usize, forward: f64, backward: f64, line: f64) -> (f64, f64) {
    let count = parts as f64;
    let (mut free, mut busy) = (vec![0.0_f64; machines], 0.0);
    let mut arrived = vec![0.0_f64; parts];
    for (work, downwards) in [(forward / count, false), (backward / count, true)] {
        for step in 0..machines {
            let machine = if downwards { machines - 1 - step } else { step };
            for arrived in &mut arrived {
                free[machine] = free[machine].max(*arrived) + work;
                *arrived = free[machine] + if step + 1 < machines { line } else { 0.0 };
                busy += if machine == 0 { work } else { 0.0 };
            }
        }
        // At the last machine the way back begins when all have arrived.
        let all = free[machines - 1];
        arrived.fill(all);
    }
    (free[0], 1.0 - busy / free[0])
}

fn check(pipeline: Pipeline, trial: &mut Trial) {
    trial.paper("machines = 3, parts = 4, forward = 4, backward = 8, line = 1");
    if let Some((step, idle)) = trial.call(|| pipeline(3, 4, 4.0, 8.0, 1.0)) {
        trial.near("step", &step, &22.0);
        trial.near("idle share", &idle, &(10.0 / 22.0));
    }
    for (machines, parts, forward, backward, line) in [
        (3, 4, 1.0, 2.0, 0.0),
        (3, 6, 1.0, 2.0, 10.0),
        (1, 5, 3.0, 4.0, 2.0),
        (5, 1, 1.5, 2.5, 0.5),
        (2, 32, 7.0, 3.0, 0.25),
    ] {
        trial.case(format!(
            "machines = {machines}, parts = {parts}, forward = {forward}, backward = {backward}, \
             line = {line}"
        ));
        let call = || pipeline(machines, parts, forward, backward, line);
        let Some((step, idle)) = trial.call(call) else { continue };
        let (right, bubbles) = simulated(machines, parts, forward, backward, line);
        trial.near("step", &step, &right);
        trial.near("idle share", &idle, &bubbles);
    }
}
