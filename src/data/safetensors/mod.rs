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

use super::convert::{bfloat, decode_each, encode_each, floats, half, integers, tensor_shape};
use super::cursor::Cursor;
use crate::scalar::Dtype;
use crate::{Error, ErrorKind, Result, Scalar, Tensor, files};
use header::{Entry, Header, PLACE};
use std::fmt;
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

/// Lists the tensors, not what is in them.
impl fmt::Debug for Safetensors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row =
            |entry: &Entry| (entry.name.clone(), format!("{} {:?}", entry.dtype, entry.shape));
        f.debug_map().entries(self.entries.iter().map(row)).finish()
    }
}

impl Safetensors {
    /// Reads a file.
    ///
    /// # Errors
    /// If the file cannot be read, is cut short, has bytes left over, breaks a rule of the
    /// format, or names a tensor twice. An element type that is not known is no error here.
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
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.entry(name).map(|entry| &entry.shape[..])
    }

    /// The element type of this tensor, as the format calls it: `"F32"`.
    #[must_use]
    pub fn dtype(&self, name: &str) -> Option<&str> {
        self.entry(name).map(|entry| &entry.dtype[..])
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The tensor of this name. Integers, and `BOOL` as 0 and 1, are exact; floating-point numbers
    /// are rounded to the nearest if `T` is the narrower.
    ///
    /// # Errors
    /// If there is none, its elements are of a type that is not read here (numbers of 8 bits or
    /// fewer with an exponent, complex ones, and types that are newer), an integer is one that `T`
    /// cannot hold, or it has more dimensions than a tensor has axes. Other tensors of the file can
    /// be read all the same.
    pub fn tensor<T: Scalar>(&self, name: &str) -> Result<Tensor<T>> {
        let place = format!("{PLACE}, tensor {name:?}");
        let entry = self.entry(name).ok_or_else(|| {
            Error::new(ErrorKind::Mismatch, &place)
                .found("none of that name")
                .expected(format!("one of the {} in the file", self.entries.len()))
                .help("names() lists them")
        })?;
        let shape = tensor_shape(&place, &entry.shape)?;
        let elements = &self.elements[entry.place.clone()];
        let numbers = match &entry.dtype[..] {
            "BOOL" => floats(&decode_each(elements, |[byte]| u8::from(byte != 0))),
            "U8" => floats(elements),
            "I8" => floats(&decode_each(elements, i8::from_le_bytes)),
            "U16" => floats(&decode_each(elements, u16::from_le_bytes)),
            "I16" => floats(&decode_each(elements, i16::from_le_bytes)),
            "U32" => integers(&place, &decode_each(elements, u32::from_le_bytes))?,
            "I32" => integers(&place, &decode_each(elements, i32::from_le_bytes))?,
            "U64" => integers(&place, &decode_each(elements, u64::from_le_bytes))?,
            "I64" => integers(&place, &decode_each(elements, i64::from_le_bytes))?,
            "F16" => floats(&decode_each(elements, |bytes| half(u16::from_le_bytes(bytes)))),
            "BF16" => floats(&decode_each(elements, |bytes| bfloat(u16::from_le_bytes(bytes)))),
            "F32" => floats(&decode_each(elements, f32::from_le_bytes)),
            "F64" => floats(&decode_each(elements, f64::from_le_bytes)),
            other => {
                return Err(Error::new(ErrorKind::Unsupported, &place)
                    .at(entry.at as u64)
                    .found(format!("elements of type {other}"))
                    .expected("BOOL, an integer, F16, BF16, F32 or F64")
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
            bytes.extend(match T::DTYPE {
                Dtype::F32 => encode_each(tensor.data(), |x| (x.to_f64() as f32).to_le_bytes()),
                Dtype::F64 => encode_each(tensor.data(), |x| x.to_f64().to_le_bytes()),
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
