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

mod elements;
mod header;

pub use elements::NpyData;

use super::convert::tensor_shape;
use super::cursor::Cursor;
use crate::scalar::Dtype;
use crate::tensor::element_count;
use crate::{Error, Result, Scalar, Tensor, files};
use header::{Header, MAGIC, PLACE};
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

impl Npy {
    /// The most dimensions NumPy gives an array.
    pub const MAX_RANK: usize = header::MAX_RANK;

    /// Elements in row-major order with their shape, to be written.
    ///
    /// # Panics
    /// If the shape does not hold that many elements, or has more than 64 dimensions.
    #[track_caller]
    #[must_use]
    pub fn new(shape: Vec<usize>, data: NpyData) -> Self {
        if element_count(&shape) != Some(data.len()) {
            panic!("shape {shape:?} does not hold {} elements", data.len());
        }
        if shape.len() > Self::MAX_RANK {
            panic!("shape {shape:?}: a NumPy array has at most {} dimensions", Self::MAX_RANK);
        }
        Self { shape, data }
    }

    /// A tensor, as `<f4` or `<f8`.
    #[must_use]
    pub fn from_tensor<T: Scalar>(tensor: &Tensor<T>) -> Self {
        let numbers = tensor.data().iter().map(|&number| number.to_f64());
        let data = match T::DTYPE {
            Dtype::F32 => NpyData::F32(numbers.map(|number| number as f32).collect()),
            Dtype::F64 => NpyData::F64(numbers.collect()),
        };
        Self { shape: tensor.shape().to_vec(), data }
    }

    /// The sizes of the dimensions, outermost first.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The elements in row-major order.
    #[must_use]
    pub fn data(&self) -> &NpyData {
        &self.data
    }

    /// The shape and the elements, to be taken apart.
    #[must_use]
    pub fn into_parts(self) -> (Vec<usize>, NpyData) {
        (self.shape, self.data)
    }

    /// Reads a `.npy` file.
    ///
    /// # Errors
    /// If the file cannot be read, is cut short, has bytes left over, breaks a rule of the format,
    /// holds more than one array, or one of another element type than those of [`NpyData`]
    /// (complex numbers, text, objects, records).
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::from_bytes(&files::read(path)?).map_err(|error| error.within(path.display()))
    }

    /// Reads the bytes of a `.npy` file. Column-major arrays are turned to row-major, big-endian
    /// numbers to little-endian.
    ///
    /// # Errors
    /// As [`Npy::read`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut file = Cursor::new(PLACE, bytes);
        let header = Header::read(&mut file)?;
        let start = file.at;
        let elements = file.elements(&header.shape, header.descr.width)?;
        if file.rest().starts_with(&MAGIC) {
            return Err(file
                .error()
                .found("another array")
                .expected(format!("the end of the data after one of shape {:?}", header.shape))
                .help("save each array in a file of its own"));
        }
        file.end(&header.shape)?;
        let mut data = NpyData::decode(&header.descr, elements, start)?;
        if header.fortran_order {
            data.turn_row_major(&header.shape);
        }
        Ok(Self { shape: header.shape, data })
    }

    /// The bytes of a `.npy` file with these contents: to the byte, those that `numpy.save` writes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Header::write(self.data.descr(), &self.shape);
        bytes.extend(self.data.encode());
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
        let shape = tensor_shape(PLACE, &self.shape)?;
        Ok(Tensor::new(shape, self.data.numbers()?))
    }
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
