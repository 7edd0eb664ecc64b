//! 7.3: a pass in segments, forward and back.

use crate::samples::normal;
use crate::{Exercise, Facts, Mistake, Trial};
use longhand::layers::{BatchNorm1d, Dropout, Layer, Linear, Relu, Sequential, preserve_state};
use longhand::tensor::meter::{Kind, Meter};
use longhand::{Rng, Tensor, sequential};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

mod second;
mod solution;

type M = Tensor<f64>;

/// Forward through the segments and back: gives d_input and leaves the gradients in them.
pub type Pass = fn(segments: &mut [Sequential<f64>], input: &M, d_output: &M) -> M;

/// The exercise.
pub static SEGMENTS: Exercise<Pass> = Exercise {
    facts: Facts {
        number: (7, 3),
        name: "segments",
        title: "Segments",
        minutes: 90,
        points: 5,
        see: "The other half",
        hint: "Two loops. The first goes forward through all segments but the last, keeps the \
               output of each as the input of the next, and lets everything else go: it is a \
               rehearsal. The second begins at the end. Which of the two passes through a segment \
               should move its running statistics, and which should draw the mask that counts?",
    },
    refused: &["Checkpoint", "checkpoint_sequential"],
    check,
    solution: solution::pass,
    second: second::pass,
    mistakes: &[
        Mistake {
            answer: |s, x, g| {
                Plan { moves_statistics: true, moves_generators: true, ..Plan::default() }
                    .run(s, x, g)
            },
            says: "Your second pass through a segment is another than the first: dropout draws a \
                   new mask, and batch normalisation moves its running statistics once more. One \
                   of the two passes must leave no trace.",
            see: None,
        },
        Mistake {
            answer: |s, x, g| {
                Plan {
                    moves_statistics: true,
                    moves_generators: true,
                    last_again: true,
                    ..Plan::default()
                }
                .run(s, x, g)
            },
            says: "Two things. Your second pass through a segment is another than the first: \
                   dropout draws a new mask, and batch normalisation moves its running statistics \
                   once more. And the last segment needs no second pass: the way back begins \
                   there, right when all its activations are at hand.",
            see: None,
        },
        Mistake {
            answer: |s, x, g| Plan { moves_statistics: true, ..Plan::default() }.run(s, x, g),
            says: "You put back the random generators and not the running statistics: these move \
                   twice in one step. In training nobody looks at them, so all gradients are \
                   right. In evaluation the net is another.",
            see: None,
        },
        Mistake {
            answer: |s, x, g| Plan { moves_generators: true, ..Plan::default() }.run(s, x, g),
            says: "You put back the running statistics and not the random generators. So dropout \
                   draws another mask the second time, and the gradients are those of another \
                   net than the one that gave the inputs.",
            see: None,
        },
        Mistake {
            answer: |s, x, g| Plan { also_again: true, ..Plan::default() }.run(s, x, g),
            says: "Neither of your two passes leaves a trace: the running statistics do not move at \
                   all, and the next step draws the same masks again. One of the two must count.",
            see: None,
        },
        Mistake {
            answer: |s, x, g| Plan { keeps_all: true, ..Plan::default() }.run(s, x, g),
            says: "All bits are right, and all activations are held. A segment that has gone \
                   forward keeps what it needs for the way back until `forget`, or until it goes \
                   forward again.",
            see: None,
        },
        Mistake {
            answer: |s, x, g| Plan { last_again: true, ..Plan::default() }.run(s, x, g),
            says: "You go forward through the last segment twice. The way back begins there, right \
                   when all its activations are at hand, so it needs no rehearsal.",
            see: None,
        },
        Mistake {
            answer: |s, x, g| Plan { predicts: true, ..Plan::default() }.run(s, x, g),
            says: "You find the segments' inputs by `predict`. That is the net in evaluation, \
                   without dropout and with the running statistics. Go `forward`.",
            see: None,
        },
        Mistake {
            answer: ordinary,
            says: "You go through the net in the ordinary way, forward through all of it and then \
                   back. All activations are held at once.",
            see: None,
        },
        Mistake {
            answer: |s, x, g| Plan { same_gradient: true, ..Plan::default() }.run(s, x, g),
            says: "You hand d_output to every segment. It belongs to the last; each other gets what \
                   the segment behind it gives back.",
            see: None,
        },
        Mistake {
            answer: |s, x, g| Plan { same_input: true, ..Plan::default() }.run(s, x, g),
            says: "You compute every segment again from the net's input. Each has an input of its \
                   own, the output of the segment in front.",
            see: None,
        },
    ],
    wrong: &[
        (
            |segments, input, g| {
                let mut inputs = vec![input.clone()];
                for segment in segments.iter_mut() {
                    inputs.push(segment.forward(&inputs[inputs.len() - 1]));
                    segment.forget();
                }
                let mut d = g.clone();
                for (segment, input) in segments.iter_mut().zip(inputs).rev() {
                    segment.forward(&input);
                    d = segment.backward(&d);
                }
                d
            },
            "Two things. Your second pass",
        ),
        (|s, x, g| -solution::pass(s, x, g), "d_input: the opposite sign"),
        (|s, x, g| solution::pass(s, x, g) * 0.5, "d_input: half of what it should be"),
    ],
    equivalent: &[],
};

/// A way to do it, with each thing that can be done wrongly.
#[derive(Default)]
struct Plan {
    moves_statistics: bool,
    moves_generators: bool,
    also_again: bool,
    keeps_all: bool,
    last_again: bool,
    predicts: bool,
    same_gradient: bool,
    same_input: bool,
}

impl Plan {
    fn run(&self, segments: &mut [Sequential<f64>], input: &M, d_output: &M) -> M {
        let last = segments.len() - 1;
        let rehearsed = if self.last_again { last + 1 } else { last };
        let mut inputs = vec![input.clone()];
        for segment in &mut segments[..rehearsed] {
            let output = self.rehearse(segment, &inputs[inputs.len() - 1]);
            inputs.push(output);
        }
        let mut d = d_output.clone();
        for (number, segment) in segments.iter_mut().enumerate().rev() {
            let input = if self.same_input && number < last { input } else { &inputs[number] };
            match self.also_again && number < last {
                true => preserve_state(segment, |segment| segment.forward(input)),
                false => segment.forward(input),
            };
            d = segment.backward(if self.same_gradient { d_output } else { &d });
        }
        d
    }

    fn rehearse(&self, segment: &mut Sequential<f64>, input: &M) -> M {
        if self.predicts {
            return segment.predict(input);
        }
        let statistics: Vec<M> =
            segment.buffers().into_iter().map(|(_, buffer)| buffer.clone()).collect();
        let generators: Vec<Rng> = segment.rngs_mut().into_iter().map(|rng| rng.clone()).collect();
        let output = segment.forward(input);
        if !self.keeps_all {
            segment.forget();
        }
        if !self.moves_statistics {
            let buffers = segment.buffers_mut().into_iter().zip(statistics);
            buffers.for_each(|((_, now), then)| *now = then);
        }
        if !self.moves_generators {
            segment.rngs_mut().into_iter().zip(generators).for_each(|(now, then)| *now = then);
        }
        output
    }
}

/// The net as one, forward and back.
fn ordinary(segments: &mut [Sequential<f64>], input: &M, d_output: &M) -> M {
    let output = |x: M, segment: &mut Sequential<f64>| segment.forward(&x);
    segments.iter_mut().fold(input.clone(), output);
    segments.iter_mut().rev().fold(d_output.clone(), |d, segment| segment.backward(&d))
}

/// A layer that does nothing and counts how often it goes forward.
struct Count(Arc<AtomicUsize>);

impl Layer<f64> for Count {
    fn forward(&mut self, input: &M) -> M {
        self.predict(input)
    }

    fn backward(&mut self, d_output: &M) -> M {
        d_output.clone()
    }

    fn predict(&self, input: &M) -> M {
        self.0.fetch_add(1, Relaxed);
        input.clone()
    }

    fn name(&self) -> String {
        "Count".into()
    }
}

/// Batch normalisation and dropout in each of three segments, of different widths.
fn stateful(seed: u64, ends: [usize; 2]) -> Vec<Sequential<f64>> {
    let rng = &mut Rng::new(seed);
    let [inputs, outputs] = ends;
    vec![
        sequential![BatchNorm1d::new(inputs), Linear::new(inputs, 7, rng), Dropout::new(0.3, rng)],
        sequential![
            Relu::new(),
            Linear::new(7, 4, rng),
            Dropout::new(0.2, rng),
            BatchNorm1d::new(4)
        ],
        sequential![Dropout::new(0.4, rng), BatchNorm1d::new(4), Linear::new(4, outputs, rng)],
    ]
}

fn check(pass: Pass, trial: &mut Trial) {
    let one = |value: f64| Tensor::new([1, 1], vec![value]);
    trial.paper("segments [[·2], [·3]], input = [[5]], d_output = [[1]]");
    trial.given(&one(1.0));
    let mut net = [2.0, 3.0].map(|w| sequential![Linear::from_parts(one(w), None)]);
    if let Some(d_input) = trial.call(|| pass(&mut net, &one(5.0), &one(1.0))) {
        trial.bits("d_input", &d_input, &one(6.0));
        trial.bits("gradients", &gradients(&net), &[15.0, 10.0]);
    }
    for (seed, count) in [(1, 3), (2, 2), (3, 1)] {
        let [n, inputs, outputs] = [6, 5, 3];
        let widths = [7, 4, outputs];
        let (x, g) = (normal(&[n, inputs], seed), normal(&[n, widths[count - 1]], seed + 10));
        let nets = || {
            let mut net = stateful(seed, [inputs, outputs]);
            net.truncate(count);
            net
        };
        let (mut ours, mut theirs) = (nets(), nets());
        trial.case(format!("batch normalisation and dropout in each of {count} segments"));
        trial.batch(n);
        trial.given(&x);
        trial.given(&g);
        let Some(d_input) = trial.call(|| pass(&mut ours, &x, &g)) else { continue };
        trial.bits("d_input", &d_input, &ordinary(&mut theirs, &x, &g));
        trial.bits("gradients", &gradients(&ours), &gradients(&theirs));
        trial.bits("running statistics", &statistics(&ours), &statistics(&theirs));
        // What the generators draw next shows whether they have moved on, and once.
        let [next, expected] = [&mut ours, &mut theirs].map(|net| ordinary(net, &x, &g));
        trial.bits("the next pass", &next, &expected);
    }
    for (layers, count) in [(12, 3), (12, 4), (16, 2), (16, 4), (6, 1)] {
        held_and_counted(pass, trial, layers, count);
    }
}

/// How many activations are held at most, and how often each segment goes forward.
fn held_and_counted(pass: Pass, trial: &mut Trial, layers: usize, count: usize) {
    let (rng, [n, width]) = (&mut Rng::new(5), [4, 3]);
    let counts: Vec<_> = (0..count).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    let segment = |count: &Arc<AtomicUsize>| {
        let mut chain: Vec<Box<dyn Layer<f64>>> = vec![Box::new(Count(count.clone()))];
        chain.extend(
            (0..layers / counts.len()).map(|_| Box::new(Linear::new(width, width, rng)) as _),
        );
        Sequential::new(chain)
    };
    let mut net: Vec<_> = counts.iter().map(segment).collect();
    let (x, g) = (normal(&[n, width], 6), normal(&[n, width], 7));
    trial.case(format!("{layers} linear layers in {count} segments"));
    let meter = Meter::new();
    if trial.call(|| meter.watch(|| pass(&mut net, &x, &g))).is_none() {
        return;
    }
    let most = meter.most(Kind::Activation) / (n * width * size_of::<f64>());
    let limit = count + layers / count;
    let few = format!("at most {limit}");
    let held = if most <= limit { few.clone() } else { format!("{most}") };
    trial.bits("activations held", &*held, &*few);
    let mut expected = vec![2_usize; count];
    expected[count - 1] = 1;
    let counts: Vec<usize> = counts.iter().map(|count| count.load(Relaxed)).collect();
    trial.bits("times forward", &counts, &expected);
}

/// The gradients of all parameters, one after another; NaN where there is none.
fn gradients(net: &[Sequential<f64>]) -> Vec<f64> {
    let params = net.iter().flat_map(|segment| segment.params());
    params.flat_map(|param| param.grad().map_or(vec![f64::NAN], |d| d.data().to_vec())).collect()
}

fn statistics(net: &[Sequential<f64>]) -> Vec<f64> {
    let buffers = net.iter().flat_map(|segment| segment.buffers());
    buffers.flat_map(|(_, buffer)| buffer.data().to_vec()).collect()
}
