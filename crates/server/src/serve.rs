//! Listening: accepts connections up to a limit, and ends them well.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::time::{MissedTickBehavior, interval};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connection::{Place, serve_connection};
use crate::listen::Listeners;
use crate::seats::Seats;
use crate::short::Hall;
use crate::surface::Surface;

/// How long accepting rests when the system has no file handle left.
const ACCEPT_REST: Duration = Duration::from_millis(50);

/// Serves a listener until `shutdown` is cancelled, then lets requests under way finish, at most
/// for [`Limits::shutdown_time`](crate::Limits::shutdown_time).
pub async fn serve(
    surface: Surface,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shutdown: CancellationToken,
) {
    let connections = TaskTracker::new();
    let (hall, seats) = (
        Arc::new(Hall::new()),
        Arc::new(Seats::new(surface.inner.limits)),
    );
    let mut looks = interval(seats.look_time());
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut number = 0;
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            _ = looks.tick() => {
                seats.look(false);
                continue;
            }
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "connection not accepted"
                );
                tokio::time::sleep(ACCEPT_REST).await;
                continue;
            }
        };
        let Ok(permit) = surface.inner.connections.clone().try_acquire_owned() else {
            // Closed at once: whoever is here already is served.
            surface.inner.metrics.connection_refused();
            continue;
        };
        let open = surface.inner.metrics.connection_opened();
        number += 1;
        let seat = seats.seat();
        let place = Place {
            hall: Arc::clone(&hall),
            seat: Arc::clone(&seat),
            peer,
            is_secure: tls.is_some(),
            shutdown: shutdown.clone(),
        };
        let served = serve_connection(surface.clone(), stream, tls.clone(), place);
        let left = Arc::clone(&seats);
        let task = connections.spawn(async move {
            served.await;
            left.leave(number);
            drop((open, permit));
        });
        seats.take(number, seat, task.abort_handle());
    }
    drop(listener);
    connections.close();
    // Each connection keeps to the limit itself; a little more, so that it is they who end.
    let limit = surface.inner.limits.shutdown_time + Duration::from_secs(1);
    let end_all = async {
        loop {
            seats.look(true);
            looks.tick().await;
        }
    };
    tokio::select! {
        () = connections.wait() => {}
        () = tokio::time::sleep(limit) => {}
        () = end_all => {}
    }
}

/// Serves with one single-threaded runtime for each socket, each accepting for itself: what a
/// reader asks never changes threads. Returns when all have ended.
pub fn serve_on_cores(
    surface: &Surface,
    listeners: Listeners,
    tls: Option<&TlsAcceptor>,
    shutdown: &CancellationToken,
) -> io::Result<()> {
    let mut threads = Vec::with_capacity(listeners.sockets.len());
    for (number, listener) in listeners.sockets.into_iter().enumerate() {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (surface, tls, shutdown) = (surface.clone(), tls.cloned(), shutdown.clone());
        let body = move || {
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener)?;
                serve(surface, listener, tls, shutdown).await;
                Ok::<(), io::Error>(())
            })
        };
        threads.push(
            thread::Builder::new()
                .name(format!("public-{number}"))
                .spawn(body)?,
        );
    }
    for thread in threads {
        thread
            .join()
            .map_err(|_| io::Error::other("a serving thread panicked"))??;
    }
    Ok(())
}

/// The client went away before it was accepted: nothing is wrong with the listener.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}
