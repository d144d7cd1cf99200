//! Serving, and stopping without dropping anything.

use std::io;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::app::App;

/// Serves until SIGTERM or Ctrl-C. What is in flight is finished: requests, and writes whose clients have gone.
pub async fn until_told_to_stop(
    listener: TcpListener,
    control: Option<TcpListener>,
    app: App,
) -> io::Result<()> {
    let stop = stop()?;
    let (stopped, told) = watch::channel(false);
    tokio::spawn(async move {
        stop.await;
        stopped.send_replace(true);
    });
    // The control service ends first where it can: a cutover that it holds is then aborted, and held writes go on.
    let control = async {
        match (control, app.control) {
            (Some(listener), Some(routes)) => serve(listener, routes, told.clone()).await,
            _ => Ok(()),
        }
    };
    tokio::try_join!(serve(listener, app.routes, told.clone()), control)?;
    app.writes.close();
    app.writes.wait().await;
    Ok(())
}

async fn serve(
    listener: TcpListener,
    routes: Router,
    mut told: watch::Receiver<bool>,
) -> io::Result<()> {
    // A small answer must not wait for the acknowledgement of its head.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    axum::serve(listener, routes)
        .with_graceful_shutdown(async move {
            let _ = told.wait_for(|stopped| *stopped).await;
        })
        .await
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
