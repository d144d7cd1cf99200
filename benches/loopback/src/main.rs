//! What the stack costs on a real socket, beside others, in one run: `benches/loopback/run`.
//!
//! This program is all parts of the measurement, by its first argument: what answers behind the proxies, the bare proxy,
//! the proxy with the stack, and the load, which starts the others, prints the table and ends them.

mod load;
mod proxies;
mod rivals;
mod samples;
mod upstream;
mod usage;

/// Anything that ends the run.
pub type Failed = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // One thread each, as each is given one processor.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    match arguments[..] {
        ["upstream", port] => runtime.block_on(upstream::serve(port.parse()?)),
        ["bare", port, upstream] => {
            runtime.block_on(proxies::bare(port.parse()?, upstream.parse()?))
        }
        ["ours", port, upstream] => {
            runtime.block_on(proxies::ours(port.parse()?, upstream.parse()?))
        }
        [] => runtime.block_on(load::run()),
        _ => Err("started by benches/loopback/run".into()),
    }
}
