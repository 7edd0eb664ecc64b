//! A tape to type in: tensors of any shape, derivatives of any order, and nothing of the crate. It
//! stands on chapter 1's small tensor, and in chapter 5 from its first line to its last.

// ANCHOR: tape
#[allow(dead_code)] // it has a main of its own, and more than a tape needs
pub mod small_tensor;

use small_tensor::Tensor;
use std::cell::RefCell;
use std::ops::{Add, Mul};

/// A list of what was computed, in the order in which it was.
#[derive(Default)]
pub struct Tape(RefCell<Vec<Entry>>);

/// A value, the numbers of the entries that it was computed from, and the way back to them.
struct Entry {
    value: Tensor,
    inputs: Vec<usize>,
    pullback: Pullback,
}

/// From the inputs, the output and the gradient of the output: a gradient for each input.
type Pullback = for<'t> fn(&[Var<'t>], Var<'t>, Var<'t>) -> Vec<Var<'t>>;

/// A value on a tape: which tape, and the number of its entry.
#[derive(Clone, Copy)]
pub struct Var<'t> {
    tape: &'t Tape,
    index: usize,
}
// ANCHOR_END: tape

// ANCHOR: record
impl Tape {
    /// A value from outside: it was computed from nothing, and no gradient goes on from it.
    pub fn leaf(&self, value: Tensor) -> Var<'_> {
        self.operation(&[], value, |_, _, _| Vec::new())
    }

    /// Writes down a value, what it was computed from, and the way back.
    fn operation(&self, inputs: &[Var], value: Tensor, pullback: Pullback) -> Var<'_> {
        let inputs = inputs.iter().map(|input| input.index).collect();
        let mut entries = self.0.borrow_mut();
        entries.push(Entry { value, inputs, pullback });
        Var { tape: self, index: entries.len() - 1 }
    }
}

impl<'t> Var<'t> {
    /// What the entry holds.
    pub fn value(self) -> Tensor {
        self.tape.0.borrow()[self.index].value.clone()
    }

    /// A number beside this variable, on the same tape.
    pub fn number(self, number: f64) -> Self {
        self.tape.leaf(Tensor::new(&[], vec![number]))
    }
}
// ANCHOR_END: record

// ANCHOR: product
impl Mul for Var<'_> {
    type Output = Self;
    fn mul(self, b: Self) -> Self {
        let value = self.value().zip(&b.value(), |a, b| a * b);
        self.tape.operation(&[self, b], value, |x, _, g| {
            vec![(g * x[1]).sum_to(&x[0].value().shape), (g * x[0]).sum_to(&x[1].value().shape)]
        })
    }
}
// ANCHOR_END: product

// ANCHOR: sum
impl Add for Var<'_> {
    type Output = Self;
    fn add(self, b: Self) -> Self {
        let value = self.value().zip(&b.value(), |a, b| a + b);
        self.tape.operation(&[self, b], value, |x, _, g| {
            vec![g.sum_to(&x[0].value().shape), g.sum_to(&x[1].value().shape)]
        })
    }
}

impl Var<'_> {
    /// Repeats elements, as broadcasting does.
    pub fn expand(self, shape: &[usize]) -> Self {
        let value = self.value().expand(shape);
        self.tape.operation(&[self], value, |x, _, g| vec![g.sum_to(&x[0].value().shape)])
    }

    /// Adds up what `expand` would have repeated.
    pub fn sum_to(self, shape: &[usize]) -> Self {
        let value = sum_to(self.value(), shape);
        self.tape.operation(&[self], value, |x, _, g| vec![g.expand(&x[0].value().shape)])
    }
}

fn sum_to(mut x: Tensor, shape: &[usize]) -> Tensor {
    while x.shape.len() > shape.len() {
        x = x.sum_axis(0);
    }
    for axis in 0..shape.len() {
        if shape[axis] < x.shape[axis] {
            let mut kept = x.shape.clone();
            kept[axis] = 1;
            x = x.sum_axis(axis).reshape(&kept);
        }
    }
    x
}
// ANCHOR_END: sum

// ANCHOR: functions
impl Var<'_> {
    /// The product of two matrices.
    pub fn matmul(self, b: Self) -> Self {
        let value = self.value().matmul(&b.value());
        self.tape
            .operation(&[self, b], value, |x, _, g| vec![g.matmul(x[1].t()), x[0].t().matmul(g)])
    }

    /// The transpose.
    pub fn t(self) -> Self {
        self.tape.operation(&[self], self.value().t(), |_, _, g| vec![g.t()])
    }

    /// The hyperbolic tangent of each element.
    pub fn tanh(self) -> Self {
        let value = self.value().map(f64::tanh);
        self.tape.operation(&[self], value, |_, y, g| {
            vec![g * (y.number(1.0) + y.number(-1.0) * (y * y))]
        })
    }

    /// max(x, 0)
    pub fn relu(self) -> Self {
        let value = self.value().map(|x| x.max(0.0));
        self.tape.operation(&[self], value, |x, _, g| {
            let passes = x[0].value().map(|x| if x > 0.0 { 1.0 } else { 0.0 });
            vec![g * g.tape.leaf(passes)]
        })
    }
}
// ANCHOR_END: functions

// ANCHOR: grad
impl<'t> Var<'t> {
    /// The gradient of this number with respect to each of `xs`. Gradients are variables of the
    /// same tape, and can be differentiated in their turn.
    pub fn grad(self, xs: &[Var<'t>]) -> Vec<Var<'t>> {
        assert!(self.value().shape.is_empty(), "only a number has a gradient: sum_to(&[]) first");
        let tape = self.tape;
        let mut arrived: Vec<Option<Var>> = vec![None; self.index + 1];
        arrived[self.index] = Some(self.number(1.0));
        for index in (0..=self.index).rev() {
            let Some(gradient) = arrived[index] else { continue };
            let pullback = tape.0.borrow()[index].pullback;
            let inputs = tape.0.borrow()[index].inputs.clone();
            let inputs: Vec<Var> = inputs.into_iter().map(|index| Var { tape, index }).collect();
            let given = pullback(&inputs, Var { tape, index }, gradient);
            for (input, more) in inputs.into_iter().zip(given) {
                let earlier = arrived[input.index];
                arrived[input.index] = Some(earlier.map_or(more, |earlier| earlier + more));
            }
        }
        let found = |x: &Var<'t>| arrived.get(x.index).copied().flatten();
        let zeros = |x: &Var<'t>| tape.leaf(x.value().map(|_| 0.0));
        xs.iter().map(|x| found(x).unwrap_or_else(|| zeros(x))).collect()
    }
}
// ANCHOR_END: grad

// ANCHOR: gradcheck
/// How far the gradient of `f` at `x` is from slopes that are measured, at the worst element.
pub fn gradcheck(x: &Tensor, f: impl for<'t> Fn(Var<'t>) -> Var<'t>) -> f64 {
    let tape = Tape::default();
    let leaf = tape.leaf(x.clone());
    let gradient = f(leaf).grad(&[leaf])[0].value();
    let f_with = |i: usize, h: f64| {
        let mut x = x.clone();
        x.data[i] += h;
        f(Tape::default().leaf(x)).value().data[0]
    };
    let slope = |i| (f_with(i, 1e-5) - f_with(i, -1e-5)) / 2e-5;
    (0..x.data.len()).map(|i| (gradient.data[i] - slope(i)).abs()).fold(0.0, f64::max)
}
// ANCHOR_END: gradcheck

// ANCHOR: examples
/// Five entries: what each holds, and the gradient of the last with respect to it.
fn five_entries() {
    println!("── Five entries ──");
    let tape = Tape::default();
    let a = tape.leaf(Tensor::new(&[], vec![2.0]));
    let b = tape.leaf(Tensor::new(&[], vec![3.0]));
    let c = a * b;
    let d = c + a;
    let loss = d * d;
    for (var, gradient) in [a, b, c, d, loss].iter().zip(loss.grad(&[a, b, c, d, loss])) {
        let (value, gradient) = (var.value().data[0], gradient.value().data[0]);
        println!("entry {}: value {value:2}, gradient {gradient:2}", var.index);
    }
}

/// A layer, its loss, and its gradients.
fn one_layer() {
    println!("\n── One layer ──");
    let tape = Tape::default();
    let x = tape.leaf(Tensor::new(&[1, 3], vec![1.0, 2.0, 3.0]));
    let w = tape.leaf(Tensor::new(&[3, 2], vec![0.1, -0.3, 0.2, -0.2, 0.3, -0.1]));
    let b = tape.leaf(Tensor::new(&[2], vec![0.5, -0.5]));
    let y = (x.matmul(w) + b).tanh();
    let loss = (y * y).sum_to(&[]);
    let gradients = loss.grad(&[w, b]);
    println!("loss  {:.4}", loss.value().data[0]);
    println!("dL/dw {:.4?}", gradients[0].value().data);
    println!("dL/db {:.4?}", gradients[1].value().data);
}

/// tanh at ½, and its derivatives.
fn derivatives() {
    println!("\n── Derivatives ──");
    let tape = Tape::default();
    let x = tape.leaf(Tensor::new(&[], vec![0.5]));
    let mut y = x.tanh();
    for order in 0..4 {
        println!("derivative {order} of tanh at 0.5: {:9.6}", y.value().data[0]);
        y = y.grad(&[x])[0];
    }
}

/// Something to check: it is bent everywhere.
fn bent(x: Var<'_>) -> Var<'_> {
    (x * x.tanh()).sum_to(&[])
}

/// The square of its gradient. To differentiate this is to differentiate `bent` twice.
fn steepness(x: Var<'_>) -> Var<'_> {
    let slope = bent(x).grad(&[x])[0];
    (slope * slope).sum_to(&[])
}

/// First and second derivatives, held against measured ones.
fn checks() {
    println!("\n── Checks ──");
    let x = Tensor::new(&[4], vec![-1.5, -0.2, 0.5, 3.0]);
    println!("first derivatives off by less than 1e-8: {}", gradcheck(&x, bent) < 1e-8);
    println!("second derivatives off by less than 1e-8: {}", gradcheck(&x, steepness) < 1e-8);
}

/// A net that learns exclusive or, by steps against the gradient.
fn exclusive_or() {
    println!("\n── Exclusive or ──");
    let x = Tensor::new(&[4, 2], vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
    let minus_y = Tensor::new(&[4, 1], vec![0.0, -1.0, -1.0, 0.0]);
    let mut params = [
        Tensor::new(&[2, 4], vec![0.9, -0.4, 0.3, -0.8, -0.5, 0.7, 0.6, -0.2]),
        Tensor::new(&[4], vec![0.0; 4]),
        Tensor::new(&[4, 1], vec![0.5, -0.6, 0.4, 0.7]),
        Tensor::new(&[1], vec![0.0]),
    ];
    for step in 0..=200 {
        let tape = Tape::default();
        let [w1, b1, w2, b2] = params.each_ref().map(|param| tape.leaf(param.clone()));
        let hidden = (tape.leaf(x.clone()).matmul(w1) + b1).tanh();
        let error = hidden.matmul(w2) + b2 + tape.leaf(minus_y.clone());
        let loss = (error * error).sum_to(&[]);
        if step % 50 == 0 {
            println!("step {step:3}: loss {:.4}", loss.value().data[0]);
        }
        let gradients = loss.grad(&[w1, b1, w2, b2]);
        for (param, gradient) in params.iter_mut().zip(gradients) {
            *param = param.zip(&gradient.value(), |w, g| w - 0.1 * g);
        }
    }
}

fn main() {
    five_entries();
    one_layer();
    derivatives();
    checks();
    exclusive_or();
}
// ANCHOR_END: examples
