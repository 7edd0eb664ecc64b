//! A panel of B, cut into micro-panels, which are packed when they are first asked for (chapter 1).

use super::cut::Cut;
use super::kernels::Kernels;
use super::operands::Source;
use super::pack::pack;
use super::sizes::{GROUP, Sizes};
use crate::Scalar;

/// kc rows and nc columns of B, cut into micro-panels.
pub(super) struct Panel<'a, T> {
    /// All of the panel's elements.
    b: Source<'a, T>,
    /// Where packed micro-panels lie, one behind the other; empty if B is read where it lies.
    packed: &'a mut [T],
    /// How the panel's width, counted in registers, is cut into micro-panels.
    cut: Cut,
    /// Numbers in a register.
    lanes: usize,
    /// Whether `packed` has room for all micro-panels, and not for one group of them only.
    keep: bool,
    /// How many micro-panels have been packed.
    done: usize,
}

/// Some columns of a panel: as many registers as a tile is wide.
pub(super) struct MicroPanel<T> {
    /// Its first element.
    pub data: *const T,
    /// How far apart its rows are. Each may be read to the end of its last register, if it is
    /// packed.
    pub row_stride: usize,
    /// Which of the panel's columns is its first.
    pub first: usize,
    /// How many columns it has.
    pub cols: usize,
    /// How many registers hold a row of it.
    pub vectors: usize,
}

impl<'a, T: Scalar> Panel<'a, T> {
    /// A panel that is all of `b`; `packed` is as long as `sizes` asks for.
    pub(super) fn new(
        b: Source<'a, T>,
        packed: &'a mut [T],
        sizes: &Sizes,
        kernels: &Kernels<T>,
    ) -> Self {
        let cut = sizes.micro_panels(kernels.vectors(b.cols()));
        Self { b, packed, cut, lanes: kernels.lanes, keep: sizes.keep, done: 0 }
    }

    /// The number of micro-panels.
    pub(super) fn count(&self) -> usize {
        self.cut.count
    }

    /// Micro-panel s. To be asked for in order: once, or over and over if they are kept.
    #[inline]
    pub(super) fn get(&mut self, kernels: &Kernels<T>, s: usize) -> MicroPanel<T> {
        let (register, vectors) = self.cut.get(s);
        let (first, width) = (register * self.lanes, vectors * self.lanes);
        let cols = width.min(self.b.cols() - first);
        let (data, row_stride) = match self.b {
            Source::Matrix(b) if self.packed.is_empty() => (b.ptr(0, first), b.row_stride),
            _ => {
                let group = s - s % GROUP;
                let before = if self.keep { 0 } else { self.cut.get(group).0 * self.lanes };
                if self.done == s {
                    self.pack_group(kernels, group, before);
                }
                debug_assert!(s < self.done && (self.keep || self.done <= group + GROUP));
                let rows = self.b.rows();
                (self.packed[(first - before) * rows..][..rows * width].as_ptr(), width)
            }
        };
        MicroPanel { data, row_stride, first, cols, vectors }
    }

    /// Packs the micro-panels of a group, those of one width at one go. `packed` begins with the
    /// panel's column number `before`.
    fn pack_group(&mut self, kernels: &Kernels<T>, group: usize, before: usize) {
        debug_assert_eq!(self.done, group);
        self.done = self.cut.count.min(group + GROUP);
        let mut s = group;
        while s < self.done {
            let (register, vectors) = self.cut.get(s);
            let alike = (s..self.done).take_while(|&s| self.cut.get(s).1 == vectors).count();
            let (first, width) = (register * self.lanes, vectors * self.lanes);
            let cols = first..(first + alike * width).min(self.b.cols());
            let block = self.b.block(0..self.b.rows(), cols);
            let place = (first - before) * self.b.rows();
            pack(kernels, block, &mut self.packed[place..], width);
            s += alike;
        }
    }
}
