//! `.npy`, NumPy's file for one array: read in versions 1 to 3, written as `numpy.save` does.
//!
//! ```text
//! byte 0 to 5   93 'N' 'U' 'M' 'P' 'Y'
//! byte 6, 7     version, major and minor
//! then          length of the header: two bytes in version 1, four in 2 and 3, little-endian
//! then          the header, a Python dictionary: element type, order, shape
//! then          the elements, little-endian
//! ```
//! The golden figures that the tests compare with are such files, and so are the statistics that
//! chapter 8 saves.

mod header;

use super::convert::{count, decode_each, encode_each, floats, integers, tensor_shape};
use super::cursor::Cursor;
use crate::{Error, Result, Scalar, Tensor, files};
use header::Header;
use std::path::Path;

/// The contents of a `.npy` file: its shape, and the elements in row-major order.
///
/// ```
/// use longhand::data::{Npy, NpyData};
/// let npy = Npy::new(vec![2, 2], NpyData::I32(vec![1, 2, 3, 4]));
/// let bytes = npy.to_bytes();
/// assert!(bytes[10..].starts_with(b"{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }"));
/// assert_eq!(bytes.len(), 128 + 4 * 4);
/// assert_eq!(Npy::from_bytes(&bytes)?, npy);
/// # Ok::<(), longhand::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Npy {
    shape: Vec<usize>,
    data: NpyData,
}

/// The elements of a `.npy` file, in the type they are stored in.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum NpyData {
    Bool(Vec<bool>),
    U8(Vec<u8>),
    I8(Vec<i8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
}

/// Does the same with the elements, whatever their type.
macro_rules! with_data {
    ($npy:expr, $data:ident => $what:expr) => {
        match $npy {
            NpyData::Bool($data) => $what,
            NpyData::U8($data) => $what,
            NpyData::I8($data) => $what,
            NpyData::I16($data) => $what,
            NpyData::I32($data) => $what,
            NpyData::I64($data) => $what,
            NpyData::F32($data) => $what,
            NpyData::F64($data) => $what,
        }
    };
}

impl NpyData {
    /// How many elements there are.
    pub fn len(&self) -> usize {
        with_data!(self, data => data.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// NumPy's name for the element type.
    pub fn descr(&self) -> &'static str {
        match self {
            NpyData::Bool(_) => "|b1",
            NpyData::U8(_) => "|u1",
            NpyData::I8(_) => "|i1",
            NpyData::I16(_) => "<i2",
            NpyData::I32(_) => "<i4",
            NpyData::I64(_) => "<i8",
            NpyData::F32(_) => "<f4",
            NpyData::F64(_) => "<f8",
        }
    }
}

impl Npy {
    /// The most dimensions NumPy gives an array.
    pub const MAX_RANK: usize = header::MAX_RANK;

    /// Elements in row-major order with their shape, to be written.
    ///
    /// # Panics
    /// If the shape does not hold that many elements, or has more than 64 dimensions.
    #[track_caller]
    pub fn new(shape: Vec<usize>, data: NpyData) -> Self {
        if count(&shape) != Some(data.len()) {
            panic!("shape {shape:?} does not hold {} elements", data.len());
        }
        if shape.len() > Self::MAX_RANK {
            panic!("shape {shape:?}: a NumPy array has at most {} dimensions", Self::MAX_RANK);
        }
        Self { shape, data }
    }

    /// A tensor, as `<f4` or `<f8`.
    pub fn from_tensor<T: Scalar>(tensor: &Tensor<T>) -> Self {
        let numbers = tensor.data().iter().map(|&number| number.to_f64());
        let data = match T::NAME {
            "f32" => NpyData::F32(numbers.map(|number| number as f32).collect()),
            _ => NpyData::F64(numbers.collect()),
        };
        Self { shape: tensor.shape().to_vec(), data }
    }

    /// The sizes of the dimensions, outermost first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The elements in row-major order.
    pub fn data(&self) -> &NpyData {
        &self.data
    }

    /// The shape and the elements, to be taken apart.
    pub fn into_parts(self) -> (Vec<usize>, NpyData) {
        (self.shape, self.data)
    }

    /// Reads a `.npy` file.
    ///
    /// # Errors
    /// If the file cannot be read, is cut short, has bytes left over, breaks a rule of the format,
    /// or holds another element type than those of [`NpyData`], or big-endian numbers.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::from_bytes(&files::read(path)?).map_err(|error| error.within(path.display()))
    }

    /// Reads the bytes of a `.npy` file. Column-major arrays are turned to row-major.
    ///
    /// # Errors
    /// As [`Npy::read`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut file = Cursor::new("NPY data", bytes);
        let header = Header::read(&mut file)?;
        let width = header.width();
        let start = file.at;
        let elements = file.elements(&header.shape, width)?;
        let data = match header.descr {
            "|b1" => {
                if let Some(index) = elements.iter().position(|&byte| byte > 1) {
                    return Err(file
                        .error()
                        .at((start + index) as u64)
                        .found(format!("byte {:#04x} in an array of bool", elements[index]))
                        .expected("0x00 or 0x01")
                        .help("store other values as |u1"));
                }
                NpyData::Bool(elements.iter().map(|&byte| byte == 1).collect())
            }
            "|u1" => NpyData::U8(elements.to_vec()),
            "|i1" => NpyData::I8(decode_each(elements, i8::from_le_bytes)),
            "<i2" => NpyData::I16(decode_each(elements, i16::from_le_bytes)),
            "<i4" => NpyData::I32(decode_each(elements, i32::from_le_bytes)),
            "<i8" => NpyData::I64(decode_each(elements, i64::from_le_bytes)),
            "<f4" => NpyData::F32(decode_each(elements, f32::from_le_bytes)),
            _ => NpyData::F64(decode_each(elements, f64::from_le_bytes)),
        };
        let mut npy = Self { shape: header.shape, data };
        if header.fortran_order {
            with_data!(&mut npy.data, data => *data = row_major(&npy.shape, data));
        }
        Ok(npy)
    }

    /// The bytes of a `.npy` file with these contents: to the byte, those that `numpy.save` writes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Header::write(self.data.descr(), &self.shape);
        bytes.extend(match &self.data {
            NpyData::Bool(data) => data.iter().map(|&bit| u8::from(bit)).collect(),
            NpyData::U8(data) => data.clone(),
            NpyData::I8(data) => encode_each(data, i8::to_le_bytes),
            NpyData::I16(data) => encode_each(data, i16::to_le_bytes),
            NpyData::I32(data) => encode_each(data, i32::to_le_bytes),
            NpyData::I64(data) => encode_each(data, i64::to_le_bytes),
            NpyData::F32(data) => encode_each(data, f32::to_le_bytes),
            NpyData::F64(data) => encode_each(data, f64::to_le_bytes),
        });
        bytes
    }

    /// Writes a `.npy` file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        files::write(path, self.to_bytes())
    }

    /// The elements as a tensor: integers exactly, floating-point numbers to the nearest, `true`
    /// as 1 and `false` as 0.
    ///
    /// # Errors
    /// If there are more dimensions than a tensor has axes, or an integer that `T` cannot hold.
    pub fn to_tensor<T: Scalar>(&self) -> Result<Tensor<T>> {
        let shape = tensor_shape("NPY data", &self.shape)?;
        let data = match &self.data {
            NpyData::Bool(data) => {
                floats(&data.iter().map(|&bit| u8::from(bit)).collect::<Vec<_>>())
            }
            NpyData::U8(data) => floats(data),
            NpyData::I8(data) => floats(data),
            NpyData::I16(data) => floats(data),
            NpyData::I32(data) => integers("NPY data", data)?,
            NpyData::I64(data) => integers("NPY data", data)?,
            NpyData::F32(data) => floats(data),
            NpyData::F64(data) => floats(data),
        };
        Ok(Tensor::new(shape, data))
    }
}

/// Elements that ran first index fastest, last index fastest.
fn row_major<N: Copy>(shape: &[usize], column_major: &[N]) -> Vec<N> {
    let mut strides = Vec::new(); // in `column_major`
    let mut stride = 1;
    for &size in shape {
        strides.push(stride);
        stride = usize::wrapping_mul(stride, size); // an empty array may have huge sizes
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

/// Reads a `.npy` file into a tensor: integers exactly, floating-point numbers to the nearest.
///
/// # Errors
/// As [`Npy::read`] and [`Npy::to_tensor`].
///
/// ```
/// use longhand::{Tensor, data};
/// let path = std::env::temp_dir().join(format!("longhand-doc-{}.npy", std::process::id()));
/// let tensor = Tensor::new([2], vec![0.5_f32, -0.25]);
/// data::write_tensor(&path, &tensor)?;
/// assert_eq!(data::read_tensor::<f32>(&path)?.data(), tensor.data());
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), longhand::Error>(())
/// ```
pub fn read_tensor<T: Scalar>(path: impl AsRef<Path>) -> Result<Tensor<T>> {
    let path = path.as_ref();
    Npy::read(path)?.to_tensor().map_err(|error: Error| error.within(path.display()))
}

/// Writes a tensor as a `.npy` file of `<f4` or `<f8`.
///
/// # Errors
/// If the file cannot be written.
pub fn write_tensor<T: Scalar>(path: impl AsRef<Path>, tensor: &Tensor<T>) -> Result<()> {
    Npy::from_tensor(tensor).write(path)
}
