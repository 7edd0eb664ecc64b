//! IDX, the file format MNIST comes in (appendix "Reading IDX and gzip").
//!
//! ```text
//! byte 0, 1   zero
//! byte 2      element type: 08 u8, 09 i8, 0B i16, 0C i32, 0D f32, 0E f64
//! byte 3      number of dimensions, 0 to 255
//! then        the size of each dimension, four bytes, big-endian
//! then        the elements, the last dimension running fastest, big-endian
//! ```
//! No dimensions make a single element, as the empty product is one.

use super::convert::{decode_each, encode_each, floats, integers, tensor_shape};
use super::cursor::Cursor;
use super::gzip::{gunzip_at_most, is_gzip};
use crate::tensor::element_count;
use crate::{Result, Scalar, Tensor, files};
use std::path::Path;

/// The contents of an IDX file: sizes of the dimensions, outermost first, and the elements.
///
/// ```
/// use longhand::data::{Idx, IdxData};
/// let bytes = [0, 0, 0x08, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];
/// let idx = Idx::from_bytes(&bytes)?;
/// assert_eq!(idx.dims(), [2, 3]);
/// assert_eq!(idx.data(), &IdxData::U8(vec![1, 2, 3, 4, 5, 6]));
/// assert_eq!(idx.to_tensor::<f32>()?.data()[5], 6.0);
/// assert_eq!(idx.to_bytes(), bytes);
/// # Ok::<(), longhand::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Idx {
    dims: Vec<usize>,
    data: IdxData,
}

/// The elements of an IDX file, in the type they are stored in.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum IdxData {
    U8(Vec<u8>),
    I8(Vec<i8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    F32(Vec<f32>),
    F64(Vec<f64>),
}

impl IdxData {
    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            IdxData::U8(data) => data.len(),
            IdxData::I8(data) => data.len(),
            IdxData::I16(data) => data.len(),
            IdxData::I32(data) => data.len(),
            IdxData::F32(data) => data.len(),
            IdxData::F64(data) => data.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Idx {
    /// Elements with their dimensions, to be written.
    ///
    /// # Panics
    /// If there are not as many elements as the dimensions hold, more than 255 dimensions, or one
    /// of 2³² or more.
    #[track_caller]
    #[must_use]
    pub fn new(dims: Vec<usize>, data: IdxData) -> Self {
        if element_count(&dims) != Some(data.len()) {
            panic!("dimensions {dims:?} do not hold {} elements", data.len());
        }
        if dims.len() > 255 || dims.iter().any(|&size| u32::try_from(size).is_err()) {
            panic!("dimensions {dims:?}: IDX has at most 255, each below 2³²");
        }
        Self { dims, data }
    }

    /// The sizes of the dimensions, outermost first.
    #[must_use]
    pub fn dims(&self) -> &[usize] {
        &self.dims
    }

    /// The elements.
    #[must_use]
    pub fn data(&self) -> &IdxData {
        &self.data
    }

    /// The dimensions and the elements, to be taken apart.
    #[must_use]
    pub fn into_parts(self) -> (Vec<usize>, IdxData) {
        (self.dims, self.data)
    }

    /// Reads an IDX file, plain or gzipped; the first bytes tell which, not the name.
    ///
    /// # Errors
    /// If the file cannot be read, is cut short, has bytes left over, or breaks a rule of either
    /// format. Offsets count the bytes of the file, or of what was unpacked if the error says so.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        Self::read_at_most(path, usize::MAX)
    }

    /// [`Idx::read`], with an error if a gzipped file unpacks to more than `limit` bytes.
    ///
    /// # Errors
    /// As [`Idx::read`], and beyond the limit.
    pub fn read_at_most(path: impl AsRef<Path>, limit: usize) -> Result<Self> {
        let path = path.as_ref();
        let bytes = files::read(path)?;
        Self::unpack(bytes, limit).map_err(|error| error.within(path.display()))
    }

    /// Reads IDX from memory, plain or gzipped.
    ///
    /// # Errors
    /// As [`Idx::read`], without a file's name.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::unpack(bytes.to_vec(), usize::MAX)
    }

    /// [`Idx::read_at_most`] of bytes.
    pub(super) fn unpack(bytes: Vec<u8>, limit: usize) -> Result<Self> {
        match is_gzip(&bytes) {
            true => Self::decode("unpacked IDX data", gunzip_at_most(&bytes, limit)?),
            false => Self::decode("IDX data", bytes),
        }
    }

    // ANCHOR: idx
    fn decode(place: &'static str, bytes: Vec<u8>) -> Result<Self> {
        let mut file = Cursor::new(place, &bytes);
        let [zero, nought, element, rank] = file.array("the magic bytes, type and dimensions")?;
        if (zero, nought) != (0, 0) {
            return Err(file
                .error()
                .at(0)
                .found(format!("bytes {zero:#04x} {nought:#04x}"))
                .expected("0x00 0x00, as an IDX file begins")
                .help("is this an IDX file?"));
        }
        let width = match element {
            0x08 | 0x09 => 1,
            0x0B => 2,
            0x0C | 0x0D => 4,
            0x0E => 8,
            _ => {
                return Err(file
                    .error()
                    .at(2)
                    .found(format!("element type {element:#04x}"))
                    .expected("one of 0x08 0x09 0x0b 0x0c 0x0d 0x0e")
                    .help("is this an IDX file?"));
            }
        };
        let mut dims = Vec::new();
        for dimension in 0..rank {
            let size = file.array(&format!("the size of dimension {dimension}"))?;
            dims.push(u32::from_be_bytes(size) as usize);
        }
        let header = file.at;
        // All that the header claims must be there before anything is made to hold it.
        let elements = file.elements(&dims, width)?;
        file.end(&dims)?;
        let data = match element {
            0x09 => IdxData::I8(decode_each(elements, i8::from_be_bytes)),
            0x0B => IdxData::I16(decode_each(elements, i16::from_be_bytes)),
            0x0C => IdxData::I32(decode_each(elements, i32::from_be_bytes)),
            0x0D => IdxData::F32(decode_each(elements, f32::from_be_bytes)),
            0x0E => IdxData::F64(decode_each(elements, f64::from_be_bytes)),
            _ => {
                let mut bytes = bytes;
                bytes.drain(..header); // the elements are where they should be already
                IdxData::U8(bytes)
            }
        };
        Ok(Self { dims, data })
    }
    // ANCHOR_END: idx

    /// The bytes of an IDX file with these contents.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (element, elements) = match &self.data {
            IdxData::U8(data) => (0x08, data.clone()),
            IdxData::I8(data) => (0x09, encode_each(data, i8::to_be_bytes)),
            IdxData::I16(data) => (0x0B, encode_each(data, i16::to_be_bytes)),
            IdxData::I32(data) => (0x0C, encode_each(data, i32::to_be_bytes)),
            IdxData::F32(data) => (0x0D, encode_each(data, f32::to_be_bytes)),
            IdxData::F64(data) => (0x0E, encode_each(data, f64::to_be_bytes)),
        };
        let mut bytes = vec![0, 0, element, self.dims.len() as u8];
        for &size in &self.dims {
            bytes.extend((size as u32).to_be_bytes());
        }
        bytes.extend(elements);
        bytes
    }

    /// Writes an IDX file, not compressed.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        files::write(path, self.to_bytes())
    }

    /// The elements as a tensor: integers exactly, floating-point numbers to the nearest.
    ///
    /// # Errors
    /// If there are more dimensions than a tensor has axes, or an integer that `T` cannot hold.
    pub fn to_tensor<T: Scalar>(&self) -> Result<Tensor<T>> {
        let shape = tensor_shape("IDX data", &self.dims)?;
        let data = match &self.data {
            IdxData::U8(data) => floats(data),
            IdxData::I8(data) => floats(data),
            IdxData::I16(data) => floats(data),
            IdxData::I32(data) => integers("IDX data", data)?,
            IdxData::F32(data) => floats(data),
            IdxData::F64(data) => floats(data),
        };
        Ok(Tensor::new(shape, data))
    }
}
