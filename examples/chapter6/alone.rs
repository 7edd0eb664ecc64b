//! Whether a row of a batch comes out as it does alone, to the bit.

use longhand::layers::{Conv2d, Layer, Linear};
use longhand::models::lenet;
use longhand::report::Table;
use longhand::tensor::Window;
use longhand::{Rng, Tensor, init};

/// The largest batch; every smaller one is tried, too.
const MOST: usize = 33;

// ANCHOR: alone
/// How many rows of all batches, from one row to 33, are not what the layer makes of the row alone.
fn different(layer: &dyn Layer, x: &Tensor) -> usize {
    let alone: Vec<Tensor> = (0..MOST).map(|i| layer.predict(&x.rows(i..i + 1))).collect();
    let in_batch = |batch: usize| {
        let y = layer.predict(&x.rows(0..batch));
        (0..batch).filter(|&i| !y.rows(i..i + 1).same_bits(&alone[i])).count()
    };
    (1..=MOST).map(in_batch).sum()
}
// ANCHOR_END: alone

/// Layers of the book's nets, and the net, each with rows for it.
pub fn rows() {
    let rng = &mut Rng::new(6);
    let window = Window::new([5, 5]);
    let cases: [(&str, Box<dyn Layer>, &[usize]); 5] = [
        ("Linear, 784 to 128", Box::new(Linear::new(784, 128, rng)), &[784]),
        ("Linear, 500 to 10", Box::new(Linear::new(500, 10, rng)), &[500]),
        ("Conv2d, 1 to 20", Box::new(Conv2d::new(1, 20, window, rng)), &[1, 28, 28]),
        ("Conv2d, 20 to 50", Box::new(Conv2d::new(20, 50, window, rng)), &[20, 12, 12]),
        ("LeNet", Box::new(lenet(rng, [0.0, 0.0])), &[1, 28, 28]),
    ];
    let mut table = Table::new(["", "rows", "different"]).right(1).right(2);
    for (name, layer, sample) in cases {
        let x = init::normal(&[&[MOST], sample].concat()[..], 0.0, 1.0, rng);
        let rows: usize = (1..=MOST).sum();
        table.push([name.into(), rows.to_string(), different(&*layer, &x).to_string()]);
    }
    print!("{table}");
}
