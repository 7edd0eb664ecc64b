//! From bytes to numbers to tensors, for the readers of IDX and NPY.

use crate::tensor::{MAX_RANK, Shape};
use crate::{Error, ErrorKind, Result, Scalar};

/// How many elements there are of these sizes, if that can be counted; one of no sizes at all.
pub(super) fn count(sizes: &[usize]) -> Option<usize> {
    if sizes.contains(&0) {
        return Some(0);
    }
    sizes.iter().try_fold(1_usize, |count, &size| count.checked_mul(size))
}

/// The numbers in `bytes`, `N` bytes each.
pub(super) fn decode_each<N, const WIDTH: usize>(
    bytes: &[u8],
    decode: impl Fn([u8; WIDTH]) -> N,
) -> Vec<N> {
    bytes.as_chunks().0.iter().map(|&chunk| decode(chunk)).collect()
}

/// The bytes of `numbers`.
pub(super) fn encode_each<N: Copy, const WIDTH: usize>(
    numbers: &[N],
    encode: impl Fn(N) -> [u8; WIDTH],
) -> Vec<u8> {
    numbers.iter().flat_map(|&number| encode(number)).collect()
}

/// The shape of a tensor, or an error if it would have too many axes.
pub(super) fn tensor_shape(place: &str, sizes: &[usize]) -> Result<Shape> {
    if sizes.len() > MAX_RANK {
        return Err(Error::new(ErrorKind::Unsupported, place)
            .found(format!("{} dimensions: {sizes:?}", sizes.len()))
            .expected(format!("at most {MAX_RANK}, as a tensor has"))
            .help("take the elements as they are and reshape them"));
    }
    Ok(Shape::from(sizes))
}

/// Numbers that every `f64` can tell apart, to the nearest `T`.
///
/// Not for integers of 32 bits or more: see [`integers`].
pub(super) fn floats<T: Scalar, N: Copy + Into<f64>>(numbers: &[N]) -> Vec<T> {
    numbers.iter().map(|&number| T::from_f64(number.into())).collect()
}

/// Integers, each exactly, or an error that names the first that `T` cannot hold.
pub(super) fn integers<T: Scalar, N: Copy + Into<i64>>(
    place: &str,
    numbers: &[N],
) -> Result<Vec<T>> {
    let exact = |(index, &number): (usize, &N)| {
        let number: i64 = number.into();
        let scalar = T::from_f64(number as f64);
        if scalar.to_f64() as i128 == i128::from(number) {
            return Ok(scalar);
        }
        Err(Error::new(ErrorKind::Mismatch, place)
            .found(format!("element {index} is {number}"))
            .expected(format!("an integer that {} holds exactly", T::NAME))
            .help("take the elements as they are, or a wider type"))
    };
    numbers.iter().enumerate().map(exact).collect()
}
