//! Writes JSON text, on one line or with indents, by the same serializer.

use std::io::{Result, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

pub(super) fn write(
    value: &impl Serialize,
    is_pretty: bool,
) -> std::result::Result<Vec<u8>, String> {
    let mut text = Vec::new();
    let layout = Layout {
        is_pretty,
        pretty: PrettyFormatter::new(),
    };
    let mut serializer = Serializer::with_formatter(&mut text, layout);
    let written = value.serialize(&mut serializer);
    written.map_err(|error| error.to_string())?;
    Ok(text)
}

struct Layout {
    is_pretty: bool,
    pretty: PrettyFormatter<'static>,
}

impl Formatter for Layout {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        match self.is_pretty {
            true => self.pretty.begin_array(writer),
            false => writer.write_all(b"["),
        }
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        match self.is_pretty {
            true => self.pretty.end_array(writer),
            false => writer.write_all(b"]"),
        }
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        match self.is_pretty {
            true => self.pretty.begin_array_value(writer, first),
            false if first => Ok(()),
            false => writer.write_all(b","),
        }
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.pretty.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        match self.is_pretty {
            true => self.pretty.begin_object(writer),
            false => writer.write_all(b"{"),
        }
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        match self.is_pretty {
            true => self.pretty.end_object(writer),
            false => writer.write_all(b"}"),
        }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        // As between the values of an array.
        self.begin_array_value(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        match self.is_pretty {
            true => self.pretty.begin_object_value(writer),
            false => writer.write_all(b":"),
        }
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> Result<()> {
        self.pretty.end_object_value(writer)
    }

    /// Bytes pass by reference, as a Blob does.
    #[cfg(target_arch = "wasm32")]
    fn write_byte_array<W: ?Sized + Write>(&mut self, writer: &mut W, bytes: &[u8]) -> Result<()> {
        let index = crate::codec::keep_handle(js_sys::Uint8Array::from(bytes).into());
        write!(writer, "{{\"{}\":{index}}}", crate::handle::PLACEHOLDER)
    }
}
