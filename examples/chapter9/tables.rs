//! The long tables: every method with several seeds, at a rate that was chosen for it.

use crate::cnn::{Cnn, between, error_after};
use crate::digits::{Digits, Method, decoupled, error, example_net, train};
use crate::net::Net;
use crate::seeds::{CHOOSING, SEEDS, best, each};
use Method::{Bprop, Cdni, Dni, Full, FullContext, Local, NoBprop};
use longhand::Rng;
use longhand::report::{Table, section, spread};

const RATES: [f64; 3] = [3e-4, 1e-3, 3e-3];

fn how(digits: &Digits, epochs: usize) -> String {
    format!(
        "{epochs} epochs of {} digits; each has that of the rates {RATES:?} with which\nanother seed \
         misread fewest of {} other digits; test error in %",
        digits.train.len(),
        digits.valid.len()
    )
}

/// The rate that suits a net, and the test errors with it.
fn tuned(digits: &Digits, epochs: usize, net: impl Fn(&mut Rng) -> Net + Sync) -> (f64, Vec<f64>) {
    let run = |rate, seed| {
        let rng = &mut Rng::new(seed);
        let mut net = net(rng);
        train(&mut net, &digits.train, epochs, rate, rng, |_, _, _| ());
        net
    };
    let rate = best(&RATES, |rate| error(&run(rate, CHOOSING), &digits.valid));
    (rate, each(&SEEDS, |seed| error(&run(rate, seed), &digits.test)))
}

/// Every method on the net of the example of `dni.py`.
pub fn three_seeds(digits: &Digits, epochs: usize) {
    section("Three seeds");
    println!("784-256-256-10, one interface; {}\n", how(digits, epochs));
    let mut table = Table::new(["", "rate", "seed 1", "seed 2", "seed 3", "mean ± deviation"]);
    for method in [NoBprop, Bprop, Dni(0), Dni(1), Cdni(0), Cdni(1), Full(2), FullContext(2), Local]
    {
        let (rate, errors) = tuned(digits, epochs, |rng| example_net(method, rng));
        let mut cells = vec![method.name(), rate.to_string()];
        cells.extend(errors.iter().map(|error| format!("{error:.2}")));
        cells.push(spread(&errors, 2));
        table.push(cells);
    }
    print!("{table}");
}

/// The paper's way: an interface between any two layers, and more and more layers.
pub fn depth(digits: &Digits, epochs: usize) {
    section("By depth");
    println!("a link after every layer; {}\n", how(digits, epochs));
    println!("mean of {} seeds ± standard deviation (the rate)\n", SEEDS.len());
    let depths = [3, 4, 6];
    let mut table = Table::new(["", "3 layers", "4 layers", "6 layers"]);
    for method in [NoBprop, Bprop, Dni(0), Cdni(0), Local] {
        let cells = depths.map(|layers| {
            let (rate, errors) = tuned(digits, epochs, |rng| decoupled(layers, method, rng));
            format!("{} ({rate})", spread(&errors, 2))
        });
        table.push([method.name()].into_iter().chain(cells));
    }
    print!("{table}");
}

/// The convolutional net of the example of `dni.py`.
pub fn convolutional(digits: &Digits, steps: usize) {
    section("A convolutional net");
    println!(
        "{steps} batches of 64; rate of {RATES:?} chosen as above; test error in %;\nmean of {} \
         seeds ± standard deviation\n",
        SEEDS.len()
    );
    let valid = digits.valid.rows(0..2_000);
    let mut table = Table::new(["", "rate", "test error"]);
    for name in ["bprop", "DNI", "cDNI", "local loss"] {
        let run = |rate, seed, on| {
            let rng = &mut Rng::new(seed);
            let mut net = Cnn::new(|rng| between(name, rng), rng);
            error_after(&mut net, steps, rate, &digits.train, on, rng)
        };
        let rate = best(&RATES, |rate| run(rate, CHOOSING, &valid));
        let errors = each(&SEEDS, |seed| run(rate, seed, &digits.test));
        table.push([name.to_string(), rate.to_string(), spread(&errors, 2)]);
    }
    print!("{table}");
}
