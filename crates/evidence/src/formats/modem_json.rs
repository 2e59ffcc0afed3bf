//! JSON of the modem pages of OpenWrt (3ginfo-lite, modemdata, modemband, QModem and relatives) and of
//! the network devices of NetCloud Manager. Keys differ from one to the next and meaning does not. Cut and
//! concatenated values are read as far as they go.
//!
//! Lists of a plant's devices (Enphase) name a cellular modem of nobody's by its type: `CellularModem`.
//!
//! Cellular lists of Cisco's SD-WAN Manager (developer.cisco.com, SD-WAN API: modem list, hardware list, EioLTE
//! hardware) give one modem a row, with the name of its gateway.

use crate::json::{self, Scalar};
use crate::modem::{Modem, imei_digits, stated};
use crate::observation::{Clue, KeyKind, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "modem-json",
    title: "JSON of modem pages: OpenWrt (3ginfo, modemdata, modemband, QModem), NetCloud, Cisco SD-WAN Manager; FortiOS, UniFi, uqmi; devices of an Enphase plant",
    made_by: "/usr/share/3ginfo-lite/3ginfo.sh; ubus call modemdata ...; ubus call qmodem ...; /dataservice/device/cellular/...; devices of the Enlighten API",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Maker,
    Model,
    Revision,
    Hardware,
    Imei,
    Iccid,
    Port,
    Id,
    Registration,
    Operator,
    Signal,
    Driver,
    /// Name of the gateway the modem is in.
    Host,
}

fn field(key: &str) -> Option<Field> {
    let key: String = key
        .chars()
        .filter(|c| !matches!(c, '_' | '-' | ' '))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    Some(match key.as_str() {
        "vendor" | "manufacturer" | "maker" | "modemmanufacturer" | "modemvendor" => Field::Maker,
        "product"
        | "model"
        | "modem"
        | "modemmodel"
        | "modemname"
        | "device"
        | "devicemodel"
        | "modemtype"
        | "mfgmodel"
        | "mfgproduct"
        | "modelid"
        | "cellulardevicemodel" => Field::Model,
        "revision"
        | "firmware"
        | "fwversion"
        | "firmwareversion"
        | "modemfirmware"
        | "modemrevision"
        | "fw"
        | "modemver"
        | "modemfw"
        | "cellularfirmwareversion" => Field::Revision,
        "hardwareversion" | "cellularhardwareversion" | "hwversion" | "hardwarerevision" => {
            Field::Hardware
        }
        "imei" | "modemimei" | "cellularimei" | "lteimei" => Field::Imei,
        "iccid" | "simiccid" | "cellulariccid" | "lteiccid" => Field::Iccid,
        "cport" | "atport" | "port" | "comport" | "modemport" | "path" | "modempath"
        | "devpath" => Field::Port,
        "vidpid" | "usbid" | "usbvidpid" => Field::Id,
        "registration" | "reg" | "registrationstatus" | "registrationstate" => Field::Registration,
        "operatorname" | "operator" | "operatormcc" | "cops" | "isp" | "provider"
        | "networktype" | "networkmode" => Field::Operator,
        "csq" | "rsrp" | "rssi" | "signal" | "csqper" | "sinr" => Field::Signal,
        "protocol" | "driver" | "modemdriver" => Field::Driver,
        "vdevicehostname" => Field::Host,
        _ => return None,
    })
}

fn sniff(head: &Head<'_>) -> u8 {
    let start = head
        .lines()
        .map(str::trim_start)
        // A piece cut out of a page begins with a name.
        .find(|l| {
            l.starts_with(['{', '[']) || l.starts_with('"') && l.trim_end().ends_with(['{', '['])
        });
    if start.is_none() || !head.text.contains('"') {
        return 0;
    }
    if head.text.contains("ModemManager1/Modem") {
        return 0;
    }
    let mut seen = Vec::new();
    let mut keys = Vec::new();
    let (mut page_of_qmodem, mut listed, mut ready) = (false, false, false);
    json::walk(head.text, |s| {
        listed |= is_listed_modem(s);
        ready |= runs(s);
        page_of_qmodem |= s.path.iter().any(|p| p == "modem_info");
        let key = if s.key == "key" { s.value } else { s.key };
        if let Some(f) = field(key)
            && !seen.contains(&f)
        {
            seen.push(f);
        }
        if keys.len() < 400 {
            keys.push(key.to_ascii_lowercase());
        }
    });
    if page_of_qmodem {
        return 90;
    }
    if listed {
        return 82;
    }
    let all = |names: &[&str]| names.iter().all(|n| keys.iter().any(|k| k == n));
    // A device of UniFi's for LTE as a way out, and `uqmi --get-system-info`.
    if ready
        && (all(&["lte_state", "lte_failover_mode"])
            || all(&["service_status", "true_service_status"]))
    {
        return 82;
    }
    let has = |f: Field| seen.contains(&f);
    let named = |n: &str| keys.iter().any(|k| k == n);
    let page = named("cport")
        || named("mtemp")
        || named("operator_mcc")
        || named("csq")
        || named("conn_time_sec")
        || named("at_port")
        || named("conn_uptime_seconds")
        || named("lte_category")
        // FortiOS: /api/v2/monitor/system/lte-modem/status
        || (named("billing_date") && named("data_limit"))
        || named("modem_info");
    let identity = has(Field::Maker) && has(Field::Model) && has(Field::Revision);
    if is_sdwan(&keys) && has(Field::Model) && has(Field::Revision) {
        return 93;
    }
    // Network devices of NetCloud Manager, also where a SIM stands with them.
    if named("mfg_model") && named("mfg_product") {
        93
    } else if has(Field::Model) && page && seen.len() >= 3 {
        90
    } else if identity && (has(Field::Imei) || named("imsi") || page)
        || all(&["billing_date", "data_limit", "manufacturer", "model"])
    {
        86
    } else if page && has(Field::Maker) && has(Field::Revision) && has(Field::Imei)
        || named("csq") && has(Field::Registration)
    {
        84
    } else if (identity || has(Field::Model)) && named("imei") && has(Field::Signal) {
        60
    } else {
        0
    }
}

/// `"type": "CellularModem"` beside the devices of a plant.
fn is_listed_modem(s: &Scalar<'_>) -> bool {
    s.key == "type" && s.value == "CellularModem"
}

/// A state that only a running modem has, of those that no name goes with: `lte_state` of UniFi's devices,
/// `service_status` of a radio technology in what `uqmi` prints.
fn runs(s: &Scalar<'_>) -> bool {
    match s.key {
        "lte_state" => matches!(s.value, "ready" | "connected" | "registered"),
        "service_status" => {
            s.value == "available"
                && s.path
                    .iter()
                    .any(|p| matches!(p.as_str(), "gsm" | "wcdma" | "lte" | "5gnr"))
        }
        _ => false,
    }
}

/// True of the keys of a cellular list of SD-WAN Manager, in lower case.
fn is_sdwan(keys: &[String]) -> bool {
    let named = |n: &str| keys.iter().any(|k| k == n);
    named("modem-status") && (named("if-name") || named("cellular-interface-name"))
        || named("cellular-interface") && named("cellular-device-model")
}

/// A value that tells one modem from another.
struct Stated {
    field: Field,
    key: String,
    document: u64,
    /// Its letters and digits.
    squeezed: String,
}

struct Page {
    modem: Modem,
    /// The value last stated of those fields that tell one modem from another, and where.
    stated: Vec<Stated>,
    units: u64,
    /// Key of a `{"key": .., "value": ..}` pair of QModem.
    pair: Option<String>,
    host: Option<String>,
    /// Rows are modems; the number of the row that is read.
    row: Option<u64>,
}

impl Page {
    fn scalar(&mut self, s: &Scalar<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
        if let Some(row) = self.row
            && row != s.object
        {
            self.row = Some(s.object);
            self.end(sink)?;
        }
        let mut key = s.key;
        let pair;
        if is_listed_modem(s) {
            self.end(sink)?;
            self.modem.say(
                Clue::CellularInterface,
                "listed as a cellular modem",
                &Place::Line(s.line),
            );
            return self.end(sink);
        }
        if runs(s) {
            self.modem.say(
                Clue::CellularInterface,
                &format!("{} {}", s.key, s.value),
                &Place::Line(s.line),
            );
            return Ok(());
        }
        match s.key {
            "key" => {
                self.pair = Some(s.value.to_owned());
                return Ok(());
            }
            "value" => {
                let Some(k) = self.pair.take() else {
                    return Ok(());
                };
                // QModem calls the model the name.
                pair = if k == "name" { "model".to_owned() } else { k };
                key = &pair;
            }
            _ => {}
        }
        let Some(mut field) = field(key) else {
            return Ok(());
        };
        let Some(value) = stated(s.value) else {
            return Ok(());
        };
        if field == Field::Model && value.starts_with('/') {
            field = Field::Port;
        }
        let place = Place::Line(s.line);
        if matches!(
            field,
            Field::Maker | Field::Model | Field::Imei | Field::Port
        ) {
            let value = if field == Field::Imei {
                let Some(digits) = imei_digits(value) else {
                    return Ok(());
                };
                digits
            } else {
                value.to_owned()
            };
            let squeezed: String = value
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|c| c.to_ascii_lowercase())
                .collect();
            // One page may give a thing twice under two keys; under one key, or in another page, a
            // value that has nothing in common with the last one is another modem's.
            let other = self.stated.iter().any(|k| {
                k.field == field
                    && (k.key == key || k.document != s.document)
                    && !k.squeezed.contains(&squeezed)
                    && !squeezed.contains(&k.squeezed)
            });
            if other {
                self.end(sink)?;
            }
            if self.stated.len() < 64 {
                self.stated.push(Stated {
                    field,
                    key: key.to_owned(),
                    document: s.document,
                    squeezed,
                });
            }
        }
        let m = &mut self.modem;
        match field {
            Field::Maker => m.say(Clue::ModemManufacturer, value, &place),
            Field::Model => m.say(Clue::ModemModel, value, &place),
            Field::Revision => m.say(Clue::ModemRevision, value, &place),
            Field::Hardware => m.say(Clue::HardwareRevision, value, &place),
            Field::Imei => {
                m.imei(value, &place);
            }
            Field::Iccid => m.iccid(value, &place),
            Field::Port => {
                if value.starts_with('/') {
                    m.port_path(value);
                }
            }
            Field::Id => {
                let hex: String = value.chars().filter(char::is_ascii_hexdigit).collect();
                if let (8, Some(vid), Some(pid)) = (hex.len(), hex.get(..4), hex.get(4..)) {
                    m.say(
                        Clue::UsbId,
                        &format!("{vid}:{pid}").to_ascii_lowercase(),
                        &place,
                    );
                }
            }
            Field::Registration => {
                // 1 and 5 of AT+CREG: registered at home, registered roaming.
                if matches!(value, "1" | "5")
                    || value.to_ascii_lowercase().starts_with("registered")
                {
                    m.say(Clue::CellularInterface, "registered", &place);
                }
            }
            Field::Operator => {
                if value != "0" && m.first(Clue::CellularInterface).is_none() {
                    m.say(Clue::CellularInterface, "network reported", &place);
                }
            }
            Field::Signal => {
                let level = value.trim_end_matches(|c: char| !c.is_ascii_digit());
                if !matches!(level, "" | "0" | "99") && m.first(Clue::CellularInterface).is_none() {
                    m.say(Clue::CellularInterface, "signal reported", &place);
                }
            }
            Field::Host => m.key(KeyKind::Host, value),
            Field::Driver => {
                if value.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') && value.contains('_')
                {
                    m.say(Clue::Driver, value, &place);
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.stated.clear();
        if let Some(host) = &self.host {
            self.modem.key(KeyKind::Host, host);
        }
        self.modem.finish(&mut self.units, sink)
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let bytes = source.whole()?;
    let Some(text) = text::decode(&bytes) else {
        return Err(ReadError::Malformed {
            format: "modem-json",
            message: "it is not text".to_owned(),
        });
    };
    let mut page = Page {
        modem: Modem::new(Stance::Observed),
        stated: Vec::new(),
        units: 0,
        pair: None,
        host: None,
        row: None,
    };
    let mut keys = Vec::new();
    json::walk(&text, |s| {
        if keys.len() < 400 {
            keys.push(s.key.to_ascii_lowercase());
        }
    });
    if is_sdwan(&keys) {
        page.row = Some(0);
    }
    if let Some(host) = text
        .lines()
        .take(20)
        .find_map(crate::modem::prompt)
        .map(|p| p.0)
        && crate::modem::names_a_machine(host)
    {
        page.host = Some(host.to_owned());
    }
    let mut failed = None;
    let end = json::walk(&text, |s| {
        if failed.is_none()
            && let Err(e) = page.scalar(s, sink)
        {
            failed = Some(e);
        }
    });
    if let Some(e) = failed {
        return Err(e);
    }
    page.end(sink)?;
    if let json::End::Cut(line) = end {
        sink.problem(Problem::lost(
            "json-cut",
            Place::Line(line),
            "the JSON ends before it is complete; what was before is read",
        ));
    }
    Ok(())
}
