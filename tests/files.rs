//! Files are whole: what stops a write, from a full disk to a kill in the middle, leaves the old
//! file as it was.

mod common;

use longhand::data::{Safetensors, write_tensor};
use longhand::report::{BarChart, Figure};
use longhand::{Error, ErrorKind, Tensor, files};
use std::error::Error as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// An empty folder, gone at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("longhand-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The names in it, the hidden ones too.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Every way in which the crate writes a file.
fn writers(path: &Path) -> [Result<(), Error>; 4] {
    let tensor = Tensor::<f32>::ones([1000]);
    [
        files::write(path, vec![1; 4000]),
        write_tensor(path, &tensor),
        Safetensors::write(path, [("a", &tensor)]),
        BarChart::new("Bars").bar("one", 1.0).save(path),
    ]
}

fn refused(error: &Error) -> io::ErrorKind {
    assert_eq!(error.kind(), ErrorKind::Io);
    error.source().unwrap().downcast_ref::<io::Error>().unwrap().kind()
}

#[test]
fn a_file_is_made_and_replaced_and_nothing_else_is_left() {
    let folder = Folder::new("replace");
    let path = folder.file("a.npy");
    for result in writers(&path) {
        result.unwrap();
    }
    files::write(&path, "short").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"short");
    assert_eq!(folder.names(), ["a.npy"]);
    // The longest name that a file can have leaves room for the other one's.
    let long = folder.file(&"x".repeat(255));
    files::write(&long, "long").unwrap();
    assert_eq!(fs::read(&long).unwrap(), b"long");
}

#[test]
fn a_missing_folder_and_a_folder_in_the_way_say_what_to_do() {
    let folder = Folder::new("missing");
    let error = files::write(folder.file("no/such/a.npy"), "x").unwrap_err();
    assert_eq!(refused(&error), io::ErrorKind::NotFound);
    assert!(error.to_string().contains("help: make the folder first"), "{error}");
    let error = files::write(&folder.0, "x").unwrap_err();
    assert_eq!(refused(&error), io::ErrorKind::IsADirectory);
    assert!(error.to_string().contains("a file in that folder"), "{error}");
    assert!(folder.names().is_empty());

    files::write(folder.file("file"), "x").unwrap();
    let error = BarChart::new("Bars").save(folder.file("file/a.svg")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    let error = files::create_folder(folder.file("file")).unwrap_err();
    assert!(error.to_string().contains("a file of that name is in the way"), "{error}");
}

#[cfg(unix)]
mod unix {
    use super::common::this_program;
    use super::*;
    use std::ffi::OsString;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::{Child, Command, Stdio};
    use std::time::Duration;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn permissions_stay() {
        let folder = Folder::new("permissions");
        let path = folder.file("a");
        for wanted in [0o600, 0o640, 0o755] {
            files::write(&path, "old").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(wanted)).unwrap();
            for result in writers(&path) {
                result.unwrap();
                assert_eq!(mode(&path), wanted);
            }
        }
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = Folder::new("links");
        fs::create_dir(folder.file("far")).unwrap();
        symlink("far/target", folder.file("near")).unwrap();
        symlink("near", folder.file("link")).unwrap();
        // At first it points to nothing, and then to what was made.
        for text in ["one", "two"] {
            files::write(folder.file("link"), text).unwrap();
            assert_eq!(fs::read(folder.file("far/target")).unwrap(), text.as_bytes());
            assert!(fs::symlink_metadata(folder.file("far/target")).unwrap().is_file());
            assert_eq!(fs::read_link(folder.file("link")).unwrap(), Path::new("near"));
            assert_eq!(fs::read_link(folder.file("near")).unwrap(), Path::new("far/target"));
        }
        assert_eq!(folder.names(), ["far", "link", "near"]);
        symlink("round", folder.file("round")).unwrap();
        assert!(files::write(folder.file("round"), "x").is_err());
    }

    /// Runs `helper` in a process of its own, below a shell that has set limits.
    fn below(shell: &str, path: &Path) -> Child {
        let program = this_program();
        Command::new("sh")
            .args(["-c", &format!("{shell} exec \"$@\""), "sh"])
            .arg(program.get_program())
            .args(program.get_args())
            .args(["--ignored", "--exact", "unix::helper", "--nocapture"])
            .env("LONGHAND_TEST_PATH", path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    const HELPER_LENGTH: usize = 1 << 20;

    /// A tensor of one number throughout, written over and over, with the next number each time.
    #[test]
    #[ignore = "the other tests run it in a process of its own"]
    fn helper() {
        let Some(path) = std::env::var_os("LONGHAND_TEST_PATH") else { return };
        // It ends by itself, so that a test which should have stopped it fails and does not hang.
        for number in 0..200 {
            let tensor = Tensor::<f32>::full([HELPER_LENGTH], number as f32);
            if let Err(error) = Safetensors::write(&path, [("a", &tensor)]) {
                println!("{error}");
                return;
            }
            println!("wrote {number}");
        }
    }

    /// The number that the file holds throughout.
    fn number(path: &Path) -> f32 {
        let tensor = Safetensors::read(path).unwrap().tensor::<f32>("a").unwrap();
        assert_eq!(tensor.len(), HELPER_LENGTH);
        let first = tensor.data()[0];
        assert!(tensor.data().iter().all(|&x| x == first), "two files in one");
        first
    }

    /// `LONGHAND_KILLS=1000 cargo test --test files kill` is the long run.
    #[test]
    fn a_kill_in_the_middle_leaves_one_file_or_the_other() {
        use std::io::{BufRead, BufReader};
        let folder = Folder::new("kills");
        let path = folder.file("net.safetensors");
        let kills = std::env::var("LONGHAND_KILLS").map_or(30, |text| text.parse().unwrap());
        let (mut unfinished, mut later) = (0, 0);
        let mut kill = 0;
        // Where others are at work the helper gets on slowly: then there are more, and later ones.
        while kill < kills || unfinished == 0 && kill < 10 * kills {
            let mut child = below("", &path);
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            let wrote = |line: &io::Result<String>| line.as_ref().unwrap().contains("wrote 0");
            assert!(lines.any(|line| wrote(&line)), "the helper wrote nothing");
            // From at once to some writes later, at no common step with them.
            let longest = 30_000 << (kill / kills);
            std::thread::sleep(Duration::from_micros(kill as u64 * 7919 % longest));
            kill += 1;
            child.kill().unwrap();
            child.wait().unwrap();
            later += usize::from(number(&path) > 0.0);
            for name in folder.names() {
                if name.ends_with(".part") {
                    unfinished += 1;
                    fs::remove_file(folder.file(&name)).unwrap();
                }
            }
        }
        println!("{kill} kills, {unfinished} in the middle of a write, {later} after the second");
        assert!(unfinished > 0, "none of {kill} kills hit a write: nothing was tried");
    }

    /// A process that may write no file of more than a megabyte (half of one in some shells) is
    /// as one on a full disk: it gets through a part of the four and no further.
    #[test]
    fn a_disk_that_fills_up_leaves_the_old_file() {
        let folder = Folder::new("full");
        let path = folder.file("net.safetensors");
        let old = Tensor::<f32>::full([HELPER_LENGTH], -1.0);
        Safetensors::write(&path, [("a", &old)]).unwrap();
        let done = below("trap '' XFSZ; ulimit -f 1024;", &path).wait_with_output().unwrap();
        let said = String::from_utf8(done.stdout).unwrap();
        assert!(said.contains("help: make room for it"), "{said}");
        assert_eq!(number(&path), -1.0);
        assert_eq!(folder.names(), ["net.safetensors"]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_device_is_written_to_as_it_is() {
        use std::os::unix::fs::FileTypeExt;
        for result in writers(Path::new("/dev/null")) {
            result.unwrap();
        }
        for result in writers(Path::new("/dev/full")) {
            assert_eq!(refused(&result.unwrap_err()), io::ErrorKind::StorageFull);
        }
        for device in ["/dev/null", "/dev/full"] {
            assert!(fs::metadata(device).unwrap().file_type().is_char_device());
        }
    }

    /// Nothing stops an administrator, so here `helper` runs as nobody in particular.
    #[test]
    #[cfg(target_os = "linux")]
    fn what_may_not_be_written_is_not_replaced() {
        let folder = Folder::new("forbidden");
        let path = folder.file("net.safetensors");
        let old = Tensor::<f32>::full([HELPER_LENGTH], -1.0);
        Safetensors::write(&path, [("a", &old)]).unwrap();
        let probe = folder.file("probe");
        let with = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        // A file that may be written in a folder that may not, and the other way round.
        for (of_file, of_folder) in [(0o666, 0o555), (0o444, 0o777)] {
            with(&path, of_file);
            with(&folder.0, of_folder);
            let administrator = match of_folder {
                0o555 => fs::write(&probe, "").is_ok(),
                _ => fs::OpenOptions::new().append(true).open(&path).is_ok(),
            };
            let said = match administrator {
                true => as_nobody(&path),
                false => below("", &path).wait_with_output().unwrap().stdout,
            };
            let said = String::from_utf8(said).unwrap();
            with(&folder.0, 0o755);
            let _ = fs::remove_file(&probe);
            assert!(said.contains("help: choose a place that you may write to"), "{said}");
            assert_eq!(number(&path), -1.0);
            assert_eq!(folder.names(), ["net.safetensors"]);
        }
    }

    /// What `helper` says when it runs as user 65534.
    #[cfg(target_os = "linux")]
    fn as_nobody(path: &Path) -> Vec<u8> {
        use std::os::unix::process::CommandExt;
        // Where the program lies, only its owner may be able to go.
        let copy = path.parent().unwrap().with_extension("program");
        fs::copy(std::env::current_exe().unwrap(), &copy).unwrap();
        let program = this_program();
        let words = [program.get_program()].into_iter().chain(program.get_args());
        let mut words: Vec<_> = words.map(OsString::from).collect();
        *words.last_mut().unwrap() = copy.clone().into();
        let done = Command::new(&words[0])
            .args(&words[1..])
            .args(["--ignored", "--exact", "unix::helper", "--nocapture"])
            .env("LONGHAND_TEST_PATH", path)
            .current_dir("/")
            .uid(65534)
            .gid(65534)
            .output();
        fs::remove_file(&copy).unwrap();
        done.unwrap().stdout
    }
}
