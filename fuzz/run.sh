#!/bin/sh
# Runs every target, or those named, so many times from the seeds: fuzz/run.sh 1000000 [TARGET...].
# One line a target: executions, seconds, peak memory in MB. Fails if one found something.
set -u
cd "$(dirname "$0")"
runs=$1
shift
./seeds.sh >/dev/null || exit 1
# Without the address sanitizer: the code that is tried has no `unsafe` of its own.
cargo +nightly fuzz build -s none >/dev/null 2>build.log || { cat build.log; exit 1; }
built=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
[ $# -gt 0 ] || set -- $(sed -n 's/^name = "\(.*\)"/\1/p' Cargo.toml | grep -v cellsweep-fuzz)
failed=0
for target; do
    # What is learned goes to the first folder and is thrown away: a run begins from the seeds alone.
    learned=$(mktemp -d)
    mkdir -p "artifacts/$target"
    "$built"/*/release/"$target" -runs="$runs" -max_len=8192 -timeout=10 -rss_limit_mb=1024 -seed=1 \
        -print_final_stats=1 -artifact_prefix="artifacts/$target/" "$learned" "corpus/$target" >"$target.log" 2>&1
    code=$?
    rm -rf "$learned"
    took=$(sed -n 's/^Done [0-9]* runs in \([0-9]*\) second.*/\1/p' "$target.log")
    echo "$target executions $(sed -n 's/^stat::number_of_executed_units: *//p' "$target.log")" \
        "seconds ${took:-?} peak-MB $(sed -n 's/^stat::peak_rss_mb: *//p' "$target.log") exit $code"
    if [ $code -eq 0 ]; then rm -f "$target.log"; else failed=1; fi
done
exit $failed
