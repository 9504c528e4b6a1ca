//! The short way: plain requests for published files, answered with bytes that lie ready.
//!
//! A connection here is a stream and little more: what is read and written goes through one room
//! that all connections of a core share, and only what is left over is kept. The first request
//! that is not plain takes the connection over to hyper, for good.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::asked::{Read, read};
use crate::heads::Heads;
use crate::limits::{READ_BYTES, SHORT_HEAD_BYTES, SHORT_HEADERS};
use crate::seats::{Seat, Stage};
use crate::surface::Inner;

/// What the connections of a core share.
#[derive(Debug)]
pub(crate) struct Hall(Mutex<Room>);

#[derive(Debug)]
struct Room {
    input: Box<[u8]>,
    heads: Heads,
}

impl Hall {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Room {
            input: vec![0; READ_BYTES].into_boxed_slice(),
            heads: Heads::default(),
        }))
    }
}

/// Answers plain requests until the connection ends (`None`), or a request comes that is not: then
/// the stream, and the bytes from that request on.
pub(crate) async fn answer_plainly<S>(
    stream: S,
    (inner, hall, seat): (&Inner, &Hall, &Seat),
) -> Option<(S, Vec<u8>)>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut line = Line {
        stream,
        kept: Vec::new(),
        is_read: true,
        left: None,
        is_last: false,
    };
    let ended = poll_fn(|context| {
        let mut room = hall.0.lock().unwrap_or_else(PoisonError::into_inner);
        line.poll(context, (inner, &mut room, seat))
    });
    match ended.await {
        Ok(Next::HandOver) => Some((line.stream, line.kept)),
        // Whoever is gone can not be told.
        Ok(Next::Close) | Err(_) => None,
    }
}

/// How the short way ends.
enum Next {
    Close,
    HandOver,
}

/// One connection.
struct Line<S> {
    stream: S,
    /// What came and is not answered.
    kept: Vec<u8>,
    /// What is kept was looked at, and is the beginning of a header.
    is_read: bool,
    left: Option<Box<Left>>,
    /// No request is answered any more.
    is_last: bool,
}

/// What of an answer the reader has not taken yet.
struct Left {
    head: Vec<u8>,
    body: Bytes,
    sent: usize,
}

type Around<'a> = (&'a Inner, &'a mut Room, &'a Seat);

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    fn poll(
        &mut self,
        context: &mut Context<'_>,
        (inner, room, seat): Around<'_>,
    ) -> Poll<io::Result<Next>> {
        loop {
            if let Some(left) = &mut self.left {
                ready!(left.poll_send(Pin::new(&mut self.stream), context, seat))?;
                self.left = None;
                seat.is_at(Stage::Idle);
            }
            if self.is_last {
                ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
                return Poll::Ready(Ok(Next::Close));
            }
            let bytes = if self.is_read {
                let mut buffer = ReadBuf::new(&mut room.input);
                ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
                let count = buffer.filled().len();
                if count == 0 {
                    return Poll::Ready(Ok(Next::Close));
                }
                count
            } else {
                0
            };
            self.is_read = true;
            let came = std::mem::take(&mut room.input);
            let goes_on = self.answer_all(&came[..bytes], context, (inner, room, seat));
            room.input = came;
            if !goes_on? {
                return Poll::Ready(Ok(Next::HandOver));
            }
        }
    }

    /// Answers what is kept and what came; says whether the short way goes on.
    fn answer_all(
        &mut self,
        came: &[u8],
        context: &mut Context<'_>,
        (inner, room, seat): Around<'_>,
    ) -> io::Result<bool> {
        let was_part = !self.kept.is_empty();
        // A header that comes byte by byte is not read anew with each of them.
        if was_part && !came.is_empty() && !came.contains(&b'\n') {
            self.kept.extend_from_slice(came);
            return Ok(self.kept.len() <= SHORT_HEAD_BYTES);
        }
        let mut before = std::mem::take(&mut self.kept);
        let mut bytes = if was_part {
            before.extend_from_slice(came);
            &before[..]
        } else {
            came
        };
        let (mut goes_on, mut has_answered) = (true, false);
        while !bytes.is_empty() && self.left.is_none() && !self.is_last {
            let mut headers = [const { std::mem::MaybeUninit::uninit() }; SHORT_HEADERS];
            let asked = match read(bytes, &inner.limits, &mut headers) {
                Read::Whole(asked) if asked.length <= SHORT_HEAD_BYTES => asked,
                Read::Part if bytes.len() <= SHORT_HEAD_BYTES => break,
                _ => {
                    goes_on = false;
                    break;
                }
            };
            let is_last = asked.is_last || seat.is_ending();
            let stream = Pin::new(&mut self.stream);
            let send = |head: &[u8], body: &Bytes| send(stream, context, (head, body));
            let Some(outcome) = room.heads.answer(inner, (&asked, is_last), send) else {
                goes_on = false;
                break;
            };
            bytes = &bytes[asked.length..];
            self.left = outcome?;
            (self.is_last, has_answered) = (is_last, true);
        }
        self.kept = bytes.to_vec();
        self.is_read = self.left.is_none();
        if self.left.is_some() {
            seat.is_at(Stage::Answer);
        } else if self.kept.is_empty() {
            seat.is_at(Stage::Idle);
        } else if has_answered || !was_part || came.is_empty() {
            seat.is_at(Stage::Head);
        }
        Ok(goes_on)
    }
}

/// Sends an answer; gives back what the reader does not take now.
fn send<S: AsyncWrite>(
    mut stream: Pin<&mut S>,
    context: &mut Context<'_>,
    (head, body): (&[u8], &Bytes),
) -> io::Result<Option<Box<Left>>> {
    let slices = [IoSlice::new(head), IoSlice::new(body)];
    let polled = if body.is_empty() {
        stream.as_mut().poll_write(context, head)
    } else {
        stream.as_mut().poll_write_vectored(context, &slices)
    };
    let sent = match polled {
        Poll::Ready(sent) => sent?,
        Poll::Pending => 0,
    };
    if sent == head.len() + body.len()
        && let Poll::Ready(flushed) = stream.poll_flush(context)
    {
        return flushed.map(|()| None);
    }
    Ok(Some(Box::new(Left {
        head: head.to_vec(),
        body: body.clone(),
        sent,
    })))
}

impl Left {
    fn poll_send<S: AsyncWrite>(
        &mut self,
        mut stream: Pin<&mut S>,
        context: &mut Context<'_>,
        seat: &Seat,
    ) -> Poll<io::Result<()>> {
        let length = self.head.len() + self.body.len();
        while self.sent < length {
            let head = &self.head[self.sent.min(self.head.len())..];
            let body = &self.body[self.sent.saturating_sub(self.head.len())..];
            let slices = [IoSlice::new(head), IoSlice::new(body)];
            let count = ready!(stream.as_mut().poll_write_vectored(context, &slices))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.sent += count;
            seat.is_at(Stage::Answer);
        }
        stream.poll_flush(context)
    }
}
