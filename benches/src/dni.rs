//! Steps of chapter 9's nets, whose layers learn from guessed gradients.

#[path = "../../examples/chapter9/net.rs"]
#[allow(dead_code)]
mod net;

use crate::contest::Contest;
use longhand::optim::Adam;
use longhand::{Rng, Tape, init};
use net::{Link, Net};
use std::hint::black_box;

/// With the layers above unlocked from those below, and both from each other.
pub fn contests() -> Vec<Contest> {
    [false, true].map(dni).into()
}

/// A step of 784-256-256-10 with batch normalisation and an interface above its second layer:
/// the net of dni.py's first example, and of its second, the full unlock.
fn dni(full: bool) -> Contest {
    let (batch, rng) = (64, &mut Rng::new(6));
    let x = init::normal::<f32>([batch, 784], 0.0, 1.0, rng);
    let labels: Vec<usize> = (0..batch).map(|i| i % 10).collect();
    let mut net = Net::<f32>::new(&[784, 256, 256, 10], rng, |number, rng| match (number, full) {
        (0, _) => Link::Joined,
        (_, false) => Link::update(256, 1, None, rng),
        (_, true) => Link::full([784, 256], [2, 2], None, rng),
    });
    let (mut tape, mut adam) = (Tape::new(), Adam::new(0.001));
    let name = if full { "DNI, full unlock" } else { "DNI, update unlock" };
    Contest::ours(format!("{name}, batch {batch}"), move || {
        black_box(net.step(&mut tape, &mut adam, &x, &labels));
    })
    .pytorch(format!("dni {} {batch}", if full { "full" } else { "update" }))
}
