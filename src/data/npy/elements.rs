//! The elements of a `.npy` file: from bytes, to bytes, and to a tensor's numbers.

use super::header::{Descr, Element, PLACE};
use crate::data::convert::{decode_each, encode_each, floats, half, integers};
use crate::{Error, ErrorKind, Result, Scalar};
use std::borrow::Cow;

/// The elements of a `.npy` file, in the type they are stored in; but half-precision numbers, for
/// which Rust has no type, are read as `F32`, exactly.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum NpyData {
    Bool(Vec<bool>),
    U8(Vec<u8>),
    I8(Vec<i8>),
    U16(Vec<u16>),
    I16(Vec<i16>),
    U32(Vec<u32>),
    I32(Vec<i32>),
    U64(Vec<u64>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
}

/// Evaluates `$what` with the elements at hand as `$data`, whatever their type.
macro_rules! with_data {
    ($npy:expr, $data:ident => $what:expr) => {
        match $npy {
            NpyData::Bool($data) => $what,
            NpyData::U8($data) => $what,
            NpyData::I8($data) => $what,
            NpyData::U16($data) => $what,
            NpyData::I16($data) => $what,
            NpyData::U32($data) => $what,
            NpyData::I32($data) => $what,
            NpyData::U64($data) => $what,
            NpyData::I64($data) => $what,
            NpyData::F32($data) => $what,
            NpyData::F64($data) => $what,
        }
    };
}

impl NpyData {
    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        with_data!(self, data => data.len())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// NumPy's name for the element type.
    #[must_use]
    pub fn descr(&self) -> &'static str {
        match self {
            NpyData::Bool(_) => "|b1",
            NpyData::U8(_) => "|u1",
            NpyData::I8(_) => "|i1",
            NpyData::U16(_) => "<u2",
            NpyData::I16(_) => "<i2",
            NpyData::U32(_) => "<u4",
            NpyData::I32(_) => "<i4",
            NpyData::U64(_) => "<u8",
            NpyData::I64(_) => "<i8",
            NpyData::F32(_) => "<f4",
            NpyData::F64(_) => "<f8",
        }
    }

    /// The elements that `bytes` hold, which begin at byte `start` of the file.
    pub(super) fn decode(descr: &Descr, bytes: &[u8], start: usize) -> Result<Self> {
        let bytes = match descr.big_endian {
            true => Cow::Owned(reversed(bytes, descr.width)),
            false => Cow::Borrowed(bytes),
        };
        let elements = &bytes[..];
        Ok(match descr.element {
            Element::Bool => {
                if let Some(index) = elements.iter().position(|&byte| byte > 1) {
                    return Err(Error::new(ErrorKind::Format, PLACE)
                        .at((start + index) as u64)
                        .found(format!("byte {:#04x} in an array of bool", elements[index]))
                        .expected("0x00 or 0x01")
                        .help("store other values as |u1"));
                }
                NpyData::Bool(elements.iter().map(|&byte| byte == 1).collect())
            }
            Element::U8 => NpyData::U8(elements.to_vec()),
            Element::I8 => NpyData::I8(decode_each(elements, i8::from_le_bytes)),
            Element::U16 => NpyData::U16(decode_each(elements, u16::from_le_bytes)),
            Element::I16 => NpyData::I16(decode_each(elements, i16::from_le_bytes)),
            Element::U32 => NpyData::U32(decode_each(elements, u32::from_le_bytes)),
            Element::I32 => NpyData::I32(decode_each(elements, i32::from_le_bytes)),
            Element::U64 => NpyData::U64(decode_each(elements, u64::from_le_bytes)),
            Element::I64 => NpyData::I64(decode_each(elements, i64::from_le_bytes)),
            Element::F16 => {
                NpyData::F32(decode_each(elements, |bytes| half(u16::from_le_bytes(bytes))))
            }
            Element::F32 => NpyData::F32(decode_each(elements, f32::from_le_bytes)),
            Element::F64 => NpyData::F64(decode_each(elements, f64::from_le_bytes)),
        })
    }

    /// The elements as bytes, little-endian.
    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            NpyData::Bool(data) => data.iter().map(|&bit| u8::from(bit)).collect(),
            NpyData::U8(data) => data.clone(),
            NpyData::I8(data) => encode_each(data, i8::to_le_bytes),
            NpyData::U16(data) => encode_each(data, u16::to_le_bytes),
            NpyData::I16(data) => encode_each(data, i16::to_le_bytes),
            NpyData::U32(data) => encode_each(data, u32::to_le_bytes),
            NpyData::I32(data) => encode_each(data, i32::to_le_bytes),
            NpyData::U64(data) => encode_each(data, u64::to_le_bytes),
            NpyData::I64(data) => encode_each(data, i64::to_le_bytes),
            NpyData::F32(data) => encode_each(data, f32::to_le_bytes),
            NpyData::F64(data) => encode_each(data, f64::to_le_bytes),
        }
    }

    /// The elements as numbers of a tensor.
    pub(super) fn numbers<T: Scalar>(&self) -> Result<Vec<T>> {
        Ok(match self {
            NpyData::Bool(data) => {
                floats(&data.iter().map(|&bit| u8::from(bit)).collect::<Vec<_>>())
            }
            NpyData::U8(data) => floats(data),
            NpyData::I8(data) => floats(data),
            NpyData::U16(data) => floats(data),
            NpyData::I16(data) => floats(data),
            NpyData::U32(data) => integers(PLACE, data)?,
            NpyData::I32(data) => integers(PLACE, data)?,
            NpyData::U64(data) => integers(PLACE, data)?,
            NpyData::I64(data) => integers(PLACE, data)?,
            NpyData::F32(data) => floats(data),
            NpyData::F64(data) => floats(data),
        })
    }

    /// Turns column-major elements (the first index runs fastest) to row-major (the last one does).
    pub(super) fn turn_row_major(&mut self, shape: &[usize]) {
        with_data!(self, data => *data = row_major(shape, data));
    }
}

/// Elements of `width` bytes, the bytes of each in reverse.
fn reversed(elements: &[u8], width: usize) -> Vec<u8> {
    elements.chunks(width).flat_map(|element| element.iter().rev().copied()).collect()
}

/// Column-major elements (the first index runs fastest) in row-major order (the last one does).
fn row_major<N: Copy>(shape: &[usize], column_major: &[N]) -> Vec<N> {
    let mut strides = Vec::new(); // in `column_major`
    let mut stride = 1;
    for &size in shape {
        strides.push(stride);
        stride *= size;
    }
    let mut index = vec![0; shape.len()];
    let mut from = 0;
    let mut rows = Vec::with_capacity(column_major.len());
    while rows.len() < column_major.len() {
        rows.push(column_major[from]);
        // Count on, the last index first, carrying where one is full.
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            from += strides[axis];
            if index[axis] < shape[axis] {
                break;
            }
            from -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
    rows
}
