//! A training as one file, to be stopped at any step and gone on with to the same bits (chapter 4).
//!
//! Weights alone are not enough for that. A momentum, the count of Adam's steps, the generator that
//! a dropout draws from and the place in the shuffled order decide the next step as well.

use super::Safetensors;
use crate::error::listed;
use crate::param::PerParam;
use crate::tensor::Shape;
use crate::{Error, ErrorKind, Param, Result, Rng, Scalar, Tensor};
use std::collections::BTreeMap;
use std::path::Path;

/// All that a training consists of, by name, on its way into a file or out of it.
///
/// One function names it all, part by part, and serves both ways: what is saved is what is loaded,
/// and neither way can forget what the other does. So a part is always handed over to be changed.
///
/// ```
/// use longhand::data::Archive;
/// use longhand::layers::{Layer, Linear, Loss, Mse};
/// use longhand::optim::{Adam, Optimizer};
/// use longhand::{Rng, Tensor};
///
/// struct Training { net: Linear, adam: Adam, step: usize }
/// impl Training {
///     fn new() -> Self {
///         Self { net: Linear::new(2, 1, &mut Rng::new(1)), adam: Adam::new(0.1), step: 0 }
///     }
///     fn archive(&mut self, archive: &mut Archive) {
///         archive.within("net", |archive| self.net.archive(archive));
///         archive.within("adam", |archive| self.adam.archive(&self.net.named_params(), archive));
///         archive.count("step", &mut self.step);
///     }
///     fn train(&mut self, until: usize) {
///         let (x, y) = (Tensor::vector(&[1.0, 2.0]).reshape([1, 2]), Tensor::ones([1, 1]));
///         for _ in self.step..until {
///             let mut mse = Mse::mean();
///             mse.forward(&self.net.forward(&x), &y);
///             self.net.zero_grad();
///             self.net.backward_params(&mse.backward());
///             self.adam.step(self.net.params_mut());
///             self.step += 1;
///         }
///     }
/// }
/// let (mut through, mut first, mut then) = (Training::new(), Training::new(), Training::new());
/// through.train(20);
///
/// let path = std::env::temp_dir().join(format!("longhand-{}.training", std::process::id()));
/// first.train(7);
/// Archive::save(&path, |archive| first.archive(archive))?;
/// Archive::load(&path, |archive| then.archive(archive))?;
/// then.train(20);
/// assert!(then.net.params()[0].value.same_bits(&through.net.params()[0].value));
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), longhand::Error>(())
/// ```
#[derive(Debug)]
pub struct Archive<T: Scalar = f32> {
    /// Those that were handed over, or those in the file that nobody has asked for yet.
    tensors: BTreeMap<String, Tensor<T>>,
    loading: bool,
    /// The names of the parts that we are within, each with a dot behind.
    within: String,
    /// What does not fit.
    faults: Vec<String>,
}

impl<T: Scalar> Archive<T> {
    /// Saves what `parts` names as a safetensors file, whole or not at all.
    ///
    /// # Errors
    /// If the file cannot be written.
    ///
    /// # Panics
    /// If two parts have one name.
    #[track_caller]
    pub fn save(path: impl AsRef<Path>, mut parts: impl FnMut(&mut Self)) -> Result<()> {
        let archive = Self::of(&mut parts);
        Safetensors::write(path, archive.tensors.iter().map(|(name, tensor)| (&name[..], tensor)))
    }

    /// Loads what [`save`](Archive::save) saved. The parts must have the shapes that they had: so
    /// build the net and the optimizer as before.
    ///
    /// # Errors
    /// If the file cannot be read or is broken, if its numbers are of another type, or if its names
    /// and shapes are not those that `parts` asks for: the error lists what is missing, what is too
    /// many, and what has another shape. Then everything is as it was.
    ///
    /// # Panics
    /// If two parts have one name.
    #[track_caller]
    pub fn load(path: impl AsRef<Path>, mut parts: impl FnMut(&mut Self)) -> Result<()> {
        let path = path.as_ref();
        let tensors = read(path).map_err(|error| error.within(path.display()))?;
        let before = Self::of(&mut parts);
        let mut archive = Self { loading: true, ..Self::new(tensors) };
        parts(&mut archive);
        let Self { tensors, mut faults, .. } = archive;
        faults.extend(tensors.keys().map(|name| format!("{name}, which nobody asks for")));
        if faults.is_empty() {
            return Ok(());
        }
        parts(&mut Self { loading: true, ..before });
        Err(Error::new(ErrorKind::Mismatch, path.display())
            .found(listed(faults))
            .expected("what this training consists of, by name and shape")
            .help("build net and optimizer as they were when the file was saved"))
    }

    fn new(tensors: BTreeMap<String, Tensor<T>>) -> Self {
        Self { tensors, loading: false, within: String::new(), faults: Vec::new() }
    }

    /// What `parts` names, in memory.
    #[track_caller]
    fn of(parts: &mut impl FnMut(&mut Self)) -> Self {
        let mut archive = Self::new(BTreeMap::new());
        parts(&mut archive);
        archive
    }

    /// What `parts` names, with `name` and a dot in front of each of the names.
    pub fn within<R>(&mut self, name: &str, parts: impl FnOnce(&mut Self) -> R) -> R {
        let length = self.within.len();
        self.within.extend([name, "."]);
        let result = parts(self);
        self.within.truncate(length);
        result
    }

    /// A tensor. Its elements are replaced; it stays where it is.
    ///
    /// # Panics
    /// If the name has been used.
    #[track_caller]
    pub fn tensor(&mut self, name: &str, tensor: &mut Tensor<T>) {
        let (name, shape) = (format!("{}{name}", self.within), tensor.shape());
        if !self.loading {
            let again = self.tensors.insert(name.clone(), tensor.clone()).is_some();
            assert!(!again, "two parts called {name} in one archive");
            return;
        }
        match self.tensors.remove(&name) {
            None => self.faults.push(format!("no {name} {shape}")),
            Some(there) if there.shape() != shape => {
                self.faults.push(format!("{name} {} for {shape}", there.shape()));
            }
            Some(there) => tensor.data_mut().copy_from_slice(there.data()),
        }
    }

    /// Bits, as so many numbers of sixteen bits: those are exact in an `f32` too.
    ///
    /// # Panics
    /// If the name has been used.
    #[track_caller]
    pub fn bits(&mut self, name: &str, words: &mut [u64]) {
        let quarter = |word: u64, i: usize| T::from_f64(f64::from((word >> (16 * i)) as u16));
        let quarters = words.iter().flat_map(|&word| [0, 1, 2, 3].map(|i| quarter(word, i)));
        let mut tensor = Tensor::new([words.len(), 4], quarters.collect());
        self.tensor(name, &mut tensor);
        let whole = |x: T| f64::from(x.to_f64() as u16).to_bits() == x.to_f64().to_bits();
        if !tensor.data().iter().all(|&x| whole(x)) {
            return self.fault(name, "more than numbers of 16 bits");
        }
        for (word, quarters) in words.iter_mut().zip(tensor.data().chunks_exact(4)) {
            *word = quarters.iter().rev().fold(0, |word, x| word << 16 | x.to_f64() as u64);
        }
    }

    fn fault(&mut self, name: &str, what: &str) {
        self.faults.push(format!("{}{name}: {what}", self.within));
    }

    /// A choice of two: stored as 0 or 1.
    ///
    /// # Panics
    /// If the name has been used.
    #[track_caller]
    pub fn flag(&mut self, name: &str, flag: &mut bool) {
        let mut count = usize::from(*flag);
        self.count(name, &mut count);
        match count {
            0 | 1 => *flag = count == 1,
            _ => self.fault(name, "neither 0 nor 1"),
        }
    }

    /// A whole number: an epoch, a place in the order.
    ///
    /// # Panics
    /// If the name has been used.
    #[track_caller]
    pub fn count(&mut self, name: &str, count: &mut usize) {
        let mut words = [*count as u64];
        self.bits(name, &mut words);
        match usize::try_from(words[0]) {
            Ok(there) => *count = there,
            Err(_) => self.fault(name, "more than this machine can count"),
        }
    }

    /// A number of double precision: a step size.
    ///
    /// # Panics
    /// If the name has been used.
    #[track_caller]
    pub fn number(&mut self, name: &str, number: &mut f64) {
        self.numbers(name, std::slice::from_mut(number));
    }

    /// Numbers of double precision.
    ///
    /// # Panics
    /// If the name has been used.
    #[track_caller]
    pub fn numbers(&mut self, name: &str, numbers: &mut [f64]) {
        let mut words: Vec<u64> = numbers.iter().map(|number| number.to_bits()).collect();
        self.bits(name, &mut words);
        for (number, word) in numbers.iter_mut().zip(words) {
            *number = f64::from_bits(word);
        }
    }

    /// A generator of random numbers, at the place where it is.
    ///
    /// # Panics
    /// If the name has been used.
    #[track_caller]
    pub fn rng(&mut self, name: &str, rng: &mut Rng) {
        let mut state = rng.state();
        self.bits(name, &mut state);
        match Rng::from_state(state) {
            Some(there) => *rng = there,
            None => self.fault(name, "zeros, which are no generator's state"),
        }
    }

    /// What an optimizer keeps for each of these parameters, if it keeps anything for it yet:
    /// `fresh` makes what it begins with, and `parts` names what that consists of.
    pub fn kept<K>(
        &mut self,
        params: &[(String, &Param<T>)],
        kept: &mut PerParam<K>,
        fresh: impl Fn(Shape) -> K,
        parts: impl Fn(&mut K, &mut Self),
    ) {
        for (name, param) in params {
            self.within(name, |archive| {
                let mut begun = kept.get(param.id()).is_some();
                archive.flag("begun", &mut begun);
                if begun {
                    let fresh = || fresh(param.value.shape());
                    parts(kept.get_or_insert_with(param.id(), fresh), archive);
                } else {
                    kept.remove(param.id());
                }
            });
        }
    }
}

/// All tensors of a file, which must be of the type that is wanted: rounded, they would not go on
/// to the same bits.
fn read<T: Scalar>(path: &Path) -> Result<BTreeMap<String, Tensor<T>>> {
    let file = Safetensors::read(path)?;
    let tensor = |name: &str| match file.dtype(name) {
        Some(dtype) if dtype != T::DTYPE.name() => {
            Err(Error::new(ErrorKind::Mismatch, format!("tensor {name:?}"))
                .found(format!("numbers of type {dtype}"))
                .expected(T::DTYPE.name())
                .help("go on with the type that the training began with"))
        }
        _ => Ok((name.to_string(), file.tensor(name)?)),
    };
    file.names().map(tensor).collect()
}
