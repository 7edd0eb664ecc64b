//! Layers one after another (chapter 4).

use super::{Function, Layer, Mode};
use crate::tensor::meter::Kind;
use crate::{Param, Rng, Scalar, Tensor};

/// A net that hands each layer's output to the next; itself a layer.
///
/// ```
/// use longhand::layers::{Layer, Linear, Relu};
/// use longhand::{Rng, Tensor, sequential};
/// let rng = &mut Rng::new(0);
/// let mut net = sequential![Linear::<f32>::new(784, 50, rng), Relu::new(), Linear::new(50, 10, rng)];
/// assert_eq!(net.forward(&Tensor::zeros([64, 784])).shape(), [64, 10]);
/// assert_eq!(net.params().len(), 4);
/// ```
#[derive(Debug)]
pub struct Sequential<T: Scalar = f32> {
    /// The layers, the first to be called first.
    pub layers: Vec<Box<dyn Layer<T>>>,
}

/// A [`Sequential`](crate::layers::Sequential) of these layers.
#[macro_export]
macro_rules! sequential {
    ($($layer:expr),* $(,)?) => {
        $crate::layers::Sequential::new(vec![$(Box::new($layer)),*])
    };
}

impl<T: Scalar> Sequential<T> {
    /// A net of these layers, each in the mode that it is in.
    pub fn new(layers: Vec<Box<dyn Layer<T>>>) -> Self {
        Self { layers }
    }
}

// ANCHOR: sequential
// y = fₙ(… f₂(f₁(x))): the chain rule hands dL/dy back through the layers, last to first.
impl<T: Scalar> Layer<T> for Sequential<T> {
    #[track_caller]
    fn predict(&self, input: &Tensor<T>) -> Tensor<T> {
        // the first layer's input → the last layer's output
        let mut x = input.clone();
        for layer in &self.layers {
            x = layer.predict(&x);
        }
        x
    }

    #[track_caller]
    fn forward(&mut self, input: &Tensor<T>) -> Tensor<T> {
        let _scope = Kind::Activation.scope();
        let mut x = input.clone();
        for layer in &mut self.layers {
            x = layer.forward(&x);
        }
        x
    }

    #[track_caller]
    fn backward(&mut self, d_output: &Tensor<T>) -> Tensor<T> {
        // dL/d(last output) → dL/d(first input)
        let mut d = d_output.clone();
        for layer in self.layers.iter_mut().rev() {
            d = layer.backward(&d);
        }
        d
    }

    #[track_caller]
    fn backward_params(&mut self, d_output: &Tensor<T>) {
        let Some((first, rest)) = self.layers.split_first_mut() else { return };
        let mut d = d_output.clone();
        for layer in rest.iter_mut().rev() {
            d = layer.backward(&d);
        }
        first.backward_params(&d);
    }
    // ANCHOR_END: sequential

    fn function(&mut self, _input: &Tensor<T>) -> Function<'_, T> {
        Function::Chain(self.layers.iter_mut().map(|layer| &mut **layer as _).collect())
    }

    fn name(&self) -> String {
        "Sequential".into()
    }

    fn forget(&mut self) {
        self.layers.iter_mut().for_each(|layer| layer.forget());
    }

    fn params(&self) -> Vec<&Param<T>> {
        self.layers.iter().flat_map(|layer| layer.params()).collect()
    }

    fn params_mut(&mut self) -> Vec<&mut Param<T>> {
        let mut params = Vec::new();
        self.layers.iter_mut().for_each(|layer| params.extend(layer.params_mut()));
        params
    }

    fn named_params(&self) -> Vec<(String, &Param<T>)> {
        numbered(self.layers.iter().map(|layer| layer.named_params()))
    }

    fn buffers(&self) -> Vec<(String, &Tensor<T>)> {
        numbered(self.layers.iter().map(|layer| layer.buffers()))
    }

    fn buffers_mut(&mut self) -> Vec<(String, &mut Tensor<T>)> {
        numbered(self.layers.iter_mut().map(|layer| layer.buffers_mut()))
    }

    fn rngs_mut(&mut self) -> Vec<&mut Rng> {
        self.layers.iter_mut().flat_map(|layer| layer.rngs_mut()).collect()
    }

    fn layers(&self) -> Option<&[Box<dyn Layer<T>>]> {
        Some(&self.layers)
    }

    fn layers_mut(&mut self) -> Option<&mut [Box<dyn Layer<T>>]> {
        Some(&mut self.layers)
    }

    fn set_mode(&mut self, mode: Mode) {
        self.layers.iter_mut().for_each(|layer| layer.set_mode(mode));
    }
}

/// What each layer names, with the layer's number in front: `"weight"` becomes `"0.weight"`.
fn numbered<X>(layers: impl Iterator<Item = Vec<(String, X)>>) -> Vec<(String, X)> {
    let named = layers.enumerate().flat_map(|(number, own)| {
        own.into_iter().map(move |(name, x)| (format!("{number}.{name}"), x))
    });
    named.collect()
}
