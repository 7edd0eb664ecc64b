//! 1.1 as a number is read, from the left: what is there so far counts one axis more.

pub fn place(shape: &[usize], index: &[usize]) -> usize {
    shape.iter().zip(index).fold(0, |place, (size, i)| place * size + i)
}
