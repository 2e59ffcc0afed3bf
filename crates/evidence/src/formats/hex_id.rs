//! Hexadecimal identifiers of USB and PCI as the listings write them.

/// Exactly four hexadecimal digits, `0x` allowed in front, in lower case.
pub(crate) fn four(text: &str) -> Option<String> {
    let digits = bare(text);
    (digits.len() == 4).then(|| padded(digits, 4)).flatten()
}

/// One to four hexadecimal digits (`125` in a uevent's `PRODUCT=2c7c/125/318`), padded to four.
pub(crate) fn up_to_four(text: &str) -> Option<String> {
    let digits = bare(text);
    (1..=4)
        .contains(&digits.len())
        .then(|| padded(digits, 4))
        .flatten()
}

/// One or two hexadecimal digits, padded to two.
pub(crate) fn byte(text: &str) -> Option<String> {
    let digits = bare(text);
    (1..=2)
        .contains(&digits.len())
        .then(|| padded(digits, 2))
        .flatten()
}

/// `2c7c:0125`, alone.
pub(crate) fn pair(text: &str) -> Option<String> {
    let (pair, rest) = leading_pair(text.trim())?;
    rest.is_empty().then_some(pair)
}

/// `2c7c:0125` at the start, and what follows it. A digit or letter right after is refused: the
/// number would be longer than an id.
pub(crate) fn leading_pair(text: &str) -> Option<(String, &str)> {
    let pair = text.get(..9)?;
    let (first, second) = pair.split_once(':')?;
    if first.len() != 4 {
        return None;
    }
    let id = format!("{}:{}", padded(first, 4)?, padded(second, 4)?);
    let rest = text.get(9..).unwrap_or_default();
    (!rest.starts_with(|c: char| c.is_alphanumeric() || c == ':')).then_some((id, rest))
}

/// A class of three bytes, `cc/ss/pp`.
pub(crate) fn class(class: &str, sub: &str, protocol: &str) -> Option<String> {
    Some(format!(
        "{}/{}/{}",
        byte(class)?,
        byte(sub)?,
        byte(protocol)?
    ))
}

fn bare(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))
        .unwrap_or(text)
}

fn padded(digits: &str, width: usize) -> Option<String> {
    digits
        .bytes()
        .all(|b| b.is_ascii_hexdigit())
        .then(|| format!("{:0>width$}", digits.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        assert_eq!(four("0x2C7C").as_deref(), Some("2c7c"));
        assert_eq!(four("125"), None);
        assert_eq!(up_to_four("125").as_deref(), Some("0125"));
        assert_eq!(up_to_four(""), None);
        assert_eq!(pair("2C7C:0125").as_deref(), Some("2c7c:0125"));
        assert_eq!(pair("2c7c:01256"), None);
        assert_eq!(
            leading_pair("1bc7:1201 Telit"),
            Some(("1bc7:1201".to_owned(), " Telit"))
        );
        assert_eq!(leading_pair("1bc7:12"), None);
        assert_eq!(leading_pair("é1bc7:120"), None);
        assert_eq!(class("ff", "0x30", "0").as_deref(), Some("ff/30/00"));
    }
}
