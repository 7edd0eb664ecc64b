//! Our answer to 7.5.

use longhand::Tensor;

// ANCHOR: solution
pub fn squared_norm(x: &Tensor<f64>, d_out: &Tensor<f64>) -> f64 {
    // Σ_oi (Σ_n g_no·x_ni)² = Σ_nm (Σ_o g_no·g_mo)·(Σ_i x_ni·x_mi)
    let g_gram = d_out.matmul(&d_out.t());
    let x_gram = x.matmul(&x.t());
    // The bias is a weight whose input is always 1.
    (g_gram * (x_gram + 1.0)).sum()
}
// ANCHOR_END: solution
