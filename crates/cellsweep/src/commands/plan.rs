//! `cellsweep plan`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use cellsweep_plan::{Effort, Solver, Status};
use cellsweep_report::plan::{self, ActionKind, Plan as Planned, documents, page, pictures};
use cellsweep_report::{Report, exit_code, redact};
use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::audited::{Asked, audited};
use crate::Arguments;
use crate::exit::Exit;
use crate::out::{Out, table};

/// Arguments.
#[derive(Debug, Args)]
pub struct Plan {
    /// The estate; its [plan] section has budgets, crews and own costs
    estate: PathBuf,

    /// Plan from this report.json of the estate instead of auditing it now
    #[arg(long, value_name = "REPORT.json")]
    report: Option<PathBuf>,

    /// Folder for plan.json, the departments' documents, lists, calendars and pictures
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Keep to this earlier plan.json where nothing speaks against it
    #[arg(long, value_name = "PLAN.json")]
    keep: Option<PathBuf>,

    /// What solves small problems to the end: HiGHS where it is built in, or one of the two
    #[arg(long, value_enum, default_value_t = By::Auto)]
    solver: By,

    /// The date asked about; else the estate's, else today
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: Option<Date>,

    /// Packs to judge by instead of the estate's, ids or files
    #[arg(long, value_name = "PACK")]
    policy: Vec<String>,

    /// Threads for reading evidence; 0: one a core
    #[arg(long, default_value_t = 0)]
    jobs: usize,

    /// Mask IMEIs, ICCIDs, serial numbers and MAC addresses in everything that is written
    #[arg(long)]
    redact: bool,

    /// Print plan.json instead of the table
    #[arg(long)]
    json: bool,
}

/// What solves integer programs.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum By {
    /// HiGHS where it is built in, else the pure-Rust solver
    Auto,
    /// The pure-Rust solver
    Own,
    /// HiGHS
    Highs,
}

impl From<By> for Solver {
    fn from(by: By) -> Self {
        match by {
            By::Auto => Self::Auto,
            By::Own => Self::Own,
            By::Highs => Self::Highs,
        }
    }
}

/// Plans.
pub fn run(c: &Plan, arguments: &Arguments, out: &mut Out) -> anyhow::Result<Exit> {
    let solver = Solver::from(c.solver);
    anyhow::ensure!(
        solver.is_built_in(),
        "--solver highs: this cellsweep was built without HiGHS. `cargo build --release --features highs` builds it \
         in and needs cmake, a C++ compiler and libclang; without it, `--solver own` plans with the pure-Rust solver"
    );
    let effort = Effort {
        solver,
        ..Effort::default()
    };
    let estate = super::audit::open(&c.estate, out)?;
    let report = match &c.report {
        Some(path) => {
            let name = path.display().to_string();
            let bytes = fs::read(path).with_context(|| name.clone())?;
            serde_json::from_slice::<Report>(&bytes)
                .with_context(|| format!("{name} is no report"))?
        }
        None => identified(c, arguments, &estate, out)?,
    };
    let before = match &c.keep {
        None => None,
        Some(path) => {
            let name = path.display().to_string();
            let bytes = fs::read(path).with_context(|| name.clone())?;
            let plan: Planned =
                serde_json::from_slice(&bytes).with_context(|| format!("{name} is no plan"))?;
            Some(plan)
        }
    };
    let mut plan = plan::make(&report, &estate, before.as_ref(), &effort)?;
    if c.redact {
        redact::redact_plan(&mut plan, &report, redact::Masking::default())?;
    }
    if let Some(folder) = &c.out {
        write(&plan, folder)?;
    }
    if c.json {
        out.line(serde_json::to_string_pretty(&plan)?)?;
    } else {
        say(&plan, c.out.as_deref(), out)?;
    }
    Ok(Exit::Report(exit_code(&report.exit)))
}

fn identified(
    c: &Plan,
    arguments: &Arguments,
    estate: &cellsweep_estate::Estate,
    out: &mut Out,
) -> anyhow::Result<Report> {
    let catalog = super::load(arguments)?;
    let asked = Asked {
        path: &c.estate,
        policy: &c.policy,
        date: c.date,
        jobs: c.jobs,
        learn: true,
    };
    let (run, _) = audited(&asked, estate, &catalog, out)?;
    Ok(run.report)
}

fn write(plan: &Planned, folder: &Path) -> anyhow::Result<()> {
    let documents_in = folder.join("departments");
    fs::create_dir_all(&documents_in).with_context(|| documents_in.display().to_string())?;
    let put = |name: &str, bytes: &[u8]| -> anyhow::Result<()> {
        let path = folder.join(name);
        fs::write(&path, bytes).with_context(|| path.display().to_string())
    };
    put("plan.json", serde_json::to_string(plan)?.as_bytes())?;
    put("plan.md", documents::summary(plan).as_bytes())?;
    put("plan.html", page::whole(plan)?.as_bytes())?;
    put("actions.csv", &documents::csv(plan, None)?)?;
    put("plan.xlsx", &documents::workbook(plan, None)?)?;
    put("gantt.svg", pictures::gantt(plan).as_bytes())?;
    put("burndown.svg", pictures::burn_down(plan).as_bytes())?;
    for d in &plan.departments {
        let name = documents::file_name(&d.id);
        put(
            &format!("departments/{name}.md"),
            documents::department(plan, d).as_bytes(),
        )?;
        put(
            &format!("departments/{name}.html"),
            page::department(plan, d)?.as_bytes(),
        )?;
        put(
            &format!("departments/{name}.xlsx"),
            &documents::workbook(plan, Some(&d.id))?,
        )?;
        put(
            &format!("departments/{name}.csv"),
            &documents::csv(plan, Some(&d.id))?,
        )?;
        put(
            &format!("departments/{name}.ics"),
            documents::calendar(plan, &d.id).as_bytes(),
        )?;
    }
    Ok(())
}

/// Departments by period, then how good the plan is.
fn say(plan: &Planned, folder: Option<&Path>, out: &mut Out) -> anyhow::Result<()> {
    let mut headings = vec!["department", "settle", "accept"];
    headings.extend(plan.problem.periods.iter().map(|p| p.name.as_str()));
    headings.push("cost");
    let mut rows = table(&headings);
    for d in &plan.departments {
        let mut row = vec![
            cellsweep_report::sanitise::sanitise(&d.id).into_owned(),
            d.to_settle.to_string(),
            d.accepted.to_string(),
        ];
        for p in &d.periods {
            row.push(match (p.replaced, p.mitigated) {
                (0, 0) => "-".to_owned(),
                (r, 0) => format!("{r}"),
                (r, m) => format!("{r}+{m}m"),
            });
        }
        let cents = d.periods.iter().map(|p| p.cents).sum();
        row.push(documents::money(cents));
        rows.add_row(row);
    }
    for line in rows.to_string().lines() {
        out.line(line.trim_end())?;
    }
    let count = |kind: ActionKind| plan.actions.iter().filter(|a| a.action == kind).count();
    out.line("")?;
    out.line("In a period: assets replaced, +m measures put in place from afar.")?;
    out.line(format!(
        "{} to replace ({} of these by module), {} mitigated meanwhile, {} accepted, {} to settle first.",
        count(ActionKind::Replace) + count(ActionKind::ModuleSwap),
        count(ActionKind::ModuleSwap),
        count(ActionKind::Mitigate),
        count(ActionKind::Accept),
        plan.sums.to_settle
    ))?;
    let s = &plan.sums;
    out.line(format!(
        "Cost {} {} in {} visits; exposure {} of {} point-months if nothing were done.",
        documents::money(s.spent_cents),
        plan.currency,
        s.visits,
        s.exposure_points,
        s.exposure_points_untouched
    ))?;
    out.line(documents::goodness(plan))?;
    if plan.status == Status::DeadlinesMissed
        && let Some(lack) = &plan.shortfall
    {
        out.line(documents::lack(lack))?;
    }
    if let Some(folder) = folder {
        out.line(format!("Written to {}", folder.display()))?;
    }
    Ok(())
}
