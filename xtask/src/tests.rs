//! `cargo xtask test`: one command for all tests.

use std::process::Command;

use anyhow::Context as _;

fn step(name: &str, command: &mut Command) -> anyhow::Result<()> {
    println!("== {name}");
    let status = command
        .current_dir(crate::root())
        .status()
        .with_context(|| format!("{name}: could not be started"))?;
    anyhow::ensure!(status.success(), "{name}: failed");
    Ok(())
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

pub fn run(all: bool) -> anyhow::Result<()> {
    if all {
        step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
        step(
            "lints",
            &mut cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--quiet",
                "--",
                "-D",
                "warnings",
            ]),
        )?;
    }
    step(
        "generated files",
        &mut cargo(&["xtask", "generate", "--check"]),
    )?;
    let mut eval = cargo(&["xtask", "eval"]);
    if all {
        eval.arg("--blind");
    }
    step("evaluation", &mut eval)?;
    let mut tests = cargo(&["test", "--workspace"]);
    if all {
        // A test that needs a system tool skips itself only without this.
        tests.env("CELLSWEEP_TEST_ALL", "1");
    }
    step("tests", &mut tests)?;
    if all {
        // HiGHS is built once, in one invocation: another choice of packages would build it again.
        step(
            "plans with HiGHS",
            &mut cargo(&[
                "test",
                "--workspace",
                "--features",
                "cellsweep/highs",
                "--test",
                "properties",
                "--bin",
                "xtask",
            ]),
        )?;
        // Long inputs, so that what grows with them shows; formats that are held whole stop at 64 MB.
        step(
            "peak memory of the readers",
            &mut cargo(&["xtask", "memory", "--megabytes", "256", "--most", "160"]),
        )?;
    }
    Ok(())
}
