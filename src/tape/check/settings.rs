//! How a gradient is checked: steps, tolerances, how many elements (chapter 5).

/// How a gradient is checked.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Check {
    /// How far an element is moved, relative to its size if that is above 1.
    pub step: f64,
    /// The error allowed, relative to the slope that was measured: never to the gradient, which is
    /// what is judged.
    pub rtol: f64,
    /// The error allowed beside that.
    pub atol: f64,
    /// At most this many elements are checked; which of them, the seed says.
    pub most: usize,
    /// Chooses the weights of the outputs, and the elements where there are too many.
    pub seed: u64,
}

impl Default for Check {
    /// Steps of 10⁻³, errors of 10⁻⁷, 1,000 elements.
    fn default() -> Self {
        Self { step: 1e-3, rtol: 1e-7, atol: 1e-7, most: 1000, seed: 0 }
    }
}
