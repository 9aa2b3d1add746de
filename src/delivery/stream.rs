//! A connection, with TLS or without.

use tokio::io::{AsyncRead, AsyncWrite};

/// Bytes in both directions.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}
