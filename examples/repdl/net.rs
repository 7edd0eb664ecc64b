//! A LeNet, its loss and Adam, with every sum in RepDL's order.
//!
//! A sum there is one chain, from the first term to the last. So is each element of a product or of
//! a convolution here, and in the engine that is all there is to agree on. The sums that this crate
//! takes in another order are written as products: Σ g is 1·g, added up in one chain.

use longhand::rng::Mersenne;
use longhand::tensor::{Maxima, Window};
use longhand::{Scalar, Tensor};

/// What backward asks of one block: convolution, ReLU, max pooling.
struct Block {
    input: Tensor,
    /// Before the ReLU.
    sum: Tensor,
    maxima: Maxima,
}

/// What a forward pass leaves for the backward pass.
pub struct Saved {
    blocks: [Block; 2],
    /// What went into each linear layer.
    inputs: [Tensor; 3],
    /// What came out of the last.
    pub logits: Tensor,
}

/// Weight and bias of two convolutions and three linear layers.
pub struct Net {
    pub params: Vec<Tensor>,
}

/// The window of a convolution: the first has padding.
fn window(i: usize) -> Window {
    Window::new([5, 5]).padding([[2, 2], [0, 0]][i])
}

impl Net {
    /// With what `torch.nn.Conv2d` and `torch.nn.Linear` begin with.
    pub fn new(rng: &mut Mersenne) -> Self {
        let shapes: [&[usize]; 5] =
            [&[6, 1, 5, 5], &[16, 6, 5, 5], &[120, 400], &[84, 120], &[10, 84]];
        let mut draw = |shape: &[usize]| {
            // Weight and bias, both on ±1/√fan_in.
            let bound = 1.0 / (shape[1..].iter().product::<usize>() as f64).sqrt();
            [shape, &shape[..1]].map(|shape| {
                let mut values = Tensor::zeros(shape);
                rng.fill_uniform(values.data_mut(), -bound as f32, bound as f32);
                values
            })
        };
        Self { params: shapes.map(&mut draw).concat() }
    }

    /// `[n, 1, 28, 28]` gives logits `[n, 10]`.
    pub fn forward(&self, images: &Tensor) -> Saved {
        let mut x = images.clone();
        let blocks = [0, 1].map(|i| {
            let [weight, bias] = self.layer(i);
            let sum = x.conv2d(weight, Some(bias), window(i));
            let (pooled, maxima) = sum.clamp_min(0.0).max_pool2d(Window::tiling(2));
            Block { input: std::mem::replace(&mut x, pooled), sum, maxima }
        });
        let mut x = x.reshape([images.shape()[0], 400]);
        let inputs = [2, 3, 4].map(|i| {
            let [weight, bias] = self.layer(i);
            let sum = &x.matmul_nt(weight) + bias;
            std::mem::replace(&mut x, if i < 4 { sum.clamp_min(0.0) } else { sum })
        });
        Saved { blocks, inputs, logits: x }
    }

    /// The gradients of the parameters, from that of the logits.
    pub fn backward(&self, saved: &Saved, d_logits: Tensor) -> Vec<Tensor> {
        let mut gradients = vec![Tensor::zeros([0]); 10];
        let mut g = d_logits;
        for i in [4, 3, 2] {
            let input = &saved.inputs[i - 2];
            gradients[2 * i] = g.matmul_tn(input);
            gradients[2 * i + 1] = sum_rows(&g);
            g = g.matmul(self.layer(i)[0]);
            if i > 2 {
                g = d_relu(&g, input);
            }
        }
        for i in [1, 0] {
            let Block { input, sum, maxima } = &saved.blocks[i];
            g = d_relu(&maxima.scatter(&g.reshape(maxima.output())), sum);
            // Σ over images and places, in one chain: a convolution with images for channels.
            let [x, d] = [input, &g].map(|x| x.permute(&[1, 0, 2, 3]));
            let over = Window { kernel: [d.shape()[2], d.shape()[3]], ..window(i) };
            gradients[2 * i] = x.conv2d(&d, None, over).permute(&[1, 0, 2, 3]);
            let outputs = d.shape()[0];
            gradients[2 * i + 1] = sum_rows(&d.reshape([outputs, d.len() / outputs]).t());
            if i == 1 {
                g = by_input(&g, self.layer(1)[0]);
            }
        }
        gradients
    }

    /// Weight and bias of a layer.
    fn layer(&self, i: usize) -> [&Tensor; 2] {
        [&self.params[2 * i], &self.params[2 * i + 1]]
    }
}

// ANCHOR: sum_rows
/// Σ over the rows, `[n, m]` gives `[m]`: 1·g₁ + 1·g₂ + …, in one chain.
fn sum_rows(g: &Tensor) -> Tensor {
    Tensor::ones([1, g.shape()[0]]).matmul(g).reshape([g.shape()[1]])
}
// ANCHOR_END: sum_rows

/// g where x is above 0: back through max(x, 0).
fn d_relu(g: &Tensor, x: &Tensor) -> Tensor {
    g.zip(x, |g, x| if x > 0.0 { g } else { 0.0 })
}

// ANCHOR: by_input
/// dL/d(input) of a convolution without padding, with stride 1, in one chain over outputs and then
/// over the window, row by row.
///
/// d_input[y] = Σ d_output[y − k]·w[k] looks backward where a convolution looks forward. In images
/// turned by 180° backward is forward.
fn by_input(d_output: &Tensor, weight: &Tensor) -> Tensor {
    let [kh, kw] = [weight.shape()[2], weight.shape()[3]];
    let window = Window::new([kh, kw]).padding([kh - 1, kw - 1]);
    turned(&turned(d_output).conv2d(&weight.permute(&[1, 0, 2, 3]), None, window))
}

/// Each plane of `[n, c, h, w]` turned by 180°.
fn turned(x: &Tensor) -> Tensor {
    let mut x = x.clone();
    let area = x.shape()[2] * x.shape()[3];
    x.data_mut().chunks_exact_mut(area).for_each(<[f32]>::reverse);
    x
}
// ANCHOR_END: by_input

/// The gradient of the mean cross-entropy by the logits: (softmax − one hot) / n.
pub fn d_cross_entropy(logits: &Tensor, labels: &[usize]) -> Tensor {
    let [n, classes] = [logits.shape()[0], logits.shape()[1]];
    let powers = (logits - &logits.max_axis(1).reshape([n, 1])).exp();
    let sums = powers.matmul(&Tensor::ones([classes, 1]));
    let softmax = powers.zip(&sums, |power, sum| power / sum);
    let share = (1.0 / n as f64) as f32;
    (&softmax - &Tensor::one_hot(labels, classes)).map(|d| d * share)
}

/// RepDL's Adam, rounding for rounding.
pub struct Adam {
    step: i32,
    means: Vec<Tensor>,
    squares: Vec<Tensor>,
}

impl Adam {
    pub fn new(net: &Net) -> Self {
        let zeros: Vec<_> = net.params.iter().map(|param| Tensor::zeros(param.shape())).collect();
        Self { step: 0, means: zeros.clone(), squares: zeros }
    }

    pub fn step(&mut self, net: &mut Net, gradients: &[Tensor]) {
        const RATE: f64 = 0.01;
        const BETAS: [f64; 2] = [0.9, 0.999];
        const EPSILON: f32 = 1e-8;
        self.step += 1;
        let kept = BETAS.map(|beta| beta as f32);
        let added = BETAS.map(|beta| (1.0 - beta) as f32);
        let corrections = BETAS.map(|beta| 1.0 - Scalar::powi(beta, self.step));
        let root = corrections[1].sqrt() as f32;
        let step = (-(RATE / corrections[0])) as f32;
        for (i, g) in gradients.iter().enumerate() {
            let (mean, square) = (&mut self.means[i], &mut self.squares[i]);
            // PyTorch fuses what it adds times a factor.
            mean.update(g, |m, g| g.mul_add(added[0], m * kept[0]));
            square.update(g, |v, g| v * kept[1] + g * g * added[1]);
            let moved = mean.zip(square, |m, v| m / (v.sqrt() / root + EPSILON) * step);
            net.params[i].update(&moved, |param, moved| param + moved);
        }
    }
}
