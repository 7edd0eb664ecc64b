//! Chapter 1: products, sums, named indices.

use super::Journal;
use longhand::tensor::einsum;
use longhand::{Rng, Scalar, Tensor, init};

pub fn write(journal: &mut Journal) {
    products::<f32>("f32", journal);
    products::<f64>("f64", journal);
    sums(journal);
}

/// Small and large, with a vector, and with either factor transposed: an engine has ways of its own
/// for each.
fn products<T: Scalar>(kind: &str, journal: &mut Journal) {
    journal.begin(format_args!("products in {kind}"));
    let rng = &mut Rng::new(1);
    for [m, k, n] in [[5, 784, 10], [131, 257, 199], [1, 300, 50], [300, 50, 1], [8, 1, 70]] {
        let a: Tensor<T> = init::normal([m, k], T::ZERO, T::ONE, rng);
        let b: Tensor<T> = init::normal([k, n], T::ZERO, T::ONE, rng);
        let shape = format!("{m}×{k} by {k}×{n}");
        journal.tensor(format_args!("{shape}, NN"), &a.matmul(&b));
        journal.tensor(format_args!("{shape}, TN"), &a.t().matmul_tn(&b));
        journal.tensor(format_args!("{shape}, NT"), &a.matmul_nt(&b.t()));
    }
}

fn sums(journal: &mut Journal) {
    journal.begin("sums");
    let x: Tensor = init::normal([300, 333], 0.0, 1.0, &mut Rng::new(2));
    journal.numbers("all", &[x.sum(), x.mean(), x.var()]);
    journal.tensor("columns", &x.sum_axis(0));
    journal.tensor("rows", &x.sum_axis(1));
    journal.tensor("largest of rows", &x.max_axis(1));
    let [a, b] = [&x.rows(0..9), &x.rows(9..18)].map(|x| x.slice(1, 0..77).reshape([3, 21, 11]));
    journal.tensor("bij,bkj->bik", &einsum("bij,bkj->bik", &[&a, &b]));
    journal.tensor("bij,bkj->ki", &einsum("bij,bkj->ki", &[&a, &b]));
}
