//! What a layer is: a function that can go forward, and back (chapter 4).

use super::{Function, saving};
use crate::data::Archive;
use crate::{Param, Result, Rng, Scalar, Tensor};
use std::fmt;
use std::path::Path;

// ANCHOR: layer
/// A differentiable function with parameters of its own.
pub trait Layer<T: Scalar = f32>: Send {
    /// The output, in the layer's own mode. Saves what [`backward`](Layer::backward) will need,
    /// the values of parameters included: if they change before it, it uses the old ones.
    #[track_caller]
    fn forward(&mut self, input: &Tensor<T>) -> Tensor<T>;

    /// Takes dL/d(output), adds to the parameters' gradients, gives dL/d(input), and lets go of
    /// what `forward` saved: each forward pass can be gone back through once.
    ///
    /// What was saved of a parameter is gone before its gradient is handed over, and it is not
    /// read again: its value may change in place at that moment (chapter 7).
    #[track_caller]
    fn backward(&mut self, d_output: &Tensor<T>) -> Tensor<T>;

    /// The same without dL/d(input), which the first layer of a net has no use for.
    #[track_caller]
    fn backward_params(&mut self, d_output: &Tensor<T>) {
        self.backward(d_output);
    }

    /// The output in evaluation. Nothing is saved, and nothing changes: neither the layer's mode,
    /// nor what a forward pass has saved that still waits for its backward pass.
    #[track_caller]
    fn predict(&self, input: &Tensor<T>) -> Tensor<T>;

    /// The parameters, in the order in which the layer uses them.
    fn params(&self) -> Vec<&Param<T>> {
        Vec::new()
    }

    /// The parameters, to be changed.
    fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        Vec::new()
    }

    /// Drops every parameter's gradient, before the next backward pass adds its own.
    fn zero_grad(&mut self) {
        self.params_mut().into_iter().for_each(Param::zero_grad);
    }
    // ANCHOR_END: layer

    /// What a summary calls it: `"Linear"`.
    fn name(&self) -> String;

    /// Lets go of what `forward` saved, when no backward pass will follow.
    fn forget(&mut self) {}

    /// Chooses between training and evaluation, for layers that behave differently in each.
    fn set_mode(&mut self, _mode: Mode) {}

    /// Every parameter with its name, in the order of [`params`](Layer::params). In a net, the
    /// layer's number stands in front, as PyTorch has it: `"0.weight"`, in a net within a net
    /// `"2.0.weight"`.
    fn named_params(&self) -> Vec<(String, &Param<T>)> {
        self.params().into_iter().map(|param| (param.name.to_string(), param)).collect()
    }

    /// Tensors that belong to the layer as its parameters do but are not learnt, with their names:
    /// running statistics.
    fn buffers(&self) -> Vec<(String, &Tensor<T>)> {
        Vec::new()
    }

    /// The buffers, to be changed.
    fn buffers_mut(&mut self) -> Vec<(String, &mut Tensor<T>)> {
        Vec::new()
    }

    /// Every parameter and buffer with its name: what training has changed, all of it.
    fn state(&self) -> Vec<(String, &Tensor<T>)> {
        let params = self.named_params().into_iter().map(|(name, param)| (name, &param.value));
        params.chain(self.buffers()).collect()
    }

    /// Saves every parameter and buffer by name as a safetensors file.
    ///
    /// The names are PyTorch's for the same `nn.Sequential`, which loads the file by
    /// `net.load_state_dict(safetensors.torch.load_file(path))`.
    ///
    /// ```
    /// use longhand::layers::{Layer, Linear, Relu};
    /// use longhand::{Rng, Tensor, sequential};
    /// let build = |seed| {
    ///     let rng = &mut Rng::new(seed);
    ///     sequential![Linear::<f32>::new(4, 3, rng), Relu::new(), Linear::new(3, 2, rng)]
    /// };
    /// let (net, mut other) = (build(1), build(2));
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
    fn save(&self, path: impl AsRef<Path>) -> Result<()>
    where
        Self: Sized,
    {
        saving::save(self, path.as_ref())
    }

    /// Loads what [`save`](Layer::save) saved, or PyTorch: every parameter and buffer by name.
    /// Numbers of another precision are rounded to the nearest.
    ///
    /// # Errors
    /// If the file cannot be read or is broken, or if its names and shapes are not those of this
    /// layer: the error lists what is missing, what is too many, and what has another shape. Then
    /// nothing is changed.
    fn load(&mut self, path: impl AsRef<Path>) -> Result<()>
    where
        Self: Sized,
    {
        saving::load(self, path.as_ref())
    }

    /// Names all that training changes or draws from, so as to go on later: parameters, buffers and
    /// generators.
    ///
    /// # Panics
    /// If the archive has one of the names already.
    #[track_caller]
    fn archive(&mut self, archive: &mut Archive<T>) {
        let names: Vec<String> = self.named_params().into_iter().map(|(name, _)| name).collect();
        for (name, param) in names.iter().zip(self.params_mut()) {
            archive.tensor(name, &mut param.value);
        }
        for (name, buffer) in self.buffers_mut() {
            archive.tensor(&name, buffer);
        }
        for (number, rng) in self.rngs_mut().into_iter().enumerate() {
            archive.rng(&format!("generator{number}"), rng);
        }
    }

    /// The generators that a forward pass in training draws from.
    fn rngs_mut(&mut self) -> Vec<&mut Rng> {
        Vec::new()
    }

    /// Before the way back: a layer whose `forward` has kept less than `backward` needs computes
    /// the rest now. Then the layers that it is a chain of can be gone back through one by one
    /// (chapter 7). [`backward`](Layer::backward) does it by itself.
    #[track_caller]
    fn recompute(&mut self) {}

    /// The layers it is a chain of, the first first; none if it is a layer by itself.
    fn layers(&self) -> Option<&[Box<dyn Layer<T>>]> {
        None
    }

    /// The same, to be changed.
    fn layers_mut(&mut self) -> Option<&mut [Box<dyn Layer<T>>]> {
        None
    }

    /// Instead of [`forward`](Layer::forward), for those who compute in another way than by hand:
    /// which function the layer is of this input. It draws and it moves running statistics as
    /// `forward` would have done, once, and saves nothing.
    ///
    /// A layer of your own that is made of others says so with [`Function::Chain`].
    ///
    /// # Panics
    /// If the input has a shape that the layer does not take, or if the layer does not say.
    #[track_caller]
    fn function(&mut self, _input: &Tensor<T>) -> Function<'_, T> {
        panic!("{} does not say which function it is: it has no `function`", self.name());
    }
}

/// Its name; in a chain, the names of its layers.
impl<T: Scalar> fmt::Debug for dyn Layer<T> + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name())?;
        match self.layers() {
            Some(layers) => f.debug_list().entries(layers).finish(),
            None => Ok(()),
        }
    }
}

/// Whether a net is being trained or evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// Dropout drops, batch normalisation uses the batch's own statistics.
    #[default]
    Train,
    /// Nothing is random, and a sample's output does not depend on its batch.
    Eval,
}
