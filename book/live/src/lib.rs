//! The crate in a page of the book: what the page's script can call. The appendix "How the page
//! runs" tells it.
//!
//! A function of a module can take and give single numbers. For more, two buffers lie in the
//! module's memory: the script asks for [`room`], writes bytes there, calls a function, and finds
//! at [`result`] as many `f32` as that function has said.

mod draw;
mod temper;
mod train;
mod valley;

// The code that the pages show, as it is.
#[allow(dead_code)] // the page wants the chapter's net and its epoch, not its figures
#[path = "../../../examples/chapter4/digits.rs"]
mod digits;
#[allow(dead_code)]
#[path = "../../../examples/chapter4/downhill.rs"]
mod downhill;
#[allow(dead_code)]
#[path = "../../../examples/chapter4/short.rs"]
mod short;
#[allow(dead_code)]
#[path = "../../../examples/chapter4/trial.rs"]
mod trial;

use std::cell::RefCell;

// ANCHOR: buffers
thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// Room for so many bytes, which the next call takes.
#[unsafe(no_mangle)]
pub extern "C" fn room(bytes: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        *input = vec![0; bytes];
        input.as_mut_ptr()
    })
}

/// Where the numbers lie that the last call gave.
#[unsafe(no_mangle)]
pub extern "C" fn result() -> *const f32 {
    OUTPUT.with_borrow(|output| output.as_ptr())
}

/// The bytes that the page has written.
fn input() -> Vec<u8> {
    INPUT.take()
}

/// Lays numbers out for the page, and says how many.
fn give(numbers: Vec<f32>) -> usize {
    let count = numbers.len();
    OUTPUT.set(numbers);
    count
}
// ANCHOR_END: buffers
