//! The stack as a front of its own, configured by a file:
//!
//! ```text
//! cargo run --release --example gateway -- --config gateway.toml [--listen ADDR]
//! ```
//!
//! `gateway.toml` in this folder is a file to start from.

mod app;
mod callers;
mod clusters;
mod config;
mod config_error;
mod control;
mod cursors;
mod operator;
mod placements;
mod serve;
mod sources;
mod switches;

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tokio::net::TcpListener;

use config::Config;
use config_error::ConfigError;

/// Keeps many tenants apart in OpenSearch.
#[derive(Parser)]
struct Args {
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// The address to listen on, instead of the file's
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let args = Args::parse();
    match run(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", args.config.display());
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let config = Config::parse(&std::fs::read_to_string(&args.config)?)?;
    let app = app::build(&config)?;
    let (key, listen) = match &args.listen {
        Some(listen) => ("--listen", listen),
        None => ("listen", &config.listen),
    };
    let listener = listen_on(key, listen).await?;
    let control = match &config.control {
        Some(control) => Some(listen_on("control.listen", &control.listen).await?),
        None => None,
    };
    println!("listening on http://{}", listener.local_addr()?);
    if let Some(control) = &control {
        println!("control listening on http://{}", control.local_addr()?);
    }
    serve::until_told_to_stop(listener, control, app).await?;
    Ok(())
}

async fn listen_on(key: &str, address: &str) -> Result<TcpListener, ConfigError> {
    let address: SocketAddr = address
        .parse()
        .map_err(|_| ConfigError::at(key, "an address with a port, such as \"127.0.0.1:9201\""))?;
    TcpListener::bind(address)
        .await
        .map_err(|error| ConfigError::at(key, error))
}
