//! Saving a net to a file and loading it again, by name (chapter 6).

use super::{Layer, Sequential};
use crate::data::Safetensors;
use crate::{Error, ErrorKind, Result, Scalar, Tensor};
use std::path::Path;

/// PyTorch's batch normalisation counts its batches too; nothing here depends on that number.
const PASSED_OVER: &str = "num_batches_tracked";

/// How many differences an error lists.
const LISTED: usize = 20;

impl<T: Scalar> Sequential<T> {
    /// Every parameter and buffer with its name: what training has changed, all of it.
    pub fn state(&self) -> Vec<(String, &Tensor<T>)> {
        let params = self.named_params().into_iter().map(|(name, param)| (name, &param.value));
        params.chain(self.buffers()).collect()
    }

    // ANCHOR: save
    /// Saves every parameter and buffer by name as a safetensors file.
    ///
    /// The names are PyTorch's for the same `nn.Sequential`, which loads the file by
    /// `net.load_state_dict(safetensors.torch.load_file(path))`.
    ///
    /// ```
    /// use longhand::layers::{Linear, Relu};
    /// use longhand::{Rng, Tensor, sequential};
    /// let build = |seed| {
    ///     let rng = &mut Rng::new(seed);
    ///     sequential![Linear::<f32>::new(4, 3, rng), Relu::new(), Linear::new(3, 2, rng)]
    /// };
    /// let (mut net, mut other) = (build(1), build(2));
    /// let path = std::env::temp_dir().join(format!("longhand-{}.safetensors", std::process::id()));
    /// net.save(&path)?;
    /// other.load(&path)?;
    /// let x = Tensor::ones([1, 4]);
    /// assert_eq!(net.predict(&x), other.predict(&x));
    /// # std::fs::remove_file(path).unwrap();
    /// # Ok::<(), longhand::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let state = self.state();
        Safetensors::write(path, state.iter().map(|(name, tensor)| (&name[..], *tensor)))
    }

    /// Loads what [`save`](Self::save) saved, or PyTorch: every parameter and buffer by name.
    /// Numbers of another precision are rounded to the nearest.
    ///
    /// # Errors
    /// If the file cannot be read or is broken, or if its names and shapes are not those of this
    /// net: the error lists what is missing, what is too many, and what has another shape. Then
    /// nothing is changed.
    pub fn load(&mut self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let file = Safetensors::read(path)?;
        let within = |error: Error| error.within(path.display());
        let state = self.state();
        check(&file, &state).map_err(within)?;
        let read = |name: &str| file.tensor(name).map_err(within);
        let new: Vec<Tensor<T>> =
            state.iter().map(|(name, _)| read(name)).collect::<Result<_>>()?;

        // The same order as in `state`.
        let mut new = new.into_iter();
        self.params_mut().into_iter().zip(&mut new).for_each(|(param, new)| param.value = new);
        self.buffers_mut().into_iter().zip(new).for_each(|((_, buffer), new)| *buffer = new);
        Ok(())
    }
    // ANCHOR_END: save
}

/// Sees that the file holds the tensors of the net and no others, or lists all differences.
fn check<T: Scalar>(file: &Safetensors, state: &[(String, &Tensor<T>)]) -> Result<()> {
    let mut faults = Vec::new();
    for (name, tensor) in state {
        let shape = tensor.shape();
        match file.shape(name) {
            None => faults.push(format!("no {name} {shape}")),
            Some(there) if shape != *there => faults.push(format!("{name} {there:?} for {shape}")),
            Some(_) => {}
        }
    }
    for name in file.names() {
        let known = state.iter().any(|(own, _)| own == name);
        if !known && !name.ends_with(PASSED_OVER) {
            faults.push(format!("{name}, which the net has not"));
        }
    }
    let more = faults.len().saturating_sub(LISTED);
    faults.truncate(LISTED);
    if more > 0 {
        faults.push(format!("and {more} more"));
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::Mismatch, "safetensors data")
            .found(faults.join("; "))
            .expected(format!("the net's {} tensors, by name and shape", state.len()))
            .help("build the net with the same layers as the one that was saved")),
    }
}
