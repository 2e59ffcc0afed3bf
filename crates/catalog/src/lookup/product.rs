//! Products and what may be inside.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Catalog, Lazy, squeezed};
use crate::meaning::{Meaning, Possible};
use crate::model::{Confidence, IdKind, Inside, Product, Raw};
use crate::starts::{starts, tightened};

/// Longest model name looked at, in bytes.
const LONGEST: usize = 160;

/// One product with its expressions.
#[derive(Debug)]
struct Known {
    file: usize,
    at: usize,
    /// How its names begin, without spaces and hyphens; empty: not known.
    starts: Vec<String>,
    /// Over the name without spaces and hyphens.
    pattern: Lazy,
    /// Order codes, for each `inside`.
    codes: Vec<Option<Lazy>>,
}

/// Products in file order.
#[derive(Debug, Default)]
pub(crate) struct Products {
    known: Vec<Known>,
    /// Squeezed product maker names to file, the longest first.
    makers: Vec<(String, usize)>,
    /// The first file of each squeezed maker name.
    first_of: HashMap<String, usize>,
    /// The same names in alphabetical order.
    sorted: Vec<(String, usize)>,
    /// Longest squeezed maker name, in bytes.
    longest: usize,
    /// Shortest squeezed maker name, in characters.
    shortest: usize,
    /// Numbers in `known` of the products of each file.
    of_file: Vec<Vec<usize>>,
    /// Numbers of the products whose names may begin with these two bytes, in lower case.
    beginning: HashMap<[u8; 2], Vec<usize>>,
    /// Numbers of the products of which it is not known how their names begin.
    anyhow: Vec<usize>,
    /// Numbers of the products some of whose contents are tied to an order code.
    coded: Vec<usize>,
    /// How names and order codes begin, in upper case, by their first two bytes in lower case.
    openings: HashMap<[u8; 2], Vec<String>>,
    /// The first two bytes of the makers' squeezed names.
    makers_open: HashSet<[u8; 2]>,
    /// Names and order codes of which it is not known how they begin.
    unopened: Unopened,
}

/// Expressions of which it is not known how their matches begin.
#[derive(Debug, Default)]
enum Unopened {
    /// There are none.
    #[default]
    None,
    /// A text that begins with what they match begins with a match of this.
    Some(Lazy),
    /// Nothing can be said: they look at what stands around a match.
    Any,
}

impl Unopened {
    fn new(patterns: &[String]) -> Self {
        if patterns.is_empty() {
            return Self::None;
        }
        let text = format!("(?:{})", patterns.join(")|(?:"));
        match regex_syntax::parse(&text) {
            Ok(hir) if hir.properties().look_set().is_empty() => {
                Self::Some(Lazy::new(format!("^(?:{text})")))
            }
            _ => Self::Any,
        }
    }

    fn may_begin(&self, text: &str) -> bool {
        match self {
            Self::None => false,
            Self::Some(lazy) => lazy.get().is_none_or(|re| re.is_match(text)),
            Self::Any => true,
        }
    }
}

impl Known {
    /// True if this name, without spaces and hyphens, is one of the product's.
    fn is_called(&self, form: &str) -> bool {
        let begins = self.starts.is_empty()
            || self.starts.iter().any(|s| {
                form.get(..s.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(s))
            });
        begins && self.pattern.get().is_some_and(|re| re.is_match(form))
    }
}

/// The expression without the marks that make it match the whole.
fn inner(pattern: &Lazy) -> &str {
    let text = pattern.text();
    text.strip_prefix("^(?:")
        .and_then(|t| t.strip_suffix(")$"))
        .unwrap_or(text)
}

/// Adds beginnings under their first two bytes.
fn open(openings: &mut HashMap<[u8; 2], Vec<String>>, begin: &[String]) {
    for start in begin {
        if let Some(o) = opening(start) {
            openings.entry(o).or_default().push(start.clone());
        }
    }
}

/// The first two bytes in lower case.
fn opening(text: &str) -> Option<[u8; 2]> {
    match text.as_bytes() {
        [a, b, ..] => Some([a.to_ascii_lowercase(), b.to_ascii_lowercase()]),
        _ => None,
    }
}

impl Products {
    pub(crate) fn new(raw: &Raw) -> Self {
        let mut out = Self::default();
        for ((file, (_, products)), beginnings) in
            raw.products.iter().enumerate().zip(&raw.product_starts)
        {
            for name in std::iter::once(&products.maker).chain(&products.aliases) {
                out.makers.push((squeezed(name), file));
            }
            for ((at, product), begin) in products.product.iter().enumerate().zip(beginnings) {
                let tight = tightened(&product.model);
                out.known.push(Known {
                    file,
                    at,
                    starts: begin.clone(),
                    pattern: Lazy::new(format!("^(?:{tight})$")),
                    codes: product
                        .inside
                        .iter()
                        .map(|i| {
                            i.order_code
                                .as_ref()
                                .map(|c| Lazy::new(format!("^(?:{c})$")))
                        })
                        .collect(),
                });
            }
        }
        out.makers
            .sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        out.index(raw.products.len());
        out
    }

    /// Builds what narrows a look-up down; [`Products::known`] and [`Products::makers`] are complete.
    fn index(&mut self, files: usize) {
        self.longest = self.makers.first().map_or(0, |(name, _)| name.len());
        self.shortest = self
            .makers
            .iter()
            .map(|(name, _)| name.chars().count())
            .min()
            .unwrap_or_default();
        for (name, file) in &self.makers {
            self.first_of.entry(name.clone()).or_insert(*file);
        }
        self.sorted.clone_from(&self.makers);
        self.sorted.sort();
        for (name, _) in &self.makers {
            self.makers_open.extend(opening(name));
        }
        let mut unopened = Vec::new();
        self.of_file = vec![Vec::new(); files];
        for (number, known) in self.known.iter().enumerate() {
            if let Some(list) = self.of_file.get_mut(known.file) {
                list.push(number);
            }
            if known.codes.iter().any(Option::is_some) {
                self.coded.push(number);
            }
            for code in known.codes.iter().flatten() {
                match starts(inner(code)) {
                    Ok(begin) => open(&mut self.openings, &begin),
                    Err(_) => unopened.push(inner(code).to_owned()),
                }
            }
            open(&mut self.openings, &known.starts);
            let openings: Option<BTreeSet<[u8; 2]>> =
                known.starts.iter().map(|s| opening(s)).collect();
            if let Some(openings) = openings.filter(|o| !o.is_empty()) {
                for opening in openings {
                    self.beginning.entry(opening).or_default().push(number);
                }
            } else {
                self.anyhow.push(number);
                unopened.push(inner(&known.pattern).to_owned());
            }
        }
        self.unopened = Unopened::new(&unopened);
    }

    /// Whether a name or an order code, with or without its maker's name before it, may begin this text.
    fn may_begin(&self, text: &str) -> bool {
        let text = tight(text);
        let near = opening(&text)
            .and_then(|o| self.openings.get(&o))
            .is_some_and(|begin| {
                begin.iter().any(|s| {
                    text.get(..s.len())
                        .is_some_and(|head| head.eq_ignore_ascii_case(s))
                })
            });
        if near || self.unopened.may_begin(&text) {
            return true;
        }
        let plain = squeezed(&text);
        (self.shortest < 2 || opening(&plain).is_some_and(|o| self.makers_open.contains(&o)))
            && self.maker_before(&plain).is_some()
    }

    /// Files of the product makers that this squeezed name may stand for, in order.
    fn files_of(&self, maker: &str) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        // The same name, and names continued by this one.
        for (end, _) in maker.char_indices().skip(1).chain([(maker.len(), ' ')]) {
            let head = maker.get(..end).unwrap_or(maker);
            if head.len() > self.longest {
                break;
            }
            if (head.len() > 3 || head.len() == maker.len()) && self.first_of.contains_key(head) {
                found.extend(self.named(head).map(|(_, file)| *file));
            }
        }
        // Names that continue this one.
        if maker.len() > 3 {
            let from = self
                .sorted
                .partition_point(|(name, _)| name.as_str() < maker);
            found.extend(
                self.sorted
                    .iter()
                    .skip(from)
                    .take_while(|(name, _)| name.starts_with(maker))
                    .map(|(_, file)| *file),
            );
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Entries of exactly this name.
    fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a (String, usize)> {
        let from = self
            .sorted
            .partition_point(|(have, _)| have.as_str() < name);
        self.sorted
            .iter()
            .skip(from)
            .take_while(move |(have, _)| have == name)
    }

    /// The longest maker name with which this squeezed text begins and does not end, and its file.
    fn maker_before(&self, plain: &str) -> Option<(usize, usize)> {
        // Most texts begin with no maker: the names from its first two letters on tell.
        let head = plain
            .char_indices()
            .nth(2)
            .map_or(plain, |(at, _)| plain.get(..at).unwrap_or(plain));
        let from = self
            .sorted
            .partition_point(|(name, _)| name.as_str() < head);
        let near = self
            .sorted
            .get(from)
            .is_some_and(|(name, _)| name.starts_with(head));
        if !near && self.shortest > 1 {
            return None;
        }
        let longest = self.longest.min(plain.len().saturating_sub(1));
        (1..=longest).rev().find_map(|end| {
            let head = plain.get(..end)?;
            let file = self.first_of.get(head)?;
            Some((head.chars().count(), *file))
        })
    }

    /// Numbers of the products that may be called one of these, in order.
    fn candidates(&self, forms: &[String], files: Option<&[usize]>) -> Vec<usize> {
        let mut out: Vec<usize> = Vec::new();
        if let Some(files) = files {
            for file in files {
                out.extend(self.of_file.get(*file).into_iter().flatten());
            }
        } else {
            out.extend(&self.anyhow);
            for form in forms {
                let list = opening(form).and_then(|o| self.beginning.get(&o));
                out.extend(list.into_iter().flatten());
            }
            out.sort_unstable();
            out.dedup();
        }
        out
    }
}

fn tight(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, ' ' | '-' | '_' | '\t' | '\u{a0}'))
        .collect()
}

impl Catalog {
    /// For each of these words, whether the name of a product may begin there that is written in at most
    /// so many of them. Where it says no, [`Catalog::product`] knows nothing of the words from there on,
    /// joined by blanks, whoever the maker and whatever the order code. Far cheaper than asking for each.
    pub fn product_beginnings(&self, words: &[&str], most: usize) -> Vec<bool> {
        let mut text = String::new();
        (0..words.len())
            .map(|at| {
                text.clear();
                for word in words.iter().skip(at).take(most) {
                    text.push_str(word);
                }
                self.products.may_begin(&text)
            })
            .collect()
    }

    /// A product: what may be inside. `order_code` and `batch` narrow it where the source ties a
    /// module to them. An open meaning: other modules are possible too, or the cellular part is
    /// optional (then `kind` is `None`); an empty set: the radio is known and its maker is not.
    pub fn product(
        &self,
        maker: Option<&str>,
        model: &str,
        order_code: Option<&str>,
        batch: Option<&str>,
    ) -> Option<Meaning<'_>> {
        let model = model.trim();
        if model.is_empty() || model.len() > LONGEST {
            return None;
        }
        let maker = maker.map(squeezed).filter(|m| !m.is_empty());
        let mut files: Option<Vec<usize>> = None;
        if let Some(maker) = &maker {
            let found = self.products.files_of(maker);
            if found.is_empty() {
                return None;
            }
            files = Some(found);
        }
        let mut forms = vec![tight(model)];
        // The maker's name inside the model: `Teltonika RUT240`.
        let plain = squeezed(model);
        if let Some((mut left, file)) = self.products.maker_before(&plain) {
            let rest: String = model
                .chars()
                .skip_while(|c| {
                    if left > 0 && c.is_alphanumeric() {
                        left -= 1;
                        true
                    } else {
                        left > 0
                    }
                })
                .collect();
            let rest = tight(&rest);
            if !rest.is_empty() {
                forms.push(rest);
                if files.is_none() {
                    files = Some(vec![file]);
                }
            }
        }
        // An order code in place of, or behind, the model: `RUT240 01E000`.
        let mut code = order_code
            .map(str::trim)
            .filter(|c| !c.is_empty())
            .map(str::to_owned);
        let mut hits = self.products_named(&forms, files.as_deref());
        if hits.is_empty()
            && let Some((head, tail)) = model.rsplit_once([' ', '/', ','])
        {
            let mut heads = vec![tight(head)];
            if let Some(last) = forms.get(1) {
                let tail = tight(tail);
                heads.extend(last.strip_suffix(tail.as_str()).map(str::to_owned));
            }
            hits = self.products_named(&heads, files.as_deref());
            if !hits.is_empty() && code.is_none() {
                code = Some(tail.trim().to_owned());
            }
        }
        let coded = hits.is_empty();
        if coded {
            // The order code stands where the model should.
            hits = self.products_coded(&forms, files.as_deref());
            code = code.or_else(|| Some(model.to_owned()));
        }
        let first = hits.first()?.file;
        // Without a product maker, a short name, one that products of several makers share, or one
        // of which the catalogue knows only a few characters (`S3` and anything behind it), tells
        // nothing: mainboards are called X570 Taichi and 775i945GZ.
        if files.is_none() {
            let distinct = forms.iter().any(|form| {
                form.len() >= 5
                    && form.bytes().any(|b| b.is_ascii_digit())
                    && form.bytes().any(|b| b.is_ascii_alphabetic())
            });
            if !distinct || hits.iter().any(|k| k.file != first) {
                return None;
            }
            let alone = |k: &&Known| {
                if coded {
                    k.codes
                        .iter()
                        .flatten()
                        .filter(|c| c.tells_alone())
                        .filter_map(Lazy::get)
                        .any(|re| forms.iter().any(|form| re.is_match(form)))
                } else {
                    k.pattern.tells_alone()
                }
            };
            if !hits.iter().any(alone) {
                return None;
            }
        }
        self.inside(&hits, model, code.as_deref(), batch)
    }

    fn products_named(&self, forms: &[String], files: Option<&[usize]>) -> Vec<&Known> {
        self.products
            .candidates(forms, files)
            .into_iter()
            .filter_map(|number| self.products.known.get(number))
            .filter(|k| forms.iter().any(|form| k.is_called(form)))
            .collect()
    }

    fn products_coded(&self, forms: &[String], files: Option<&[usize]>) -> Vec<&Known> {
        self.products
            .coded
            .iter()
            .filter_map(|number| self.products.known.get(*number))
            .filter(|k| files.is_none_or(|f| f.contains(&k.file)))
            .filter(|k| {
                k.codes.iter().flatten().filter_map(Lazy::get).any(|re| {
                    forms
                        .iter()
                        .any(|form| form.len() >= 6 && re.is_match(form))
                })
            })
            .collect()
    }

    fn inside(
        &self,
        hits: &[&Known],
        model: &str,
        code: Option<&str>,
        batch: Option<&str>,
    ) -> Option<Meaning<'_>> {
        let mut rows: Vec<(&Product, &Inside, Option<&Lazy>)> = Vec::new();
        let mut unknown: Vec<&str> = Vec::new();
        let mut optional = false;
        let mut settled_by = None;
        let mut source = "";
        let mut confidence = Confidence::High;
        let mut product_maker = "";
        let mut category = "";
        for known in hits {
            let (_, file) = self.raw.products.get(known.file)?;
            let product = file.product.get(known.at)?;
            product_maker = &file.maker;
            category = &product.category;
            optional |= product.optional;
            unknown.extend(product.unknown.as_deref());
            settled_by = settled_by.or(product.settled_by.as_deref());
            if source.is_empty() {
                source = &product.source;
            }
            confidence = confidence.min(product.confidence);
            for (inside, code) in product.inside.iter().zip(&known.codes) {
                rows.push((product, inside, code.as_ref()));
            }
        }
        // An order code or batch picks its rows; where none is tied to it, all stay.
        let mut narrowed = false;
        if let Some(code) = code.map(|c| c.trim().to_owned()).filter(|c| !c.is_empty()) {
            let fit = |lazy: Option<&Lazy>| {
                lazy.and_then(Lazy::get)
                    .is_some_and(|re| re.is_match(&code) || re.is_match(&tight(&code)))
            };
            if rows.iter().any(|(_, _, c)| fit(*c)) {
                rows.retain(|(_, _, c)| fit(*c));
                narrowed = true;
            } else if rows.iter().any(|(_, _, c)| c.is_none()) {
                rows.retain(|(_, _, c)| c.is_none());
            }
        }
        if let Some(number) = batch.and_then(batch_number) {
            let fit = |i: &Inside| {
                i.batch_range
                    .is_some_and(|[a, b]| (a..=b).contains(&number))
            };
            if rows.iter().any(|(_, i, _)| fit(i)) {
                rows.retain(|(_, i, _)| fit(i));
                narrowed = true;
            } else if rows.iter().any(|(_, i, _)| i.batch_range.is_none()) {
                rows.retain(|(_, i, _)| i.batch_range.is_none());
            }
        }
        let mut possible: Vec<Possible<'_>> = Vec::new();
        for (_, inside, _) in &rows {
            let found = possible.iter().position(|p| p.maker == inside.maker);
            let at = found.unwrap_or(possible.len());
            if found.is_none() {
                possible.push(Possible {
                    maker: &inside.maker,
                    families: Vec::new(),
                });
            }
            if let Some(have) = possible.get_mut(at) {
                for family in &inside.families {
                    if !have.families.contains(&family.as_str()) {
                        have.families.push(family);
                    }
                }
            }
        }
        // A code that names the maker alone: the families known of him in this product.
        for have in possible.iter_mut().filter(|p| p.families.is_empty()) {
            for known in hits {
                let product = self
                    .raw
                    .products
                    .get(known.file)
                    .and_then(|(_, f)| f.product.get(known.at));
                for inside in product
                    .iter()
                    .flat_map(|p| &p.inside)
                    .filter(|i| i.maker == have.maker)
                {
                    for family in &inside.families {
                        if !have.families.contains(&family.as_str()) {
                            have.families.push(family);
                        }
                    }
                }
            }
        }
        possible.sort();
        if let [(product, inside, _)] = rows.as_slice() {
            source = inside.source.as_deref().unwrap_or(&product.source);
            confidence = product.confidence;
        }
        let open = optional
            || possible.is_empty()
            || confidence == Confidence::Low
            || (!unknown.is_empty() && !narrowed);
        let mut because = if possible.is_empty() {
            format!("{product_maker} {model} has a cellular part; its maker is not known")
        } else {
            format!(
                "{product_maker} {model} is known to contain {}",
                self.listed(&possible)
            )
        };
        if let Some(what) = unknown.first().filter(|_| possible.is_empty()) {
            because.push_str(": ");
            because.push_str(what);
        }
        if optional {
            because.push_str("; the cellular part is optional");
        }
        let end_device = matches!(category, "stick" | "hotspot");
        // A card or stick under another's name: the product maker is its brand.
        let branded = end_device || category == "WWAN card";
        let own = possible.iter().any(|p| {
            self.maker(p.maker).is_some_and(|m| {
                squeezed(product_maker).starts_with(&squeezed(&m.name))
                    || squeezed(product_maker) == m.slug
            })
        });
        Some(Meaning {
            // A product that may hold none does not show that one is there.
            kind: (!optional).then_some(match category {
                "phone" => IdKind::Phone,
                _ if end_device => IdKind::Stick,
                _ => IdKind::Module,
            }),
            open,
            settled_by: settled_by.or((possible.len() > 1 || open)
                .then_some("the order code, the label inside, or the modem's own answers")),
            possible,
            variant: None,
            brand: (branded && !own).then_some(product_maker),
            chipset: None,
            because,
            source,
            confidence,
        })
    }
}

/// The number in a batch as printed: `batch 113`, `#0113`.
fn batch_number(text: &str) -> Option<u32> {
    let digits: String = text
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .take(9)
        .collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Texts of every table that the project has: golden inputs, labelled cases, the sample estate.
    fn texts() -> BTreeSet<String> {
        fn walk(dir: &Path, out: &mut BTreeSet<String>) {
            for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    walk(&path, out);
                } else if let Ok(text) = std::fs::read_to_string(&path) {
                    for cell in text.split([',', ';', '\t', '\n', '|', '"']) {
                        if cell.len() <= LONGEST {
                            out.insert(cell.trim().to_owned());
                        }
                    }
                }
            }
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut out = BTreeSet::new();
        for part in ["crates/evidence/tests/golden", "examples", "tests/cases"] {
            walk(&root.join(part), &mut out);
        }
        out
    }

    /// What the index narrows down, by going through everything.
    fn plainly_files(products: &Products, maker: &str) -> Vec<usize> {
        let mut found: Vec<usize> = products
            .makers
            .iter()
            .filter(|(name, _)| {
                name == maker
                    || (name.len() > 3
                        && (maker.starts_with(name) || maker.len() > 3 && name.starts_with(maker)))
            })
            .map(|(_, file)| *file)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn plainly_before(products: &Products, plain: &str) -> Option<(usize, usize)> {
        products
            .makers
            .iter()
            .find(|(name, _)| plain.len() > name.len() && plain.starts_with(name.as_str()))
            .map(|(name, file)| (name.chars().count(), *file))
    }

    fn plainly_named(
        products: &Products,
        form: &str,
        files: Option<&[usize]>,
    ) -> Vec<(usize, usize)> {
        products
            .known
            .iter()
            .filter(|k| files.is_none_or(|f| f.contains(&k.file)))
            .filter(|k| k.is_called(form))
            .map(|k| (k.file, k.at))
            .collect()
    }

    #[test]
    fn the_index_leaves_nothing_out() {
        let catalog = Catalog::embedded().unwrap();
        let products = &catalog.products;
        let (mut named, mut before, mut makers) = (0, 0, 0);
        let mut texts = texts();
        assert!(texts.len() > 5000, "{}", texts.len());
        texts.extend(products.makers.iter().map(|(name, _)| name.clone()));
        texts.extend(products.known.iter().flat_map(|k| k.starts.iter().cloned()));
        for text in &texts {
            let plain = squeezed(text);
            let files = products.files_of(&plain);
            if !plain.is_empty() {
                assert_eq!(files, plainly_files(products, &plain), "{text}");
            }
            assert_eq!(
                products.maker_before(&plain),
                plainly_before(products, &plain),
                "{text}"
            );
            makers += usize::from(!files.is_empty());
            before += usize::from(products.maker_before(&plain).is_some());
            let form = tight(text);
            for files in [None, Some(files.as_slice())] {
                let found: Vec<(usize, usize)> = catalog
                    .products_named(std::slice::from_ref(&form), files)
                    .iter()
                    .map(|k| (k.file, k.at))
                    .collect();
                assert_eq!(found, plainly_named(products, &form, files), "{text}");
                named += found.len();
            }
        }
        // The texts reach every branch.
        assert!(
            named > 50 && before > 50 && makers > 50,
            "{named} {before} {makers}"
        );
    }

    #[test]
    fn where_no_product_begins_none_is_found() {
        let catalog = Catalog::embedded().unwrap();
        let mut texts = texts();
        texts.extend(catalog.products.known.iter().flat_map(|k| {
            let (_, file) = &catalog.raw.products[k.file];
            k.starts
                .iter()
                .map(|s| format!("router {} {s} 1", file.maker))
        }));
        texts.insert("router, order code AB-H7V3C0-1".to_owned());
        let (mut found, mut ruled_out) = (0, 0);
        for text in &texts {
            let words: Vec<&str> = text.split_whitespace().take(12).collect();
            let begins = catalog.product_beginnings(&words, 4);
            ruled_out += begins.iter().filter(|b| !**b).count();
            for (at, begins) in begins.iter().enumerate() {
                for length in 1..=4.min(words.len() - at) {
                    let model = words[at..at + length].join(" ");
                    for maker in [None, Some("Teltonika"), Some("Lenovo")] {
                        let is = catalog.product(maker, &model, None, None).is_some();
                        found += usize::from(is);
                        assert!(*begins || !is, "{maker:?} {model} in {text}");
                    }
                }
            }
        }
        assert!(found > 100 && ruled_out > 5000, "{found} {ruled_out}");
    }
}
