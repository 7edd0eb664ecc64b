//! A tensor in some hundred lines: all that chapters 2 and 3 need, and nothing of the crate. It
//! stands in chapter 1 from its first line to its last, to be typed in and run.

// ANCHOR: tensor
/// A block of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// The size of each axis.
    pub shape: Vec<usize>,
    /// The elements in one line, the last index running fastest.
    pub data: Vec<f64>,
}

impl Tensor {
    /// A block of this shape.
    pub fn new(shape: &[usize], data: Vec<f64>) -> Tensor {
        let count: usize = shape.iter().product();
        assert_eq!(count, data.len(), "the shape {shape:?} holds {count} elements");
        Tensor { shape: shape.to_vec(), data }
    }
}
// ANCHOR_END: tensor

// ANCHOR: strides
/// For each axis, how far apart in the line two neighbours along it are.
pub fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    strides
}

impl Tensor {
    /// The element at these indices.
    pub fn at(&self, index: &[usize]) -> f64 {
        assert_eq!(index.len(), self.shape.len(), "an index for each axis of {:?}", self.shape);
        let mut place = 0;
        for (axis, stride) in strides(&self.shape).into_iter().enumerate() {
            assert!(index[axis] < self.shape[axis], "{index:?} is not in {:?}", self.shape);
            place += index[axis] * stride;
        }
        self.data[place]
    }
}
// ANCHOR_END: strides

// ANCHOR: walk
impl Tensor {
    /// A new block of this shape, read from the old line with strides of one's own.
    fn walk(&self, shape: &[usize], strides: &[usize]) -> Tensor {
        let element = |number: usize| {
            // The last index is the last digit of `number`, so to speak: it runs fastest.
            let (mut rest, mut place) = (number, 0);
            for axis in (0..shape.len()).rev() {
                place += rest % shape[axis] * strides[axis];
                rest /= shape[axis];
            }
            self.data[place]
        };
        let count: usize = shape.iter().product();
        Tensor::new(shape, (0..count).map(element).collect())
    }

    /// The transpose: rows become columns.
    pub fn t(&self) -> Tensor {
        let &[rows, columns] = &self.shape[..] else { panic!("{:?} is no matrix", self.shape) };
        self.walk(&[columns, rows], &[1, columns])
    }

    /// The same line, counted in another way.
    pub fn reshape(&self, shape: &[usize]) -> Tensor {
        Tensor::new(shape, self.data.clone())
    }
}
// ANCHOR_END: walk

// ANCHOR: broadcast
/// The shape that two shapes have in common: aligned at the right, a 1 or nothing is repeated.
pub fn broadcast(a: &[usize], b: &[usize]) -> Vec<usize> {
    let rank = a.len().max(b.len());
    // The size along an axis of the common shape; an axis that is missing on the left counts as 1.
    let size = |shape: &[usize], axis: usize| match (axis + shape.len()).checked_sub(rank) {
        Some(own) => shape[own],
        None => 1,
    };
    let common = |axis| match (size(a, axis), size(b, axis)) {
        (x, y) if x == y || y == 1 => x,
        (1, y) => y,
        (x, y) => panic!("{a:?} and {b:?} do not fit: {x} against {y}"),
    };
    (0..rank).map(common).collect()
}

impl Tensor {
    /// Repeated up to this shape: along a repeated axis the stride is 0, and one stays in place.
    pub fn expand(&self, shape: &[usize]) -> Tensor {
        assert_eq!(broadcast(&self.shape, shape), shape, "{:?} cannot grow so", self.shape);
        let mut steps = vec![0; shape.len() - self.shape.len()];
        for (&size, stride) in self.shape.iter().zip(strides(&self.shape)) {
            steps.push(if size == 1 { 0 } else { stride });
        }
        self.walk(shape, &steps)
    }

    /// `f` of each element.
    pub fn map(&self, f: impl Fn(f64) -> f64) -> Tensor {
        Tensor::new(&self.shape, self.data.iter().map(|&x| f(x)).collect())
    }

    /// `f` of each pair of elements in the same place, once both are repeated to one shape.
    pub fn zip(&self, other: &Tensor, f: impl Fn(f64, f64) -> f64) -> Tensor {
        let shape = broadcast(&self.shape, &other.shape);
        let (a, b) = (self.expand(&shape), other.expand(&shape));
        Tensor::new(&shape, a.data.iter().zip(&b.data).map(|(&x, &y)| f(x, y)).collect())
    }
}
// ANCHOR_END: broadcast

// ANCHOR: reduce
impl Tensor {
    /// The sum along one axis, which is gone afterwards.
    pub fn sum_axis(&self, axis: usize) -> Tensor {
        let mut shape = self.shape.clone();
        let size = shape.remove(axis);
        let stride = strides(&self.shape)[axis];
        let mut sums = vec![0.0; shape.iter().product()];
        for (place, x) in self.data.iter().enumerate() {
            // Of the digits of `place`, the one of this axis is left out.
            let (before, after) = (place / (size * stride), place % stride);
            sums[before * stride + after] += x;
        }
        Tensor::new(&shape, sums)
    }
}
// ANCHOR_END: reduce

// ANCHOR: matmul
impl Tensor {
    /// The product of two matrices: rows of the first times columns of the second.
    pub fn matmul(&self, other: &Tensor) -> Tensor {
        let (&[m, k], &[rows, n]) = (&self.shape[..], &other.shape[..]) else {
            panic!("no two matrices: {:?} and {:?}", self.shape, other.shape)
        };
        assert_eq!(k, rows, "{:?} times {:?}", self.shape, other.shape);
        let mut c = vec![0.0; m * n];
        for i in 0..m {
            for j in 0..n {
                for p in 0..k {
                    c[i * n + j] =
                        self.data[i * k + p].mul_add(other.data[p * n + j], c[i * n + j]);
                }
            }
        }
        Tensor::new(&[m, n], c)
    }
}
// ANCHOR_END: matmul

// ANCHOR: main
fn main() {
    let a = Tensor::new(&[2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    println!("a has shape {:?} and strides {:?}", a.shape, strides(&a.shape));
    println!("a at [1, 2] is {}", a.at(&[1, 2]));
    println!("its line:            {:?}", a.data);
    println!("as [3, 2]:           {:?}", a.reshape(&[3, 2]).data);
    println!("transposed, [3, 2]:  {:?}", a.t().data);

    let row = Tensor::new(&[3], vec![10.0, 20.0, 30.0]);
    let column = Tensor::new(&[2, 1], vec![100.0, 200.0]);
    println!("a + row:             {:?}", a.zip(&row, |x, y| x + y).data);
    println!("a + column:          {:?}", a.zip(&column, |x, y| x + y).data);
    println!(
        "row + column {:?}: {:?}",
        broadcast(&row.shape, &column.shape),
        row.zip(&column, |x, y| x + y).data
    );
    println!("squares of a:        {:?}", a.map(|x| x * x).data);

    println!("sums over axis 0:    {:?}", a.sum_axis(0).data);
    println!("sums over axis 1:    {:?}", a.sum_axis(1).data);
    println!("a times its transpose: {:?}", a.matmul(&a.t()));
}
// ANCHOR_END: main
