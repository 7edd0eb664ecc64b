//! A picture of any size becomes a digit like MNIST's.

use longhand::Rng;
use longhand::data::digits::SIDE;
use longhand::data::{Drawn, Ink, Mnist, Picture};

fn paper(height: usize, width: usize, grey: u8) -> Vec<Vec<u8>> {
    vec![vec![grey; width]; height]
}

fn picture(rows: &[Vec<u8>]) -> Picture {
    Picture::new(rows.len(), rows[0].len(), rows.concat())
}

fn drawn(rows: &[Vec<u8>]) -> Drawn {
    Drawn::of(&picture(rows), Ink::Either).expect("ink")
}

/// The makers' rule, held against their own work: it has nothing left to do. But faint pixels count
/// as paper here, which for one digit in a hundred moves the centre by a pixel, and the strongest
/// becomes 255.
#[test]
fn mnists_own_digits_are_left_as_they_are() {
    let digits = Mnist::load().unwrap().test;
    let mut other = 0;
    for i in 0..digits.len() {
        let image = digits.image(i);
        let found = Drawn::of(&Picture::new(SIDE, SIDE, image.to_vec()), Ink::Either).unwrap();
        assert_eq!(found.ink, Ink::Light);
        let near = |(&a, &b): (&u8, &u8)| a.abs_diff(b) <= if b < 16 { 15 } else { 1 };
        other += usize::from(!found.pixels.iter().zip(image).all(near));
    }
    assert!(other < 100, "{other} of {} digits are changed", digits.len());
}

/// Enlarged a whole number of times, turned to dark on light, faint, on wide and uneven paper, each
/// digit comes back.
#[test]
fn a_digit_is_found_again_in_a_large_picture() {
    let digits = Mnist::load().unwrap().test;
    let rng = &mut Rng::new(1);
    for i in 0..200 {
        let times = 1 + rng.below(6);
        let [above, left] = [0, 0].map(|_| rng.below(40));
        let (height, width) = (above + 28 * times + 7, left + 28 * times + 11);
        let mut rows = paper(height, width, 0);
        for (row, line) in rows.iter_mut().enumerate() {
            for (column, grey) in line.iter_mut().enumerate() {
                let at = |i: usize, first: usize| i.checked_sub(first).map(|i| i / times);
                let ink = match (at(row, above), at(column, left)) {
                    (Some(r @ ..28), Some(c @ ..28)) => digits.image(i)[28 * r + c],
                    _ => 0,
                };
                // From 215 at the left to 209 at the right, and ink down to 88.
                *grey = 215 - (6 * column / width) as u8 - ink / 2;
            }
        }
        let found = drawn(&rows);
        assert_eq!(found.ink, Ink::Dark);
        let alone = Drawn::of(&Picture::new(28, 28, digits.image(i).to_vec()), Ink::Light).unwrap();
        let total: u32 = alone.pixels.iter().map(|&ink| u32::from(ink)).sum();
        // The centre may have been rounded to the next pixel.
        let off = |moved: usize| {
            let pairs = found.pixels.iter().skip(29).zip(&alone.pixels[moved..]);
            pairs.map(|(&a, &b)| u32::from(a.abs_diff(b))).sum::<u32>()
        };
        let off = [0, 1, 2, 28, 29, 30, 56, 57, 58].map(off).into_iter().min().unwrap();
        assert!(off * 8 < total, "digit {i}, {times} times: {off} of {total}");
    }
}

#[test]
fn an_area_is_averaged_exactly() {
    // 30 rows become 20: of every three old rows, a new one covers the first and half of the second.
    let mut rows = paper(40, 50, 255);
    for row in 0..30 {
        rows[5 + row][10..40].fill(if row % 3 == 1 { 255 - 80 } else { 255 - 200 });
    }
    let found = drawn(&rows);
    assert_eq!((found.rows.clone(), found.columns.clone()), (5..35, 10..40));
    assert_eq!((found.size, found.corner), ([20, 20], [4, 4]));
    // Both halves are 1·200 + ½·80, so all are the strongest.
    assert!((4..24).all(|row| found.pixels[28 * row + 4..][..20] == [255; 20]));
    // 3 rows become 20: 3⁄20 of a row each, and the seventh shares two.
    let mut rows = paper(9, 9, 0);
    rows[3][3..6].fill(250);
    rows[4][3..6].fill(100);
    rows[5][3..6].fill(50);
    let found = drawn(&rows);
    let column: Vec<u8> =
        (0..20).map(|row| found.pixels[28 * (found.corner[0] + row) + 14]).collect();
    // (2⁄3·250 + 1⁄3·100)·255⁄250 = 204, (1⁄3·100 + 2⁄3·50)·255⁄250 = 68, 102 and 51.
    assert_eq!(column, [&[255; 6][..], &[204], &[102; 6], &[68], &[51; 6]].concat());
}

#[test]
fn the_shorter_side_keeps_its_proportion_and_the_mass_is_in_the_middle() {
    for (height, width, size) in [
        (100, 50, [20, 10]),
        (50, 100, [10, 20]),
        (7, 1, [20, 3]),
        (400, 1, [20, 1]),
        (1, 1, [20, 20]),
    ] {
        let mut rows = paper(height + 4, width + 6, 255);
        (2..height + 2).for_each(|row| rows[row][3..width + 3].fill(0));
        let found = drawn(&rows);
        assert_eq!(found.size, size);
        let centre = |at: fn(usize) -> usize| {
            let mass = |i: usize| f64::from(found.pixels[i]);
            (0..784).map(|i| mass(i) * at(i) as f64).sum::<f64>() / (0..784).map(mass).sum::<f64>()
        };
        for centre in [centre(|i| i / 28), centre(|i| i % 28)] {
            assert!((13.5..14.5).contains(&centre), "{height}×{width}: {centre}");
        }
    }
    // Nearly all of the mass at the foot: it would have to begin above the first row.
    let mut rows = paper(30, 30, 0);
    (0..20).for_each(|row| rows[row + 5][10] = 20);
    rows[24][5..25].fill(255);
    assert_eq!(drawn(&rows).corner[0], 0);
    // And at the head: it would end below the last.
    rows.reverse();
    assert_eq!(drawn(&rows).corner[0], 8);
}

#[test]
fn nothing_is_made_of_nothing() {
    let none = |rows: &[Vec<u8>]| assert_eq!(Drawn::of(&picture(rows), Ink::Either), None);
    for grey in [0, 1, 128, 255] {
        for (height, width) in [(1, 1), (1, 9), (9, 1), (30, 20)] {
            none(&paper(height, width, grey));
        }
    }
    // Fifteen steps are no ink, sixteen are.
    let mut rows = paper(9, 9, 100);
    rows[4][4] = 115;
    none(&rows);
    rows[4][4] = 116;
    assert_eq!(drawn(&rows).ink, Ink::Light);
    // Nor are they beside what is.
    rows[4][5] = 115;
    assert_eq!(drawn(&rows).columns, 4..5);
    // Ink of the other kind than was asked for.
    assert_eq!(Drawn::of(&picture(&rows), Ink::Dark), None);
    // Noise, as a camera has it, and no digit.
    let rng = &mut Rng::new(3);
    for _ in 0..20 {
        let mut rows = paper(60, 80, 0);
        rows.iter_mut().flatten().for_each(|grey| *grey = 120 + rng.below(17) as u8);
        none(&rows);
    }
}

#[test]
fn ink_is_what_there_is_more_of() {
    let mut rows = paper(30, 30, 120);
    rows[10][5..20].fill(20);
    rows[20][5..10].fill(255);
    assert_eq!(drawn(&rows).ink, Ink::Dark);
    rows[21][5..20].fill(255);
    assert_eq!(drawn(&rows).ink, Ink::Light);
    let told = Drawn::of(&picture(&rows), Ink::Dark).unwrap();
    assert_eq!((told.rows, told.columns), (10..11, 5..20));
    // Of as much either way, the dark, as on paper.
    let mut rows = paper(9, 9, 100);
    (rows[2][4], rows[6][4]) = (60, 140);
    let found = drawn(&rows);
    assert_eq!((found.ink, found.rows), (Ink::Dark, 2..3));
    // What is as faint as paper is uneven counts for neither side.
    (1..8).for_each(|column| rows[4][column] = 115);
    rows[2][4] = 59;
    assert_eq!(drawn(&rows).ink, Ink::Dark);
}
