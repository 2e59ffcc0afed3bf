//! Shape of the numbers that identify modules and SIMs. Whether a well-shaped number is a placeholder
//! or a test number is judged in `identify`.
//!
//! Structure: 3GPP TS 23.003 (IMEI = TAC 8 + SNR 6 + check digit; IMEISV = TAC 8 + SNR 6 + SVN 2);
//! ITU-T E.118 (ICCID, up to 19 digits and a Luhn digit).

/// True if the digits, check digit last, satisfy the Luhn formula. False for anything but digits.
pub fn luhn(digits: &[u8]) -> bool {
    let mut sum = 0u32;
    for (i, d) in digits.iter().rev().enumerate() {
        if !d.is_ascii_digit() {
            return false;
        }
        let mut v = u32::from(d - b'0');
        if i % 2 == 1 {
            v *= 2;
            if v > 9 {
                v -= 9;
            }
        }
        sum += v;
    }
    !digits.is_empty() && sum.is_multiple_of(10)
}

/// An IMEI as read from a cell or a modem's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Imei {
    /// TAC and serial number: the 14 digits that identify.
    pub stem: [u8; 14],
    /// How it was written.
    pub form: ImeiForm,
}

/// How an IMEI was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImeiForm {
    /// 15 digits, check digit right.
    Checked,
    /// 15 digits, check digit wrong.
    BadCheck,
    /// 14 digits, no check digit.
    Bare,
    /// 16 digits: IMEISV.
    WithSoftwareVersion,
    /// A leading zero lost by a spreadsheet, put back because the check digit then is right.
    Repaired,
}

impl Imei {
    /// Reads an IMEI from text that holds it alone; spaces, dashes, slashes, dots, quotes and a
    /// leading apostrophe or `=` are ignored. `None` if it is not 14 to 16 digits (or 14 digits that
    /// are a 15-digit IMEI with a lost zero, which only a right check digit proves).
    pub fn parse(text: &str) -> Option<Self> {
        let mut digits = [0u8; 16];
        let mut n = 0usize;
        for b in text.trim().bytes() {
            match b {
                b'0'..=b'9' => {
                    *digits.get_mut(n)? = b;
                    n += 1;
                }
                b' ' | b'-' | b'/' | b'.' | b'"' | b'\'' | b'=' => {}
                _ => return None,
            }
        }
        let take = |from: &[u8]| -> Option<[u8; 14]> { from.get(..14)?.try_into().ok() };
        match n {
            16 => Some(Self {
                stem: take(&digits)?,
                form: ImeiForm::WithSoftwareVersion,
            }),
            15 => {
                let form = if luhn(digits.get(..15)?) {
                    ImeiForm::Checked
                } else {
                    ImeiForm::BadCheck
                };
                Some(Self {
                    stem: take(&digits)?,
                    form,
                })
            }
            14 => {
                let mut padded = [b'0'; 15];
                padded.get_mut(1..)?.copy_from_slice(digits.get(..14)?);
                // RBI 01 is the common case in which a spreadsheet eats the zero.
                if padded.get(1) == Some(&b'1') && luhn(&padded) {
                    return Some(Self {
                        stem: take(&padded)?,
                        form: ImeiForm::Repaired,
                    });
                }
                Some(Self {
                    stem: take(&digits)?,
                    form: ImeiForm::Bare,
                })
            }
            _ => None,
        }
    }

    /// The 14 identifying digits.
    pub fn digits(&self) -> &str {
        std::str::from_utf8(&self.stem).unwrap_or_default()
    }

    /// The first eight digits.
    pub fn tac(&self) -> &str {
        self.digits().get(..8).unwrap_or_default()
    }
}

/// Digits of an ICCID without its check digit, for comparison: 18 or 19 digits, starting `89`.
/// `None` if the text is not an ICCID. A trailing `F` filler is ignored.
pub fn iccid_stem(text: &str) -> Option<String> {
    let digits: String = text
        .trim()
        .trim_end_matches(['f', 'F'])
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '"' | '\''))
        .collect();
    if !(18..=20).contains(&digits.len())
        || !digits.bytes().all(|b| b.is_ascii_digit())
        || !digits.starts_with("89")
    {
        return None;
    }
    let checked = digits.len() >= 19 && luhn(digits.as_bytes());
    let keep = if checked {
        digits.len() - 1
    } else {
        digits.len()
    };
    digits.get(..keep).map(str::to_owned)
}

/// A MAC address as six lower-case hex pairs with colons; `None` if the text is not one.
pub fn mac(text: &str) -> Option<String> {
    let hex: Vec<u8> = text
        .trim()
        .bytes()
        .filter(|b| !matches!(b, b':' | b'-' | b'.'))
        .map(|b| b.to_ascii_lowercase())
        .collect();
    if hex.len() != 12 || !hex.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let pairs: Vec<String> = hex
        .chunks(2)
        .map(|p| p.iter().map(|b| char::from(*b)).collect())
        .collect();
    Some(pairs.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imei_forms() {
        // 490154203237518 is the worked example of 3GPP TS 23.003.
        let checked = Imei::parse("49-015420-323751-8").unwrap();
        assert_eq!(checked.form, ImeiForm::Checked);
        assert_eq!(checked.tac(), "49015420");
        assert_eq!(
            Imei::parse("490154203237517").unwrap().form,
            ImeiForm::BadCheck
        );
        assert_eq!(
            Imei::parse("4901542032375100").unwrap().form,
            ImeiForm::WithSoftwareVersion
        );
        assert_eq!(Imei::parse("49015420323751").unwrap().form, ImeiForm::Bare);
        assert_eq!(Imei::parse("8.67E+14"), None);
        assert_eq!(Imei::parse("N/A"), None);
    }

    #[test]
    fn lost_zero_only_with_a_right_check_digit() {
        assert!(luhn(b"012813000000002"));
        assert_eq!(
            Imei::parse("12813000000002").unwrap().form,
            ImeiForm::Repaired
        );
        assert_eq!(Imei::parse("12813000000002").unwrap().tac(), "01281300");
        assert_eq!(Imei::parse("12813000000003").unwrap().form, ImeiForm::Bare);
    }

    #[test]
    fn iccid_with_and_without_check_digit_compare_equal() {
        // 8991101200003204514 is made up, with a right check digit.
        assert!(luhn(b"8991101200003204514"));
        assert_eq!(
            iccid_stem("8991101200003204514"),
            iccid_stem("899110120000320451")
        );
        assert_eq!(iccid_stem("1234"), None);
    }
}
