//! How types of the domain stand in columns.

use crate::domain::ident::TrainingId;
use crate::domain::ident::{
    AccountId, AuditId, CaseId, ContactId, EventId, InvitationId, JobId, LetterId, MailId, OpenLinkId, OrderId,
    ReportId, ResponseId, SegmentId, StepId, SubjectId, TouchId, UserId, VersionId, WarningId, WaveId,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Binary, Nullable, Timestamp};
use uuid::Uuid;

/// Writes what `derive(AsExpression, FromSqlRow)` would write, for types that stand in the domain and
/// so cannot carry diesel's attributes.
macro_rules! as_column {
    ($name:ty, $sql:ty) => {
        impl AsExpression<$sql> for $name {
            type Expression = Bound<$sql, $name>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<'a> AsExpression<$sql> for &'a $name {
            type Expression = Bound<$sql, &'a $name>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl AsExpression<Nullable<$sql>> for $name {
            type Expression = Bound<Nullable<$sql>, $name>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<'a> AsExpression<Nullable<$sql>> for &'a $name {
            type Expression = Bound<Nullable<$sql>, &'a $name>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<DB> ToSql<Nullable<$sql>, DB> for $name
        where
            DB: Backend,
            $name: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <$name as ToSql<$sql, DB>>::to_sql(self, out)
            }
        }
        impl<DB> Queryable<$sql, DB> for $name
        where
            DB: Backend,
            $name: FromSql<$sql, DB>,
        {
            type Row = Self;
            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }
    };
}

macro_rules! id_columns {
    ($($name:ident),+ $(,)?) => {$(
        as_column!($name, Binary);
        impl<DB> ToSql<Binary, DB> for $name
        where
            DB: Backend,
            [u8]: ToSql<Binary, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <[u8] as ToSql<Binary, DB>>::to_sql(self.0.as_bytes().as_slice(), out)
            }
        }
        impl<DB> FromSql<Binary, DB> for $name
        where
            DB: Backend,
            Vec<u8>: FromSql<Binary, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                let bytes = <Vec<u8> as FromSql<Binary, DB>>::from_sql(bytes)?;
                Ok(Self(Uuid::from_slice(&bytes)?))
            }
        }
    )+};
}

id_columns!(
    AccountId,
    AuditId,
    CaseId,
    ContactId,
    EventId,
    InvitationId,
    JobId,
    LetterId,
    MailId,
    OpenLinkId,
    OrderId,
    ReportId,
    ResponseId,
    SegmentId,
    SubjectId,
    TrainingId,
    StepId,
    TouchId,
    UserId,
    VersionId,
    WarningId,
    WaveId,
);

/// An instant as both engines keep it: UTC, without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Timestamp)]
pub(super) struct Instant(pub(super) NaiveDateTime);

impl From<DateTime<Utc>> for Instant {
    fn from(t: DateTime<Utc>) -> Self {
        Self(t.naive_utc())
    }
}

impl From<Instant> for DateTime<Utc> {
    fn from(t: Instant) -> Self {
        t.0.and_utc()
    }
}

impl<DB> ToSql<Timestamp, DB> for Instant
where
    DB: Backend,
    NaiveDateTime: ToSql<Timestamp, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl<DB> FromSql<Timestamp, DB> for Instant
where
    DB: Backend,
    NaiveDateTime: FromSql<Timestamp, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        NaiveDateTime::from_sql(bytes).map(Self)
    }
}

/// Reads a word of a closed list; an unknown word means that the schema is newer than the program.
pub(super) fn word<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, crate::error::Error> {
    parse(text).ok_or_else(|| crate::error::Error::new(crate::error::Code::SchemaMismatch).with("value", text))
}

/// Reads a document kept as JSON text.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, crate::error::Error> {
    serde_json::from_str(text).map_err(|e| crate::error::Error::new(crate::error::Code::SchemaMismatch).because(e))
}

/// Writes a document as JSON text.
pub(super) fn to_json<T: serde::Serialize>(document: &T) -> Result<String, crate::error::Error> {
    serde_json::to_string(document).map_err(crate::error::Error::internal)
}
