//! A CSV file as a table: columns by their names, rows one at a time, every fault with its cell.

use super::cell::{self, Wrong};
use crate::domain::spelling::distance;
use crate::error::{Code, Error, Fault, Place, Result};
use csv::{ErrorKind, ReaderBuilder, StringRecord};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::io::Read;

/// How many faults are listed; the others are counted.
const MOST_FAULTS: usize = 1_000;

/// A column that a kind of feed knows.
#[derive(Clone, Copy)]
pub(super) struct Column<'a> {
    pub name: &'a str,
    /// Other names that files call it by, in the form of [`plain`].
    pub aliases: &'a [&'a str],
    pub required: bool,
}

impl<'a> Column<'a> {
    pub const fn required(name: &'a str, aliases: &'a [&'a str]) -> Self {
        Self { name, aliases, required: true }
    }

    pub const fn optional(name: &'a str, aliases: &'a [&'a str]) -> Self {
        Self { name, aliases, required: false }
    }

    fn is_called(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }
}

/// What is wrong with a file: the first thousand faults, and how many there are in all.
#[derive(Debug, Default)]
pub(super) struct Faults {
    kept: Vec<Fault>,
    pub total: usize,
}

impl Faults {
    pub fn add(&mut self, row: usize, column: &str, wrong: Wrong) {
        self.total += 1;
        if self.kept.len() < MOST_FAULTS {
            let place = Place::Cell { row, column: column.to_owned() };
            self.kept.push(Fault { place, code: wrong.code, args: wrong.args });
        }
    }

    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Those of another reading behind these.
    pub fn extend(&mut self, others: Self) {
        self.total += others.total;
        let room = MOST_FAULTS.saturating_sub(self.kept.len());
        self.kept.extend(others.kept.into_iter().take(room));
    }

    /// The kept faults in the order of their rows.
    pub fn into_sorted(mut self) -> Vec<Fault> {
        self.kept.sort_by_key(|fault| match &fault.place {
            Place::Cell { row, .. } => *row,
            _ => 0,
        });
        self.kept
    }
}

/// Which known column stands where in the file, and what the file calls it.
#[derive(Debug, Default)]
pub(super) struct Header {
    found: Vec<(String, usize, String)>,
    width: usize,
}

impl Header {
    pub fn has(&self, column: &str) -> bool {
        self.found.iter().any(|(name, ..)| name == column)
    }

    /// What the file calls a column; its own name where the file lacks it.
    pub fn label<'a>(&'a self, column: &'a str) -> &'a str {
        self.found.iter().find(|(name, ..)| name == column).map_or(column, |(.., label)| label)
    }

    /// Which cell of a row a column is.
    pub fn place(&self, column: &str) -> Option<usize> {
        self.found.iter().find(|(name, ..)| name == column).map(|(_, at, _)| *at)
    }
}

/// One row while it is read.
pub(super) struct Row<'a> {
    /// As a spreadsheet counts: the header is row 1, and an empty line is a row, too.
    pub number: usize,
    header: &'a Header,
    record: &'a StringRecord,
    faults: &'a mut Faults,
}

impl Row<'_> {
    /// The value of a cell. `None` where the file lacks the column, or the cell has a fault, which is
    /// noted; `Some(None)` where the cell is empty.
    pub fn optional<T>(&mut self, column: &str, read: impl FnOnce(&str) -> Result<T, Wrong>) -> Option<Option<T>> {
        let (_, at, label) = self.header.found.iter().find(|(name, ..)| name == column)?;
        let text = trimmed(self.record.get(*at).unwrap_or_default());
        if text.is_empty() {
            return Some(None);
        }
        match read(text) {
            Ok(value) => Some(Some(value)),
            Err(wrong) => {
                self.faults.add(self.number, label, wrong);
                None
            }
        }
    }

    /// The value of a cell that may not be empty.
    pub fn required<T>(&mut self, column: &str, read: impl FnOnce(&str) -> Result<T, Wrong>) -> Option<T> {
        let value = self.optional(column, read)?;
        if value.is_none() {
            self.faults.add(self.number, self.header.label(column), Wrong::new(Code::ValueMissing));
        }
        value
    }

    /// Where the columns stand.
    pub fn header(&self) -> &Header {
        self.header
    }

    /// What stands in a cell, without the white space around it.
    pub fn text(&self, at: usize) -> &str {
        trimmed(self.record.get(at).unwrap_or_default())
    }

    /// A text on one line; see [`cell::line`].
    pub fn line(&mut self, column: &str, most: usize) -> Option<Option<String>> {
        self.optional(column, |text| cell::line(text, most))
    }

    pub fn fault(&mut self, column: &str, wrong: Wrong) {
        self.faults.add(self.number, self.header.label(column), wrong);
    }
}

/// What was read, beside the rows.
pub(super) struct Outline {
    pub header: Header,
    pub rows: usize,
    /// The first 16 hexadecimal digits of the SHA-256 of the file's bytes.
    pub fingerprint: String,
}

/// Reads a file row by row. White space at the ends of a cell does not count; a row without any value is
/// passed over.
///
/// A file that lacks a required column or is not UTF-8 has that fault alone, as all others would follow
/// from it.
///
/// # Errors
/// `FileUnreadable` if the bytes cannot be had.
pub(super) fn read(
    input: impl Read,
    file: &str,
    columns: &[Column<'_>],
    faults: &mut Faults,
    mut each: impl FnMut(&mut Row<'_>),
) -> Result<Outline> {
    let bytes = Hashed { input, hash: Sha256::new(), last: 0, carriage: None, ended: false };
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut record = StringRecord::new();
    let mut header = Header::default();
    let (mut rows, mut number) = (0, 0);
    loop {
        let before = reader.position().line();
        let more = match reader.read_record(&mut record) {
            Ok(more) => more,
            Err(error) => match error.kind() {
                ErrorKind::Utf8 { err, .. } => {
                    let at = err.field();
                    let named = header.found.iter().find(|(_, i, _)| *i == at).map(|(.., label)| label.clone());
                    *faults = Faults::default();
                    faults.add(
                        number + 1,
                        &named.unwrap_or_else(|| (at + 1).to_string()),
                        Wrong::new(Code::EncodingUnknown),
                    );
                    break;
                }
                _ => return Err(Error::new(Code::FileUnreadable).with("file", file).because(error)),
            },
        };
        if !more {
            break;
        }
        // The reader passes over empty lines in silence, but a spreadsheet counts them.
        let lines = usize::try_from(reader.position().line() - before).unwrap_or(1);
        let inside: usize = record.iter().map(|cell| cell.matches('\n').count()).sum();
        number += lines.saturating_sub(inside).max(1);
        if header.width == 0 {
            if !read_header(&record, number, columns, &mut header, faults) {
                break;
            }
            continue;
        }
        if record.iter().all(|cell| trimmed(cell).is_empty()) {
            continue;
        }
        rows += 1;
        if record.len() != header.width {
            let at = record.len().min(header.width) + usize::from(record.len() > header.width);
            let wrong = Wrong::new(Code::RowRagged).with("expected", header.width).with("found", record.len());
            faults.add(number, &at.to_string(), wrong);
            continue;
        }
        each(&mut Row { number, header: &header, record: &record, faults });
    }
    if header.width == 0 && faults.is_empty() {
        read_header(&StringRecord::new(), 1, columns, &mut header, faults);
    }
    let digest = reader.into_inner().hash.finalize();
    let fingerprint = HEXLOWER.encode(&digest).chars().take(16).collect();
    Ok(Outline { header, rows, fingerprint })
}

/// Finds the known columns; says whether the required ones are there.
fn read_header(
    record: &StringRecord,
    number: usize,
    columns: &[Column<'_>],
    header: &mut Header,
    faults: &mut Faults,
) -> bool {
    header.width = record.len();
    let mut unknown = Vec::new();
    for (at, label) in record.iter().enumerate() {
        let label = trimmed(label);
        match columns.iter().find(|column| column.is_called(&plain(label))) {
            Some(column) if header.has(column.name) => {
                faults.add(number, label, Wrong::of(Code::ValueTwice, column.name));
            }
            Some(column) => header.found.push((column.name.to_owned(), at, label.to_owned())),
            None => unknown.push((at, label)),
        }
    }
    let known: Vec<&str> = columns.iter().map(|column| column.name).collect();
    for (at, label) in unknown {
        let mut wrong = Wrong::of(Code::ColumnFaulty, label).with("known", known.join(", "));
        if let Some(near) = nearest(&plain(label), columns, header) {
            wrong = wrong.with("near", near);
        }
        let place = if label.is_empty() { (at + 1).to_string() } else { label.to_owned() };
        faults.add(number, &place, wrong);
    }
    let mut complete = true;
    for column in columns.iter().filter(|column| column.required) {
        if !header.has(column.name) {
            let also = column.aliases.join(", ");
            faults.add(number, column.name, Wrong::of(Code::ColumnMissing, column.name).with("known", also));
            complete = false;
        }
    }
    complete
}

/// The name of the known column, missing in the file, that an unknown one is a misspelling of.
fn nearest<'a>(label: &str, columns: &[Column<'a>], header: &Header) -> Option<&'a str> {
    let free = columns.iter().filter(|column| !header.has(column.name));
    let names = free.flat_map(|column| std::iter::once(column.name).chain(column.aliases.iter().copied()));
    let length = label.chars().count();
    names
        .map(|name| (distance(label, name), name))
        .filter(|(far, name)| *far <= 1 + name.chars().count().min(length) / 4)
        .min()
        .map(|(_, name)| name)
}

/// Without the white space at the ends, the ideographic space and a stray byte order mark among it.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c == ' ' || c == '\t' || c == '\u{3000}' || c == '\u{a0}' || c == '\u{feff}')
}

/// The name of a column as it is compared: `Customer Number` is `customer_number`.
fn plain(label: &str) -> String {
    label.to_lowercase().replace([' ', '-'], "_")
}

/// Hashes what is read through it, and closes the last line as the first one is closed, so that it counts
/// like all others.
struct Hashed<R> {
    input: R,
    hash: Sha256,
    last: u8,
    /// Does the first line end with a carriage return before its line feed?
    carriage: Option<bool>,
    ended: bool,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if buffer.is_empty() || self.ended {
            return Ok(0);
        }
        let n = self.input.read(buffer)?;
        if n == 0 {
            self.ended = true;
            let end: &[u8] = if self.carriage == Some(true) { b"\r\n" } else { b"\n" };
            return (&mut &*end).read(buffer);
        }
        let bytes = buffer.get(..n).unwrap_or_default();
        if self.carriage.is_none()
            && let Some(at) = bytes.iter().position(|b| *b == b'\n')
        {
            let before = at.checked_sub(1).and_then(|i| bytes.get(i).copied()).unwrap_or(self.last);
            self.carriage = Some(before == b'\r');
        }
        self.last = bytes.last().copied().unwrap_or(self.last);
        self.hash.update(bytes);
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column<'_>] =
        &[Column::required("account", &["customer_number", "客户编号"]), Column::optional("region", &["区域"])];

    fn rows(text: &[u8]) -> (Vec<(usize, String)>, Vec<Fault>, Outline) {
        let (mut faults, mut seen) = (Faults::default(), Vec::new());
        let read = read(text, "f.csv", COLUMNS, &mut faults, |row| {
            if let Some(text) = row.required("account", |t| Ok(t.to_owned())) {
                seen.push((row.number, text));
            }
        });
        (seen, faults.into_sorted(), read.unwrap())
    }

    #[test]
    fn rows_count_as_in_a_spreadsheet() {
        for end in ["\n", "\r\n"] {
            let text = ["account,region", "a,x", "", "\"b\",\"two", "lines\"", ",", "c,", "", "d,y"].join(end);
            let (seen, faults, read) = rows(text.as_bytes());
            let expected: Vec<_> = [(2, "a"), (4, "b"), (6, "c"), (8, "d")].map(|(n, s)| (n, s.to_owned())).into();
            assert_eq!(seen, expected, "{end:?}");
            assert!(faults.is_empty());
            assert_eq!(read.rows, 4);
        }
    }

    #[test]
    fn a_header_in_another_language_with_a_mark_before_it() {
        let (seen, faults, read) = rows("\u{feff}客户编号,区域\n C-1 ,\u{3000}北\n".as_bytes());
        assert_eq!(seen, [(2, "C-1".to_owned())]);
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(read.header.label("account"), "客户编号");
        assert_eq!(read.fingerprint.len(), 16);
    }

    #[test]
    fn a_misspelt_column_is_told_its_nearest() {
        let (_, faults, _) = rows(b"account,regoin\na,x\n");
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].place, Place::Cell { row: 1, column: "regoin".into() });
        assert!(faults[0].args.contains(&("near", "region".into())), "{faults:?}");
        let (_, faults, _) = rows(b"account,colour\na,x\n");
        assert!(faults[0].args.iter().all(|(name, _)| *name != "near"));
    }

    #[test]
    fn what_a_header_lacks_or_says_twice() {
        let codes = |text: &[u8]| rows(text).1.iter().map(|f| f.code).collect::<Vec<_>>();
        assert_eq!(codes(b""), [Code::ColumnMissing]);
        assert_eq!(codes(b"region\nx\n"), [Code::ColumnMissing], "rows without the column say nothing more");
        assert_eq!(codes(b"account,customer_number\na,b\n"), [Code::ValueTwice]);
    }

    #[test]
    fn ragged_rows_and_other_encodings() {
        let (seen, faults, _) = rows(b"account,region\na\nb,x,y\nc,z\n");
        assert_eq!(seen, [(4, "c".to_owned())]);
        assert!(faults.iter().all(|f| f.code == Code::RowRagged));
        let places: Vec<_> = faults.iter().map(|f| f.place.to_string()).collect();
        assert_eq!(places, ["row 2, 1", "row 3, 3"]);
        // 北 in GBK; the faults before it follow from it and are not told.
        let (_, faults, _) = rows(b"account,region\n,x\na,\xb1\xb1\n");
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].code, Code::EncodingUnknown);
        assert_eq!(faults[0].place, Place::Cell { row: 3, column: "region".into() });
    }

    #[test]
    fn the_list_of_faults_ends_and_the_count_does_not() {
        let mut faults = Faults::default();
        let text = format!("account,region\n{}", ",x\n".repeat(1_500));
        read(text.as_bytes(), "f.csv", COLUMNS, &mut faults, |row| {
            row.required("account", |t| Ok(t.to_owned()));
        })
        .unwrap();
        assert_eq!((faults.total, faults.into_sorted().len()), (1_500, MOST_FAULTS));
    }
}
