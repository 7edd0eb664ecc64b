//! Saving a layer or a net to a file and loading it again, by name (chapter 6).

use super::Layer;
use crate::data::Safetensors;
use crate::error::listed;
use crate::{Error, ErrorKind, Result, Scalar, Tensor};
use std::path::Path;

/// PyTorch's batch normalisation counts its batches too; nothing here depends on that number.
const PASSED_OVER: &str = "num_batches_tracked";

/// Every parameter and buffer by name, written to a safetensors file.
pub(super) fn save<T: Scalar>(layer: &dyn Layer<T>, path: &Path) -> Result<()> {
    let state = layer.state();
    Safetensors::write(path, state.iter().map(|(name, tensor)| (&name[..], *tensor)))
}

/// Reads them again. All is read and checked before anything is changed.
pub(super) fn load<T: Scalar>(layer: &mut dyn Layer<T>, path: &Path) -> Result<()> {
    let file = Safetensors::read(path)?;
    let within = |error: Error| error.within(path.display());
    let state = layer.state();
    check(&file, &state).map_err(within)?;
    let read = |name: &str| file.tensor(name).map_err(within);
    let new: Vec<Tensor<T>> = state.iter().map(|(name, _)| read(name)).collect::<Result<_>>()?;

    // The same order as in `state`.
    let mut new = new.into_iter();
    layer.params_mut().into_iter().zip(&mut new).for_each(|(param, new)| param.value = new);
    layer.buffers_mut().into_iter().zip(new).for_each(|((_, buffer), new)| *buffer = new);
    Ok(())
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
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::Mismatch, "safetensors data")
            .found(listed(faults))
            .expected(format!("the net's {} tensors, by name and shape", state.len()))
            .help("build the net with the same layers as the one that was saved")),
    }
}
