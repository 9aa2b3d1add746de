//! Reads the rows of an account file one by one, so that memory use doesn't depend on its length.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, stdin};
use std::path::Path;

use clap::ValueEnum;
use serde_json::{Map, Value};

use super::document::{Row, document, unreadable};
use crate::cli::Result;

/// The longest line, in bytes. A longer one is probably not from an account file.
const MAX_LINE: u64 = 1 << 20;

/// How a file of accounts is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Layout {
    /// JSON Lines: one object a line
    Jsonl,
    /// CSV with the names of the columns in its first line
    Csv,
    /// One JSON document: a list of objects, or an object with a list "users"
    Json,
}

impl Layout {
    fn of(path: &Path) -> Self {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => Self::Csv,
            Some("json") => Self::Json,
            _ => Self::Jsonl,
        }
    }
}

/// The rows of a file.
pub(super) struct Rows(Box<dyn Iterator<Item = Result<Row>> + Send>);

impl Rows {
    /// Opens a file. `-` means stdin.
    pub(super) fn open(path: &Path, layout: Option<Layout>) -> Result<Self> {
        let name = path.display().to_string();
        let input: Box<dyn Read + Send> = if name == "-" {
            Box::new(stdin())
        } else {
            let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
            Box::new(file)
        };
        let input = BufReader::new(input);
        Ok(Self(match layout.unwrap_or_else(|| Layout::of(path)) {
            Layout::Jsonl => Box::new(Lines {
                input,
                name,
                number: 0,
            }),
            Layout::Csv => Box::new(table(input, name)?),
            Layout::Json => Box::new(document(input, name)),
        }))
    }
}

impl Iterator for Rows {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

struct Lines<R> {
    input: R,
    name: String,
    number: u64,
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut line = Vec::new();
            let mut limited = (&mut self.input).take(MAX_LINE);
            match limited.read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => return Some(Err(unreadable(&self.name, &error))),
            }
            self.number += 1;
            if line.len() as u64 == MAX_LINE {
                let why = format!("line {} is longer than 1 MiB", self.number);
                return Some(Err(unreadable(&self.name, &why)));
            }
            let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
            if text.trim_ascii().is_empty() {
                continue;
            }
            let row = serde_json::from_slice(text).map_err(|_| "it isn't JSON".to_owned());
            return Some(Ok((self.number, row)));
        }
    }
}

fn table(
    input: impl Read + Send + 'static,
    name: String,
) -> Result<impl Iterator<Item = Result<Row>> + Send> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let headers = reader
        .headers()
        .map_err(|error| unreadable(&name, &error))?;
    let headers: Vec<String> = headers
        .iter()
        .map(|header| header.trim_start_matches('\u{feff}').trim().to_owned())
        .collect();
    let rows = reader.into_records().map(move |record| match record {
        Ok(record) => {
            let line = record.position().map_or(0, csv::Position::line);
            if record.len() != headers.len() {
                let problem = "it has a different number of fields than the first line";
                return Ok((line, Err(problem.to_owned())));
            }
            let fields = headers.iter().zip(&record);
            let fields: Map<String, Value> = fields
                .map(|(header, field)| (header.clone(), Value::from(field)))
                .collect();
            Ok((line, Ok(Value::Object(fields))))
        }
        Err(error) => match error.kind() {
            csv::ErrorKind::Utf8 { pos, .. } => {
                let line = pos.as_ref().map_or(0, csv::Position::line);
                Ok((line, Err("it isn't UTF-8".to_owned())))
            }
            _ => Err(unreadable(&name, &error)),
        },
    });
    Ok(rows)
}
