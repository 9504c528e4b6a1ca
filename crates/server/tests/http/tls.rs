//! HTTP over TLS, and both versions of HTTP.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;

use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use noroshi_server::{Limits, tls_acceptor};
use rustls::pki_types::ServerName;

use crate::kit::{Answer, Server, read_answer, site};

struct Secure {
    server: Server,
    client: Arc<rustls::ClientConfig>,
}

fn secure(protocols: &[&[u8]]) -> Secure {
    let made = rcgen::generate_simple_self_signed(vec!["status.example".to_owned()]).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = (
        directory.path().join("cert.pem"),
        directory.path().join("key.pem"),
    );
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let tls = tls_acceptor(&certificate, &key).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let sites = [site("acme", &[], None)];
    let server = Server::start_with(Limits::default(), &sites, Some(tls));
    Secure {
        server,
        client: Arc::new(client),
    }
}

fn name() -> ServerName<'static> {
    ServerName::try_from("status.example").unwrap()
}

#[test]
fn a_page_comes_over_tls() {
    let Secure { server, client } = secure(&[b"http/1.1"]);
    let stream: TcpStream = server.connect();
    let session = rustls::ClientConnection::new(client, name()).unwrap();
    let mut stream = rustls::StreamOwned::new(session, stream);
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: status.example\r\n\r\n")
        .unwrap();
    let answer: Answer = read_answer(&mut stream, false);
    assert_eq!(answer.status, 200);
    assert_eq!(stream.conn.alpn_protocol(), Some(&b"http/1.1"[..]));
}

#[test]
fn plain_words_on_a_tls_port_are_not_answered() {
    let Secure { server, .. } = secure(&[]);
    let mut stream = server.connect();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: status.example\r\n\r\n")
        .unwrap();
    assert!(crate::kit::is_closed(&mut stream));
}

#[test]
fn http_2_is_spoken_over_tls_and_without() {
    let Secure { server, client } = secure(&[b"h2"]);
    let plain = Server::with_one_page();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(server.address)
            .await
            .unwrap();
        let connector = tokio_rustls::TlsConnector::from(client);
        over_http_2(connector.connect(name(), stream).await.unwrap()).await;
        over_http_2(tokio::net::TcpStream::connect(plain.address).await.unwrap()).await;
    });
}

async fn over_http_2<S>(stream: S)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
    tokio::spawn(connection);
    for (method, path, status, length) in [
        ("GET", "/", 200, 440),
        ("HEAD", "/", 200, 0),
        ("GET", "/nothing.json", 404, 68),
        ("POST", "/", 405, 29),
    ] {
        let request = hyper::Request::builder()
            .method(method)
            .uri(format!("https://status.example{path}"))
            .body(Empty::<bytes::Bytes>::new())
            .unwrap();
        let answer = sender.send_request(request).await.unwrap();
        assert_eq!(answer.status(), status, "{method} {path}");
        if method == "HEAD" {
            assert_eq!(answer.headers()["content-length"], "440");
        }
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body.len(), length, "{method} {path}: {body:?}");
    }
}
