//! As much of HTTP as a server of files needs: one GET or HEAD for each connection.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A longer head is refused; browsers send less than 2 KiB here.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// The most headers that are read.
const MAX_HEADERS: usize = 64;

/// How long a browser may take to send a request: it opens connections ahead of need.
const TIMEOUT: Duration = Duration::from_secs(60);

pub(super) struct Request {
    pub(super) method: String,
    /// As sent, with percent signs and query.
    pub(super) target: String,
}

pub(super) struct Response {
    pub(super) status: u16,
    pub(super) mime: &'static str,
    pub(super) body: Vec<u8>,
    /// For HEAD, which is told of the body and does not get it.
    pub(super) sends_body: bool,
}

/// Reads the head of a request; `None` when it is malformed or too long.
pub(super) fn read_request(mut stream: &TcpStream) -> std::io::Result<Option<Request>> {
    stream.set_read_timeout(Some(TIMEOUT))?;
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let length = stream.read(&mut buffer)?;
        head.extend_from_slice(buffer.get(..length).unwrap_or_default());
        match parse(&head) {
            Parsed::Request(request) => return Ok(Some(request)),
            Parsed::Partial if length > 0 && head.len() < MAX_HEAD_BYTES => {}
            Parsed::Partial | Parsed::Malformed => return Ok(None),
        }
    }
}

enum Parsed {
    Request(Request),
    Partial,
    Malformed,
}

fn parse(head: &[u8]) -> Parsed {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Complete(_)) => match (request.method, request.path) {
            (Some(method), Some(target)) => Parsed::Request(Request {
                method: method.to_owned(),
                target: target.to_owned(),
            }),
            _ => Parsed::Malformed,
        },
        Ok(httparse::Status::Partial) => Parsed::Partial,
        Err(_) => Parsed::Malformed,
    }
}

impl Response {
    pub(super) fn error(status: u16, text: &str) -> Self {
        Self {
            status,
            mime: "text/plain; charset=utf-8",
            body: format!("{text}\n").into_bytes(),
            sends_body: true,
        }
    }

    pub(super) fn write(&self, stream: &mut impl Write) -> std::io::Result<()> {
        let reason = match self.status {
            200 => "OK",
            400 => "Bad Request",
            404 => "Not Found",
            405 => "Method Not Allowed",
            _ => "Error",
        };
        // no-cache: a reload after a build shows the build.
        let head = format!(
            "HTTP/1.1 {} {reason}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\
             Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
            self.status,
            self.mime,
            self.body.len()
        );
        stream.write_all(head.as_bytes())?;
        if self.sends_body {
            stream.write_all(&self.body)?;
        }
        stream.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_when_its_head_is_complete() {
        let head = b"GET /a%20b?c HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let Parsed::Request(request) = parse(head) else {
            panic!("a request");
        };
        assert_eq!(
            (request.method.as_str(), request.target.as_str()),
            ("GET", "/a%20b?c")
        );
        assert!(matches!(parse(&head[..30]), Parsed::Partial));
        assert!(matches!(parse(b"nonsense\r\n\r\n"), Parsed::Malformed));
    }

    #[test]
    fn head_is_told_of_the_body_and_does_not_get_it() {
        let mut response = Response::error(404, "nothing here");
        response.sends_body = false;
        let mut sent = Vec::new();
        response.write(&mut sent).unwrap();
        let sent = String::from_utf8(sent).unwrap();
        assert!(sent.starts_with("HTTP/1.1 404 Not Found\r\n"), "{sent}");
        assert!(sent.contains("Content-Length: 13\r\n"), "{sent}");
        assert!(sent.ends_with("\r\n\r\n"), "{sent}");
    }
}
