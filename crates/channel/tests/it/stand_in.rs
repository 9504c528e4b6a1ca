//! A service that answers what it is told to, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) headers: String,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the body is JSON")
    }
}

/// The service.
pub(crate) struct StandIn {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl StandIn {
    /// Answers each request with the next of these: status, further headers, body.
    pub(crate) async fn answering(answers: &[(u16, &str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let kept = Arc::clone(&asked);
        let mut answers: VecDeque<(u16, String, String)> = answers
            .iter()
            .map(|(status, headers, body)| (*status, (*headers).to_owned(), (*body).to_owned()))
            .collect();
        tokio::spawn(async move {
            while let Some((status, headers, body)) = answers.pop_front() {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                let request = read(&mut stream).await;
                kept.lock().expect("nobody panics").push(request);
                let answer = format!(
                    "HTTP/1.1 {status} Answer\r\n{headers}content-length: {}\r\n\
                     connection: close\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(answer.as_bytes()).await.expect("written");
            }
        });
        Self { url, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("nobody panics").clone()
    }
}

async fn read(stream: &mut TcpStream) -> Asked {
    let mut text = Vec::new();
    let mut chunk = [0; 4_096];
    loop {
        let whole = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = whole.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.trim().parse().expect("a number"));
            if body.len() >= length {
                let (line, headers) = head.split_once("\r\n").unwrap_or((head, ""));
                return Asked {
                    line: line.to_owned(),
                    headers: headers.to_lowercase(),
                    body: body.to_owned(),
                };
            }
        }
        let count = stream.read(&mut chunk).await.expect("read");
        assert!(count > 0, "the request ends too early");
        text.extend_from_slice(&chunk[..count]);
    }
}
