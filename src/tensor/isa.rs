//! Which vector instructions to use, and loops compiled for them (chapter 1).
//!
//! A program built for "any x86-64" may use only what every such processor has: registers of
//! four `f32`, and no fused multiply-add. Most machines have more. So the hot loops are compiled
//! several times, once for each instruction set, and the best one is picked while running.
//!
//! The choice changes the speed and nothing else. `LONGHAND_ISA` asks for a lower one.

use super::setting::Setting;
use crate::scalar::FMA;
use crate::{Error, ErrorKind, Result};
use std::cell::Cell;
use std::fmt;
use std::sync::OnceLock;

/// An instruction set that the fast loops are compiled for, from the plainest up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Isa {
    /// What every machine of this architecture has.
    Portable,
    /// 64-bit ARM: registers of 128 bits. Part of the architecture's baseline.
    Neon,
    /// x86-64 with AVX2 and FMA: registers of 256 bits.
    Avx2,
    /// x86-64 with AVX-512F as well: registers of 512 bits, and twice as many of them.
    Avx512,
}

impl Isa {
    /// All of them, plainest first, whether this machine has them or not.
    pub const ALL: [Isa; 4] = [Isa::Portable, Isa::Neon, Isa::Avx2, Isa::Avx512];

    /// The name that `LONGHAND_ISA` knows it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Isa::Portable => "portable",
            Isa::Neon => "neon",
            Isa::Avx2 => "avx2",
            Isa::Avx512 => "avx512",
        }
    }

    /// Whether this machine can run it.
    #[must_use]
    pub fn is_supported(self) -> bool {
        match self {
            Isa::Portable => true,
            Isa::Neon => cfg!(target_arch = "aarch64"),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => Isa::Avx2.is_supported() && is_x86_feature_detected!("avx512f"),
            #[cfg(not(target_arch = "x86_64"))]
            Isa::Avx2 | Isa::Avx512 => false,
        }
    }

    /// Those that this machine can run, plainest first.
    pub fn supported() -> impl Iterator<Item = Isa> {
        Isa::ALL.into_iter().filter(|isa| isa.is_supported())
    }

    /// The instruction set that `LONGHAND_ISA` holding `value` asks for: the best one if it is
    /// unset.
    ///
    /// # Errors
    /// If the name is unknown, or this machine cannot run that instruction set.
    pub fn choose(value: Option<&str>) -> Result<Isa> {
        let Some(value) = value else {
            return Ok(Isa::supported().max().unwrap_or(Isa::Portable));
        };
        let error = Error::new(ErrorKind::Setting, VARIABLE).found(format_args!("{value:?}"));
        let names = Isa::supported().map(Isa::name).collect::<Vec<_>>().join(", ");
        match Isa::ALL.into_iter().find(|isa| isa.name() == value) {
            Some(isa) if isa.is_supported() => Ok(isa),
            Some(_) => Err(error
                .expected(format_args!("one that this processor has: {names}"))
                .help("unset it, and the best one is used")),
            None => Err(error
                .expected(format_args!("one of {names}"))
                .help("unset it, and the best one is used")),
        }
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The environment variable that asks for a lower instruction set than the best.
const VARIABLE: &str = "LONGHAND_ISA";

static CHOSEN: OnceLock<Result<Isa>> = OnceLock::new();

thread_local! {
    static ON_THIS_THREAD: Cell<Option<Isa>> = const { Cell::new(None) };
}

static SETTING: Setting<Isa> = Setting {
    variable: VARIABLE,
    choose: Isa::choose,
    chosen: &CHOSEN,
    on_this_thread: &ON_THIS_THREAD,
};

/// The instruction set in use, or what is wrong with `LONGHAND_ISA`. A program calls this when
/// it starts, to say so before it has done any work.
///
/// # Errors
/// If `LONGHAND_ISA` holds an unknown name or one that this machine cannot run.
pub fn check() -> Result<Isa> {
    SETTING.check()
}

/// The instruction set in use.
///
/// # Panics
/// If `LONGHAND_ISA` is wrong; see [`check`].
#[inline]
#[must_use]
pub fn current() -> Isa {
    SETTING.current()
}

/// Runs `f` with `isa` in use on this thread, and on the threads of the pool that work for it.
///
/// ```
/// use longhand::tensor::isa::{self, Isa};
/// isa::with(Isa::Portable, || assert_eq!(isa::current(), Isa::Portable));
/// ```
///
/// # Panics
/// If this machine cannot run it.
#[track_caller]
pub fn with<R>(isa: Isa, f: impl FnOnce() -> R) -> R {
    assert!(isa.is_supported(), "this processor does not have {isa}");
    SETTING.with(isa, f)
}

// ANCHOR: vectorize
/// Runs a plain loop, compiled for the instruction set in use.
///
/// Mark the closure `#[inline(always)]`, as here, and every function of the loop's own that it
/// calls as well: only what is inlined is compiled anew for each instruction set. (A call that
/// stays a call still gives the right answer, but one element at a time.)
///
/// ```
/// use longhand::tensor::isa::vectorize;
///
/// /// out ← x·y + z, element by element.
/// fn multiply_add(x: &[f32], y: &[f32], z: &[f32], out: &mut [f32]) {
///     vectorize(
///         #[inline(always)]
///         || {
///             for (((out, x), y), z) in out.iter_mut().zip(x).zip(y).zip(z) {
///                 *out = x.mul_add(*y, *z);
///             }
///         },
///     )
/// }
///
/// let mut out = [0.0; 3];
/// multiply_add(&[1.0, 2.0, 3.0], &[4.0; 3], &[0.5; 3], &mut out);
/// assert_eq!(out, [4.5, 8.5, 12.5]);
/// ```
///
/// Loops over slices zipped together, as above, or over `chunks_exact`, become vector code; so
/// does `if` where both sides are cheap values. A sum does not: the compiler never changes the
/// order of additions. Write it with as many running sums as a register has lanes (16 do for
/// all), and add those up in a fixed order at the end.
///
/// The compiler never fuses `a * b + c` by itself, so the same loop gives the same bits under
/// every instruction set.
#[inline(always)]
pub fn vectorize<R>(f: impl FnOnce() -> R) -> R {
    vectorize_with(
        #[inline(always)]
        |_| f(),
    )
}

/// The same, for a loop that wants to know what it is compiled for: what `f` is handed is a
/// constant to the compiler.
#[inline(always)]
pub(crate) fn vectorize_with<R>(f: impl FnOnce(Compiled) -> R) -> R {
    match current() {
        // SAFETY: `current` returns only what this processor supports.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe {
            avx512(
                #[inline(always)]
                || f(Compiled(Isa::Avx512)),
            )
        },
        // SAFETY: `current` returns only what this processor supports.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe {
            avx2(
                #[inline(always)]
                || f(Compiled(Isa::Avx2)),
            )
        },
        isa => f(Compiled(isa)),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
fn avx512<R>(f: impl FnOnce() -> R) -> R {
    f()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<R>(f: impl FnOnce() -> R) -> R {
    f()
}
// ANCHOR_END: vectorize

/// What a loop is compiled for. Only `vectorize_with` makes one, so whoever holds it runs on a
/// processor that has the instruction set.
#[derive(Clone, Copy, Debug)]
pub struct Compiled(Isa);

impl Compiled {
    /// The instruction set.
    #[inline(always)]
    pub(crate) fn isa(self) -> Isa {
        self.0
    }

    /// Whether it has a fused multiply-add.
    #[inline(always)]
    pub(crate) fn fma(self) -> bool {
        FMA || self.0 >= Isa::Avx2
    }
}
