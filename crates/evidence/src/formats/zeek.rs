//! Logs of Zeek: `dhcp`, `dns`, `ssl` and `http`, as tab-separated text under a `#fields` line or as one
//! JSON object a line. Of other logs nothing is taken.
//!
//! Field names are those of Zeek's own reference (docs.zeek.org, base/protocols/*/main.zeek).

use serde_json::Value;

use super::traffic::{self, Client, Traffic};
use crate::observation::{Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::{Names, Source};

/// The reader.
pub static READER: Reader = Reader {
    format: "zeek",
    title: "Zeek logs of DHCP, DNS, TLS and HTTP",
    made_by: "zeek: dhcp.log, dns.log, ssl.log, http.log, as TSV or JSON",
    proves: &[Stance::Supported, Stance::Mentioned],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    let text = head.text.trim_start();
    if text.starts_with("#separator ") && text.contains("\n#fields") {
        return 96;
    }
    let first = text.lines().next().unwrap_or_default();
    let zeek = first.starts_with('{')
        && first.contains("\"ts\":")
        && (first.contains("\"id.orig_h\":") || first.contains("\"assigned_addr\":") || {
            first.contains("\"uids\":") && first.contains("\"mac\":")
        });
    if zeek { 93 } else { 0 }
}

/// The fields that are looked at, in no order.
#[derive(Clone, Copy)]
enum Wanted {
    Ts,
    Orig,
    OrigL2,
    Query,
    ServerName,
    Subject,
    Host,
    UserAgent,
    Mac,
    HostName,
    Fqdn,
    Assigned,
    ClientAddr,
    Software,
}

fn wanted(name: &str) -> Option<Wanted> {
    Some(match name {
        "ts" => Wanted::Ts,
        "id.orig_h" => Wanted::Orig,
        "orig_l2_addr" => Wanted::OrigL2,
        "query" => Wanted::Query,
        "server_name" => Wanted::ServerName,
        "subject" => Wanted::Subject,
        "host" => Wanted::Host,
        "user_agent" => Wanted::UserAgent,
        "mac" => Wanted::Mac,
        "host_name" => Wanted::HostName,
        "client_fqdn" => Wanted::Fqdn,
        "assigned_addr" | "assigned_ip" => Wanted::Assigned,
        "client_addr" => Wanted::ClientAddr,
        "client_software" => Wanted::Software,
        _ => return None,
    })
}

/// One row of any log.
#[derive(Default)]
struct Entry<'a> {
    ts: Option<&'a str>,
    client: Client,
    hosts: Vec<&'a str>,
    words: Vec<&'a str>,
}

impl<'a> Entry<'a> {
    fn take(&mut self, field: Wanted, value: &'a str) {
        let own = || Some(value.to_owned());
        match field {
            Wanted::Ts => self.ts = Some(value),
            Wanted::Orig | Wanted::Assigned => self.client.address = own(),
            Wanted::ClientAddr if self.client.address.is_none() => self.client.address = own(),
            Wanted::ClientAddr => {}
            Wanted::OrigL2 | Wanted::Mac => self.client.mac = own(),
            Wanted::HostName => self.client.host = own(),
            Wanted::Fqdn => {
                self.client.host.get_or_insert_with(|| value.to_owned());
            }
            Wanted::Query | Wanted::ServerName | Wanted::Host => self.hosts.push(value),
            // `CN=host,O=...` of the server's certificate.
            Wanted::Subject => {
                let name = value.split(',').find_map(|p| p.trim().strip_prefix("CN="));
                self.hosts.extend(name);
            }
            Wanted::UserAgent | Wanted::Software => self.words.push(value),
        }
    }

    fn emit(
        &self,
        place: &Place,
        traffic: &mut Traffic,
        names: &dyn Names,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let seen = self
            .ts
            .and_then(|ts| traffic::day_of_seconds(ts).or_else(|| traffic::day(ts)));
        for host in &self.hosts {
            traffic.asked(&self.client, host, seen.as_deref(), place, names, sink)?;
        }
        if self.hosts.is_empty() {
            traffic.present(
                &self.client,
                &self.words,
                seen.as_deref(),
                place,
                names,
                sink,
            )?;
        }
        Ok(())
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut columns: Vec<Option<Wanted>> = Vec::new();
    let mut separator = '\t';
    traffic::lines(source, sink, |line, place, traffic, names, sink| {
        if line.starts_with('{') {
            let Ok(Value::Object(object)) = serde_json::from_str::<Value>(line) else {
                traffic.cut(place, sink);
                return Ok(());
            };
            let ts = object.get("ts").map(|v| match v {
                Value::String(s) => s.clone(),
                other => other.to_string(),
            });
            let mut entry = Entry::default();
            for (name, value) in &object {
                if let (Some(field), Some(text)) = (wanted(name), value.as_str()) {
                    entry.take(field, text);
                }
            }
            entry.ts = ts.as_deref();
            return entry.emit(place, traffic, names, sink);
        }
        if let Some(rest) = line.strip_prefix("#separator ") {
            separator = match rest.trim() {
                "," | "\\x2c" => ',',
                "\\x20" => ' ',
                "\\x3b" | ";" => ';',
                "\\x7c" | "|" => '|',
                _ => '\t',
            };
        } else if let Some(rest) = line.strip_prefix("#fields") {
            columns = rest
                .trim_start_matches(separator)
                .split(separator)
                .take(512)
                .map(wanted)
                .collect();
        } else if !line.starts_with('#') {
            let mut entry = Entry::default();
            for (field, value) in columns.iter().zip(line.split(separator)) {
                if let Some(field) = field
                    && !matches!(value, "-" | "(empty)" | "")
                {
                    entry.take(*field, value);
                }
            }
            return entry.emit(place, traffic, names, sink);
        }
        Ok(())
    })
}
