//! What of a bundle holds. The container is made anew from the manifest and compared block by block;
//! contents are hashed as they pass; the members are compared with each other. Nothing is written, and
//! no more than a manifest and a list of sources is ever held.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use cellsweep_report::model::{Edition, SourceState};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserializer, Serialize};
use sha2::{Digest as _, Sha256};

use crate::archive::{self, BLOCK};
use crate::contents::{EVIDENCE, REPORT};
use crate::evidence::{self, Hashed};
use crate::hex;
use crate::manifest::{self, Head, Manifest};
use crate::signature::{self, PublicKey};

/// Largest report whose inside is compared with the other members, in bytes; of a larger one only the
/// hash is checked.
const LARGEST_REPORT: u64 = 256 << 20;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// A member's name, `container`, `signature` or `members agree`.
    pub name: String,
    /// Whether it holds.
    pub holds: bool,
    /// What holds, or what does not, in one sentence.
    pub says: String,
}

/// Who signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signed {
    /// Nobody: anyone could have made it.
    Not,
    /// The key that the caller named.
    ByGivenKey,
    /// A key that only the bundle itself names.
    ByKeyInBundle,
    /// The signature does not hold, or is another's than the key that the caller named.
    Wrong,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Every byte is as the manifest says, the members agree, and the signature, if any, is right.
    pub whole: bool,
    /// The signature.
    pub signed: Signed,
    /// Number of the signing key as minisign shows it.
    pub key_id: Option<String>,
    /// What the bundle says it is; absent if its manifest does not hold.
    pub head: Option<Head>,
    /// Packs whose text is not inside.
    pub packs_without_text: Vec<String>,
    /// Every part in the order of the bundle.
    pub parts: Vec<Part>,
    /// Hashes of the evidence, for [`evidence::compare`].
    #[serde(skip)]
    pub sources: Vec<Hashed>,
    /// More sources than [`Self::sources`] holds.
    #[serde(skip)]
    pub sources_cut: bool,
}

impl Verification {
    fn add(&mut self, name: &str, result: Result<String, String>) {
        let holds = result.is_ok();
        self.whole &= holds;
        self.parts.push(Part {
            name: name.to_owned(),
            holds,
            says: result.unwrap_or_else(|e| e),
        });
    }
}

/// Why a bundle could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not begin as a bundle.
    #[error("no bundle: it does not begin with the manifest of one")]
    NotABundle,
    /// It could not be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Looks at every byte of a bundle. With a key, the bundle must be signed by it.
///
/// # Errors
/// If it is no bundle at all or could not be read; anything else is in the result.
pub fn verify(input: impl Read, key: Option<&PublicKey>) -> Result<Verification, Error> {
    let mut input = Counting {
        input: BufReader::with_capacity(64 << 10, input),
        short: false,
    };
    let mut out = Verification {
        whole: true,
        signed: Signed::Not,
        key_id: None,
        head: None,
        packs_without_text: Vec::new(),
        parts: Vec::new(),
        sources: Vec::new(),
        sources_cut: false,
    };
    let first = input.block()?;
    let Some(size) = first
        .filter(looks_like_one)
        .map(|b| archive::size_of(&b).unwrap_or(u64::MAX))
    else {
        return Err(Error::NotABundle);
    };
    if size > manifest::MOST {
        out.add(
            manifest::NAME,
            Err("the size that its header names is none of a manifest".to_owned()),
        );
        return Ok(out);
    }
    let mut container = Ok(());
    expect_header(&mut container, first.as_ref(), manifest::NAME, size);
    let mut text = Vec::new();
    (&mut input.input).take(size).read_to_end(&mut text)?;
    input.padding(size, manifest::NAME, &mut container)?;
    let read = String::from_utf8(text)
        .map_err(|_| "is not UTF-8".to_owned())
        .and_then(|text| Ok((Manifest::read(&text)?, text)));
    let (manifest, text) = match read {
        Ok(read) => read,
        Err(e) => {
            out.add(manifest::NAME, Err(format!("does not hold: {e}")));
            return Ok(out);
        }
    };
    out.add(
        manifest::NAME,
        Ok(format!(
            "chain of {} lines holds",
            manifest.packs.len() + manifest.members.len() + 2
        )),
    );
    out.packs_without_text = manifest
        .packs
        .iter()
        .filter(|p| p.member.is_none())
        .map(|p| p.id.clone())
        .collect();

    check_signature(&mut input, &manifest, &text, key, &mut container, &mut out)?;

    let mut agreement = Agreement::default();
    for m in &manifest.members {
        let header = input.block()?;
        expect_header(&mut container, header.as_ref(), &m.name, m.bytes);
        let mut content = Content {
            input: (&mut input.input).take(m.bytes),
            sum: Sha256::new(),
        };
        match m.name.as_str() {
            REPORT if m.bytes <= LARGEST_REPORT => {
                agreement.report = Some(parse_report(&mut content));
            }
            EVIDENCE => {
                let mut sum = Sha256::new();
                let (mut listed, mut bytes, mut cut) = (Vec::new(), 0, false);
                let read = evidence::read(&mut BufReader::new(&mut content), |h: Hashed| {
                    h.add_to(&mut sum);
                    bytes += h.path.len();
                    if listed.len() < evidence::MOST && bytes < evidence::MOST_BYTES {
                        listed.push(h);
                    } else {
                        cut = true;
                    }
                });
                agreement.evidence = Some(read.map(|()| hex(&sum.finalize())));
                out.sources = listed;
                out.sources_cut = cut;
            }
            _ => {}
        }
        io::copy(&mut content, &mut io::sink())?;
        let left = content.input.limit();
        let sum = hex(&content.sum.finalize());
        let result = if left > 0 {
            Err(format!("is cut: {left} bytes are missing"))
        } else if sum == m.sha256 {
            Ok(format!("{} bytes, SHA-256 {}", m.bytes, m.sha256))
        } else {
            Err(format!(
                "is not what was bundled: SHA-256 {sum}, the manifest has {}",
                m.sha256
            ))
        };
        out.add(&m.name, result);
        input.padding(m.bytes, &m.name, &mut container)?;
    }
    let mut end = true;
    for _ in 0..2 {
        end &= input.block()?.is_some_and(|b| b == [0; BLOCK]);
    }
    if !end {
        wrong(&mut container, "does not end with two blocks of zeros");
    } else if !input.input.fill_buf()?.is_empty() {
        wrong(&mut container, "goes on after its end");
    }
    if input.short {
        wrong(&mut container, "is cut");
    }
    out.add(
        "container",
        container.map(|()| "every byte outside the members is as it must be".to_owned()),
    );
    let agreed = agreement.check(&manifest);
    out.add("members agree", agreed);
    out.head = Some(manifest.head);
    Ok(out)
}

/// Whether a first block is the header of a bundle, perhaps a damaged one: one wrong byte leaves either
/// the name or the magic word right.
fn looks_like_one(block: &[u8; BLOCK]) -> bool {
    let name = manifest::NAME.as_bytes();
    block.starts_with(name) && block.get(name.len()) == Some(&0)
        || archive::header(manifest::NAME, 0).is_some_and(|h| {
            let differing = |from: usize, to: usize| {
                let part = |b: &[u8; BLOCK]| b.get(from..to).map(<[u8]>::to_vec);
                part(block)
                    .unwrap_or_default()
                    .iter()
                    .zip(&part(&h).unwrap_or_default())
                    .filter(|(a, b)| a != b)
                    .count()
            };
            differing(0, 124) + differing(257, BLOCK) <= 1
        })
}

fn wrong(container: &mut Result<(), String>, why: &str) {
    // The first one found is said: what follows may be its consequence.
    if container.is_ok() {
        *container = Err(why.to_owned());
    }
}

fn expect_header(
    container: &mut Result<(), String>,
    block: Option<&[u8; BLOCK]>,
    name: &str,
    size: u64,
) {
    if block.is_none() || block != archive::header(name, size).as_ref() {
        wrong(
            container,
            &format!("the header of {name} is not as it must be"),
        );
    }
}

fn check_signature(
    input: &mut Counting<impl Read>,
    manifest: &Manifest,
    text: &str,
    key: Option<&PublicKey>,
    container: &mut Result<(), String>,
    out: &mut Verification,
) -> Result<(), Error> {
    let Some(signer) = &manifest.head.signer else {
        if key.is_some() {
            out.signed = Signed::Wrong;
            out.add(
                "signature",
                Err("there is none, and a key was named that should have signed".to_owned()),
            );
        }
        return Ok(());
    };
    out.signed = Signed::Wrong;
    let header = input.block()?;
    let size = header
        .and_then(|b| archive::size_of(&b))
        .filter(|s| *s <= signature::MOST)
        // A damaged header: the size that such a signature has.
        .unwrap_or_else(|| signature::usual_size(text, &manifest.head));
    expect_header(container, header.as_ref(), signature::NAME, size);
    let mut bytes = Vec::new();
    (&mut input.input).take(size).read_to_end(&mut bytes)?;
    input.padding(size, signature::NAME, container)?;
    let public = match PublicKey::read(signer) {
        Ok(public) if public.text() == *signer => public,
        _ => {
            out.add(
                "signature",
                Err("the signer that the manifest names is no public key".to_owned()),
            );
            return Ok(());
        }
    };
    out.key_id = Some(public.id());
    let result = String::from_utf8(bytes)
        .map_err(|_| "is not UTF-8".to_owned())
        .and_then(|s| public.check(&s, text, &manifest.head));
    let result = match (result, key) {
        (Err(e), _) => Err(e),
        (Ok(()), Some(key)) if *key == public => {
            out.signed = Signed::ByGivenKey;
            Ok(format!("right, by the key given, {}", public.id()))
        }
        (Ok(()), Some(key)) => Err(format!(
            "is by the key {}, not by the key given, {}",
            public.id(),
            key.id()
        )),
        (Ok(()), None) => {
            out.signed = Signed::ByKeyInBundle;
            Ok(format!(
                "right, by the key {} that the bundle itself names; whose key that is, the bundle cannot say",
                public.id()
            ))
        }
    };
    out.add("signature", result);
    Ok(())
}

/// The input, with what is missing remembered.
struct Counting<R> {
    input: BufReader<R>,
    short: bool,
}

impl<R: Read> Counting<R> {
    /// The next block; none if the input ends in it.
    fn block(&mut self) -> io::Result<Option<[u8; BLOCK]>> {
        let mut block = Vec::with_capacity(BLOCK);
        (&mut self.input)
            .take(BLOCK as u64)
            .read_to_end(&mut block)?;
        let whole = <[u8; BLOCK]>::try_from(block).ok();
        self.short |= whole.is_none();
        Ok(whole)
    }

    fn padding(
        &mut self,
        size: u64,
        name: &str,
        container: &mut Result<(), String>,
    ) -> io::Result<()> {
        let expected = archive::padding(size);
        let mut bytes = Vec::with_capacity(expected);
        (&mut self.input)
            .take(expected as u64)
            .read_to_end(&mut bytes)?;
        self.short |= bytes.len() < expected;
        if bytes.iter().any(|b| *b != 0) {
            wrong(
                container,
                &format!("there is something in the padding after {name}"),
            );
        }
        Ok(())
    }
}

/// A member's content, hashed as it passes.
struct Content<R> {
    input: io::Take<R>,
    sum: Sha256,
}

impl<R: Read> Read for Content<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(buffer)?;
        self.sum.update(buffer.get(..n).unwrap_or_default());
        Ok(n)
    }
}

/// What the report says about itself, to be compared with the other members.
#[derive(Default)]
struct Agreement {
    report: Option<Result<Brief, String>>,
    evidence: Option<Result<String, String>>,
}

impl Agreement {
    fn check(self, manifest: &Manifest) -> Result<String, String> {
        let evidence = self
            .evidence
            .ok_or_else(|| format!("there is no {EVIDENCE}"))?
            .map_err(|e| format!("{EVIDENCE}: {e}"))?;
        let report = match self.report {
            Some(report) => report.map_err(|e| format!("{REPORT}: {e}"))?,
            None if manifest.members.iter().any(|m| m.name == REPORT) => {
                return Ok(format!(
                    "{REPORT} is larger than {LARGEST_REPORT} bytes: it was not compared with the others"
                ));
            }
            None => return Err(format!("there is no {REPORT}")),
        };
        let h = &manifest.head;
        let judged: Vec<(&str, &str)> = manifest
            .packs
            .iter()
            .filter(|p| p.used == manifest::Used::Judged)
            .map(|p| (p.id.as_str(), p.digest.as_str()))
            .collect();
        let packs: Vec<(&str, &str)> = report
            .packs
            .iter()
            .map(|p| (p.id.as_deref().unwrap_or_default(), p.digest.as_str()))
            .collect();
        for (what, same) in [
            ("time", report.generated_at == h.generated_at),
            ("date", report.date == h.date),
            ("organisation", report.organisation == h.organisation),
            ("catalogue", report.catalog.as_ref() == Some(&h.catalog)),
            ("packs", packs == judged),
        ] {
            if !same {
                return Err(format!("{REPORT} and the manifest name another {what}"));
            }
        }
        if report.sources != evidence {
            return Err(format!("{REPORT} and {EVIDENCE} name other sources"));
        }
        Ok("report, manifest, packs and list of evidence name the same".to_owned())
    }
}

/// The parts of a report that stand elsewhere in the bundle too; its findings are passed over.
struct Brief {
    generated_at: String,
    date: String,
    organisation: Option<String>,
    catalog: Option<Edition>,
    packs: Vec<Edition>,
    /// Hash over the sources in their order.
    sources: String,
}

fn parse_report(input: &mut impl Read) -> Result<Brief, String> {
    let mut from = serde_json::Deserializer::from_reader(BufReader::new(input));
    let brief = BriefSeed
        .deserialize(&mut from)
        .map_err(|e| format!("is no report: {e}"))?;
    from.end().map_err(|e| format!("is no report: {e}"))?;
    Ok(brief)
}

struct BriefSeed;

impl<'de> DeserializeSeed<'de> for BriefSeed {
    type Value = Brief;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Brief, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for BriefSeed {
    type Value = Brief;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a report")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Brief, A::Error> {
        let mut brief = Brief {
            generated_at: String::new(),
            date: String::new(),
            organisation: None,
            catalog: None,
            packs: Vec::new(),
            sources: String::new(),
        };
        let mut seen = std::collections::BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "generated_at" => brief.generated_at = map.next_value()?,
                "date" => brief.date = map.next_value()?,
                "organisation" => brief.organisation = map.next_value()?,
                "catalog" => brief.catalog = Some(map.next_value()?),
                "packs" => brief.packs = map.next_value_seed(PacksSeed)?,
                "sources" => brief.sources = map.next_value_seed(SourcesSeed)?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            }
            if !seen.insert(name) {
                return Err(serde::de::Error::custom("a field stands there twice"));
            }
        }
        Ok(brief)
    }
}

struct SourcesSeed;

impl<'de> DeserializeSeed<'de> for SourcesSeed {
    type Value = String;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<String, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for SourcesSeed {
    type Value = String;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the sources of a report")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<String, A::Error> {
        let mut sum = Sha256::new();
        while let Some(source) = seq.next_element::<SourceState>()? {
            Hashed::from(source).add_to(&mut sum);
        }
        Ok(hex(&sum.finalize()))
    }
}

/// Most packs that one report is judged by.
const MOST_PACKS: usize = 10_000;

struct PacksSeed;

impl<'de> DeserializeSeed<'de> for PacksSeed {
    type Value = Vec<Edition>;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<Edition>, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for PacksSeed {
    type Value = Vec<Edition>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the packs of a report")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<Edition>, A::Error> {
        let mut packs = Vec::new();
        while let Some(pack) = seq.next_element()? {
            if packs.len() >= MOST_PACKS {
                return Err(serde::de::Error::custom("more packs than a report has"));
            }
            packs.push(pack);
        }
        Ok(packs)
    }
}
