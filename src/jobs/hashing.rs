//! Large values of records that are read to be compared, not to be kept.

use futures::future::LocalBoxFuture;
use pos_backup_bridge::Result;

use crate::archive::Sha256Hex;
use crate::database::{BlobSink, Pause};
use crate::limits::{BLOB_BYTES, READ_BYTES};
use crate::storage::ReadAt;

/// Names large values, and keeps none.
#[derive(Debug, Clone, Default)]
pub struct Hashing {
    /// The bytes of all of them together.
    pub(super) bytes: u64,
}

impl BlobSink for Hashing {
    fn blob_bytes(&self) -> u32 {
        BLOB_BYTES
    }

    fn keep<'a>(
        &'a mut self,
        content: &'a dyn ReadAt,
        pause: &'a mut dyn Pause,
    ) -> LocalBoxFuture<'a, Result<String>> {
        Box::pin(async move {
            let mut sum = Sha256Hex::default();
            let mut buffer = vec![0; READ_BYTES];
            let mut offset = 0;
            while offset < content.size() {
                let length = (content.size() - offset).min(READ_BYTES as u64);
                let piece = buffer.get_mut(..length as usize).unwrap_or_default();
                content.read_at(offset, piece)?;
                sum.update(piece);
                offset += length;
                pause.pause().await?;
            }
            self.bytes += content.size();
            Ok(sum.finish())
        })
    }
}
