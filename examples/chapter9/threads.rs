//! Layers in threads of their own: each has its tape, its optimizer and its synthesizer, and
//! learns when its input comes in, not when its gradient does.

use crate::digits::{Digits, error};
use crate::net::{Link, Net, normed, update};
use crate::seeds::SEEDS;
use longhand::data::Dataset;
use longhand::dni::{BackwardInterface, BasicSizes, BasicSynthesizer, Manager};
use longhand::layers::{Layer, Sequential};
use longhand::optim::Adam;
use longhand::record::Record;
use longhand::report::{Figure, Table, Timeline, measured, section, spread};
use longhand::tensor::threads;
use longhand::{Result, Rng, Tape, Tensor};
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Instant;

/// The widths between the layers.
pub const SIZES: [usize; 4] = [784, 256, 256, 10];

// ANCHOR: message
/// What goes up: a batch as the layer below has left it, and what it shows.
type Up = (Tensor, Vec<usize>);
/// What comes down: the gradient of the loss with respect to a batch that went up.
type Down = Tensor;
// ANCHOR_END: message

/// A layer at work.
struct Worker {
    layer: Sequential,
    /// What guesses the gradient. Without it the layer waits for the true one, and the last layer
    /// has the loss instead.
    interface: Option<BackwardInterface<BasicSynthesizer>>,
    /// How many batches later the synthesizer looks at the true gradient.
    delay: usize,
    /// Adam's.
    rate: f64,
    below: Receiver<Up>,
    /// Nobody, for the first layer.
    truth_down: Option<Sender<Down>>,
    above: Option<Sender<Up>>,
    truth: Option<Receiver<Down>>,
    began: Instant,
    spans: Vec<(&'static str, f64, f64)>,
    losses: Vec<f32>,
}

impl Worker {
    // ANCHOR: work
    fn work(mut self) -> Self {
        let (mut tape, mut adam) = (Tape::new(), Adam::new(self.rate));
        let mut waiting = VecDeque::new();
        while let Ok((input, labels)) = self.below.recv() {
            let start = self.now();
            tape.clear();
            let dni = Manager::new(&tape);
            let x = tape.leaf(input);
            let first = self.truth_down.is_none();
            let h = self.layer.record(if first { x } else { x.relu() });
            let value = h.value();
            if let Some(above) = &self.above {
                above.send((value.clone(), labels.clone())).expect("the layer above is there");
            }
            let mut start = self.record("forward", start);
            let context = |labels: &[usize]| tape.constant(Tensor::one_hot(labels, 10));
            if let Some(interface) = &mut self.interface {
                dni.synthesizer_context(context(&labels), || interface.backward(&dni, h, 1.0));
            } else if let Some(truth) = &self.truth {
                let gradient = truth.recv().expect("the layer above is there");
                start = self.now();
                dni.backward_from(h, gradient);
            } else {
                let loss = h.cross_entropy_sum(&labels);
                self.losses.push(loss.value().item() / labels.len() as f32);
                dni.backward(loss);
            }
            if let Some(down) = &self.truth_down {
                down.send(dni.gradient_at(x).expect("it went through")).expect("it is there");
            }
            let start = self.record("backward", start);
            if let (Some(interface), Some(truth)) = (&mut self.interface, &self.truth) {
                waiting.push_back((value, labels));
                if waiting.len() > self.delay {
                    let gradient = truth.recv().expect("the layer above is there");
                    let (value, labels) = waiting.pop_front().expect("more than none");
                    dni.synthesizer_context(context(&labels), || {
                        let trigger = interface.make_trigger(&dni, tape.constant(value));
                        dni.backward_from(trigger, gradient);
                    });
                    self.record("synthesizer", start);
                }
            }
            let start = self.now();
            let mut params = self.layer.params_mut();
            if let Some(interface) = &mut self.interface {
                params.extend(interface.params_mut());
            }
            dni.write_to(params.iter_mut().map(|param| &mut **param));
            tape.clear();
            update(&mut adam, params);
            self.record("step", start);
        }
        self.above = None; // hangs up: the layer above finishes too
        self
    }
    // ANCHOR_END: work

    fn now(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// Notes what was done since `start`; gives the time it is now.
    fn record(&mut self, kind: &'static str, start: f64) -> f64 {
        let now = self.now();
        self.spans.push((kind, start, now));
        now
    }
}

/// What a run gives.
pub struct Outcome {
    pub net: Net,
    pub losses: Vec<f32>,
    pub seconds: f64,
    /// For each layer: what it did, from when to when, in seconds.
    spans: Vec<Vec<(&'static str, f64, f64)>>,
}

/// Trains on `batches` batches with one thread for each layer: decoupled, with true gradients
/// looked at `delay` batches late, or locked if that is `None`.
pub fn train(
    digits: &Dataset,
    delay: Option<usize>,
    batches: usize,
    rate: f64,
    seed: u64,
) -> Outcome {
    let rng = &mut Rng::new(seed);
    let count = SIZES.len() - 1;
    let layers: Vec<Sequential> = SIZES.windows(2).map(|s| normed(s[0], s[1], rng)).collect();
    let (input, mut below) = channel();
    let (mut truth_down, mut workers) = (None, Vec::new());
    let began = Instant::now();
    for (number, layer) in layers.into_iter().enumerate() {
        let last = number + 1 == count;
        let (up, next_below) = channel();
        let (down, truth) = channel();
        let sizes = BasicSizes::new(SIZES[number + 1]).context_dim(10);
        let guessing = !last && delay.is_some();
        workers.push(Worker {
            layer,
            interface: guessing.then(|| BackwardInterface::new(BasicSynthesizer::new(sizes, rng))),
            delay: delay.unwrap_or(0),
            rate,
            below: std::mem::replace(&mut below, next_below),
            truth_down: std::mem::replace(&mut truth_down, (!last).then_some(down)),
            above: (!last).then_some(up),
            truth: (!last).then_some(truth),
            began,
            spans: Vec::new(),
            losses: Vec::new(),
        });
    }
    let mut order = Rng::new(seed);
    let examples = digits.batches(64).drop_last();
    for batch in std::iter::repeat_with(|| examples.shuffled(&mut order)).flatten().take(batches) {
        input.send(batch).expect("the first layer is there");
    }
    drop(input);
    let began = Instant::now();
    let workers: Vec<Worker> = thread::scope(|scope| {
        let start = |mut worker: Worker| {
            worker.began = began;
            scope.spawn(move || threads::with(1, || worker.work()))
        };
        let running: Vec<_> = workers.into_iter().map(start).collect();
        running.into_iter().map(|handle| handle.join().expect("no layer panics")).collect()
    });
    let seconds = began.elapsed().as_secs_f64();
    let losses = workers.last().map(|worker| worker.losses.clone()).unwrap_or_default();
    let spans = workers.iter().map(|worker| worker.spans.clone()).collect();
    let layers = workers.into_iter().map(|worker| worker.layer).collect();
    let links = (1..count).map(|_| Link::Joined).collect();
    Outcome { net: Net { layers, links, context: false, summed: true }, losses, seconds, spans }
}

/// Locked and decoupled, side by side.
pub fn compare(digits: &Digits, batches: usize) -> Result<()> {
    section("Layers in threads");
    println!(
        "{batches} batches of 64, Adam at 10⁻³; mean of {} seeds ± standard deviation\n",
        SEEDS.len()
    );
    let mut table = Table::new(["three layers, three threads", "test error in %", "time"]);
    let mut timeline = Timeline::new("Three layers in three threads").x("ms");
    let mut window = None;
    for (name, delay) in [("locked", None), ("decoupled", Some(4))] {
        let runs = SEEDS.map(|seed| train(&digits.train, delay, batches, 1e-3, seed));
        let errors = runs.each_ref().map(|run| error(&run.net, &digits.test));
        let seconds = runs.iter().map(|run| run.seconds).fold(f64::INFINITY, f64::min);
        let time = measured(format_args!("{seconds:.2} s"));
        table.push([name.to_string(), spread(&errors, 2), time]);
        // From the middle of the run on, for as long as four locked batches take.
        let first = &runs[0].spans[0];
        let starts: Vec<f64> =
            first.iter().filter(|span| span.0 == "forward").map(|span| span.1).collect();
        let middle = starts[batches / 2];
        let shown = *window.get_or_insert(starts[batches / 2 + 4] - middle);
        for (number, spans) in runs[0].spans.iter().enumerate() {
            let lane = format!("{name}, layer {}", number + 1);
            // The lane is there even if nothing happens in it.
            timeline.push(&lane, "forward", f64::NAN, f64::NAN);
            for &(kind, start, end) in spans {
                if start >= middle && end <= middle + shown {
                    timeline.push(&lane, kind, (start - middle) * 1e3, (end - middle) * 1e3);
                }
            }
        }
    }
    print!("{}", table.right(2));
    println!("\nfigure: {}", timeline.save_figure("chapter9-timing-threads")?);
    Ok(())
}
