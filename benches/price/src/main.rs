//! The crate beside itself with the order of its sums set free, by turns, on one thread.

use longhand::report::Table;
use std::hint::black_box;

/// What is done once; gives a number that both must agree in.
type Work = Box<dyn FnMut() -> f32>;

/// The training steps of the appendix "How fast is it", and the products in which the order matters
/// most: of this crate or of the other.
macro_rules! works {
    ($name:ident, $longhand:ident) => {
        mod $name {
            use super::Work;
            use $longhand::by_hand::Net;
            use $longhand::layers::*;
            use $longhand::models::lenet;
            use $longhand::optim::{Adam, Optimizer, Sgd};
            use $longhand::{Rng, Tensor, init, sequential};

            pub fn works() -> Vec<(&'static str, Work)> {
                vec![
                    ("784-128-10, momentum, batch 64", momentum()),
                    ("784-256-256-10, Adam, batch 64", adam(64)),
                    ("784-256-256-10, Adam, batch 256", adam(256)),
                    ("50-50-50-1, Adam, batch 1", small()),
                    ("LeNet, descent, batch 64", convolutional()),
                    ("chapter 3, 5,000 images", by_hand()),
                    ("1×784×128 NT", product(1, 784, 128, true)),
                    ("1×50×50 NT", product(1, 50, 50, true)),
                    ("5×784×10 NN", product(5, 784, 10, false)),
                    ("1024³ NN", product(1024, 1024, 1024, false)),
                ]
            }

            /// A step on a batch of ten classes.
            fn step(mut net: Sequential, x: Tensor, mut rule: impl Optimizer + 'static) -> Work {
                let labels: Vec<usize> = (0..x.shape()[0]).map(|i| i % 10).collect();
                let mut loss = CrossEntropy::mean();
                Box::new(move || {
                    let value = loss.forward(&net.forward(&x), &labels);
                    net.zero_grad();
                    net.backward_params(&loss.backward());
                    rule.step(net.params_mut());
                    value
                })
            }

            fn momentum() -> Work {
                let rng = &mut Rng::new(4);
                let net =
                    sequential![Linear::new(784, 128, rng), Relu::new(), Linear::new(128, 10, rng)];
                step(net, init::normal([64, 784], 0.0, 1.0, rng), Sgd::new(0.05).momentum(0.9))
            }

            fn adam(batch: usize) -> Work {
                let rng = &mut Rng::new(4);
                let net = sequential![
                    Linear::new(784, 256, rng),
                    Relu::new(),
                    Linear::new(256, 256, rng),
                    Relu::new(),
                    Linear::new(256, 10, rng),
                ];
                step(net, init::normal([batch, 784], 0.0, 1.0, rng), Adam::new(0.001))
            }

            fn small() -> Work {
                let rng = &mut Rng::new(4);
                let mut net = sequential![
                    Linear::new(50, 50, rng),
                    Relu::new(),
                    Linear::new(50, 50, rng),
                    Relu::new(),
                    Linear::new(50, 1, rng),
                ];
                // One sample again and again would be learnt by heart. Then its gradients, and what
                // Adam keeps of them, become subnormal numbers, which are slow.
                let pairs: Vec<[Tensor; 2]> = (0..1_000)
                    .map(|_| [50, 1].map(|width| init::normal([1, width], 0.0, 1.0, rng)))
                    .collect();
                let (mut loss, mut adam, mut turn) = (Mse::mean(), Adam::new(0.001), 0);
                Box::new(move || {
                    turn = (turn + 1) % pairs.len();
                    let [x, y] = &pairs[turn];
                    let value = loss.forward(&net.forward(x), y);
                    net.zero_grad();
                    net.backward_params(&loss.backward());
                    adam.step(net.params_mut());
                    value
                })
            }

            fn convolutional() -> Work {
                let rng = &mut Rng::new(4);
                let net = lenet(rng, [0.0, 0.0]);
                step(net, init::normal([64, 1, 28, 28], 0.0, 1.0, rng), Sgd::new(0.01))
            }

            fn by_hand() -> Work {
                let rng = &mut Rng::new(3);
                let x: Tensor = init::normal([5_000, 784], 0.0, 1.0, rng);
                let y = Tensor::new([5_000], (0..5_000).map(|i| (i % 10) as f32).collect());
                let net = Net::new(784, 50, rng);
                Box::new(move || net.forward_and_backward(&x, &y).0)
            }

            fn product(m: usize, k: usize, n: usize, transposed: bool) -> Work {
                let rng = &mut Rng::new(1);
                let a: Tensor = init::normal([m, k], 0.0, 1.0, rng);
                let b: Tensor = init::normal([n, k], 0.0, 1.0, rng);
                let c = b.t();
                match transposed {
                    true => Box::new(move || a.matmul_nt(&b).data()[0]),
                    false => Box::new(move || a.matmul(&c).data()[0]),
                }
            }
        }
    };
}

works!(fixed, longhand);
works!(unordered, free);

unsafe extern "C" {
    /// Of the C library, which std is linked with anyway.
    safe fn clock_gettime(clock: i32, time: &mut [i64; 2]) -> i32;
}

/// The time that this thread has been on a processor, in seconds: who else is at work does not count.
fn now() -> f64 {
    const CLOCK_THREAD_CPUTIME_ID: i32 = 3;
    let mut time = [0; 2];
    assert_eq!(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &mut time), 0, "Linux on 64 bits");
    time[0] as f64 + time[1] as f64 * 1e-9
}

/// The seconds that one of these takes, on average over so many.
fn time(work: &mut Work, times: usize) -> f64 {
    let begun = now();
    for _ in 0..times {
        black_box(work());
    }
    (now() - begun) / times as f64
}

const ROUNDS: usize = 41;
/// A turn takes about so long, in seconds.
const TURN: f64 = 0.01;

fn main() {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").expect("Linux");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    println!(
        "{}\n1 thread, {}\n",
        model.map_or("", |(_, name)| name),
        longhand::tensor::isa::current()
    );
    let mut table = Table::new(["", "fixed order", "free", "price %", "middle half"]);
    for ((name, mut fixed), (_, mut free)) in fixed::works().into_iter().zip(unordered::works()) {
        let (a, b) = (fixed(), free());
        assert!((a - b).abs() <= 1e-3 * (1.0 + a.abs()), "{name}: {a} and {b}");
        let times = (TURN / time(&mut fixed, 3)).ceil() as usize;
        assert!(times < 1 << 20, "{name}: the clock stands still");
        let mut rounds: Vec<[f64; 3]> = (0..ROUNDS)
            .map(|round| {
                // Each goes first in half of the rounds.
                let (a, b) = if round % 2 == 0 {
                    let a = time(&mut fixed, times);
                    (a, time(&mut free, times))
                } else {
                    let b = time(&mut free, times);
                    (time(&mut fixed, times), b)
                };
                [a / b, a, b]
            })
            .collect();
        rounds.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let percent = |round: usize| 100.0 * (rounds[round][0] - 1.0);
        let [_, a, b] = rounds[ROUNDS / 2];
        let spread = format!("{:+.1} … {:+.1}", percent(ROUNDS / 4), percent(ROUNDS * 3 / 4));
        let price = format!("{:.1}", percent(ROUNDS / 2));
        table.push([name.to_string(), micro(a), micro(b), price, spread]);
    }
    print!("{}", (1..5).fold(table, Table::right));
}

fn micro(seconds: f64) -> String {
    format!("{:.1} µs", seconds * 1e6)
}
