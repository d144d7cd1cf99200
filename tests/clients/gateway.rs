//! The gateway example as a process, with the tenants of `gateway.toml`.
use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// It is killed when the test is over, whatever its outcome.
pub(crate) struct Gateway {
    pub(crate) url: String,
    process: Child,
    files: PathBuf,
}

impl Gateway {
    /// Starts it before the node at this address.
    pub(crate) fn start(node: &str) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let files = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!(
            "clients-gateway-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ));
        fs::create_dir_all(&files).expect("a folder");
        let config = files.join("gateway.toml");
        let text = include_str!("gateway.toml").replace("http://127.0.0.1:9200", node);
        fs::write(&config, text).expect("a file");

        let mut process = Command::new(binary())
            .arg("--config")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // A file, since nobody reads a pipe while a script runs.
            .stderr(File::create(files.join("log")).expect("a file"))
            .spawn()
            .expect("the gateway starts");
        let stdout = process.stdout.take().expect("piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let url = line.trim().strip_prefix("listening on ").map(str::to_owned);
        let gateway = Self {
            url: url.clone().unwrap_or_default(),
            process,
            files,
        };
        assert!(url.is_some(), "{line}{}", gateway.log());
        gateway
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.files.join("log")).unwrap_or_default()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
        fs::remove_dir_all(&self.files).ok();
    }
}

/// `cargo test` builds the examples beside the tests; a run of this test alone doesn't.
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
