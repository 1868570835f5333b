//! Signing in and out. Passwords are kept as argon2id hashes; of a session's token only the hash is kept.

pub(super) mod tries;

pub use tries::Tries;

use super::{App, Change};
use crate::domain::ident::UserId;
use crate::domain::permission::{Action, Actor, Module, Operation, Role, require};
use crate::error::{Code, Error, Fault, Kind, Result};
use crate::store::users::{self, Session, User};
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use chrono::Duration;
use data_encoding::BASE64URL_NOPAD;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// The fewest characters of a password.
const LEAST_PASSWORD: usize = 10;

/// What a browser gets when its person has signed in.
pub struct SignedIn {
    pub token: String,
    pub user: User,
}

/// OWASP's recommendation for argon2id: 19 MiB, two passes, one lane.
fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|e| Error::internal(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Checks a new password and hashes it.
pub fn hash_password(app: &App, password: &str) -> Result<String> {
    hash_with(app, password, LEAST_PASSWORD)
}

/// The same for one of at least so many characters.
pub(super) fn hash_with(app: &App, password: &str, least: usize) -> Result<String> {
    let length = password.chars().count();
    if length < least {
        return Err(Fault::field("password", Code::ValueTooShort).with("min", least).into());
    }
    if password.len() > 512 {
        return Err(Fault::field("password", Code::ValueTooLong).with("max", 512).into());
    }
    let salt = SaltString::encode_b64(&app.chance.bytes::<16>()).map_err(|e| Error::internal(e.to_string()))?;
    let hash = argon2()?.hash_password(password.as_bytes(), &salt).map_err(|e| Error::internal(e.to_string()))?;
    Ok(hash.to_string())
}

/// Whether a password is the one that was hashed.
pub(super) fn fits(hash: &str, password: &str) -> bool {
    let verify = || Some(argon2().ok()?.verify_password(password.as_bytes(), &PasswordHash::new(hash).ok()?).is_ok());
    verify().unwrap_or(false)
}

/// A hash that nothing fits: an unknown address takes as long as a wrong password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
                      8LYoJ9MZ9WFnLGPSNV4TBFzV8m1h2fSiE1ZDUGwnkXo";

/// Signs somebody in by e-mail address and password. `place` is where they are, as far as that is known.
///
/// # Errors
/// `SignInFailed`, the same for an unknown e-mail address as for a wrong password; `SignInThrottled`,
/// with the `minutes` to wait, after too many failures with this e-mail address or from this place.
pub fn sign_in(app: &App, place: Option<IpAddr>, email: &str, password: &str) -> Result<SignedIn> {
    let done = enter_from(app, place, email, password);
    let outcome = match done.as_ref().map_err(Error::code) {
        Ok(_) => "done",
        Err(Code::SignInFailed) => "refused",
        Err(Code::SignInThrottled) => "throttled",
        Err(_) => "broken",
    };
    metrics::counter!("bellwether_sign_ins_total", "outcome" => outcome).increment(1);
    done
}

fn enter_from(app: &App, place: Option<IpAddr>, email: &str, password: &str) -> Result<SignedIn> {
    if let Some(place) = place {
        app.tries.begin(place, app.now())?;
    }
    let done = enter(app, email, password);
    let failed = done.as_ref().is_err_and(|e| matches!(e.kind(), Kind::SignIn | Kind::TooMany));
    if let Some(place) = place.filter(|_| !failed) {
        app.tries.forgive(place);
    }
    done
}

fn enter(app: &App, email: &str, password: &str) -> Result<SignedIn> {
    let now = app.now();
    let known = app.db.read(|conn| users::by_email(conn, email.trim()))?;
    let Some(known) = known.filter(|k| k.user.active) else {
        fits(NOBODY, password);
        return Err(app.tries.stranger(email, now));
    };
    if let Some(until) = known.locked_until.filter(|until| *until > now) {
        return Err(tries::throttled(until - now));
    }
    if !known.password_hash.as_deref().is_some_and(|hash| fits(hash, password)) {
        let failures = known.failures + 1;
        let locked = tries::locked_until(failures, now);
        app.db.write(|conn| {
            users::note_failure(conn, known.user.id, failures, locked)?;
            app.note(conn, &app.service(), Change::new("sign-in failed", "user", &known.user.id))
        })?;
        return Err(Error::new(Code::SignInFailed));
    }
    let token = BASE64URL_NOPAD.encode(&app.chance.bytes::<32>());
    let session = Session {
        token_hash: token_hash(&token),
        user: known.user.id,
        form_key: BASE64URL_NOPAD.encode(&app.chance.bytes::<18>()),
        created_at: now,
        expires_at: now + Duration::hours(i64::from(app.config.web.session_hours)),
    };
    app.db.write(|conn| {
        users::note_failure(conn, known.user.id, 0, None)?;
        users::open_session(conn, &session)?;
        users::forget_ended_sessions(conn, now)?;
        app.note(conn, &known.user.actor(), Change::new("signed in", "user", &known.user.id))
    })?;
    Ok(SignedIn { token, user: known.user })
}

pub fn sign_out(app: &App, token: &str) -> Result<()> {
    app.db.write(|conn| users::close_session(conn, &token_hash(token)))
}

/// Who a session's token stands for.
pub fn session(app: &App, token: &str) -> Result<Option<(Session, User)>> {
    app.db.read(|conn| users::session(conn, &token_hash(token), app.now()))
}

fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A person to be added.
pub struct NewUser {
    pub email: String,
    pub name: String,
    pub role: Role,
    pub password: String,
    pub region: Option<String>,
    pub language: crate::domain::language::Language,
    pub zone: chrono_tz::Tz,
}

/// Adds one of our own people.
pub fn add_user(app: &App, actor: &Actor, new: NewUser) -> Result<User> {
    require(actor, Action::new(Module::Users, Operation::Create), None)?;
    let email = crate::domain::contact::EmailAddress::parse(&new.email).map_err(|e| e.at_field("email"))?.folded();
    if new.name.trim().is_empty() {
        return Err(Fault::field("name", Code::ValueMissing).into());
    }
    let hash = hash_password(app, &new.password)?;
    let now = app.now();
    let user = User {
        id: app.chance.id::<UserId>(now),
        email,
        name: new.name.trim().to_owned(),
        role: new.role,
        language: new.language,
        zone: new.zone,
        region: new.region,
        active: true,
        digest: true,
        revision: 1,
    };
    app.db.write(|conn| {
        if users::by_email(conn, &user.email)?.is_some() {
            return Err(Fault::field("email", Code::ValueTaken).with("value", &user.email).into());
        }
        users::insert(conn, &user, Some(&hash), now)?;
        let after = json!({ "email": user.email, "name": user.name, "role": user.role.as_str() });
        app.note(conn, actor, Change::new("created", "user", &user.id).to(after))
    })?;
    Ok(user)
}

/// Sets a new password and ends every session of the person.
pub fn set_password(app: &App, actor: &Actor, user: UserId, password: &str) -> Result<()> {
    if actor.user != Some(user) {
        require(actor, Action::change(Module::Users), None)?;
    }
    let hash = hash_password(app, password)?;
    app.db.write(|conn| {
        users::set_password(conn, user, &hash)?;
        users::close_sessions_of(conn, user)?;
        app.note(conn, actor, Change::new("password set", "user", &user))
    })
}

/// The language and zone in which one reads.
pub fn set_preferences(
    app: &App,
    actor: &Actor,
    language: crate::domain::language::Language,
    zone: chrono_tz::Tz,
) -> Result<()> {
    let Some(id) = actor.user else { return Err(Error::new(Code::SignInNeeded)) };
    app.db.write(|conn| {
        let mut user = users::find(conn, id)?;
        let before = json!({ "language": user.language.as_str(), "zone": user.zone.name() });
        user.language = language;
        user.zone = zone;
        let after = json!({ "language": user.language.as_str(), "zone": user.zone.name() });
        users::update(conn, &user)?;
        app.note(conn, actor, Change::new("changed", "user", &id).was(before).to(after))
    })
}

/// Whether one wants the digest.
///
/// # Errors
/// `SignInNeeded` for who is nobody.
pub fn set_digest(app: &App, actor: &Actor, wanted: bool) -> Result<()> {
    let Some(id) = actor.user else { return Err(Error::new(Code::SignInNeeded)) };
    app.db.write(|conn| {
        let user = users::find(conn, id)?;
        if user.digest == wanted {
            return Ok(());
        }
        users::update(conn, &User { digest: wanted, ..user.clone() })?;
        let said = |wanted: bool| json!({ "digest": wanted });
        app.note(conn, actor, Change::new("changed", "user", &id).was(said(user.digest)).to(said(wanted)))
    })
}
