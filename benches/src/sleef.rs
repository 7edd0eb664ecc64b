//! SLEEF's functions for a whole register of numbers, each off by one unit in the last place at most
//! (`u10`). It is C, and looked for while the comparison runs: Debian's package `libsleef3`, or a
//! library named in `SLEEF`. It takes part on x86-64.

/// Work that puts each of these numbers through SLEEF's function of this name, into memory that is
/// there; if there is a SLEEF, and a register for it.
#[cfg(not(target_arch = "x86_64"))]
pub fn over(_name: &str, _x: Vec<f32>) -> Option<Box<dyn FnMut()>> {
    None
}

#[cfg(target_arch = "x86_64")]
pub use x86::over;

#[cfg(target_arch = "x86_64")]
mod x86 {
    use libloading::Library;
    use longhand::tensor::isa::{self, Isa};
    use std::arch::x86_64::{
        __m256, __m512, _mm256_loadu_ps, _mm256_storeu_ps, _mm512_loadu_ps, _mm512_storeu_ps,
    };
    use std::env;
    use std::hint::black_box;
    use std::sync::OnceLock;

    /// A function of eight numbers, with AVX2, and one of sixteen, with AVX-512. C passes them in a
    /// register, as Rust does where both are compiled for it.
    #[allow(improper_ctypes_definitions)]
    type Eight = unsafe extern "C" fn(__m256) -> __m256;
    #[allow(improper_ctypes_definitions)]
    type Sixteen = unsafe extern "C" fn(__m512) -> __m512;

    /// As on other machines: see above.
    pub fn over(name: &str, x: Vec<f32>) -> Option<Box<dyn FnMut()>> {
        static LIBRARY: OnceLock<Option<Library>> = OnceLock::new();
        let path = || env::var_os("SLEEF").unwrap_or_else(|| "libsleef.so.3".into());
        // SAFETY: loading it only looks at the processor.
        let library = LIBRARY.get_or_init(|| unsafe { Library::new(path()) }.ok()).as_ref()?;
        let symbol = |width| format!("Sleef_{name}f{width}_u10");
        assert!(x.len().is_multiple_of(16), "whole registers");
        let mut y = vec![0.0; x.len()];
        // SAFETY: those are the types of the functions of these names; and the processor has the
        // instructions, as the crate found when it chose among its own kernels.
        unsafe {
            match isa::current() {
                Isa::Avx512 => {
                    let f = *library.get::<Sixteen>(symbol(16).as_bytes()).ok()?;
                    Some(Box::new(move || sixteen(f, black_box(&x), black_box(&mut y))))
                }
                Isa::Avx2 => {
                    let f = *library.get::<Eight>(symbol(8).as_bytes()).ok()?;
                    Some(Box::new(move || eight(f, black_box(&x), black_box(&mut y))))
                }
                _ => None,
            }
        }
    }

    #[target_feature(enable = "avx2")]
    #[allow(improper_ctypes_definitions)]
    fn eight(f: Eight, x: &[f32], y: &mut [f32]) {
        for (x, y) in x.chunks_exact(8).zip(y.chunks_exact_mut(8)) {
            // SAFETY: eight numbers each.
            unsafe { _mm256_storeu_ps(y.as_mut_ptr(), f(_mm256_loadu_ps(x.as_ptr()))) }
        }
    }

    #[target_feature(enable = "avx512f")]
    #[allow(improper_ctypes_definitions)]
    fn sixteen(f: Sixteen, x: &[f32], y: &mut [f32]) {
        for (x, y) in x.chunks_exact(16).zip(y.chunks_exact_mut(16)) {
            // SAFETY: sixteen numbers each.
            unsafe { _mm512_storeu_ps(y.as_mut_ptr(), f(_mm512_loadu_ps(x.as_ptr()))) }
        }
    }
}
