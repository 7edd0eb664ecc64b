//! 5.3 without a quotient in the way back, and with only the gradients that somebody wants.

use longhand::tape::Var;

pub fn quotient<'t>(a: Var<'t, f64>, b: Var<'t, f64>) -> Var<'t, f64> {
    let value = a.value().zip(&b.value(), |a, b| a / b);
    a.tape().operation("quotient", [a, b], value, |[a, b], _, g| {
        let share = b.recip() * g;
        let d_a = a.grad_if_needed(|| share.sum_to(a.shape()));
        let d_b = b.grad_if_needed(|| (share * a * b.powi(-1)).sum_to(b.shape()) * -1.0);
        [d_a, d_b]
    })
}
