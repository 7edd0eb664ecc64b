//! From functions to layers, in three steps that must not change a gradient (chapter 4).
//!
//! Functions leave it to their caller to know what goes where. A model of modules knows it itself,
//! and remembers what each of them saw. The three steps differ in how a layer computes the gradient
//! of its weight.

use super::{Gradients, Net, lin, mse, mse_grad, relu, relu_grad};
use crate::tensor::einsum;
use crate::{Scalar, Tensor};

// ANCHOR: module
/// A step of the net: forward, and back again.
pub trait Module<T: Scalar> {
    /// The output for this input. A module that does not say how refuses.
    #[track_caller]
    fn forward(&self, _inp: &Tensor<T>) -> Tensor<T> {
        panic!("{} has no forward", std::any::type_name::<Self>());
    }

    /// dL/d(input), from the input and dL/d(output); keeps the gradients of its own parameters.
    #[track_caller]
    fn backward(&mut self, _inp: &Tensor<T>, _d_out: &Tensor<T>) -> Tensor<T> {
        panic!("{} has no backward", std::any::type_name::<Self>());
    }
}
// ANCHOR_END: module

// ANCHOR: three_ways
/// How a layer computes dL/dw from its input `[n, i]` and dL/d(output) `[n, o]`.
pub type WeightGradient<T> = fn(&Tensor<T>, &Tensor<T>) -> Tensor<T>;

/// First step: every sample's outer product, then their sum.
///
/// All products at once would fill n·i·o numbers, so they are made and added 64 samples at a time.
#[track_caller]
pub fn outer_product<T: Scalar>(inp: &Tensor<T>, d_out: &Tensor<T>) -> Tensor<T> {
    let (n, i, o) = (inp.shape()[0], inp.shape()[1], d_out.shape()[1]);
    let mut sum = Tensor::zeros([i, o]);
    for start in (0..n).step_by(64) {
        let samples = start..n.min(start + 64);
        let inp = inp.rows(samples.clone()).unsqueeze(-1);
        let d_out = d_out.rows(samples).unsqueeze(1);
        sum += &(inp * d_out).sum_axis(0);
    }
    sum
}

/// Second step: the same sum with its indices named.
#[track_caller]
pub fn by_einsum<T: Scalar>(inp: &Tensor<T>, d_out: &Tensor<T>) -> Tensor<T> {
    einsum("bi,bj->ij", &[inp, d_out])
}

/// Third step: it was a product of matrices all along.
#[track_caller]
pub fn by_matmul<T: Scalar>(inp: &Tensor<T>, d_out: &Tensor<T>) -> Tensor<T> {
    inp.matmul_tn(d_out)
}

/// The three steps with their names.
pub fn three_ways<T: Scalar>() -> [(&'static str, WeightGradient<T>); 3] {
    [("outer product", outer_product), ("einsum", by_einsum), ("matmul", by_matmul)]
}
// ANCHOR_END: three_ways

/// inp·w + b, with the gradients of both once a backward pass has been through.
#[derive(Debug)]
pub struct Lin<T: Scalar> {
    w: Tensor<T>,
    b: Tensor<T>,
    d_w: Option<Tensor<T>>,
    d_b: Option<Tensor<T>>,
    weight_gradient: WeightGradient<T>,
}

// ANCHOR: lin
impl<T: Scalar> Module<T> for Lin<T> {
    #[track_caller]
    fn forward(&self, inp: &Tensor<T>) -> Tensor<T> {
        // inp [n, i] → [n, o]
        lin(inp, &self.w, &self.b)
    }

    #[track_caller]
    fn backward(&mut self, inp: &Tensor<T>, d_out: &Tensor<T>) -> Tensor<T> {
        // inp [n, i], d_out [n, o] → [n, i]
        self.d_w = Some((self.weight_gradient)(inp, d_out));
        self.d_b = Some(d_out.sum_axis(0));
        d_out.matmul_nt(&self.w)
    }
}
// ANCHOR_END: lin

/// max(x, 0)
#[derive(Debug)]
pub struct Relu;

impl<T: Scalar> Module<T> for Relu {
    fn forward(&self, inp: &Tensor<T>) -> Tensor<T> {
        relu(inp)
    }

    #[track_caller]
    fn backward(&mut self, inp: &Tensor<T>, d_out: &Tensor<T>) -> Tensor<T> {
        relu_grad(inp, d_out)
    }
}

// ANCHOR: model
/// lin → relu → lin → mse as a chain of modules.
#[derive(Debug)]
pub struct Model<T: Scalar> {
    lin1: Lin<T>,
    relu: Relu,
    lin2: Lin<T>,
    /// The input of each module in turn, the output, and the target.
    seen: Option<[Tensor<T>; 5]>,
}

impl<T: Scalar> Model<T> {
    /// A model of these parameters.
    pub fn new(net: &Net<T>, weight_gradient: WeightGradient<T>) -> Self {
        let lin = |w: &Tensor<T>, b: &Tensor<T>| Lin {
            w: w.clone(),
            b: b.clone(),
            d_w: None,
            d_b: None,
            weight_gradient,
        };
        Self { lin1: lin(&net.w1, &net.b1), relu: Relu, lin2: lin(&net.w2, &net.b2), seen: None }
    }

    /// The loss; remembers every value on the way.
    #[track_caller]
    pub fn forward(&mut self, inp: &Tensor<T>, target: &Tensor<T>) -> T {
        // inp [n, inputs], target [n]
        let l1 = self.lin1.forward(inp);
        let l2 = self.relu.forward(&l1);
        let out = self.lin2.forward(&l2);
        let loss = mse(&out, target);
        self.seen = Some([inp.clone(), l1, l2, out, target.clone()]);
        loss
    }

    /// The five gradients of the last loss.
    ///
    /// # Panics
    /// If there was no [`forward`](Self::forward) since the last call.
    #[track_caller]
    pub fn backward(&mut self) -> Gradients<T> {
        let [inp, l1, l2, out, target] = self.seen.take().expect("forward comes before backward");
        let d_out = mse_grad(&out, &target);
        let d_l2 = self.lin2.backward(&l2, &d_out);
        let d_l1 = self.relu.backward(&l1, &d_l2);
        let input = self.lin1.backward(&inp, &d_l1);
        let taken = |gradient: &mut Option<Tensor<T>>| gradient.take().expect("set by backward");
        Gradients {
            w1: taken(&mut self.lin1.d_w),
            b1: taken(&mut self.lin1.d_b),
            w2: taken(&mut self.lin2.d_w),
            b2: taken(&mut self.lin2.d_b),
            input,
        }
    }
}
// ANCHOR_END: model
