//! How mails leave the house: composed here, handed to a server, a folder or the built-in mailbox.
//!
//! [`compose::compose`] makes the bytes of a mail from a [`Draft`]; a [`Mailer`] hands them over and says
//! how that went, as a [`domain::delivery::Outcome`](crate::domain::delivery::Outcome). Nothing here
//! decides what becomes of the mail then, and nothing here knows the outbox.
//!
//! [`view`] holds what the templates `mail/invitation` and `mail/digest` are filled with.

pub mod compose;
mod folder;
pub mod smtp;
pub mod view;

pub use compose::{Composed, Draft, ListHeaders, Mailbox, Sending, compose};
pub use folder::Folder;
pub use smtp::{Smtp, SmtpSettings};

use crate::domain::delivery::{Outcome, Reply};

/// The ways a mail can go.
#[derive(Debug)]
pub enum Mailer {
    /// To a mail server.
    Smtp(Box<Smtp>),
    /// Into files, one a mail.
    Folder(Folder),
    /// Into the built-in mailbox. The letter is stored by the caller, in the same transaction as the new
    /// state of the mail; see [`Mailer::keeps_letters`]. So this way has no window of doubt at all.
    Mailbox,
}

impl Mailer {
    /// Hands one mail over. Blocks until the server has answered or a timeout is over; to be called by
    /// as many threads at once as connections are wanted.
    pub fn send(&self, mail: &Composed) -> Outcome {
        match self {
            Self::Smtp(smtp) => smtp.send(mail),
            Self::Folder(folder) => folder.send(mail),
            Self::Mailbox => Outcome::Accepted { reply: Reply::new(250, "2.0.0 in the built-in mailbox") },
        }
    }

    /// Must the caller store an accepted mail as a letter of the built-in mailbox?
    pub fn keeps_letters(&self) -> bool {
        matches!(self, Self::Mailbox)
    }

    /// Takes leave of the server. Later mails open new connections.
    pub fn close(&self) {
        if let Self::Smtp(smtp) = self {
            smtp.close();
        }
    }

    /// The name of the way, as in the settings.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Smtp(_) => "smtp",
            Self::Folder(_) => "folder",
            Self::Mailbox => "mailbox",
        }
    }
}
