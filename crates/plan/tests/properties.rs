//! Small random problems, compared with all plans there are.

#![allow(clippy::indexing_slicing, clippy::unwrap_used)] // a test

use cellsweep_plan::exact;
use cellsweep_plan::greedy::{Rule, greedy};
use cellsweep_plan::problem::{
    Asset, Bridge, Choice, Deadline, Kind, Limit, Party, Period, Planned, Problem, Resource, Site,
};
use cellsweep_plan::schedule::sums;
use cellsweep_plan::shortfall::Lacking;
use cellsweep_plan::{Effort, Pick, Schedule, Solver, Status, solve};
use proptest::prelude::*;

fn party(id: &str) -> Party {
    Party {
        id: id.to_owned(),
        name: id.to_owned(),
    }
}

fn choice(periods: u16) -> impl Strategy<Value = Choice> {
    (
        1i64..60,
        1i64..30,
        prop::bool::weighted(0.8),
        0..periods,
        prop::option::weighted(0.3, Just(0u32)),
        0i64..3,
        prop::bool::weighted(0.9),
    )
        .prop_map(
            |(cents, minutes, visit, earliest, stock, points_after, meets_deadline)| Choice {
                kind: Kind::Replace,
                cents,
                minutes,
                visit,
                crew: None,
                earliest,
                stock,
                points_after,
                meets_deadline,
            },
        )
}

fn asset(at: usize, sites: u32, periods: u16) -> impl Strategy<Value = Asset> {
    (
        0..sites,
        0u32..2,
        3i64..12,
        prop::option::weighted(0.4, (0..periods, any::<bool>(), 50i64..3000)),
        prop::collection::vec(choice(periods), 0..3),
        prop::option::weighted(0.3, (1i64..20, 0i64..5, 0..periods, 0i64..3)),
        prop::option::weighted(0.15, 0..u32::try_from(at.max(1)).unwrap_or(1)),
    )
        .prop_map(
            move |(site, department, points, deadline, choices, bridge, after)| Asset {
                id: format!("a{at}"),
                site,
                department,
                points,
                deadline: deadline.map(|(period, binding, missed_cents)| Deadline {
                    period,
                    day: String::new(),
                    binding,
                    missed_cents,
                    rule: String::new(),
                }),
                choices,
                bridges: bridge
                    .map(|(cents, minutes, earliest, points_while)| Bridge {
                        name: "bridge".to_owned(),
                        cents,
                        minutes,
                        crew: None,
                        earliest,
                        points_while,
                    })
                    .into_iter()
                    .collect(),
                after: after.filter(|_| at > 0).into_iter().collect(),
                planned: None,
            },
        )
}

/// Two departments, two crews, a kind of spare, up to three sites, four assets, three periods.
fn problem() -> impl Strategy<Value = Problem> {
    (1u16..4, 1u32..4).prop_flat_map(|(periods, sites)| {
        let limit =
            (0usize..5, 0..periods, 0..periods, 0i64..120).prop_map(|(on, a, b, amount)| {
                let (on, amount) = match on {
                    0 => (Resource::Budget(0), amount),
                    1 => (Resource::Budget(1), amount),
                    2 => (Resource::Crew(0), amount),
                    3 => (Resource::Crew(1), amount),
                    _ => (Resource::Stock(0), amount % 3),
                };
                Limit {
                    on,
                    from: a.min(b),
                    to: a.max(b),
                    amount,
                }
            });
        let site = (
            0u32..2,
            0u32..2,
            0i64..80,
            0i64..30,
            prop::collection::vec(0..periods, 0..2),
        )
            .prop_map(
                |(department, crew, visit_cents, visit_minutes, blackout)| Site {
                    id: "s".to_owned(),
                    department,
                    crew,
                    visit_cents,
                    visit_minutes,
                    blackout,
                },
            );
        let assets = (
            asset(0, sites, periods),
            asset(1, sites, periods),
            asset(2, sites, periods),
            asset(3, sites, periods),
            1usize..5,
        )
            .prop_map(|(a, b, c, d, n)| [a, b, c, d].into_iter().take(n).collect::<Vec<_>>());
        (
            prop::collection::vec(limit, 0..6),
            prop::collection::vec(site, sites as usize),
            assets,
            1i64..8,
        )
            .prop_map(move |(limits, sites, assets, cents_per_point)| Problem {
                periods: vec![Period::default(); usize::from(periods)],
                cents_per_point,
                change_cents: 0,
                departments: vec![party("d0"), party("d1")],
                crews: vec![party("c0"), party("c1")],
                stocks: vec![party("k0")],
                limits,
                sites,
                assets,
            })
    })
}

/// The best of all plans, and its cost.
fn brute(p: &Problem) -> i64 {
    fn go(p: &Problem, all: &[Vec<Pick>], so_far: &mut Vec<Pick>, best: &mut i64) {
        let Some(own) = all.get(so_far.len()) else {
            let schedule = Schedule {
                picks: so_far.clone(),
            };
            let (s, broken) = sums(p, &schedule);
            if broken.is_none() {
                *best = (*best).min(s.objective);
            }
            return;
        };
        for pick in own {
            so_far.push(*pick);
            go(p, all, so_far, best);
            so_far.pop();
        }
    }
    let all: Vec<Vec<Pick>> = (0..p.assets.len()).map(|a| exact::picks(p, a)).collect();
    let mut best = i64::MAX;
    go(p, &all, &mut Vec::new(), &mut best);
    best
}

/// Plans by hand; few enough to try all.
fn few(p: &Problem) -> bool {
    let n: usize = (0..p.assets.len())
        .map(|a| exact::picks(p, a).len())
        .product();
    n <= 20_000
}

fn quick() -> Effort {
    Effort {
        rounds: 120,
        turns_per_site: 60,
        solver: Solver::Own,
        ..Effort::default()
    }
}

/// What integer programs are solved by: each that is built in.
fn solvers() -> impl Iterator<Item = Solver> {
    [Solver::Own, Solver::Highs]
        .into_iter()
        .filter(|s| s.is_built_in())
}

/// One of these.
fn solver() -> impl Strategy<Value = Solver> {
    prop::sample::select(solvers().collect::<Vec<_>>())
}

/// Problems whose binding deadlines are many and whose limits are low.
fn short_of_something() -> impl Strategy<Value = Problem> {
    (problem().prop_filter("few plans", few), 1i64..6).prop_map(|(mut p, part)| {
        for l in &mut p.limits {
            l.amount /= part;
        }
        for a in &mut p.assets {
            if let Some(d) = &mut a.deadline {
                d.binding = true;
                d.missed_cents = 100_000;
            }
        }
        p
    })
}

/// All ways to work on these assets so that their deadlines and orders are kept: what is over the limits
/// at least, in weights. `None`: there is no way.
fn least_added(p: &Problem, must: &[usize], weight: &dyn Fn(Lacking) -> i64) -> Option<i64> {
    fn go(
        p: &Problem,
        must: &[usize],
        picks: &mut Vec<Pick>,
        weight: &dyn Fn(Lacking) -> i64,
        best: &mut Option<i64>,
    ) {
        let Some((at, rest)) = must.split_first() else {
            let mut open = p.clone();
            for l in &mut open.limits {
                l.amount = 1_000_000;
            }
            let (s, broken) = sums(
                &open,
                &Schedule {
                    picks: picks.clone(),
                },
            );
            if broken.is_none() {
                let of = p.limits.iter().zip(&s.used);
                let over: i64 = of
                    .map(|(l, used)| weight(Lacking::of(l.on)) * (used - l.amount).max(0))
                    .sum();
                *best = Some(best.map_or(over, |b| b.min(over)));
            }
            return;
        };
        let due = p.assets[*at].deadline.as_ref().unwrap().period;
        for pick in exact::picks(p, *at) {
            if let (Some((k, t)), None) = (pick.work, pick.bridge)
                && t <= due
                && p.assets[*at].choices[usize::from(k)].meets_deadline
            {
                picks[*at] = pick;
                go(p, rest, picks, weight, best);
                picks[*at] = Pick::default();
            }
        }
    }
    let mut best = None;
    let mut picks = vec![Pick::default(); p.assets.len()];
    go(p, must, &mut picks, weight, &mut best);
    best
}

/// Fewest binding deadlines that a plan inside the limits misses.
fn fewest_missed(p: &Problem) -> u64 {
    let n = p.assets.len();
    (0u32..1 << n)
        .filter_map(|set| {
            let must: Vec<usize> = (0..n).filter(|at| set & (1 << at) != 0).collect();
            let binding = |at: &usize| p.assets[*at].deadline.as_ref().is_some_and(|d| d.binding);
            if !must.iter().all(binding) || least_added(p, &must, &|_| 1) != Some(0) {
                return None;
            }
            let all = (0..n).filter(binding).count();
            Some((all - must.len()) as u64)
        })
        .min()
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Never over a limit, before a lead time, in a blackout or out of order; the bound is below every
    /// plan; small problems are solved to the end.
    #[test]
    fn small_problems_equal_brute_force(p in problem().prop_filter("few plans", few)) {
        let best = brute(&p);
        for solver in solvers() {
            let outcome = solve(&p, &Effort { solver, ..quick() }).unwrap();
            prop_assert_eq!(outcome.solver, solver);
            let (s, broken) = sums(&p, &outcome.schedule);
            prop_assert_eq!(broken, None);
            prop_assert_eq!(s.objective, outcome.objective);
            prop_assert!(outcome.bound <= best, "bound {} above the optimum {}", outcome.bound, best);
            prop_assert_eq!(outcome.objective, best);
        }
    }

    /// The bound holds for what the search alone finds, and the simple rules keep every limit.
    #[test]
    fn limits_are_kept_without_the_exact_solver(p in problem()) {
        let effort = Effort { exact_columns: 0, ..quick() };
        let outcome = solve(&p, &effort).unwrap();
        prop_assert_eq!(sums(&p, &outcome.schedule).1, None);
        prop_assert!(outcome.bound <= outcome.objective);
        for (_, rule) in Rule::ALL {
            let (s, broken) = sums(&p, &greedy(&p, rule));
            prop_assert_eq!(broken, None);
            prop_assert!(outcome.objective <= s.objective);
        }
    }

    /// More of anything never makes the best plan worse.
    #[test]
    fn more_never_worsens(p in problem().prop_filter("few plans", few), more in 1i64..60) {
        let before = solve(&p, &quick()).unwrap();
        let mut richer = p;
        for l in &mut richer.limits {
            l.amount += more;
        }
        let after = solve(&richer, &quick()).unwrap();
        prop_assert!(after.objective <= before.objective);
    }

    /// What is said to be lacking is enough: with it, the plan shown keeps every limit and deadline. And
    /// no less is, where a small problem was solved to the end; else it is between what is said.
    #[test]
    fn what_lacks_is_enough_and_least(p in short_of_something(), exact in any::<bool>(), solver in solver()) {
        let columns = if exact { 400 } else { 0 };
        let effort = Effort { exact_columns: columns, highs_columns: columns, solver, ..quick() };
        let outcome = solve(&p, &effort).unwrap();
        prop_assert_eq!(outcome.shortfall.is_some(), outcome.status == Status::DeadlinesMissed);
        let Some(short) = outcome.shortfall else { return Ok(()) };
        let mut richer = p.clone();
        for (l, n) in &short.add {
            prop_assert!(*n > 0);
            richer.limits[*l as usize].amount += n;
        }
        let (s, broken) = sums(&richer, &short.schedule);
        prop_assert_eq!(broken, None);
        prop_assert_eq!(s.missed, short.out_of_reach.len() as u64);
        prop_assert!(short.out_of_reach.len() < short.assets.len() || short.add.is_empty());
        let must: Vec<usize> = (0..p.assets.len())
            .filter(|at| {
                p.assets[*at].deadline.as_ref().is_some_and(|d| d.binding)
                    && !short.out_of_reach.contains(&u32::try_from(*at).unwrap())
            })
            .collect();
        // None of those out of reach could be kept as well.
        for out in &short.out_of_reach {
            let mut more = must.clone();
            more.push(*out as usize);
            more.sort_unstable();
            prop_assert_eq!(least_added(&p, &more, &|_| 1), None);
        }
        let added = |kind: Lacking| short.least.iter().find(|l| l.kind == kind).copied();
        let mut weighed = 0;
        for kind in [Lacking::Budget, Lacking::Crew, Lacking::Stock] {
            let least = least_added(&p, &must, &|k| i64::from(k == kind)).unwrap();
            let of = short.add.iter().filter(|(l, _)| Lacking::of(p.limits[*l as usize].on) == kind);
            let sum: i64 = of.map(|(_, n)| *n).sum();
            match added(kind) {
                None => prop_assert_eq!(sum, 0),
                Some(l) => {
                    prop_assert_eq!(l.added, sum);
                    prop_assert!(l.at_least <= least && least <= l.added, "{:?}, least {}", l, least);
                    if exact {
                        prop_assert_eq!(l.at_least, least);
                    }
                    weighed += l.added * kind.weight();
                }
            }
        }
        if exact {
            let least = least_added(&p, &must, &Lacking::weight).unwrap();
            prop_assert_eq!(weighed, least);
        }
        prop_assert!(short.least_missed <= short.assets.len() as u64);
        prop_assert!(short.least_missed <= fewest_missed(&p));
    }

    /// The same problem gives the same plan.
    #[test]
    fn same_again(p in problem()) {
        let effort = Effort { exact_columns: 0, ..quick() };
        prop_assert_eq!(solve(&p, &effort).unwrap(), solve(&p, &effort).unwrap());
    }

    /// With a price on changes a new plan differs from the old one in no more places than a plan made
    /// from nothing, and a price that nothing is worth keeps all that is still possible.
    #[test]
    fn replanning_changes_little(p in problem().prop_filter("few plans", few), less in 0i64..40) {
        let old = solve(&p, &quick()).unwrap().schedule;
        let mut now = p;
        for l in &mut now.limits {
            l.amount = (l.amount - less).max(0);
        }
        let fresh = solve(&now, &quick()).unwrap().schedule;
        for (a, pick) in now.assets.iter_mut().zip(&old.picks) {
            a.planned = Some(Planned { work: pick.work });
        }
        now.change_cents = 100_000;
        let kept = solve(&now, &quick()).unwrap().schedule;
        let changes = |s: &Schedule| {
            s.picks.iter().zip(&old.picks).filter(|(a, b)| a.work != b.work).count()
        };
        prop_assert!(changes(&kept) <= changes(&fresh));
    }
}

/// Binding deadlines missed by the best plan of this problem with its limits as they are.
fn missed(p: &Problem) -> u64 {
    solve(p, &quick()).unwrap().sums.missed
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// With exactly what is said to be lacking, a plan keeps all deadlines that are in reach; with one cent,
    /// minute or part less of what is proven to be least, none does.
    #[test]
    fn exactly_what_lacks_makes_it_feasible(p in short_of_something()) {
        let Some(short) = solve(&p, &quick()).unwrap().shortfall else { return Ok(()) };
        let out = short.out_of_reach.len() as u64;
        let mut richer = p.clone();
        for (l, n) in &short.add {
            richer.limits[*l as usize].amount += n;
        }
        prop_assert_eq!(missed(&richer), out);
        for (l, _) in &short.add {
            let kind = Lacking::of(p.limits[*l as usize].on);
            let least = short.least.iter().find(|x| x.kind == kind).unwrap();
            if least.at_least == least.added {
                let mut less = richer.clone();
                less.limits[*l as usize].amount -= 1;
                prop_assert!(missed(&less) > out, "{:?} less by one, and no deadline is missed", kind);
            }
        }
    }
}

/// Three departments of which two lack money, and a crew that both share lacks time.
#[test]
fn what_several_departments_lack_is_named_to_the_cent() {
    let replace = |cents, minutes| Choice {
        kind: Kind::Replace,
        cents,
        minutes,
        visit: false,
        crew: None,
        earliest: 0,
        stock: None,
        points_after: 0,
        meets_deadline: true,
    };
    let asset = |department: u32, cents, minutes| Asset {
        id: format!("a{department}"),
        site: department,
        department,
        points: 5,
        deadline: Some(Deadline {
            period: 1,
            day: String::new(),
            binding: true,
            missed_cents: 100_000,
            rule: String::new(),
        }),
        choices: vec![replace(cents, minutes)],
        ..Asset::default()
    };
    let limit = |on, amount| Limit {
        on,
        from: 0,
        to: 1,
        amount,
    };
    let p = Problem {
        periods: vec![Period::default(); 2],
        cents_per_point: 1,
        change_cents: 0,
        departments: vec![party("d0"), party("d1"), party("d2")],
        crews: vec![party("c0"), party("c1")],
        stocks: Vec::new(),
        limits: vec![
            limit(Resource::Budget(0), 300),
            limit(Resource::Budget(1), 350),
            limit(Resource::Budget(2), 900),
            limit(Resource::Crew(0), 100),
            limit(Resource::Crew(1), 100),
        ],
        sites: [0, 0, 1]
            .into_iter()
            .zip(0u32..)
            .map(|(crew, department)| Site {
                department,
                crew,
                ..Site::default()
            })
            .collect(),
        assets: vec![asset(0, 500, 60), asset(1, 400, 60), asset(2, 800, 90)],
    };
    let outcome = solve(&p, &quick()).unwrap();
    assert_eq!(outcome.status, Status::DeadlinesMissed);
    let short = outcome.shortfall.unwrap();
    assert!(short.out_of_reach.is_empty());
    // 500 - 300 and 400 - 350 cents, 60 + 60 - 100 minutes; the third department lacks nothing.
    assert_eq!(short.add, [(0, 200), (1, 50), (3, 20)]);
    for l in &short.least {
        assert_eq!(l.at_least, l.added, "{l:?}");
    }
    let mut richer = p;
    for (l, n) in &short.add {
        richer.limits[*l as usize].amount += n;
    }
    assert_eq!(missed(&richer), 0);
    for (l, _) in &short.add {
        let mut less = richer.clone();
        less.limits[*l as usize].amount -= 1;
        assert_eq!(missed(&less), 1, "limit {l}");
    }
}
