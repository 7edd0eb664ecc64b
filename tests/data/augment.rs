//! Digits moved on purpose: what must be exact is, and no ink is lost or made.

use super::common::assert_says;
use longhand::data::{Mnist, Motion, move_each};
use longhand::{Rng, Tensor, init};

fn turn(degrees: f64) -> Motion {
    Motion { degrees, ..Motion::default() }
}

fn shift(down: isize, across: isize) -> Motion {
    Motion { shift: [down, across], ..Motion::default() }
}

fn image(shape: [usize; 2]) -> Tensor<f32> {
    init::normal(shape, 0.0, 1.0, &mut Rng::new(3))
}

#[test]
fn no_motion_changes_no_bit() {
    for shape in [[28, 28], [5, 8], [1, 1], [0, 3]] {
        assert!(Motion::default().apply(&image(shape), 9.0).same_bits(&image(shape)));
    }
    // What does not count is not looked at: 0·∞ would be NaN.
    let mut bright = image([5, 5]);
    bright.data_mut()[12] = f32::INFINITY;
    assert!(Motion::default().apply(&bright, f32::INFINITY).same_bits(&bright));
    let doubles = image([28, 28]).cast::<f64>();
    assert!(turn(360.0).apply(&doubles, 0.0).same_bits(&doubles));
}

#[test]
fn a_shift_copies_pixels() {
    let x = image([7, 9]);
    for [down, across] in [[0, 0], [2, -3], [-1, 0], [0, 8], [7, 0], [-100, 100]] {
        let moved = shift(down, across).apply(&x, 9.0);
        for (i, j) in (0..7).flat_map(|i| (0..9).map(move |j| (i, j))) {
            let (row, col) = (i - down, j - across);
            let inside = (0..7).contains(&row) && (0..9).contains(&col);
            let expected = if inside { x[[row as usize, col as usize]] } else { 9.0 };
            assert_eq!(moved[[i as usize, j as usize]], expected);
        }
    }
}

#[test]
fn quarter_turns_of_a_square_copy_pixels() {
    for size in [1, 2, 9, 28] {
        let x = image([size, size]);
        let quarter = turn(90.0).apply(&x, 9.0);
        for (i, j) in (0..size).flat_map(|i| (0..size).map(move |j| (i, j))) {
            // Counterclockwise: the right-hand column becomes the first row.
            assert_eq!(quarter[[i, j]], x[[j, size - 1 - i]]);
        }
        let twice = turn(90.0).apply(&quarter, 9.0);
        assert!(turn(180.0).apply(&x, 9.0).same_bits(&twice));
        assert!(turn(-90.0).apply(&quarter, 9.0).same_bits(&x));
        assert!(turn(270.0).apply(&quarter, 9.0).same_bits(&x));
    }
}

/// A turn by 45° of a dot two pixels to the right of the centre, by hand.
#[test]
fn an_eighth_of_a_turn_is_shared_by_four_pixels() {
    let mut dot = Tensor::<f64>::zeros([7, 7]);
    dot.data_mut()[3 * 7 + 5] = 1.0;
    let turned = turn(45.0).apply(&dot, 0.0);
    // Pixel (3 − a, 3 + b) came from the place (a and b upward and to the right) with
    // b' = (a + b)/√2 to the right and a' = (a − b)/√2 upward.
    let root = 0.5_f64.sqrt();
    for (a, b) in [(1.0, 1.0), (1.0, 2.0), (2.0, 1.0), (2.0, 2.0)] {
        let (up, right) = ((a - b) * root, (a + b) * root);
        let near = |from: f64, to: f64| (1.0 - (from - to).abs()).max(0.0);
        let expected = near(up, 0.0) * near(right, 2.0);
        let found = turned[[(3.0 - a) as usize, (3.0 + b) as usize]];
        assert!((found - expected).abs() < 1e-12, "({a}, {b}): {found}, not {expected}");
    }
    assert!(turned[[2, 4]] > 0.3, "counterclockwise is upward from the right");
}

#[test]
fn ink_is_neither_lost_nor_made() {
    let digits = Mnist::load().unwrap().train.split_at(200).0;
    let images = digits.images::<f64>([28, 28], 255.0);
    for n in 0..200 {
        let digit = images.rows(n..n + 1);
        // What is shifted out is gone, the rest is all there.
        let left = digit.slice(1, 0..24).slice(2, 4..28).sum();
        assert!((shift(4, -4).apply(&digit, 0.0).sum() - left).abs() < 1e-9);
        for degrees in [-15.0, 3.0, 10.0, 45.0] {
            let kept = turn(degrees).apply(&digit, 0.0).sum() / digit.sum();
            assert!((kept - 1.0).abs() < 0.03, "digit {n} by {degrees}°: {kept}");
        }
    }
    // A page of one shade stays it, if what comes in has the same.
    let page = Tensor::<f64>::full([28, 28], 0.5);
    assert!(turn(33.0).apply(&page, 0.5).max_abs_diff(&page) < 1e-15);
}

#[test]
fn each_image_has_a_motion_of_its_own() {
    let x = init::normal::<f32>([20, 2, 6, 6], 0.0, 1.0, &mut Rng::new(4));
    let moved = |seed| {
        let rng = &mut Rng::new(seed);
        move_each(&x, 0.0, || Motion::random(20.0, 1, rng))
    };
    assert!(moved(1).same_bits(&moved(1)) && !moved(1).same_bits(&moved(2)));
    let rng = &mut Rng::new(1);
    for n in 0..20 {
        let own = Motion::random(20.0, 1, rng).apply(&x.rows(n..n + 1), 0.0);
        assert!(moved(1).rows(n..n + 1).same_bits(&own), "both channels of image {n} move alike");
    }
}

#[test]
fn random_motions_reach_all_that_is_allowed() {
    let rng = &mut Rng::new(5);
    let drawn: Vec<Motion> = (0..2000).map(|_| Motion::random(15.0, 2, rng)).collect();
    assert!(drawn.iter().all(|m| m.degrees.abs() <= 15.0));
    assert!(drawn.iter().any(|m| m.degrees > 14.9) && drawn.iter().any(|m| m.degrees < -14.9));
    for (down, across) in (-2..=2).flat_map(|i| (-2..=2).map(move |j| (i, j))) {
        let count = drawn.iter().filter(|m| m.shift == [down, across]).count();
        assert!((40..130).contains(&count), "{count} of 2000 by ({down}, {across})");
    }
    assert_eq!(Motion::random(0.0, 0, rng), Motion::default());
}

#[test]
fn mistakes_are_told() {
    assert_says(|| turn(1.0).apply(&Tensor::<f32>::zeros([9]), 0.0), &["[.., h, w]", "[9]"]);
    assert_says(|| turn(f64::NAN).apply(&image([2, 2]), 0.0), &["NaN degrees"]);
}
