//! The tape: write only the forward pass, and the gradients follow (chapter 5).
//!
//! A [`Tape`] is a list. Every operation on its variables adds one entry: the value, the entries
//! it was computed from, and a *pullback*, which turns the gradient of the output into gradients
//! of the inputs. Walking the list backwards, pullback by pullback, is the chain rule. Nothing
//! is sorted and nothing is recursive: the list is in the order of computation already.
//!
//! ```
//! use longhand::{Tape, Tensor};
//! let tape = Tape::<f64>::new();
//! let x = tape.leaf(Tensor::vector(&[1.0, 2.0, 3.0]));
//! let y = (x * x + 3.0 * x).sum();
//! assert_eq!(y.value().item(), 32.0);
//! let gradients = y.backward();
//! assert_eq!(gradients[x].data(), [5.0, 7.0, 9.0]); // 2x + 3
//! ```
//!
//! A pullback is itself written in variables. So it matters where its operations are recorded:
//!
//! - thrown away at once: [`Var::backward`] and [`Var::grad`] give tensors. This is ordinary
//!   training;
//! - kept on the tape: [`Var::grad_create_graph`] gives variables, which can be used in further
//!   formulas and differentiated again, as often as one likes.
//!
//! ```
//! # use longhand::{Tape, Tensor};
//! let tape = Tape::<f64>::new();
//! let x = tape.leaf(Tensor::scalar(2.0));
//! let y = x.powi(4);
//! let [first] = y.grad_create_graph([x]);
//! let [second] = first.grad_create_graph([x]);
//! let [third] = second.grad([x]);
//! assert_eq!((first.value().item(), second.value().item(), third.item()), (32.0, 48.0, 48.0));
//! ```
//!
//! [`Tape::operation`] records an operation of your own; every operation here is made with it.
//! [`gradcheck`] and [`gradgradcheck`] hold derivatives against finite differences.

mod backward;
mod check;
mod entry;
mod gradients;
mod list;
mod memory;
mod ops;
mod properties;
mod pullback;
mod record;
mod show;
mod var;

pub use backward::{BackwardPass, Upstream, reference};
pub use check::{Check, Finding, Report, gradcheck, gradgradcheck};
pub use gradients::Gradients;
pub use list::{Tape, Var};
pub use ops::{checkpoint, concat, stack};
