//! Our answer to 5.1.

use exercises::chapter5::Op;

// ANCHOR: solution
pub fn gradients(tape: &[Op]) -> Vec<f64> {
    let mut values: Vec<f64> = Vec::new();
    for op in tape {
        values.push(match *op {
            Op::Leaf(x) => x,
            Op::Add(a, b) => values[a] + values[b],
            Op::Mul(a, b) => values[a] * values[b],
            Op::Tanh(a) => values[a].tanh(),
        });
    }

    let mut arrived = vec![0.0; tape.len()];
    arrived[tape.len() - 1] = 1.0;
    for index in (0..tape.len()).rev() {
        let (y, g) = (values[index], arrived[index]);
        match tape[index] {
            Op::Leaf(_) => {}
            Op::Add(a, b) => {
                arrived[a] += g;
                arrived[b] += g;
            }
            Op::Mul(a, b) => {
                arrived[a] += g * values[b];
                arrived[b] += g * values[a];
            }
            Op::Tanh(a) => arrived[a] += g * (1.0 - y * y),
        }
    }
    arrived
}
// ANCHOR_END: solution
