//! safetensors, a file of named tensors: read, and written as its Python package does (chapter 6).
//!
//! ```text
//! byte 0 to 7   length of the header, little-endian
//! then          the header, JSON: for each name its element type, shape and place
//! then          the elements of all tensors, little-endian, one tensor after another
//! ```
//! Nothing in such a file is ever run, unlike a pickle's: that is what the name says. PyTorch
//! opens it by `safetensors.torch.load_file`.

mod header;
mod json;

use super::convert::{decode_each, encode_each, floats, tensor_shape};
use super::cursor::Cursor;
use crate::{Error, ErrorKind, Result, Scalar, Tensor, files};
use header::{Entry, Header, PLACE};
use std::path::Path;

/// The contents of a safetensors file.
///
/// ```
/// use longhand::Tensor;
/// use longhand::data::Safetensors;
/// let (weight, bias) = (Tensor::<f32>::ones([2, 3]), Tensor::<f32>::zeros([2]));
/// let bytes = Safetensors::to_bytes([("0.weight", &weight), ("0.bias", &bias)]);
///
/// let file = Safetensors::from_bytes(bytes)?;
/// assert_eq!(file.names().collect::<Vec<_>>(), ["0.bias", "0.weight"]);
/// assert_eq!(file.shape("0.weight"), Some(&[2, 3][..]));
/// assert_eq!(file.tensor::<f64>("0.weight")?, Tensor::ones([2, 3]));
/// # Ok::<(), longhand::Error>(())
/// ```
pub struct Safetensors {
    /// In the order of their elements.
    entries: Vec<Entry>,
    elements: Vec<u8>,
}

impl Safetensors {
    /// Reads a file.
    ///
    /// # Errors
    /// If the file cannot be read, is cut short, has bytes left over, breaks a rule of the
    /// format, or names a tensor twice.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::from_bytes(files::read(path)?).map_err(|error| error.within(path.display()))
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// As [`Safetensors::read`].
    pub fn from_bytes(mut bytes: Vec<u8>) -> Result<Self> {
        let Header { entries, end } = Header::read(&mut Cursor::new(PLACE, &bytes))?;
        bytes.drain(..end);
        Ok(Self { entries, elements: bytes })
    }

    /// The names, in the order in which the tensors lie in the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| &entry.name[..])
    }

    /// The shape of this tensor, if there is one.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.entry(name).map(|entry| &entry.shape[..])
    }

    /// The element type of this tensor, as the format calls it: `"F32"`.
    pub fn dtype(&self, name: &str) -> Option<&'static str> {
        self.entry(name).map(|entry| entry.dtype)
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The tensor of this name; its numbers are rounded to the nearest if `T` is the narrower.
    ///
    /// # Errors
    /// If there is none, its elements are not `F32` or `F64`, or it has more dimensions than a
    /// tensor has axes.
    pub fn tensor<T: Scalar>(&self, name: &str) -> Result<Tensor<T>> {
        let error = |kind| Error::new(kind, format_args!("{PLACE}, tensor {name:?}"));
        let entry = self.entry(name).ok_or_else(|| {
            error(ErrorKind::Mismatch)
                .found("none of that name")
                .expected(format!("one of the {} in the file", self.entries.len()))
        })?;
        let shape = tensor_shape(PLACE, &entry.shape)?;
        let elements = &self.elements[entry.place.clone()];
        let numbers = match entry.dtype {
            "F32" => floats(&decode_each(elements, f32::from_le_bytes)),
            "F64" => floats(&decode_each(elements, f64::from_le_bytes)),
            other => {
                return Err(error(ErrorKind::Unsupported)
                    .at(entry.at as u64)
                    .found(format!("elements of type {other}"))
                    .expected("F32 or F64")
                    .help("convert the tensor before saving it: .float() in PyTorch"));
            }
        };
        Ok(Tensor::new(shape, numbers))
    }

    /// The bytes of a file with these tensors: to the byte, those that `safetensors.torch.save`
    /// makes.
    ///
    /// # Panics
    /// If two have one name.
    #[track_caller]
    pub fn to_bytes<'a, T: Scalar>(
        tensors: impl IntoIterator<Item = (&'a str, &'a Tensor<T>)>,
    ) -> Vec<u8> {
        let mut tensors: Vec<_> = tensors.into_iter().collect();
        tensors.sort_by_key(|&(name, _)| name);
        if let Some(pair) = tensors.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            panic!("two tensors called {:?} for one safetensors file", pair[0].0);
        }
        let mut bytes = Header::write(&tensors);
        for (_, tensor) in tensors {
            bytes.extend(match T::NAME {
                "f32" => encode_each(tensor.data(), |x| (x.to_f64() as f32).to_le_bytes()),
                _ => encode_each(tensor.data(), |x| x.to_f64().to_le_bytes()),
            });
        }
        bytes
    }

    /// Writes a file with these tensors.
    ///
    /// # Errors
    /// If the file cannot be written.
    ///
    /// # Panics
    /// If two have one name.
    #[track_caller]
    pub fn write<'a, T: Scalar>(
        path: impl AsRef<Path>,
        tensors: impl IntoIterator<Item = (&'a str, &'a Tensor<T>)>,
    ) -> Result<()> {
        files::write(path, Self::to_bytes(tensors))
    }
}
