//! The tallies of months that somebody looked at, kept in memory while they hold.

use super::AccountCounts;
use crate::domain::day::{Month, Period};
use crate::domain::ident::{AccountId, SegmentId};
use crate::domain::index::cluster::Source;
use crate::domain::measure::{Measure, Sums};
use crate::domain::tally::Segment;
use crate::error::Result;
use crate::store::{Conn, tallies};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// More blocks than this are not kept: 36 months of 30 measures.
const MOST_BLOCKS: usize = 1080;

/// What every account gave to one measure in one month.
struct Block {
    /// The stamp of the month when it was read; another one in the database means read it again.
    stamp: i64,
    rows: Vec<Row>,
}

/// Accounts, segments and kinds stand by their number on the shelf, so that adding up is indexing.
#[derive(Clone, Copy)]
struct Row {
    account: u32,
    segment: u16,
    kind: u16,
    sums: Sums,
}

/// See the module's text. One for a process.
#[derive(Default)]
pub struct Shelf(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    accounts: HashMap<AccountId, u32>,
    /// By number of account: is it a pseudo-account, whose answers come from as many people?
    apart: Vec<bool>,
    segments: HashMap<SegmentId, u16>,
    /// By number; `None` while the segment's content is not read yet.
    contents: Vec<Option<Segment>>,
    kinds: Vec<String>,
    blocks: HashMap<(Month, String), Arc<Block>>,
}

/// What a question about figures is answered from.
pub(crate) struct Picked {
    pub sheets: Sheets,
    /// Keys of the aspects that were rated.
    pub aspects: Vec<String>,
    pub accounts: AccountCounts,
}

/// The blocks of some months, and which of their rows count where.
pub(crate) struct Sheets {
    blocks: Blocks,
    /// By number of segment: the place of its tier; `None` where it is not asked for.
    tier_of: Vec<Option<usize>>,
    /// By number of account: is it asked for? `None`: all are.
    within: Option<Vec<bool>>,
    /// By number of kind: does it count?
    counts: Vec<bool>,
    tiers: usize,
    /// By number of account: is it a pseudo-account?
    apart: Vec<bool>,
}

impl Shelf {
    /// Brings the months up to date and picks from them.
    #[expect(clippy::too_many_arguments, reason = "each narrows in its own way")]
    pub(super) fn sheets(
        &self,
        conn: &mut Conn,
        first: Month,
        last: Month,
        tiers: usize,
        wanted: impl Fn(&Segment) -> Option<usize>,
        within: Option<&[AccountId]>,
        counts: impl Fn(&str) -> bool,
    ) -> Result<(Sheets, Vec<String>)> {
        // The stamps are read before the rows: rows that change in between are read again next time.
        let stamps = tallies::stamps(conn, first, last)?;
        let measures = tallies::measures_between(conn, first, last)?;
        let mut blocks = BTreeMap::new();
        for (month, stamp) in stamps {
            if let Some(known) = self.lock().month(month, stamp, &measures) {
                blocks.extend(known);
                continue;
            }
            let mut rows = tallies::month(conn, month)?;
            let mut inner = self.lock();
            for measure in &measures {
                let rows = rows.remove(measure).unwrap_or_default();
                let key = (month, measure.clone());
                let block = inner.shelve(key.clone(), stamp, rows);
                blocks.insert(key, block);
            }
        }
        if self.lock().contents.iter().any(Option::is_none) {
            let contents = tallies::segments(conn)?;
            self.lock().learn(contents);
        }
        let inner = self.lock();
        let tier_of = inner.contents.iter().map(|s| s.as_ref().and_then(&wanted)).collect();
        let within = within.map(|ids| {
            let mut mask = vec![false; inner.accounts.len()];
            for number in ids.iter().filter_map(|id| inner.accounts.get(id)) {
                if let Some(place) = mask.get_mut(*number as usize) {
                    *place = true;
                }
            }
            mask
        });
        let counts = inner.kinds.iter().map(|known| counts(known)).collect();
        let aspects = measures.iter().filter_map(|m| Measure::parse(m)).filter_map(|m| match m {
            Measure::Aspect(key) => Some(key),
            _ => None,
        });
        let sheets = Sheets { blocks, tier_of, within, counts, tiers, apart: inner.apart.clone() };
        Ok((sheets, aspects.collect()))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Blocks = BTreeMap<(Month, String), Arc<Block>>;

impl Inner {
    /// A month as it stands on the shelf, if all of it is there and still holds.
    fn month(&self, month: Month, stamp: i64, measures: &[String]) -> Option<Blocks> {
        let block = |measure: &String| {
            let key = (month, measure.clone());
            let block = self.blocks.get(&key).filter(|block| block.stamp == stamp)?;
            Some((key, Arc::clone(block)))
        };
        measures.iter().map(block).collect()
    }

    fn shelve(&mut self, key: (Month, String), stamp: i64, rows: Vec<tallies::AccountMonth>) -> Arc<Block> {
        let rows = rows
            .into_iter()
            .map(|row| {
                let next = self.accounts.len() as u32;
                let account = *self.accounts.entry(row.account).or_insert(next);
                if self.apart.len() < self.accounts.len() {
                    self.apart.push(row.account.is_nobody());
                }
                let next = self.segments.len() as u16;
                let segment = *self.segments.entry(row.segment).or_insert(next);
                if self.contents.len() < self.segments.len() {
                    self.contents.push(None);
                }
                let kind = self.kinds.iter().position(|k| *k == row.kind).unwrap_or_else(|| {
                    self.kinds.push(row.kind);
                    self.kinds.len() - 1
                });
                Row { account, segment, kind: kind as u16, sums: row.sums }
            })
            .collect();
        let block = Arc::new(Block { stamp, rows });
        if self.blocks.len() >= MOST_BLOCKS {
            self.blocks.clear();
        }
        self.blocks.insert(key, Arc::clone(&block));
        block
    }

    fn learn(&mut self, contents: BTreeMap<SegmentId, Segment>) {
        for (id, segment) in contents {
            if let Some(place) = self.segments.get(&id).and_then(|n| self.contents.get_mut(usize::from(*n))) {
                *place = Some(segment);
            }
        }
    }
}

impl Sheets {
    /// The sums of each account over a period: by tier (an account that changed its tier stands in
    /// each with what it answered there), and over all tiers.
    pub(super) fn sums(&self, measure: &Measure, period: Period) -> (Vec<Vec<Source>>, Vec<Source>) {
        let accounts = self.apart.len();
        // One dense column for each tier and one for all; the touched places are collected afterwards.
        let columns = self.tiers + 1;
        let mut dense = vec![Sums::default(); columns * accounts];
        let key = measure.key();
        let blocks = period.first.through(period.last).filter_map(|month| self.blocks.get(&(month, key.clone())));
        for row in blocks.flat_map(|block| &block.rows) {
            let Some(Some(tier)) = self.tier_of.get(usize::from(row.segment)) else { continue };
            if !self.counts.get(usize::from(row.kind)).copied().unwrap_or(false) {
                continue;
            }
            let account = row.account as usize;
            if self.within.as_ref().is_some_and(|mask| !mask.get(account).copied().unwrap_or(false)) {
                continue;
            }
            // A tier that is none of the settings' has no column but that of all.
            for column in [Some(*tier).filter(|tier| *tier < self.tiers), Some(self.tiers)].into_iter().flatten() {
                if let Some(place) = dense.get_mut(column * accounts + account) {
                    *place += row.sums;
                }
            }
        }
        let mut columns = dense
            .chunks(accounts.max(1))
            .map(|column| {
                let sources = column.iter().copied().zip(&self.apart).filter(|(sums, _)| !sums.is_zero());
                let source = |(sums, apart): (Sums, &bool)| {
                    if *apart { Source::Apart(sums) } else { Source::Account(sums) }
                };
                sources.map(source).collect::<Vec<_>>()
            })
            .collect::<Vec<_>>();
        columns.resize(self.tiers + 1, Vec::new());
        let all = columns.pop().unwrap_or_default();
        (columns, all)
    }
}
