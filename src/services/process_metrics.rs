//! What the system says of this process, under the names that every Prometheus client uses.

use std::fs;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

/// Ticks of `/proc` in a second: part of Linux's interface on every machine we run on.
const TICKS: f64 = 100.0;

/// Reads `/proc/self` when somebody asks; says nothing where there is none.
#[derive(Debug)]
pub(super) struct ProcessMetrics;

impl Collector for ProcessMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let stat = Stat::read();
        if let Some(stat) = &stat {
            let cpu = ConstCounter::new(stat.cpu_seconds);
            let help = "User and system time";
            let kind = cpu.metric_type();
            cpu.encode(encoder.encode_descriptor(
                "process_cpu",
                help,
                Some(&Unit::Seconds),
                kind,
            )?)?;
        }
        let started = stat.as_ref().and_then(Stat::started_at);
        let gauges = [
            (
                "process_start_time",
                Some(Unit::Seconds),
                "Start since the epoch",
                started,
            ),
            (
                "process_resident_memory",
                Some(Unit::Bytes),
                "Memory in use",
                memory(),
            ),
            (
                "process_open_fds",
                None,
                "Open file descriptors",
                open_files(),
            ),
            (
                "process_max_fds",
                None,
                "File descriptors allowed",
                most_files(),
            ),
        ];
        for (name, unit, help, value) in gauges {
            let Some(value) = value else { continue };
            let gauge = ConstGauge::new(value);
            let kind = gauge.metric_type();
            gauge.encode(encoder.encode_descriptor(name, help, unit.as_ref(), kind)?)?;
        }
        Ok(())
    }
}

struct Stat {
    cpu_seconds: f64,
    /// Since boot.
    start_seconds: f64,
}

impl Stat {
    fn read() -> Option<Self> {
        Self::parse(&fs::read_to_string("/proc/self/stat").ok()?)
    }

    /// The fields behind the name, which stands in brackets and may have any letters (`man proc_pid_stat`).
    fn parse(stat: &str) -> Option<Self> {
        let (_, rest) = stat.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        let seconds = |field: usize| Some(fields.get(field - 3)?.parse::<f64>().ok()? / TICKS);
        Some(Self {
            cpu_seconds: seconds(14)? + seconds(15)?,
            start_seconds: seconds(22)?,
        })
    }

    fn started_at(&self) -> Option<f64> {
        let booted: f64 = line_of("/proc/stat", "btime ")?.trim().parse().ok()?;
        Some(booted + self.start_seconds)
    }
}

fn memory() -> Option<f64> {
    let line = line_of("/proc/self/status", "VmRSS:")?;
    let kilobytes: f64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}

fn open_files() -> Option<f64> {
    let count = fs::read_dir("/proc/self/fd").ok()?.count();
    // one of them is the folder that is being read
    Some(f64::from(u32::try_from(count.saturating_sub(1)).ok()?))
}

fn most_files() -> Option<f64> {
    let line = line_of("/proc/self/limits", "Max open files")?;
    line.split_whitespace().next()?.parse().ok()
}

/// What follows `start` on the first line that begins so.
fn line_of(file: &str, start: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    text.lines()
        .find_map(|line| line.strip_prefix(start))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let fields: Vec<String> = (4..=52).map(|field| (field * 100).to_string()).collect();
        let stat = Stat::parse(&format!("7 (a) b) c) S {}", fields.join(" "))).unwrap();
        assert!((stat.cpu_seconds - 29.0).abs() < 1e-9);
        assert!((stat.start_seconds - 22.0).abs() < 1e-9);
        assert!(Stat::parse("7 (a) S 1 2").is_none());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_is_described() {
        let mut registry = prometheus_client::registry::Registry::default();
        registry.register_collector(Box::new(ProcessMetrics));
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        for name in [
            "process_cpu_seconds_total ",
            "process_start_time_seconds ",
            "process_resident_memory_bytes ",
            "process_open_fds ",
            "process_max_fds ",
        ] {
            let value = text.lines().find_map(|line| line.strip_prefix(name));
            assert!(
                value.is_some_and(|v| v.parse::<f64>().unwrap() >= 0.0),
                "{name}\n{text}"
            );
        }
    }
}
