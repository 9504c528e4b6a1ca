//! `/events`: tells open pages which front page is the newest, as Server-Sent Events.
//!
//! An event names the front page's bytes and carries nothing of them: whoever has others asks for
//! the page as any reader does. A stream says at most one event in [`Limits::event_pace`](crate::Limits::event_pace), and a
//! comment when it has said nothing for [`Limits::event_rest`](crate::Limits::event_rest), so that nobody in between takes it
//! for dead. It ends with its connection's time, at a shutdown, and when its page is taken away.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, Response};
use http_body_util::Either;
use hyper::body::{Body as HttpBody, Frame};
use noroshi_domain::{Locale, PageId, SECOND_US};
use noroshi_publish::{Asset, path};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::answer::{Body, busy, set};
use crate::conditions::header_text;
use crate::find::Found;
use crate::metrics::OpenStream;
use crate::surface::Inner;

/// Says nothing, and that the stream lives.
const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// Opens a stream; 503 where there are as many as there may be.
pub(crate) fn stream(
    inner: &Arc<Inner>,
    found: &Found,
    headers: &HeaderMap,
    ending: CancellationToken,
) -> Response<Body> {
    let Ok(permit) = Arc::clone(&inner.streams).try_acquire_owned() else {
        return busy();
    };
    let told = Told {
        changes: inner.published.changes(),
        inner: Arc::clone(inner),
        page: found.set.site.page_id.clone(),
        locale: found.locale,
        tag: header_text(headers, &HeaderName::from_static("last-event-id")).map(str::to_owned),
        quiet_until: Instant::now(),
        ending,
        _permit: (permit, inner.metrics.stream_opened()),
    };
    let body = EventStream {
        next: Box::pin(told.next()),
    };
    let mut response = Response::new(Either::Right(axum::body::Body::new(body)));
    set(&mut response, CONTENT_TYPE, "text/event-stream");
    set(&mut response, X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(&mut response, CACHE_CONTROL, "no-store");
    // Proxies that gather answers before they pass them on would hold the events back.
    let buffering = HeaderName::from_static("x-accel-buffering");
    set(&mut response, buffering, "no");
    response
}

/// What one reader was told, and what he waits for.
struct Told {
    inner: Arc<Inner>,
    page: PageId,
    locale: Locale,
    /// Names the front page he knows of.
    tag: Option<String>,
    /// The next event waits until then.
    quiet_until: Instant,
    changes: watch::Receiver<u64>,
    ending: CancellationToken,
    _permit: (OwnedSemaphorePermit, OpenStream),
}

impl Told {
    /// Waits for the next thing to say; `None` at the stream's end.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        let ending = self.ending.clone();
        tokio::select! {
            biased;
            () = ending.cancelled() => None,
            () = sleep(self.inner.limits.event_rest) => Some((COMMENT, self)),
            event = self.event() => event.map(|event| (event, self)),
        }
    }

    /// Waits until the front page is another than the reader knows of.
    async fn event(&mut self) -> Option<Bytes> {
        loop {
            sleep_until(self.quiet_until).await;
            self.changes.borrow_and_update();
            let snapshot = self.inner.published.snapshot();
            let set = snapshot.pages.get(&self.page)?;
            if let Some(front) = set.live(&path::front(), self.locale)
                && self.tag.as_ref() != Some(&front.tag)
            {
                self.tag = Some(front.tag.clone());
                self.quiet_until = Instant::now() + self.inner.limits.event_pace;
                return Some(event(front, (self.inner.now)()));
            }
            drop(snapshot);
            self.changes.changed().await.ok()?;
        }
    }
}

/// Names a front page: its tag as its answers carry it, its time of rendering, and how long ago
/// that was by the clock that wrote it.
fn event(front: &Asset, now: noroshi_domain::Instant) -> Bytes {
    let tag = &front.tag;
    let issued = front.issued_s();
    let age_s = issued.map(|issued| now.micros().div_euclid(SECOND_US) - issued);
    let etag = format!("\"{tag}\"");
    let data = serde_json::json!({ "etag": etag, "issued": issued, "age_s": age_s });
    Bytes::from(format!("event: front\nid: {tag}\ndata: {data}\n\n"))
}

type Next = Pin<Box<dyn Future<Output = Option<(Bytes, Told)>> + Send>>;

/// The body of an answer that goes on.
struct EventStream {
    next: Next,
}

impl HttpBody for EventStream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.next.as_mut().poll(context).map(|said| {
            let (bytes, told) = said?;
            self.next = Box::pin(told.next());
            Some(Ok(Frame::data(bytes)))
        })
    }
}
