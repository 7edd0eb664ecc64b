//! One line of the tape: what was computed, from what, and the way back (chapter 5).

use super::list::Var;
use super::pullback::Pullback;
use crate::param::ParamId;
use crate::tensor::Shape;
use crate::{Scalar, Tensor};
use std::fmt;
use std::panic::Location;

// ANCHOR: entry
/// One value that the tape knows.
pub(super) struct Entry<T: Scalar> {
    /// What made it: `"matmul"`, `"leaf"`, the name of a parameter.
    pub(super) name: &'static str,
    /// The entries it was computed from. All of them stand further up the list.
    pub(super) inputs: Inputs,
    /// The value, or what a backward pass has left of it.
    pub(super) held: Held<T>,
    /// How a gradient goes on from here.
    pub(super) rule: Rule<T>,
    /// Bytes that the pullback has saved for itself.
    pub(super) saved_bytes: usize,
    /// Whether a row of the value depends on several rows of an input.
    pub(super) mixes_samples: bool,
    /// The line of the program that recorded it.
    pub(super) at: &'static Location<'static>,
}

/// How a gradient that has arrived at an entry goes on.
pub(super) enum Rule<T: Scalar> {
    /// None ever arrives: nothing that needs a gradient went into this value.
    Constant,
    /// It has arrived: the caller wants it.
    Leaf,
    /// It has arrived: it belongs to this parameter.
    Param(ParamId),
    /// The pullback turns it into one gradient for each input.
    Operation(Box<dyn Pullback<T>>),
    /// A backward pass has been here and has freed what it passed.
    Freed,
}
// ANCHOR_END: entry

/// A value, or its shape once the value is freed.
#[derive(Clone)]
pub(super) enum Held<T: Scalar> {
    Value(Tensor<T>),
    Freed(Shape),
}

impl<T: Scalar> Held<T> {
    pub(super) fn shape(&self) -> Shape {
        match self {
            Held::Value(value) => value.shape(),
            Held::Freed(shape) => *shape,
        }
    }

    /// Lets go of the value.
    pub(super) fn free(&mut self) {
        *self = Held::Freed(self.shape());
    }
}

/// What an entry is to a backward pass for chosen inputs.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Reach {
    /// No chosen input went into it.
    Unreachable,
    /// One did.
    OnPath,
    /// It is chosen itself.
    Target,
}

impl<T: Scalar> Entry<T> {
    /// The value, or a panic that says who freed it.
    #[track_caller]
    pub(super) fn value(&self, index: usize) -> &Tensor<T> {
        match &self.held {
            Held::Value(value) => value,
            Held::Freed(_) => panic!(
                "the value of {} is freed: a backward pass has been through it; that pass can be \
                 told to retain_graph()",
                self.describe(index)
            ),
        }
    }

    /// Whether gradients are worth sending here.
    pub(super) fn needs_grad(&self) -> bool {
        !matches!(self.rule, Rule::Constant)
    }

    /// `entry 3 (tanh, shape [2, 5], recorded at src/main.rs:7:13)`
    pub(super) fn describe(&self, index: usize) -> impl fmt::Display {
        format!(
            "entry {index} ({}, shape {}, recorded at {})",
            self.name,
            self.held.shape(),
            self.at
        )
    }
}

/// As many inputs as fit into an entry without an allocation.
pub(super) const FEW: usize = 3;

/// The numbers of an entry's inputs; almost always one, two or three.
pub(super) enum Inputs {
    /// How many, and their numbers at the front of the array.
    Few(u8, [u32; FEW]),
    /// All their numbers.
    Many(Box<[u32]>),
}

impl Inputs {
    pub(super) const NONE: Self = Inputs::Few(0, [0; FEW]);

    pub(super) fn of<T: Scalar>(vars: &[Var<T>]) -> Self {
        let number = |var: &Var<T>| u32::try_from(var.index).expect("fewer than 2³² entries");
        let numbers = vars.iter().map(number);
        if vars.len() > FEW {
            return Inputs::Many(numbers.collect());
        }
        let mut few = [0; FEW];
        few.iter_mut().zip(numbers).for_each(|(slot, number)| *slot = number);
        Inputs::Few(vars.len() as u8, few)
    }

    pub(super) fn as_slice(&self) -> &[u32] {
        match self {
            Inputs::Few(count, few) => &few[..usize::from(*count)],
            Inputs::Many(many) => many,
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.as_slice().iter().map(|&number| number as usize)
    }
}
