//! Who may do what with which record: one table, one function.
//!
//! Three permissions combine: the *module* (what sort of thing), the *operation*, and the *data* (whose
//! accounts). [`may`] decides all three; [`reach`] answers the same for lists, as a filter.

use crate::domain::ident::UserId;
use crate::domain::language::Language;
use crate::error::{Code, Error};
use chrono_tz::Tz;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Administrator,
    QualityManager,
    AccountManager,
    Executive,
    Auditor,
}

impl Role {
    pub const ALL: [Self; 5] =
        [Self::Administrator, Self::QualityManager, Self::AccountManager, Self::Executive, Self::Auditor];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::QualityManager => "quality_manager",
            Self::AccountManager => "account_manager",
            Self::Executive => "executive",
            Self::Auditor => "auditor",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == text)
    }
}

/// What sort of thing is acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Module {
    Figures,
    Accounts,
    Contacts,
    Orders,
    Responses,
    Surveys,
    Waves,
    /// Holding one's contacts back from a wave.
    Holds,
    /// Links and codes that anybody may open.
    OpenLinks,
    Warnings,
    Cases,
    Reports,
    Mailbox,
    Users,
    Audit,
    /// Sites, teams and employees, and what checks of them have found.
    Subjects,
    /// Filling in a checklist about a site or team.
    Checks,
    /// How named employees are rated.
    Ratings,
    /// One's own sign-in and preferences.
    Myself,
}

impl Module {
    pub const ALL: [Self; 19] = [
        Self::Figures,
        Self::Accounts,
        Self::Contacts,
        Self::Orders,
        Self::Responses,
        Self::Surveys,
        Self::Waves,
        Self::Holds,
        Self::OpenLinks,
        Self::Warnings,
        Self::Cases,
        Self::Reports,
        Self::Mailbox,
        Self::Users,
        Self::Audit,
        Self::Subjects,
        Self::Checks,
        Self::Ratings,
        Self::Myself,
    ];
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    View,
    Create,
    Change,
    Delete,
    Export,
    HandOver,
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Action {
    pub module: Module,
    pub operation: Operation,
}

impl Action {
    pub const fn new(module: Module, operation: Operation) -> Self {
        Self { module, operation }
    }

    pub const fn view(module: Module) -> Self {
        Self::new(module, Operation::View)
    }

    pub const fn change(module: Module) -> Self {
        Self::new(module, Operation::Change)
    }

    pub const fn create(module: Module) -> Self {
        Self::new(module, Operation::Create)
    }
}

/// The acting person, or the service itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Actor {
    /// None: the service itself, or who runs its commands on the machine.
    pub user: Option<UserId>,
    pub name: String,
    pub role: Role,
    /// A person bound to a region sees that region's accounts alone.
    pub region: Option<String>,
    pub language: Language,
    pub zone: Tz,
}

impl Actor {
    /// The service itself: nightly jobs, and the command line, where who may run it may do all.
    pub fn service(language: Language, zone: Tz) -> Self {
        Self { user: None, name: "Bellwether".into(), role: Role::Administrator, region: None, language, zone }
    }
}

/// Whose accounts an action reaches. Ordered from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Data {
    None,
    /// Accounts one owns or is deputy for.
    Own,
    All,
}

/// The accounts that a list, count, chart or search may draw from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reach {
    All,
    Region(String),
    Own(UserId),
}

/// What of a record permissions look at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    pub manager: Option<UserId>,
    pub deputy: Option<UserId>,
    pub region: String,
}

/// The table. A cell that is not named is [`Data::None`].
fn data(role: Role, action: Action) -> Data {
    use Data::{All, None, Own};
    use Module as M;
    use Operation as O;
    let Action { module, operation } = action;
    if module == M::Myself {
        return if matches!(operation, O::View | O::Change) { All } else { None };
    }
    match role {
        Role::Administrator => All,
        Role::QualityManager => match (module, operation) {
            (M::Users, O::View) | (M::Audit, O::View) => All,
            (M::Users | M::Audit, _) => None,
            (M::Mailbox, O::View) => All,
            (M::Mailbox, _) => None,
            (M::Accounts | M::Contacts | M::Orders, O::Delete) => None,
            _ => All,
        },
        Role::AccountManager => match (module, operation) {
            (M::Figures | M::Accounts | M::Orders | M::Responses | M::Reports, O::View | O::Export) => Own,
            (M::Contacts, O::View | O::Create | O::Change | O::Export) => Own,
            (M::Warnings | M::Cases, O::View | O::Create | O::Change | O::Export) => Own,
            (M::Surveys | M::Subjects, O::View) => All,
            (M::Checks, O::Create) => All,
            (M::Waves, O::View) => Own,
            (M::Holds, O::View | O::Change) => Own,
            (M::OpenLinks, O::View) => Own,
            _ => None,
        },
        Role::Executive => match (module, operation) {
            (
                M::Figures
                | M::Accounts
                | M::Orders
                | M::Responses
                | M::Warnings
                | M::Cases
                | M::Reports
                | M::Waves
                | M::Holds
                | M::Subjects
                | M::OpenLinks
                | M::Surveys,
                O::View,
            ) => All,
            (M::Figures | M::Reports, O::Export) => All,
            _ => None,
        },
        Role::Auditor => match (module, operation) {
            // How a person is rated is for those who lead them, and for the person.
            (M::Mailbox | M::Ratings, _) => None,
            (_, O::View) => All,
            (M::Audit, O::Export) => All,
            _ => None,
        },
    }
}

/// May this person do this with this record? `None` asks without a record: whether there is anything
/// at all that they may do it with.
pub fn may(actor: &Actor, action: Action, record: Option<&Standing>) -> bool {
    let data = data(actor.role, action);
    let Some(record) = record else { return data > Data::None };
    match data {
        Data::None => false,
        Data::Own => actor.user.is_some() && (record.manager == actor.user || record.deputy == actor.user),
        Data::All => actor.region.as_ref().is_none_or(|region| *region == record.region),
    }
}

/// The same as an error for use cases: a record that one may not see does not exist for one; a step
/// that one may not take with a record one sees is forbidden.
pub fn require(actor: &Actor, action: Action, record: Option<&Standing>) -> Result<(), Error> {
    if may(actor, action, record) {
        return Ok(());
    }
    let hidden = record.is_some() && !may(actor, Action::view(action.module), record);
    Err(Error::new(if hidden { Code::NotFound } else { Code::Forbidden }))
}

/// The accounts that a list may draw from; an error where there are none at all.
pub fn reach(actor: &Actor, action: Action) -> Result<Reach, Error> {
    match (data(actor.role, action), actor.user, &actor.region) {
        (Data::None, ..) => Err(Error::new(Code::Forbidden)),
        (Data::Own, Some(user), _) => Ok(Reach::Own(user)),
        (Data::Own, None, _) => Err(Error::new(Code::Forbidden)),
        (Data::All, _, Some(region)) => Ok(Reach::Region(region.clone())),
        (Data::All, _, None) => Ok(Reach::All),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn actor(role: Role, user: u128, region: Option<&str>) -> Actor {
        Actor {
            user: Some(UserId(Uuid::from_u128(user))),
            name: "x".into(),
            role,
            region: region.map(Into::into),
            language: Language::english(),
            zone: Tz::UTC,
        }
    }

    fn record(manager: u128, deputy: u128, region: &str) -> Standing {
        let user = |n: u128| (n > 0).then(|| UserId(Uuid::from_u128(n)));
        Standing { manager: user(manager), deputy: user(deputy), region: region.into() }
    }

    #[test]
    fn managers_see_their_own_and_what_they_stand_in_for() {
        let me = actor(Role::AccountManager, 7, None);
        let view = Action::view(Module::Accounts);
        assert!(may(&me, view, Some(&record(7, 0, "north"))));
        assert!(may(&me, view, Some(&record(8, 7, "north"))));
        assert!(!may(&me, view, Some(&record(8, 0, "north"))));
        assert!(!may(&me, view, Some(&record(0, 0, "north"))), "nobody's account is not everybody's");
        assert_eq!(reach(&me, view).unwrap(), Reach::Own(me.user.unwrap()));
    }

    #[test]
    fn what_one_may_not_see_does_not_exist() {
        let me = actor(Role::AccountManager, 7, None);
        let step = Action::change(Module::Cases);
        assert_eq!(require(&me, step, Some(&record(8, 0, ""))).unwrap_err().code(), Code::NotFound);
        let auditor = actor(Role::Auditor, 9, None);
        assert_eq!(require(&auditor, step, Some(&record(8, 0, ""))).unwrap_err().code(), Code::Forbidden);
    }

    #[test]
    fn a_region_bounds_even_those_who_see_all() {
        let head = actor(Role::QualityManager, 7, Some("north"));
        let view = Action::view(Module::Accounts);
        assert!(may(&head, view, Some(&record(8, 0, "north"))));
        assert!(!may(&head, view, Some(&record(8, 0, "south"))));
        assert_eq!(reach(&head, view).unwrap(), Reach::Region("north".into()));
    }

    #[test]
    fn who_looks_on_changes_nothing() {
        for role in [Role::Executive, Role::Auditor] {
            let me = actor(role, 7, None);
            for module in Module::ALL.into_iter().filter(|m| *m != Module::Myself) {
                for operation in [Operation::Create, Operation::Change, Operation::Delete, Operation::HandOver] {
                    assert!(!may(&me, Action::new(module, operation), None), "{role:?} {module:?} {operation:?}");
                }
            }
        }
    }

    #[test]
    fn a_list_never_reaches_further_than_its_records() {
        for role in Role::ALL {
            for region in [None, Some("north")] {
                let me = actor(role, 7, region);
                for module in Module::ALL {
                    for operation in [Operation::View, Operation::Change, Operation::Export] {
                        let action = Action::new(module, operation);
                        for one in
                            [record(7, 0, "north"), record(8, 7, "south"), record(8, 0, "north"), record(0, 0, "south")]
                        {
                            let listed = match reach(&me, action) {
                                Err(_) => false,
                                Ok(Reach::All) => true,
                                Ok(Reach::Region(r)) => r == one.region,
                                Ok(Reach::Own(u)) => one.manager == Some(u) || one.deputy == Some(u),
                            };
                            assert_eq!(listed, may(&me, action, Some(&one)), "{role:?} {region:?} {action:?} {one:?}");
                        }
                    }
                }
            }
        }
    }
}
