//! Second derivatives of a loss, as products with a vector (chapter 10).
//!
//! For D parameters the Hessian has D² elements. Its product with one vector costs about as much
//! as a few gradients, and needs no matrix.

use crate::tape::Var;
use crate::tensor::Shape;
use crate::{Scalar, Tensor};

/// A symmetric matrix over all parameters that is only ever multiplied by vectors. A vector is a
/// tensor for each parameter, of that parameter's shape.
pub trait Curvature<T: Scalar> {
    /// The shapes of the parameters.
    fn shapes(&self) -> Vec<Shape>;

    /// The product with a vector.
    ///
    /// # Panics
    /// If a tensor of the vector has another shape than its parameter.
    #[track_caller]
    fn times(&self, vector: &[Tensor<T>]) -> Vec<Tensor<T>>;
}

// ANCHOR: hessian
/// The Hessian of a loss: all its second derivatives.
///
/// ```
/// use longhand::per_sample::{Curvature, Hessian};
/// use longhand::{Tape, Tensor};
/// let tape = Tape::<f64>::new();
/// let (x, y) = (tape.leaf(Tensor::scalar(3.0)), tape.leaf(Tensor::scalar(5.0)));
/// let hessian = Hessian::new(x * x * y, &[x, y]); // [[2y, 2x], [2x, 0]]
/// let column = hessian.times(&[Tensor::scalar(1.0), Tensor::scalar(0.0)]);
/// assert_eq!([column[0].item(), column[1].item()], [10.0, 6.0]);
/// ```
#[derive(Debug)]
#[must_use]
pub struct Hessian<'t, T: Scalar = f32> {
    /// What it is differentiated with respect to.
    params: Vec<Var<'t, T>>,
    /// The loss's gradient, on the tape; `None` where the loss does not depend on the parameter.
    gradient: Vec<Option<Var<'t, T>>>,
}

impl<'t, T: Scalar> Hessian<'t, T> {
    /// The Hessian with respect to these parameters, at their values on the tape. This records the
    /// gradient, once.
    ///
    /// # Panics
    /// If the loss is not one number.
    #[track_caller]
    pub fn new(loss: Var<'t, T>, params: &[Var<'t, T>]) -> Self {
        Self { params: params.to_vec(), gradient: loss.backward_pass().create_graph(params) }
    }

    /// The gradient of the loss, which is known by now.
    #[must_use]
    pub fn gradient(&self) -> Vec<Tensor<T>> {
        let known = self.params.iter().zip(&self.gradient);
        known.map(|(param, g)| g.map_or_else(|| zeros(*param), Var::value)).collect()
    }
}

impl<T: Scalar> Curvature<T> for Hessian<'_, T> {
    fn shapes(&self) -> Vec<Shape> {
        self.params.iter().map(|param| param.shape()).collect()
    }

    #[track_caller]
    fn times(&self, vector: &[Tensor<T>]) -> Vec<Tensor<T>> {
        // (H·v)_j = Σᵢ ∂gᵢ/∂θ_j·vᵢ: a backward pass from the gradient, started with v.
        back(&self.gradient, vector, &self.params)
    }
}
// ANCHOR_END: hessian

// ANCHOR: gauss_newton
/// The Gauss-Newton matrix Jᵀ·H·J: J holds the derivatives of the net's output with respect to the
/// parameters, H is the Hessian of the loss with respect to that output.
///
/// It is the Hessian as it would be if the net were linear. For the losses of this crate H has no
/// negative direction, so neither has the whole.
///
/// ```
/// use longhand::per_sample::{Curvature, GaussNewton};
/// use longhand::{Tape, Tensor};
/// let tape = Tape::<f64>::new();
/// let x = tape.leaf(Tensor::scalar(0.5));
/// let y = x.square(); // the net: dy/dx = 1
/// let loss = y.square(); // its loss: d²L/dy² = 2
/// let ggn = GaussNewton::new(y, loss, &[x]);
/// assert_eq!(ggn.times(&[Tensor::scalar(1.0)])[0].item(), 2.0); // the Hessian of x⁴ is 3 here
/// ```
#[derive(Debug)]
#[must_use]
pub struct GaussNewton<'t, T: Scalar = f32> {
    /// What it is differentiated with respect to.
    params: Vec<Var<'t, T>>,
    /// What the net puts out.
    output: Var<'t, T>,
    /// dL/d(output)
    slope: Option<Var<'t, T>>,
    /// A gradient for the output.
    u: Var<'t, T>,
    /// What the net makes of it for the parameters: Jᵀ·u.
    pulled: Vec<Option<Var<'t, T>>>,
}

impl<'t, T: Scalar> GaussNewton<'t, T> {
    /// The matrix of a loss that depends on the parameters through `output` alone.
    ///
    /// # Panics
    /// If the loss is not one number.
    #[track_caller]
    pub fn new(output: Var<'t, T>, loss: Var<'t, T>, params: &[Var<'t, T>]) -> Self {
        let tape = output.tape();
        let slope = loss.backward_pass().create_graph(&[output])[0];
        let u = tape.leaf(Tensor::zeros(output.shape()));
        let pulled = tape.backward_pass().root(output, u).create_graph(params);
        Self { params: params.to_vec(), output, slope, u, pulled }
    }
}

impl<T: Scalar> Curvature<T> for GaussNewton<'_, T> {
    fn shapes(&self) -> Vec<Shape> {
        self.params.iter().map(|param| param.shape()).collect()
    }

    #[track_caller]
    fn times(&self, vector: &[Tensor<T>]) -> Vec<Tensor<T>> {
        // Jᵀ·u is linear in u, so its derivative with respect to u, from v, is J·v.
        let [forward] = back(&self.pulled, vector, &[self.u]).try_into().expect("one for one");
        let [bent] = back(&[self.slope], &[forward], &[self.output]).try_into().expect("one");
        back(&[Some(self.output)], &[bent], &self.params)
    }
}
// ANCHOR_END: gauss_newton

/// One backward pass from all of `outputs`, started with `gradients`, to `inputs`. Nothing is
/// freed.
#[track_caller]
fn back<'t, T: Scalar>(
    outputs: &[Option<Var<'t, T>>],
    gradients: &[Tensor<T>],
    inputs: &[Var<'t, T>],
) -> Vec<Tensor<T>> {
    if outputs.len() != gradients.len() {
        panic!("a vector of {} tensors for {} parameters", gradients.len(), outputs.len());
    }
    let mut pass = inputs[0].tape().backward_pass().retain_graph();
    for (output, gradient) in outputs.iter().zip(gradients) {
        if let Some(output) = output {
            pass = pass.root(*output, gradient);
        }
    }
    let found = pass.with_respect_to(inputs).into_iter().zip(inputs);
    found.map(|(gradient, input)| gradient.unwrap_or_else(|| zeros(*input))).collect()
}

fn zeros<T: Scalar>(var: Var<T>) -> Tensor<T> {
    Tensor::zeros(var.shape())
}
