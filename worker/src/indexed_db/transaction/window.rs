//! Puts and deletions that were issued and are not confirmed yet.

use std::collections::VecDeque;

use futures::FutureExt;
use futures::future::{LocalBoxFuture, ready};
use idb::request::{DeleteStoreRequest, PutStoreRequest};
use pos_backup::limits::{PUT_WINDOW_BYTES, PUT_WINDOW_RECORDS};
use web_sys::IdbRequest;

use super::super::records::Records;

/// Puts and deletions that were issued and are not confirmed yet, the oldest first.
#[derive(Default)]
pub(super) struct Window {
    chunks: VecDeque<Chunk>,
    records: usize,
    bytes: usize,
}

/// Puts that were issued together, or a deletion.
pub(super) struct Chunk {
    pub(super) table: usize,
    pub(super) records: Records,
    bytes: usize,
    requests: Vec<IdbRequest>,
    /// Requests are answered in order: the last one's answer is all's.
    last: LocalBoxFuture<'static, Result<(), idb::Error>>,
}

impl Chunk {
    /// Puts of these records; `None` without any.
    pub(super) fn of_puts(
        table: usize,
        records: Records,
        bytes: usize,
        requests: Vec<IdbRequest>,
    ) -> Option<Self> {
        let last = PutStoreRequest::from(requests.last()?.clone());
        Some(Self {
            table,
            records,
            bytes,
            requests,
            last: last
                .into_future()
                .map(|result| result.map(drop))
                .boxed_local(),
        })
    }

    /// The deletion of some records.
    pub(super) fn of_deletion(table: usize, request: DeleteStoreRequest) -> Self {
        let request = IdbRequest::from(request);
        let last = DeleteStoreRequest::from(request.clone());
        Self {
            table,
            records: Records::default(),
            bytes: 0,
            requests: vec![request],
            last: last.into_future().boxed_local(),
        }
    }
}

impl Window {
    pub(super) fn push(&mut self, chunk: Chunk) {
        self.records += chunk.requests.len();
        self.bytes += chunk.bytes;
        self.chunks.push_back(chunk);
    }

    pub(super) fn is_full(&self) -> bool {
        self.records > PUT_WINDOW_RECORDS || self.bytes > PUT_WINDOW_BYTES
    }

    pub(super) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Waits for the oldest chunk. When it fails, it stays, to be found by its request.
    pub(super) async fn settle_oldest(&mut self) -> Result<(), idb::Error> {
        let Some(chunk) = self.chunks.front_mut() else {
            return Ok(());
        };
        let result = chunk.last.as_mut().await;
        if let Some(mut chunk) = self.chunks.pop_front() {
            self.records -= chunk.requests.len();
            self.bytes -= chunk.bytes;
            if result.is_err() {
                chunk.last = ready(Ok(())).boxed_local();
                self.chunks.push_front(chunk);
            }
        }
        result
    }

    /// Which put a request was for.
    pub(super) fn find(&self, request: &IdbRequest) -> Option<(&Chunk, usize)> {
        self.chunks.iter().find_map(|chunk| {
            let index = chunk.requests.iter().position(|other| other == request)?;
            Some((chunk, index))
        })
    }

    /// Waits for all of an aborted transaction's puts.
    pub(super) async fn drain(&mut self) {
        for chunk in self.chunks.drain(..) {
            let _ = chunk.last.await;
        }
    }
}
