//! The programs that are measured: those of this crate, and others where they are installed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpStream;

use crate::Failed;

/// A program that listens; ended when dropped.
pub struct Running {
    pub name: &'static str,
    pub port: u16,
    child: Child,
}

impl Running {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A program asked to end ends its workers too; one killed leaves them.
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        if asked.is_err() {
            let _gone = self.child.kill();
        }
        let _ended = self.child.wait();
    }
}

/// Starts a part of this very program.
pub async fn own(
    name: &'static str,
    port: u16,
    arguments: &[String],
    processor: &str,
) -> Result<Running, Failed> {
    let mut command = pinned(processor, &std::env::current_exe()?);
    command.arg(name).args(arguments);
    start(name, port, command).await
}

/// nginx, as a proxy with one worker, where it is installed.
pub async fn nginx(port: u16, upstream: u16, folder: &Path) -> Result<Option<Running>, Failed> {
    let Some(program) = found("nginx") else {
        return Ok(None);
    };
    let config = format!(
        "worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log /dev/null;
         events {{ worker_connections 256; }}
         http {{
           access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
           fastcgi_temp_path {folder}/a; uwsgi_temp_path {folder}/b; scgi_temp_path {folder}/c;
           client_max_body_size 100m; client_body_buffer_size 2m;
           upstream node {{ server 127.0.0.1:{upstream}; keepalive 64; }}
           server {{ listen 127.0.0.1:{port}; keepalive_requests 1000000;
             location / {{ proxy_pass http://node; proxy_http_version 1.1; proxy_set_header Connection \"\"; }} }}
         }}",
        folder = folder.display()
    );
    let path = folder.join("nginx.conf");
    std::fs::write(&path, config)?;
    let mut command = pinned("0", &program);
    command.arg("-p").arg(folder).arg("-c").arg(&path);
    Ok(Some(start("nginx", port, command).await?))
}

/// The published osproxy, where it is installed: its reference tenancy, one shared index.
pub async fn osproxy(port: u16, upstream: u16) -> Result<Option<Running>, Failed> {
    let Some(program) = found("osproxy") else {
        return Ok(None);
    };
    let mut command = pinned("0", &program);
    command
        .env("OSPROXY_BIND", format!("127.0.0.1:{port}"))
        .env("OSPROXY_UPSTREAM", format!("http://127.0.0.1:{upstream}"))
        .env("OSPROXY_ALLOW_CLEARTEXT_MUTATION", "true")
        .env("OSPROXY_INDEX", "orders-shared");
    start("osproxy 1.0.5", port, command).await.map(Some)
}

fn pinned(processor: &str, program: &Path) -> Command {
    match found("taskset") {
        Some(taskset) => {
            let mut command = Command::new(taskset);
            command.arg("-c").arg(processor).arg(program);
            command
        }
        None => Command::new(program),
    }
}

async fn start(name: &'static str, port: u16, mut command: Command) -> Result<Running, Failed> {
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let running = Running { name, port, child };
    for _ in 0..100 {
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return Ok(running);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("{name} does not listen").into())
}

/// A program on the path.
fn found(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
