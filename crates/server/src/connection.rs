//! One connection from its first byte to its last, under time-outs at every stage.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::answer::answer;
use crate::limits::Limits;
use crate::seats::{Seat, Stage};
use crate::short::{Hall, answer_plainly};
use crate::surface::Surface;

/// How an HTTP/2 client begins; no HTTP/1 method does.
const HTTP2_START: &[u8] = b"PRI";

/// Who asks, and until when he can be told something.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    /// The connection is encrypted.
    pub(crate) is_secure: bool,
    pub(crate) ending: CancellationToken,
}

/// What a connection needs of its listener.
pub(crate) struct Place {
    pub(crate) hall: Arc<Hall>,
    pub(crate) seat: Arc<Seat>,
    pub(crate) peer: SocketAddr,
    /// The connection is encrypted.
    pub(crate) is_secure: bool,
    pub(crate) shutdown: CancellationToken,
}

/// Serves a connection until it ends, is idle too long, or the server shuts down.
pub(crate) async fn serve_connection(
    surface: Surface,
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    place: Place,
) {
    // Answers are written whole: waiting for more to send would only delay them.
    drop(stream.set_nodelay(true));
    let Some(tls) = tls else {
        return speak(&surface, stream, place).await;
    };
    place.seat.is_at(Stage::Elsewhere);
    let limit = surface.inner.limits.header_time;
    let opened = tokio::select! {
        () = place.shutdown.cancelled() => return,
        opened = timeout(limit, tls.accept(stream)) => opened,
    };
    // Nothing came, or nothing that can be spoken with: there is nobody to tell.
    let Ok(Ok(stream)) = opened else { return };
    if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
        return Box::pin(drive(&surface, (stream, Vec::new()), true, place)).await;
    }
    place.seat.is_at(Stage::New);
    Box::pin(speak(&surface, stream, place)).await;
}

/// Answers what is plain by itself, and leaves the rest to hyper.
async fn speak<S>(surface: &Surface, stream: S, place: Place)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let around = (&*surface.inner, &*place.hall, &*place.seat);
    if let Some((stream, came)) = answer_plainly(stream, around).await {
        place.seat.is_at(Stage::Elsewhere);
        let is_http2 = came.starts_with(HTTP2_START);
        Box::pin(drive(surface, (stream, came), is_http2, place)).await;
    }
}

/// Speaks HTTP on a stream, of which some bytes have come already.
async fn drive<S>(surface: &Surface, (stream, came): (S, Vec<u8>), is_http2: bool, place: Place)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Place {
        peer,
        is_secure,
        shutdown,
        ..
    } = place;
    let limits = surface.inner.limits;
    // What goes on without an end of its own ends with the connection's time.
    let ending = shutdown.child_token();
    let asking = Peer {
        address: peer,
        is_secure,
        ending: ending.clone(),
    };
    let progress = Arc::new(Progress::default());
    let watched = Watched {
        stream,
        came: Bytes::from(came),
        progress: Arc::clone(&progress),
    };
    let service = service_fn(move |request| {
        let (surface, asking) = (surface.clone(), asking.clone());
        async move { Ok::<_, Infallible>(answer(&surface, &asking, request).await) }
    });
    let builder = builder(&limits, is_http2);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(watched), service));
    let began = Instant::now();
    let mut ending_at = None;
    let mut ticks = interval(tick_of(&limits));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = connection.as_mut() => return,
            () = shutdown.cancelled(), if ending_at.is_none() => {
                ending_at = Some(Instant::now());
                connection.as_mut().graceful_shutdown();
            }
            _ = ticks.tick() => {
                let is_late = |at: Instant| at.elapsed() > limits.shutdown_time;
                if progress.is_quiet_since_last_look(limits.idle_time)
                    || ending_at.is_some_and(is_late)
                {
                    return;
                }
                if ending_at.is_none() && began.elapsed() > limits.connection_time {
                    ending.cancel();
                    ending_at = Some(Instant::now());
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

fn builder(limits: &Limits, is_http2: bool) -> Builder<TokioExecutor> {
    let builder = Builder::new(TokioExecutor::new());
    let mut builder = if is_http2 {
        builder.http2_only()
    } else {
        builder.http1_only()
    };
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_buf_size(limits.header_bytes.max(8 * 1024))
        .max_headers(limits.header_count);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX))
        .keep_alive_interval(Some(limits.idle_time / 2))
        .keep_alive_timeout(limits.header_time);
    builder
}

/// How often a connection is looked at: often enough for the shortest of its limits.
fn tick_of(limits: &Limits) -> Duration {
    let shortest = limits
        .idle_time
        .min(limits.connection_time)
        .min(limits.shutdown_time);
    (shortest / 4).max(Duration::from_millis(10))
}

/// When a byte last moved.
#[derive(Default)]
struct Progress {
    moved_count: AtomicU64,
    seen: std::sync::Mutex<Option<(u64, Instant)>>,
}

impl Progress {
    fn moved(&self) {
        self.moved_count.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether nothing has moved for so long.
    fn is_quiet_since_last_look(&self, limit: Duration) -> bool {
        let count = self.moved_count.load(Ordering::Relaxed);
        let mut seen = self
            .seen
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match *seen {
            Some((before, at)) if before == count => at.elapsed() > limit,
            _ => {
                *seen = Some((count, Instant::now()));
                false
            }
        }
    }
}

/// A stream that notes when bytes move, and gives once more what was read of it before.
struct Watched<S> {
    stream: S,
    came: Bytes,
    progress: Arc<Progress>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.came.is_empty() {
            let count = self.came.len().min(buffer.remaining());
            buffer.put_slice(&self.came.split_to(count));
            self.progress.moved();
            return Poll::Ready(Ok(()));
        }
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if polled.is_ready() {
            self.progress.moved();
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        if polled.is_ready() {
            self.progress.moved();
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        if polled.is_ready() {
            self.progress.moved();
        }
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
