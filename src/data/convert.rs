//! From bytes to numbers to tensors, for the readers of IDX, NPY and safetensors.

use crate::tensor::{MAX_RANK, Shape};
use crate::{Error, ErrorKind, Result, Scalar};

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

/// Numbers of a type that an `f64` holds exactly, each rounded to the nearest `T`.
///
/// Not for integers of 32 bits or more: see [`integers`].
pub(super) fn floats<T: Scalar, N: Copy + Into<f64>>(numbers: &[N]) -> Vec<T> {
    numbers.iter().map(|&number| T::from_f64(number.into())).collect()
}

/// Integers, each exactly, or an error that names the first that `T` cannot hold.
pub(super) fn integers<T: Scalar, N: Copy + Into<i128>>(
    place: &str,
    numbers: &[N],
) -> Result<Vec<T>> {
    let exact = |(index, &number): (usize, &N)| {
        let number: i128 = number.into();
        let scalar = T::from_f64(number as f64);
        if scalar.to_f64() as i128 == number {
            return Ok(scalar);
        }
        Err(Error::new(ErrorKind::Mismatch, place)
            .found(format!("element {index} is {number}"))
            .expected(format!("an integer that {} holds exactly", T::NAME))
            .help("take the elements as they are, or a wider type"))
    };
    numbers.iter().enumerate().map(exact).collect()
}

/// A half-precision number (IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction), exactly.
pub(super) fn half(bits: u16) -> f32 {
    let (sign, magnitude) = (u32::from(bits & 0x8000) << 16, u32::from(bits & 0x7FFF));
    let magnitude = match magnitude {
        // Subnormal: the magnitude is a count of 2⁻²⁴.
        0..=0x03FF => (magnitude as f32 * f32::from_bits((127 - 24) << 23)).to_bits(),
        // The exponent is counted from −15, in f32 from −127.
        0x0400..=0x7BFF => (magnitude << 13) + ((127 - 15) << 23),
        // Infinity and NaN.
        _ => magnitude << 13 | 0x7F80_0000,
    };
    f32::from_bits(sign | magnitude)
}

/// A bfloat16, which is the upper half of an f32, exactly.
pub(super) fn bfloat(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}
