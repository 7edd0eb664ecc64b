//! 3.6 with two long steps whose errors cancel, after Lewis Fry Richardson: chapter 5 will tell.

pub fn slope(f: &dyn Fn(f64) -> f64, x: f64) -> f64 {
    let with = |h: f64| (f(x + h) - f(x - h)) / (2.0 * h);
    let h = 1e-3;
    (4.0 * with(h / 2.0) - with(h)) / 3.0
}
