//! Products of matrices: A·B with either side transposed, and the fully connected layer.
//!
//! The pullback of each form is made of the other two, so that no matrix is ever transposed in
//! memory, in derivatives of any order.

use crate::Scalar;
use crate::tape::list::Var;

impl<T: Scalar> Var<'_, T> {
    // ANCHOR: matmul
    /// A·B: `[m, k]` by `[k, n]` gives `[m, n]`.
    #[track_caller]
    pub fn matmul(self, b: Self) -> Self {
        // a [m, k], b [k, n] → y [m, n]
        // y_ij = Σₖ a_ik·b_kj, so
        //   dL/da_ik = Σⱼ g_ij·b_kj    G·Bᵀ
        //   dL/db_kj = Σᵢ a_ik·g_ij    Aᵀ·G
        let value = self.read().matmul(&b.read());
        self.tape.operation("matmul", [self, b], value, |[a, b], _, g| {
            [a.grad_if_needed(|| g.matmul_nt(b)), b.grad_if_needed(|| a.matmul_tn(g))]
        })
    }
    // ANCHOR_END: matmul

    /// Aᵀ·B: `[k, m]` and `[k, n]` give `[m, n]`.
    #[track_caller]
    pub fn matmul_tn(self, b: Self) -> Self {
        // a [k, m], b [k, n] → y [m, n]
        // y_ij = Σₖ a_ki·b_kj, so dL/da = B·Gᵀ and dL/db = A·G
        let value = self.read().matmul_tn(&b.read());
        self.tape.operation("matmul tn", [self, b], value, |[a, b], _, g| {
            [a.grad_if_needed(|| b.matmul_nt(g)), b.grad_if_needed(|| a.matmul(g))]
        })
    }

    /// A·Bᵀ: `[m, k]` and `[n, k]` give `[m, n]`.
    #[track_caller]
    pub fn matmul_nt(self, b: Self) -> Self {
        // a [m, k], b [n, k] → y [m, n]
        // y_ij = Σₖ a_ik·b_jk, so dL/da = G·B and dL/db = Gᵀ·A
        let value = self.read().matmul_nt(&b.read());
        self.tape.operation("matmul nt", [self, b], value, |[a, b], _, g| {
            [a.grad_if_needed(|| g.matmul(b)), b.grad_if_needed(|| g.matmul_tn(a))]
        })
    }

    /// x·Wᵀ + b, a fully connected layer: one entry where its parts would make two.
    #[track_caller]
    pub fn linear(self, weight: Self, bias: Self) -> Self {
        // x [batch, inputs], weight [outputs, inputs], bias [outputs] → y [batch, outputs]
        //   dL/dx = G·W    dL/dW = Gᵀ·x    dL/db = Σ_batch g
        let mut value = self.read().matmul_nt(&weight.read());
        value += &*bias.read();
        self.tape.operation("linear", [self, weight, bias], value, |[x, weight, bias], _, g| {
            [
                x.grad_if_needed(|| g.matmul(weight)),
                weight.grad_if_needed(|| g.matmul_tn(x)),
                bias.grad_if_needed(|| g.sum_to(bias.shape())),
            ]
        })
    }
}
