//! All accounts in one pass: flat memory, several threads, the same result with any number of them.

use super::decline::{Workspace, probability, upto};
use super::{DeclineRule, Level, Observation, TierModel};

/// The answers of many accounts, one behind the other in memory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fleet {
    /// Where the answers of each account end.
    ends: Vec<usize>,
    /// The place of each account's tier in the order of tiers.
    tiers: Vec<u8>,
    answers: Vec<Observation>,
}

impl Fleet {
    /// Room for some accounts and answers.
    pub fn with_capacity(accounts: usize, answers: usize) -> Self {
        Self {
            ends: Vec::with_capacity(accounts),
            tiers: Vec::with_capacity(accounts),
            answers: Vec::with_capacity(answers),
        }
    }

    /// Adds an account. Its answers may come in any order; they are kept in that of their days.
    pub fn push(&mut self, tier_position: u8, answers: impl IntoIterator<Item = Observation>) {
        let start = self.answers.len();
        self.answers.extend(answers);
        if let Some(own) = self.answers.get_mut(start..)
            && !own.is_sorted_by_key(|o| o.day)
        {
            own.sort_by_key(|o| o.day);
        }
        self.ends.push(self.answers.len());
        self.tiers.push(tier_position);
    }

    /// How many accounts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The answers of one account, in the order of their days; nothing for an account there is not.
    pub fn account(&self, account: usize) -> &[Observation] {
        let start = account.checked_sub(1).map_or(0, |before| self.ends.get(before).copied().unwrap_or(0));
        let end = self.ends.get(account).copied().unwrap_or(start);
        self.answers.get(start..end).unwrap_or_default()
    }

    /// The place of an account's tier in the order of tiers.
    pub fn tier(&self, account: usize) -> usize {
        self.tiers.get(account).copied().map_or(0, usize::from)
    }
}

/// What the night says about one account; [`super::assess`] tells the reasons when somebody asks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// The level today, drawn toward the tier; the tier's mean where nobody has answered.
    pub level: f64,
    pub sd: f64,
    /// Answers up to today.
    pub answers: u32,
    /// The decline, where there is a past to compare with.
    pub decline: Option<Found>,
}

/// The figures of a decline without its reasons.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// The day compared with, as [`super::day_number`] counts.
    pub then_day: i32,
    pub level_then: f64,
    pub probability: f64,
    pub grade: Option<Level>,
}

/// Scores every account of a fleet on a day, with one model for each tier (an account of a tier
/// without one is judged by the default model). The result has the order of the fleet.
pub fn score(fleet: &Fleet, models: &[TierModel], rule: &DeclineRule, today: i32, threads: usize) -> Vec<Verdict> {
    in_parallel(fleet.len(), threads, |account, work: &mut Workspace| {
        let tier = fleet.tier(account);
        let model = models.get(tier).copied().unwrap_or_default();
        let seen = upto(fleet.account(account), today);
        work.levels(seen, &model);
        let since = model.drift_variance(seen.last().map_or(0, |o| today - o.day));
        let decline = work.base(seen, rule, today).and_then(|base| {
            work.compare(seen, &model, rule, base);
            let (fall, fall_variance) = work.filter.fall();
            let probability = probability(fall, fall_variance + since, rule.delta);
            Some(Found {
                then_day: seen.get(base)?.day,
                level_then: *work.known.get(base)?,
                probability,
                grade: rule.grade(probability, tier),
            })
        });
        // Where there is something to compare with, the filter has followed the level as the rule does.
        let (level, variance) = work.filter.level();
        Verdict {
            level,
            sd: (variance + since).sqrt(),
            answers: u32::try_from(seen.len()).unwrap_or(u32::MAX),
            decline,
        }
    })
}

/// Does something for each of `count` places, on several threads with a memory of their own, and
/// returns the results in order. Each thread has one run of places, so that nothing is shared.
pub(super) fn in_parallel<T, W, F>(count: usize, threads: usize, each: F) -> Vec<T>
where
    T: Send,
    W: Default,
    F: Fn(usize, &mut W) -> T + Sync,
{
    let run = |from: usize, to: usize| {
        let mut work = W::default();
        (from..to).map(|place| each(place, &mut work)).collect::<Vec<T>>()
    };
    let size = count.div_ceil(threads.clamp(1, 64)).max(1);
    if count <= size {
        return run(0, count);
    }
    std::thread::scope(|scope| {
        let run = &run;
        let parts: Vec<_> =
            (0..count).step_by(size).map(|from| scope.spawn(move || run(from, (from + size).min(count)))).collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::super::simulate::World;
    use super::super::{assess, fit_tiers};
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn any_number_of_threads_gives_what_single_accounts_give() {
        let fleet = World::default().flat_fleet(50, 900, &mut ChaCha8Rng::seed_from_u64(3));
        let models = fit_tiers(&fleet, 1);
        let rule = DeclineRule::default();
        let one = score(&fleet, &models, &rule, 850, 1);
        for threads in [2, 3, 7, 64, 1000] {
            assert_eq!(score(&fleet, &models, &rule, 850, threads), one);
        }
        let mut compared = 0;
        for (account, verdict) in one.iter().enumerate() {
            let own = assess(fleet.account(account), &models[0], &rule, 850);
            assert_eq!(verdict.decline.map(|d| d.probability), own.as_ref().map(|d| d.probability));
            compared += usize::from(own.is_some());
        }
        assert!(compared > 30, "{compared}");
    }

    #[test]
    fn accounts_without_answers_stand_at_their_tier() {
        let mut fleet = Fleet::default();
        fleet.push(0, []);
        fleet.push(4, [Observation::new(20, 1, 40.0), Observation::new(10, 1, 60.0)]);
        assert_eq!(fleet.account(1)[0].day, 10, "kept in the order of days");
        let model = TierModel { mean: 66.0, ..TierModel::default() };
        let verdicts = score(&fleet, &[model], &DeclineRule::default(), 30, 2);
        assert_eq!((verdicts[0].level, verdicts[0].answers, verdicts[0].decline), (66.0, 0, None));
        assert_eq!(verdicts[1].answers, 2);
        assert!(score(&Fleet::default(), &[], &DeclineRule::default(), 30, 2).is_empty());
        assert!(fleet.account(7).is_empty());
    }
}
