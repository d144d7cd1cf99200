//! Serving, and stopping without dropping anything.

use std::io;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use super::app::App;

/// Serves until SIGTERM or Ctrl-C. What is in flight is finished: requests, and writes whose clients have gone.
pub async fn until_told_to_stop(listener: TcpListener, app: App) -> io::Result<()> {
    // A small answer must not wait for the acknowledgement of its head.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    let stop = stop()?;
    axum::serve(listener, app.routes)
        .with_graceful_shutdown(stop)
        .await?;
    app.writes.close();
    app.writes.wait().await;
    Ok(())
}

#[cfg(unix)]
fn stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
