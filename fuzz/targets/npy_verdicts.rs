//! For each file that is named on the command line, a line: what the reader of `.npy` makes of it.

use longhand::data::Npy;
use longhand::deflate::crc32;

fn main() {
    for path in std::env::args().skip(1) {
        match Npy::read(&path) {
            Ok(npy) => {
                // The elements as they are written: little-endian and row-major.
                let bytes = npy.to_bytes();
                let header = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
                let (sum, descr) = (crc32(&bytes[header..]), npy.data().descr());
                println!("{path}\tread\t{descr}\t{:?}\t{sum:08x}", npy.shape());
            }
            Err(error) => {
                println!("{path}\t{:?}\t{}", error.kind(), error.to_string().replace('\n', " "))
            }
        }
    }
}
