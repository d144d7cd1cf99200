//! The gateway example as a process.
use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A running gateway. It is killed when the test is over, whatever its outcome.
pub struct Gateway {
    pub url: String,
    /// Where its control service listens; empty where it has none.
    pub control: String,
    process: Child,
    stdout: BufReader<ChildStdout>,
    files: PathBuf,
}

impl Gateway {
    /// Starts it with this text as its file, on a free port.
    pub fn start(config: &str) -> Self {
        let files = files(config);
        let mut process = command(&files)
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            // A file, since nobody reads a pipe while a test runs.
            .stderr(File::create(files.join("log")).expect("a file"))
            .spawn()
            .expect("the gateway starts");
        let stdout = BufReader::new(process.stdout.take().expect("piped"));
        let mut gateway = Self {
            url: String::new(),
            control: String::new(),
            process,
            stdout,
            files,
        };
        gateway.url = gateway.address("listening on ");
        if config.contains("\n[control]") {
            gateway.control = gateway.address("control listening on ");
        }
        gateway
    }

    fn address(&mut self, before: &str) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("a line");
        let address = line.trim_end().strip_prefix(before);
        address
            .unwrap_or_else(|| panic!("{line}{}", self.log()))
            .to_owned()
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.files.join("log")).unwrap_or_default()
    }

    /// Tells it to stop, and waits. Yields its log; there is nothing more on its standard output than its addresses.
    pub fn stop(&mut self) -> String {
        let pid = self.process.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.expect("kill runs").success());
        let ended = self.process.wait().expect("it ends");
        assert!(ended.success(), "{ended}: {}", self.log());
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).expect("text");
        assert_eq!(rest, "");
        self.log()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
        fs::remove_dir_all(&self.files).ok();
    }
}

/// Runs it with a file that it can't be started with.
pub fn refused(config: &str, arguments: &[&str]) -> Output {
    let files = files(config);
    let output = command(&files).args(arguments).output();
    fs::remove_dir_all(&files).ok();
    let output = output.expect("the gateway runs");
    assert!(!output.status.success() && output.stdout.is_empty());
    output
}

/// A folder with the file.
fn files(config: &str) -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let files = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!(
        "gateway-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    ));
    fs::create_dir_all(&files).expect("a folder");
    fs::write(files.join("gateway.toml"), config).expect("a file");
    files
}

fn command(files: &Path) -> Command {
    let mut command = Command::new(binary());
    command
        .arg("--config")
        .arg(files.join("gateway.toml"))
        .stdin(Stdio::null());
    command
}

/// `cargo test` builds the examples beside the tests; a run of one test alone doesn't.
fn binary() -> PathBuf {
    let this = env::current_exe().expect("a path");
    let profile = this
        .parent()
        .and_then(Path::parent)
        .expect("target/PROFILE/deps");
    let binary = profile
        .join("examples")
        .join(format!("gateway{}", env::consts::EXE_SUFFIX));
    if !binary.exists() {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--example", "gateway"])
            .status();
        assert!(built.expect("cargo runs").success());
    }
    binary
}
