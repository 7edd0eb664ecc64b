//! Why a gradient must be complete before it is handed on: two ways to go back that are not the
//! list's.

use longhand::report::{Table, grouped};
use longhand::{Tape, Tensor};

// ANCHOR: naive
/// A list of sums: entry i adds up the entries `inputs[i]`. Entry 0 is the leaf.
struct Sums(Vec<Vec<usize>>);

impl Sums {
    /// Depth first: whenever something arrives at an entry, its gradient is passed on at once.
    fn depth_first(&self, entry: usize, arriving: u64, gradients: &mut [u64], visits: &mut u64) {
        *visits += 1;
        gradients[entry] += arriving;
        for &input in &self.0[entry] {
            self.depth_first(input, gradients[entry], gradients, visits);
        }
    }

    /// The list backwards: an entry is passed when everything that uses it has been.
    fn in_order(&self, gradients: &mut [u64], visits: &mut u64) {
        gradients[self.0.len() - 1] = 1;
        for entry in (0..self.0.len()).rev() {
            *visits += 1;
            for &input in &self.0[entry] {
                gradients[input] += gradients[entry];
            }
        }
    }
}
// ANCHOR_END: naive

pub fn order() {
    println!("b = a + a, c = b + b, and so on: each entry is twice the one before.\n");
    let mut table =
        Table::new(["doublings", "dy/da", "depth first", "its visits", "list", "its visits"]);
    for doublings in [1, 2, 3, 10] {
        let sums = Sums(
            (0..=doublings).map(|i: usize| if i == 0 { vec![] } else { vec![i - 1; 2] }).collect(),
        );
        let (mut naive, mut ordered) = (vec![0; doublings + 1], vec![0; doublings + 1]);
        let (mut naive_visits, mut visits) = (0, 0);
        sums.depth_first(doublings, 1, &mut naive, &mut naive_visits);
        sums.in_order(&mut ordered, &mut visits);
        // ANCHOR: doublings
        let tape = Tape::<f64>::new();
        let a = tape.leaf(Tensor::scalar(1.0));
        let y = (0..doublings).fold(a, |b, _| b + b);
        let right = y.backward()[a].item();
        // ANCHOR_END: doublings
        let numbers = [right as u64, naive[0], naive_visits, ordered[0], visits];
        table.push([doublings.to_string()].into_iter().chain(numbers.map(grouped)));
    }
    print!("{table}");
}
