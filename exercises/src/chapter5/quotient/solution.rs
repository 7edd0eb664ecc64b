//! Our answer to 5.3.

use longhand::tape::Var;

// ANCHOR: solution
pub fn quotient<'t>(a: Var<'t, f64>, b: Var<'t, f64>) -> Var<'t, f64> {
    let value = a.value() / b.value();
    a.tape().operation("quotient", [a, b], value, |[a, b], y, g| {
        let (d_a, d_b) = (g / b, -(g * y / b));
        [Some(d_a.sum_to(a.shape())), Some(d_b.sum_to(b.shape()))]
    })
}
// ANCHOR_END: solution
