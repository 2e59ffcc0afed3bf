//! Plans measured and checked: a generated national estate, and a checker that shares no code with the
//! solver.

#[allow(clippy::similar_names, clippy::type_complexity)] // prices and values of one small formula
pub mod check;
#[allow(clippy::many_single_char_names, clippy::similar_names)] // the usual letters of the problem
mod national;

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;
use cellsweep_plan::greedy::{Rule, greedy};
use cellsweep_plan::schedule::sums;
use cellsweep_plan::{Effort, solve};
use serde_json::json;

use national::{Size, generate};

/// Plans the generated estate, compares with the simple rules, writes the plan and checks it.
#[allow(clippy::cast_precision_loss)] // shares to print
pub fn bench(folder: &Path, scale: f64, seed: u64) -> anyhow::Result<()> {
    let size = Size::NATIONAL.share(scale);
    let problem = generate(size, seed);
    problem.check().context("the generated problem")?;
    println!(
        "{} assets, {} sites, {} departments, {} crews, {} periods, {} limits, seed {seed}",
        problem.assets.len(),
        problem.sites.len(),
        problem.departments.len(),
        problem.crews.len(),
        problem.periods.len(),
        problem.limits.len()
    );
    let penalty = |s: &cellsweep_plan::schedule::Sums| -> i64 {
        s.objective - s.spent_cents - s.exposure_points * problem.cents_per_point
    };
    let mut best: Option<(&str, i64, i64)> = None;
    for (name, rule) in Rule::ALL {
        let (s, broken) = sums(&problem, &greedy(&problem, rule));
        anyhow::ensure!(broken.is_none(), "{name}: {broken:?}");
        println!(
            "{name:>20}: objective {:>14} cents, without what missed dates count {:>12}; {} binding deadlines missed, {} targets, {} visits",
            s.objective,
            s.objective - penalty(&s),
            s.missed,
            s.missed_targets,
            s.visits
        );
        let mild = s.objective - penalty(&s);
        best = Some(match best {
            Some((n, all, m)) if all <= s.objective => (n, all, m.min(mild)),
            Some((_, _, m)) => (name, s.objective, m.min(mild)),
            None => (name, s.objective, mild),
        });
    }
    let (start, before) = (Instant::now(), cpu());
    let outcome = solve(&problem, &Effort::default())?;
    let (seconds, worked) = (start.elapsed().as_secs_f64(), cpu() - before);
    let s = &outcome.sums;
    println!(
        "{:>20}: objective {:>14} cents, without what missed dates count {:>12}; {} binding deadlines missed, {} targets, {} visits",
        "plan",
        s.objective,
        s.objective - penalty(s),
        s.missed,
        s.missed_targets,
        s.visits
    );
    println!(
        "bound {} cents, gap {:.3} %, {:?}, {worked:.1} s of CPU time, {seconds:.1} s wall clock, peak {} MB",
        outcome.bound,
        outcome.gap * 100.0,
        outcome.status,
        peak() / 1_000_000
    );
    if let Some((name, all, mild)) = best {
        println!(
            "best simple rule ({name}): {:.1} % worse; the mildest of the three without what missed dates count: {:.1} % worse than all of the plan",
            (all as f64 / s.objective as f64 - 1.0) * 100.0,
            (mild as f64 / s.objective as f64 - 1.0) * 100.0
        );
    }
    let path = folder.join("plan-national.json");
    let plan = json!({
        "status": outcome.status,
        "objective": outcome.objective,
        "bound": outcome.bound,
        "gap": outcome.gap,
        "problem": problem,
        "schedule": outcome.schedule,
        "certificate": outcome.certificate,
        "shortfall": outcome.shortfall,
    });
    fs::write(&path, serde_json::to_vec(&plan)?).with_context(|| path.display().to_string())?;
    drop(plan);
    let start = Instant::now();
    check::run(&path)?;
    println!("checked in {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// Peak resident memory of this process, in bytes; 0 where it cannot be told.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM:"));
    line.and_then(|l| l.split_whitespace().nth(1)?.parse::<u64>().ok())
        .unwrap_or(0)
        * 1024
}

/// Seconds of CPU time that this process has used; 0 where it cannot be told.
#[allow(clippy::cast_precision_loss)] // hundredths of a second
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, in brackets, may have blanks in it; user and system time are the 12th and 13th after it.
    let after = stat.rsplit_once(')').map_or("", |x| x.1);
    let ticks = after.split_whitespace().skip(11).take(2);
    ticks.filter_map(|n| n.parse::<u64>().ok()).sum::<u64>() as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn small(seed: u64) -> Value {
        let size = Size {
            assets: 120,
            sites: 9,
            departments: 3,
            crews: 2,
            periods: 8,
        };
        let problem = generate(size, seed);
        let effort = Effort {
            rounds: 150,
            turns: 300,
            ..Effort::default()
        };
        let o = solve(&problem, &effort).unwrap();
        json!({
            "status": o.status, "objective": o.objective, "bound": o.bound, "problem": problem,
            "schedule": o.schedule, "certificate": o.certificate, "shortfall": o.shortfall,
        })
    }

    #[test]
    fn plans_are_confirmed() {
        for seed in 0..6 {
            let plan = small(seed);
            let c = check::check(&plan).unwrap();
            assert_eq!(
                Some(i64::try_from(c.objective).unwrap()),
                plan["objective"].as_i64()
            );
            assert!(c.bound <= c.objective);
        }
    }

    #[test]
    fn what_was_altered_is_noticed() {
        let plan = small(1);
        let alter = |change: &dyn Fn(&mut Value)| {
            let mut other = plan.clone();
            change(&mut other);
            check::check(&other).unwrap_err().to_string()
        };
        let of = |v: &Value, key: &str| v[key].as_i64().unwrap();
        alter(&|p| p["bound"] = (of(p, "objective") + 1).into());
        alter(&|p| p["objective"] = (of(p, "objective") - 1).into());
        alter(&|p| p["schedule"]["picks"][0] = json!({"work": [0, 99]}));
        alter(&|p| p["problem"]["limits"][0]["amount"] = 0.into());
        alter(&|p| p["certificate"]["limits"][0] = (-1).into());
        alter(&|p| {
            p["certificate"]["values"].as_array_mut().unwrap().pop();
        });
        // Values that are too high prove no more: what they take from visits is taken off again.
        let mut other = plan.clone();
        for v in other["certificate"]["values"].as_array_mut().unwrap() {
            *v = (v.as_i64().unwrap() * 2).into();
        }
        match check::check(&other) {
            Ok(c) => assert!(c.bound <= c.objective),
            Err(e) => assert!(e.to_string().contains("the certificate proves")),
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_estate() {
        let size = Size::NATIONAL.share(0.002);
        assert_eq!(generate(size, 3), generate(size, 3));
        assert_ne!(generate(size, 3), generate(size, 4));
    }
}
