//! What happened to accounts before the present troubles: each became a case that has long ended, or
//! waits for its day. Put over the finished data, so that all other accounts stay as they were drawn.
#![expect(clippy::indexing_slicing, reason = "places are those of the lists just made")]

use super::{Demo, Invitation, Order, Response};
use crate::domain::answer::{Answer, Answers};
use crate::domain::winback::{CaseCause, Outcome, Purpose};
use chrono::{Days, NaiveDate};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Apart from the stream that draws the rest.
const STREAM: u64 = 0x5ca1_ab1e;
/// From the first trouble until a person opens a case.
const NOTICED: u64 = 63;
/// From the case until an account that is won back orders again.
const RETURNS: u64 = 40;
/// After so many days without anything, who was lost buys a little again.
const SPARE_PARTS: u64 = 210;

/// A trouble that is over, and the case it became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Episode {
    pub account: usize,
    pub cause: CaseCause,
    pub purpose: Purpose,
    /// The first day of trouble.
    pub onset: NaiveDate,
    /// The day a person opens the case.
    pub opened: NaiveDate,
    /// How it ends.
    pub end: Outcome,
}

/// Days before the end at which the trouble began, the tier, the cause and the end. What `NotPursued`
/// ends in was refused at the gate.
const EPISODES: [(u64, &str, CaseCause, Outcome); 24] = [
    (650, "general", CaseCause::Price, Outcome::Lost),
    (640, "key", CaseCause::Delivery, Outcome::WonBack),
    (625, "strategic", CaseCause::Service, Outcome::Kept),
    (600, "general", CaseCause::Product, Outcome::WonBack),
    (580, "key", CaseCause::Competitor, Outcome::Lost),
    (560, "key", CaseCause::Service, Outcome::WonBack),
    (545, "potential", CaseCause::Price, Outcome::NotPursued),
    (520, "key", CaseCause::Delivery, Outcome::Kept),
    (500, "general", CaseCause::Delivery, Outcome::WonBack),
    (485, "general", CaseCause::Competitor, Outcome::Lost),
    (460, "potential", CaseCause::Competitor, Outcome::NotPursued),
    (445, "strategic", CaseCause::Product, Outcome::Kept),
    (430, "key", CaseCause::Price, Outcome::WonBack),
    (415, "general", CaseCause::Delivery, Outcome::Lost),
    (400, "key", CaseCause::Product, Outcome::Kept),
    (385, "general", CaseCause::Service, Outcome::WonBack),
    (370, "key", CaseCause::Price, Outcome::Lost),
    (350, "key", CaseCause::Product, Outcome::WonBack),
    (335, "general", CaseCause::Involuntary, Outcome::Lost),
    (320, "key", CaseCause::Service, Outcome::Kept),
    (300, "potential", CaseCause::Price, Outcome::NotPursued),
    (290, "general", CaseCause::Product, Outcome::WonBack),
    (270, "key", CaseCause::Competitor, Outcome::Deferred),
    (255, "potential", CaseCause::Service, Outcome::NotPursued),
];

impl Episode {
    /// The first day on which all is well again, if it ever is.
    fn over(&self) -> NaiveDate {
        self.opened + Days::new(RETURNS)
    }

    /// Is an order of that day never placed? Who is kept goes on buying while things are mended.
    fn withholds(&self, day: NaiveDate) -> bool {
        match self.end {
            Outcome::Kept => false,
            Outcome::WonBack => self.onset <= day && day < self.over(),
            Outcome::Lost | Outcome::Deferred | Outcome::NotPursued => {
                self.onset <= day && day < self.onset + Days::new(SPARE_PARTS)
            }
        }
    }

    /// Is the account gone for good, but for spare parts?
    fn is_remnant(&self, day: NaiveDate) -> bool {
        matches!(self.end, Outcome::Lost | Outcome::Deferred | Outcome::NotPursued) && day >= self.onset
    }
}

/// Draws whom the episodes happen to, and lets them happen.
pub(super) fn happen(demo: &mut Demo) {
    let mut rng = ChaCha8Rng::seed_from_u64(demo.seed ^ STREAM);
    for (before, tier, cause, end) in EPISODES {
        let onset = demo.end - Days::new(before);
        // Regular buyers, in whose orders a pause can be seen, and of whom nothing else is told.
        let mut orders = vec![0_usize; demo.accounts.len()];
        demo.orders.iter().for_each(|o| orders[o.account] += 1);
        let least = if tier == "potential" { 8 } else { 18 };
        let free: Vec<usize> = (0..demo.accounts.len())
            .filter(|&place| demo.accounts[place].tier == tier && orders[place] >= least)
            .filter(|&place| demo.truth(place).is_none() && demo.episodes.iter().all(|e| e.account != place))
            .collect();
        let Some(&account) = free.choose(&mut rng) else { continue };
        let purpose = if end == Outcome::Kept { Purpose::Retention } else { Purpose::WinBack };
        let opened = onset + Days::new(NOTICED + rng.random_range(0..14));
        demo.episodes.push(Episode { account, cause, purpose, onset, opened, end });
    }
    withhold(demo);
    sour(demo);
}

/// Takes out the orders that were never placed, and with them the questions and answers about them.
fn withhold(demo: &mut Demo) {
    let mut nth = vec![0_usize; demo.accounts.len()];
    let mut places = Vec::with_capacity(demo.orders.len());
    let mut kept: Vec<Order> = Vec::with_capacity(demo.orders.len());
    for mut order in std::mem::take(&mut demo.orders) {
        let episode = demo.episodes.iter().find(|e| e.account == order.account);
        let mut stays = true;
        if let Some(episode) = episode {
            stays = !episode.withholds(order.ordered);
            if stays && episode.is_remnant(order.ordered) {
                nth[order.account] += 1;
                stays = nth[order.account] % 2 == 1;
                order.value = (order.value / 400 * 100).max(1_000);
            }
        }
        places.push(stays.then_some(kept.len()));
        if stays {
            kept.push(order);
        }
    }
    demo.orders = kept;

    let mut asked = Vec::with_capacity(demo.invitations.len());
    let mut invitations: Vec<Invitation> = Vec::with_capacity(demo.invitations.len());
    for mut invitation in std::mem::take(&mut demo.invitations) {
        let about = invitation.order.map(|order| places[order]);
        let stays = about != Some(None);
        invitation.order = about.flatten();
        asked.push(stays.then_some(invitations.len()));
        if stays {
            invitations.push(invitation);
        }
    }
    demo.invitations = invitations;
    let responses = std::mem::take(&mut demo.responses);
    demo.responses =
        responses.into_iter().filter_map(|r| Some(Response { invitation: asked[r.invitation]?, ..r })).collect();
}

/// Who answered while there was trouble was less content, and wrote nothing kind.
fn sour(demo: &mut Demo) {
    for response in &mut demo.responses {
        let day = response.completed.date();
        let Some(episode) = demo.episodes.iter().find(|e| e.account == response.account) else { continue };
        if episode.onset <= day && day < episode.over() {
            let answers = std::mem::take(&mut response.answers.0);
            response.answers = Answers(answers.into_iter().filter_map(soured).collect());
        }
    }
}

fn soured((question, answer): (String, Answer)) -> Option<(String, Answer)> {
    match answer {
        Answer::Text(_) => None,
        Answer::Score(x) if question == "recommend" => Some((question, Answer::Score((x - 3).max(0)))),
        Answer::Score(x) => Some((question, Answer::Score((x - 1).max(1)))),
        other => Some((question, other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo() -> Demo {
        Demo::generate(7, NaiveDate::from_ymd_opt(2026, 11, 30).unwrap())
    }

    #[test]
    fn every_episode_has_an_account_of_its_own() {
        let demo = demo();
        assert_eq!(demo.episodes.len(), EPISODES.len());
        for e in &demo.episodes {
            assert_eq!(demo.episodes.iter().filter(|other| other.account == e.account).count(), 1);
            assert!(demo.truth(e.account).is_none());
            assert!(e.onset < e.opened && e.opened < demo.end);
        }
    }

    #[test]
    fn the_orders_tell_how_it_went() {
        let demo = demo();
        for e in &demo.episodes {
            let within = |from: NaiveDate, to: NaiveDate| {
                demo.orders.iter().filter(|o| o.account == e.account && from <= o.ordered && o.ordered < to).count()
            };
            let after = within(e.over(), e.opened + Days::new(120));
            match e.end {
                Outcome::WonBack => {
                    assert_eq!(within(e.onset, e.over()), 0, "{e:?}");
                    assert!(after >= 2, "{e:?}: {after}");
                }
                Outcome::Lost => assert_eq!(within(e.opened, e.opened + Days::new(121)), 0, "{e:?}"),
                Outcome::Kept => assert!(after >= 2, "{e:?}: {after}"),
                Outcome::Deferred | Outcome::NotPursued => {}
            }
        }
    }
}
