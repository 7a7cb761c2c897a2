//! What async_zip writes to: memory, so that its futures never wait.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures::io::AsyncWrite;

/// Bytes on their way from async_zip to the file. Clones are the same bytes.
#[derive(Clone, Default)]
pub(super) struct Sink(Rc<RefCell<Vec<u8>>>);

impl Sink {
    /// Takes all bytes out.
    pub(super) fn take(&self) -> Vec<u8> {
        self.0.take()
    }

    /// Gives the memory back, to be filled again.
    pub(super) fn give_back(&self, mut bytes: Vec<u8>) {
        bytes.clear();
        self.0.replace(bytes);
    }
}

impl AsyncWrite for Sink {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
