//! Reads one file with one reader into a sink that only counts: `table_speed FORMAT FILE`.
//! Prints rows (units), observations and CPU seconds, as the throughput of a reader is compared.

use std::io::Write as _;
use std::time::Instant;

use cellsweep_evidence::source::NoNames;
use cellsweep_evidence::{Limits, Mapping, Observation, Problem, ReadError, Sink, Source, reader};

struct Count {
    units: u64,
    observations: u64,
    problems: u64,
}

impl Sink for Count {
    fn observe(&mut self, observation: Observation) -> Result<(), ReadError> {
        self.units = self.units.max(observation.unit + 1);
        self.observations += 1;
        Ok(())
    }
    fn problem(&mut self, _: Problem) {
        self.problems += 1;
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(format), Some(path)) = (arguments.next(), arguments.next()) else {
        return Err("usage: table_speed FORMAT FILE".into());
    };
    let reader = reader(&format).ok_or("no such format")?;
    let (limits, mapping) = (Limits::default(), Mapping::default());
    let mut source = Source::new(
        &path,
        std::fs::File::open(&path)?,
        &limits,
        &NoNames,
        &mapping,
    );
    let mut count = Count {
        units: 0,
        observations: 0,
        problems: 0,
    };
    let start = Instant::now();
    (reader.read)(&mut source, &mut count)?;
    let elapsed = start.elapsed();
    writeln!(
        std::io::stdout(),
        "{} units, {} observations, {} problems in {:.2} s",
        count.units,
        count.observations,
        count.problems,
        elapsed.as_secs_f64()
    )?;
    Ok(())
}
