//! Sums of products over named indices, in Einstein's notation (chapter 1).
//!
//! `ik,kj->ij` names the axes of two operands and of the result. An index that the result does
//! not name is summed over:
//!
//! ```text
//! c[i,j] = Σₖ a[i,k] · b[k,j]
//! ```
//!
//! Products of matrices, outer products, transposes, diagonals and traces are all of this form.

use super::{MAX_RANK, Shape, Tensor, isa, layout};
use crate::Scalar;

// ANCHOR: reference
/// An einsum exactly as it is defined: for each element of the result, a loop over the summed
/// indices. It is slow; the tests hold [`einsum`] to its bits.
///
/// # Panics
/// As [`einsum`] does.
#[track_caller]
#[must_use]
pub fn reference<T: Scalar>(spec: &str, operands: &[&Tensor<T>]) -> Tensor<T> {
    let Indices { shape, free, summed, .. } = indices_or_panic(spec, operands);
    let terms = summed.iter().map(|index| index.size).product();
    Tensor::build(shape, |out| {
        for (place, out) in out.iter_mut().enumerate() {
            *out = T::ZERO;
            for term in 0..terms {
                let factor =
                    |o: usize| operands[o].data()[at(&free, place, o) + at(&summed, term, o)];
                let last = operands.len() - 1;
                let others = (0..last).map(factor).reduce(|x, y| x * y).unwrap_or(T::ONE);
                *out = others.mul_add(factor(last), *out);
            }
        }
    })
}
// ANCHOR_END: reference

// ANCHOR: einsum
/// The sum of products that `spec` describes: `"ik,kj->ij"` is the product of two matrices.
///
/// The letters before the arrow name the axes of each operand, those after it the axes of the
/// result; spaces do not count. An index that is missing after the arrow is summed over, one that
/// an operand names twice walks its diagonal. Without an arrow, as in NumPy, the result has the
/// letters that stand there once, in the order of the alphabet (capitals first): `"ij,jk"` is a
/// product of matrices, `"ji"` a transpose, `"ii"` a trace.
///
/// Each element of the result is one chain: it starts at 0 and takes the summed indices in
/// row-major order, in the order in which `spec` first names them. With two operands a step is a
/// fused multiply-add. With more, all but the last are multiplied first, from the left.
///
/// ```
/// use longhand::{Tensor, tensor::einsum};
/// let a = Tensor::new([2, 2], vec![1.0_f32, 2.0, 3.0, 4.0]);
/// let b = Tensor::new([2, 2], vec![10.0, 0.0, 0.0, 1.0]);
/// assert_eq!(einsum("ik,kj->ij", &[&a, &b]).data(), [10.0, 2.0, 30.0, 4.0]);
/// assert_eq!(einsum("ij->ji", &[&a]).data(), [1.0, 3.0, 2.0, 4.0]);
/// assert_eq!(einsum("ii->", &[&a]).item(), 5.0);
/// ```
///
/// # Panics
/// If `spec` cannot be read, does not fit the operands, or gives one letter two sizes.
#[track_caller]
pub fn einsum<T: Scalar>(spec: &str, operands: &[&Tensor<T>]) -> Tensor<T> {
    let indices = indices_or_panic(spec, operands);
    let one = Tensor::scalar(T::ONE);
    let (a, b) = match *operands {
        [a] => (a, &one),
        [a, b] => (a, b),
        _ => return reference(spec, operands),
    };
    let mut out = Tensor::zeros(indices.shape);
    let mut loops = indices.in_loop_order();
    if loops.iter().all(|index| index.size > 0) {
        let (a, b) = (along_loops(a, 0, &mut loops), along_loops(b, 1, &mut loops));
        sweep(&loops, out.data_mut(), a.data(), b.data());
    }
    out
}
// ANCHOR_END: einsum

/// One index of a spec.
#[derive(Clone)]
struct Index {
    /// Its letter.
    letter: char,
    /// Its size: how many values it takes.
    size: usize,
    /// How far a step along it moves in each operand.
    steps: Vec<usize>,
    /// How far a step along it moves in the result.
    out_step: usize,
}

/// How far into operand `o` the `number`-th combination of these indices lies.
fn at(indices: &[Index], mut number: usize, o: usize) -> usize {
    let mut offset = 0;
    for index in indices.iter().rev() {
        offset += number % index.size * index.steps[o];
        number /= index.size;
    }
    offset
}

/// What a spec says about these operands.
struct Indices {
    /// The shape of the result.
    shape: Shape,
    /// The indices of the result, in its order.
    free: Vec<Index>,
    /// The others, in the order in which the spec first names them.
    summed: Vec<Index>,
    /// All letters in the order in which the spec first names them.
    named: Vec<char>,
}

#[track_caller]
fn indices_or_panic<T: Scalar>(spec: &str, operands: &[&Tensor<T>]) -> Indices {
    let shapes: Vec<Shape> = operands.iter().map(|operand| operand.shape()).collect();
    match Indices::read(spec, &shapes) {
        Ok(indices) => indices,
        Err(fault) => panic!("einsum(\"{spec}\") of shapes {shapes:?}: {fault}"),
    }
}

/// The letters that occur once, in alphabetical order.
fn implied_output(inputs: &str) -> String {
    let once = |c: &char| *c != ',' && inputs.matches(*c).count() == 1;
    let mut letters: Vec<char> = inputs.chars().filter(once).collect();
    letters.sort_unstable();
    letters.into_iter().collect()
}

impl Indices {
    fn read(spec: &str, shapes: &[Shape]) -> Result<Self, String> {
        let spec: String = spec.chars().filter(|c| *c != ' ').collect();
        let (inputs, output) = match spec.split_once("->") {
            Some((inputs, output)) => (inputs, output.to_string()),
            None => (&*spec, implied_output(&spec)),
        };
        let inputs: Vec<&str> = inputs.split(',').collect();
        if let Some(c) =
            spec.replacen("->", "", 1).chars().find(|c| *c != ',' && !c.is_ascii_alphabetic())
        {
            return Err(format!("`{c}` is not a letter"));
        }
        if output.contains(',') {
            return Err("the result cannot have a comma".to_string());
        }
        if inputs.len() != shapes.len() {
            return Err(format!("{} operands are named, {} given", inputs.len(), shapes.len()));
        }

        let mut all: Vec<Index> = Vec::new();
        for (o, (letters, shape)) in inputs.iter().zip(shapes).enumerate() {
            if letters.len() != shape.rank() {
                return Err(format!(
                    "`{letters}` does not name the axes of shape {shape} one by one"
                ));
            }
            let strides = shape.strides();
            for ((letter, &size), stride) in letters.chars().zip(&**shape).zip(strides) {
                let known = all.iter().position(|index| index.letter == letter);
                let found = known.unwrap_or_else(|| {
                    all.push(Index {
                        letter,
                        size,
                        steps: vec![0; shapes.len().max(2)],
                        out_step: 0,
                    });
                    all.len() - 1
                });
                if all[found].size != size {
                    return Err(format!("index {letter} is both {} and {size}", all[found].size));
                }
                all[found].steps[o] += stride;
            }
        }

        let named: Vec<char> = all.iter().map(|index| index.letter).collect();
        let mut free = take_free(&mut all, &output, &named)?;
        if free.len() > MAX_RANK {
            return Err(format!("the result would have more than {MAX_RANK} axes"));
        }
        let shape: Shape = free.iter().map(|index| index.size).collect();
        for (index, stride) in free.iter_mut().zip(shape.strides()) {
            index.out_step = stride;
        }
        Ok(Self { shape, free, summed: all, named })
    }

    /// All indices in the order of their first mention, but the result's last one innermost: the
    /// inner loop then runs along the result. The summed indices keep their order among
    /// themselves, so each element's own chain is the reference's.
    fn in_loop_order(self) -> Vec<Index> {
        let innermost = self.free.last().map(|index| index.letter);
        let mut loops: Vec<Index> = self.free.into_iter().chain(self.summed).collect();
        loops.sort_by_key(|index| {
            let mention = self.named.iter().position(|&letter| letter == index.letter);
            (Some(index.letter) == innermost, mention)
        });
        loops
    }
}

/// The indices of the result, in its order; those that stay behind are summed over.
fn take_free(all: &mut Vec<Index>, output: &str, named: &[char]) -> Result<Vec<Index>, String> {
    let mut free = Vec::new();
    for letter in output.chars() {
        match all.iter().position(|index| index.letter == letter) {
            Some(found) => free.push(all.remove(found)),
            None if named.contains(&letter) => {
                return Err(format!("the result names {letter} twice"));
            }
            None => return Err(format!("no operand has the index {letter} of the result")),
        }
    }
    Ok(free)
}

/// Operand `o`, copied so that its axes lie in the order of the loops if the inner loop would
/// otherwise jump through it.
fn along_loops<T: Scalar>(operand: &Tensor<T>, o: usize, loops: &mut [Index]) -> Tensor<T> {
    if loops.last().is_none_or(|inner| inner.steps[o] <= 1) {
        return operand.clone();
    }
    let (mut sizes, mut strides) = (Vec::new(), Vec::new());
    for index in loops.iter().filter(|index| index.steps[o] > 0) {
        sizes.push(index.size);
        strides.push(index.steps[o]);
    }
    let shape = Shape::from(&sizes[..]);
    let arranged =
        Tensor::build(shape, |out| layout::gather(out, &sizes, &strides, operand.data()));
    let mut new_strides = shape.strides().into_iter();
    for index in loops.iter_mut().filter(|index| index.steps[o] > 0) {
        index.steps[o] = new_strides.next().unwrap_or(0);
    }
    arranged
}

/// Adds up all products, the outermost of `loops` first.
fn sweep<T: Scalar>(loops: &[Index], out: &mut [T], a: &[T], b: &[T]) {
    match loops {
        [] => out[0] = a[0].mul_add(b[0], out[0]),
        [inner] => isa::vectorize(
            #[inline(always)]
            || sweep_inner(inner, out, a, b),
        ),
        [outer, inner] => isa::vectorize(
            #[inline(always)]
            || {
                for i in 0..outer.size {
                    let (out, a, b) = step(outer, i, out, a, b);
                    sweep_inner(inner, out, a, b);
                }
            },
        ),
        [outer, rest @ ..] => {
            for i in 0..outer.size {
                let (out, a, b) = step(outer, i, out, a, b);
                sweep(rest, out, a, b);
            }
        }
    }
}

/// Where the result and the operands stand after `i` steps along an index.
#[inline(always)]
fn step<'a, T>(
    index: &Index,
    i: usize,
    out: &'a mut [T],
    a: &'a [T],
    b: &'a [T],
) -> (&'a mut [T], &'a [T], &'a [T]) {
    (&mut out[i * index.out_step..], &a[i * index.steps[0]..], &b[i * index.steps[1]..])
}

/// The innermost loop. Here every step is 0 or 1.
#[inline(always)]
fn sweep_inner<T: Scalar>(inner: &Index, out: &mut [T], a: &[T], b: &[T]) {
    let n = inner.size;
    match (inner.out_step, inner.steps[0], inner.steps[1]) {
        (0, 1, 1) => {
            out[0] = a[..n].iter().zip(&b[..n]).fold(out[0], |sum, (&a, &b)| a.mul_add(b, sum))
        }
        (0, 1, _) => out[0] = a[..n].iter().fold(out[0], |sum, &a| a.mul_add(b[0], sum)),
        (0, _, _) => out[0] = b[..n].iter().fold(out[0], |sum, &b| a[0].mul_add(b, sum)),
        (_, 1, 1) => {
            let pairs = a[..n].iter().zip(&b[..n]);
            out[..n].iter_mut().zip(pairs).for_each(|(out, (&a, &b))| *out = a.mul_add(b, *out));
        }
        (_, 1, _) => {
            let b = b[0];
            out[..n].iter_mut().zip(&a[..n]).for_each(|(out, &a)| *out = a.mul_add(b, *out));
        }
        (_, _, _) => {
            let a = a[0];
            out[..n].iter_mut().zip(&b[..n]).for_each(|(out, &b)| *out = a.mul_add(b, *out));
        }
    }
}
