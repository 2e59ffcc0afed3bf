//! What was planned, and what it costs.

use serde::{Deserialize, Serialize};

use crate::model::Model;
use crate::problem::{Problem, Resource};

/// What is done about one asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// Choice and period; absent: it is left as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<(u16, u16)>,
    /// Bridge and period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bridge: Option<(u16, u16)>,
}

/// What is done about every asset, in the order of the problem.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// One an asset.
    pub picks: Vec<Pick>,
}

/// What a schedule comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Everything together: what is minimised, in cents.
    pub objective: i64,
    /// Risk points times periods.
    pub exposure_points: i64,
    /// Money of actions and visits, in cents.
    pub spent_cents: i64,
    /// Visits.
    pub visits: u64,
    /// Assets whose binding deadline is missed.
    pub missed: u64,
    /// Assets whose target date is missed.
    pub missed_targets: u64,
    /// Use of each limit.
    pub used: Vec<i64>,
}

/// Sums of a schedule, and the first rule that it breaks, if it breaks one.
pub fn sums(problem: &Problem, schedule: &Schedule) -> (Sums, Option<String>) {
    let m = Model::new(problem);
    let t = m.t;
    let mut s = Sums {
        used: vec![0; problem.limits.len()],
        ..Sums::default()
    };
    let mut broken: Option<String> = None;
    let mut breaks = |message: String| {
        broken.get_or_insert(message);
    };
    let mut visited = vec![false; problem.sites.len() * t];
    let spend =
        |s: &mut Sums, department: u32, crew: usize, period: usize, cents: i64, minutes: i64| {
            for l in &m.budget[department as usize * t + period] {
                s.used[*l as usize] += cents;
            }
            for l in &m.crew[crew * t + period] {
                s.used[*l as usize] += minutes;
            }
            s.spent_cents += cents;
            s.objective += cents;
        };
    if schedule.picks.len() != problem.assets.len() {
        return (s, Some("not every asset has a pick".to_owned()));
    }
    for (at, (a, pick)) in problem.assets.iter().zip(&schedule.picks).enumerate() {
        let exposure = m.exposure(at, pick.work, pick.bridge);
        s.exposure_points += exposure / problem.cents_per_point.max(1);
        s.objective += exposure + m.extras(at, pick.work);
        if let Some(d) = &a.deadline {
            let kept = pick.work.is_some_and(|(c, period)| {
                period <= d.period && a.choices[usize::from(c)].meets_deadline
            });
            if !kept && d.binding {
                s.missed += 1;
            } else if !kept {
                s.missed_targets += 1;
            }
        }
        if let Some((c, period)) = pick.work {
            let choice = &a.choices[usize::from(c)];
            if period < choice.earliest {
                breaks(format!("{}: earlier than its lead time", a.id));
            }
            let crew = m.crew_of(at, choice.crew);
            spend(
                &mut s,
                a.department,
                crew,
                period.into(),
                choice.cents,
                choice.minutes,
            );
            if let Some(k) = choice.stock {
                for l in &m.stock[k as usize * t + usize::from(period)] {
                    s.used[*l as usize] += 1;
                }
            }
            if choice.visit {
                let here = a.site as usize * t + usize::from(period);
                if !m.open[here] {
                    breaks(format!("{}: work in a blackout", a.id));
                }
                if !std::mem::replace(&mut visited[here], true) {
                    let site = &problem.sites[a.site as usize];
                    s.visits += 1;
                    spend(
                        &mut s,
                        site.department,
                        site.crew as usize,
                        period.into(),
                        site.visit_cents,
                        site.visit_minutes,
                    );
                }
            }
            for first in &a.after {
                if let Some((_, p)) = schedule.picks[*first as usize].work
                    && p > period
                {
                    breaks(format!("{}: before what it must come after", a.id));
                }
            }
        }
        if let Some((b, from)) = pick.bridge {
            let bridge = &a.bridges[usize::from(b)];
            if from < bridge.earliest || pick.work.is_some_and(|(_, p)| p < from) {
                breaks(format!("{}: its bridge stands at no possible time", a.id));
            }
            let crew = m.crew_of(at, bridge.crew);
            spend(
                &mut s,
                a.department,
                crew,
                from.into(),
                bridge.cents,
                bridge.minutes,
            );
        }
    }
    for (l, used) in problem.limits.iter().zip(&s.used) {
        if *used > l.amount {
            let on = match l.on {
                Resource::Budget(d) => format!("budget of {}", problem.departments[d as usize].id),
                Resource::Crew(c) => format!("crew {}", problem.crews[c as usize].id),
                Resource::Stock(k) => format!("stock of {}", problem.stocks[k as usize].id),
            };
            breaks(format!(
                "{on}, periods {} to {}: {used} of {}",
                l.from, l.to, l.amount
            ));
        }
    }
    (s, broken)
}
