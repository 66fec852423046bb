//! New keys, drawn without bias.

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use zeroize::Zeroizing;

use crate::SecretText;

/// Draws a key of `length` characters, or of as many as the format usually has.
///
/// Every text of the format's shape is equally likely, as far as `random` fills its buffer evenly.
pub fn generate(
    format: Format,
    length: Option<usize>,
    random: &mut dyn FnMut(&mut [u8]),
) -> Result<SecretText, BadLength> {
    let shape = format.shape();
    let length = shape.check(length.unwrap_or(shape.length))?;
    Ok(shape.draw(length, random))
}

/// Draws a key as every new key of a ring is drawn: the usual format at its usual length.
pub fn key(random: &mut dyn FnMut(&mut [u8])) -> SecretText {
    let shape = Format::default().shape();
    shape.draw(shape.length, random)
}

/// How a key looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// 64 letters and digits, which every reader of a .env file passes on unchanged.
    #[default]
    Alnum,
    /// 50 characters of the alphabet of Django's `get_random_secret_key`.
    Django,
    /// 64 characters, as `openssl rand -base64 48` writes them.
    Base64,
    /// 64 characters, as Python's `secrets.token_urlsafe(48)` writes them.
    Urlsafe,
    /// 64 hexadecimal digits in lower case.
    Hex,
    /// 50 characters, ten or more of them punctuation, as .NET's `Membership.GeneratePassword(50, 10)` writes them.
    Powershell,
}

impl Format {
    /// Each format and its name.
    pub const ALL: [(&'static str, Self); 6] = [
        ("alnum", Self::Alnum),
        ("django", Self::Django),
        ("base64", Self::Base64),
        ("urlsafe", Self::Urlsafe),
        ("hex", Self::Hex),
        ("powershell", Self::Powershell),
    ];

    fn shape(self) -> Shape {
        let any = |_: &str| true;
        match self {
            Self::Alnum => Shape { alphabet: ALNUM, length: 64, unit: 1, qualifies: any },
            Self::Django => Shape { alphabet: DJANGO, length: 50, unit: 1, qualifies: any },
            Self::Base64 => Shape { alphabet: BASE64, length: 64, unit: 4, qualifies: any },
            Self::Urlsafe => Shape { alphabet: URLSAFE, length: 64, unit: 4, qualifies: any },
            Self::Hex => Shape { alphabet: HEX, length: 64, unit: 2, qualifies: any },
            Self::Powershell => {
                Shape { alphabet: POWERSHELL, length: 50, unit: 1, qualifies: like_generate_password }
            }
        }
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        let named = Self::ALL.into_iter().find(|(name, _)| *name == text);
        named.map(|(_, format)| format).ok_or(UnknownFormat)
    }
}

/// A text names no [`Format`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownFormat;

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the formats are ")?;
        for (at, (name, _)) in Format::ALL.iter().enumerate() {
            write!(f, "{}{name}", if at == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl core::error::Error for UnknownFormat {}

/// Why a key cannot have the length that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadLength {
    /// Under [`SHORTEST`].
    TooShort(usize),
    /// Over [`LONGEST`].
    TooLong(usize),
    /// The format is written in groups of so many characters.
    NotWhole(usize, usize),
}

/// Django warns about a key under 50 characters (`security.W009`).
pub const SHORTEST: usize = 50;

/// Longer keys are no stronger: HMAC hashes them first, and environments and command shells have limits of their own.
pub const LONGEST: usize = 1024;

impl fmt::Display for BadLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort(length) => write!(
                f,
                "a key of {length} characters is too short: Django warns under {SHORTEST} (security.W009)"
            ),
            Self::TooLong(length) => {
                write!(
                    f,
                    "a key of {length} characters is longer than any key needs to be: the limit is {LONGEST}"
                )
            }
            Self::NotWhole(length, unit) => {
                write!(
                    f,
                    "{length} characters are not whole in this format: its lengths are multiples of {unit}"
                )
            }
        }
    }
}

impl core::error::Error for BadLength {}

struct Shape {
    alphabet: &'static [u8],
    length: usize,
    /// A text of another length could not be decoded.
    unit: usize,
    qualifies: fn(&str) -> bool,
}

impl Shape {
    fn check(&self, length: usize) -> Result<usize, BadLength> {
        match length {
            0..SHORTEST => Err(BadLength::TooShort(length)),
            SHORTEST..=LONGEST if length.is_multiple_of(self.unit) => Ok(length),
            SHORTEST..=LONGEST => Err(BadLength::NotWhole(length, self.unit)),
            _ => Err(BadLength::TooLong(length)),
        }
    }

    fn draw(&self, length: usize, random: &mut dyn FnMut(&mut [u8])) -> SecretText {
        let mut bytes = Bytes { random, buffer: Zeroizing::new([0; 64]), used: 64 };
        loop {
            let mut text = bytes.draw(self.alphabet, length);
            // A text that does not qualify is drawn anew as a whole: mending it would make some texts likelier.
            if (self.qualifies)(&text) {
                return SecretText::new(core::mem::take(&mut *text));
            }
        }
    }
}

/// Random bytes, fetched by the buffer and wiped at the end.
struct Bytes<'a> {
    random: &'a mut dyn FnMut(&mut [u8]),
    buffer: Zeroizing<[u8; 64]>,
    used: usize,
}

impl Bytes<'_> {
    fn draw(&mut self, alphabet: &[u8], length: usize) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(length));
        for _ in 0..length {
            text.push(char::from(self.pick(alphabet)));
        }
        text
    }

    /// One character. The bytes left over where 256 is no multiple of the alphabet are thrown away: folded back, they
    /// would favour the alphabet's first characters.
    fn pick(&mut self, alphabet: &[u8]) -> u8 {
        let fair = 256 - 256 % alphabet.len();
        loop {
            let byte = usize::from(self.next());
            if byte < fair {
                return alphabet[byte % alphabet.len()];
            }
        }
    }

    fn next(&mut self) -> u8 {
        if self.used == self.buffer.len() {
            (self.random)(&mut *self.buffer);
            self.used = 0;
        }
        self.used += 1;
        self.buffer[self.used - 1]
    }
}

/// What `Membership.GeneratePassword(…, 10)` gives out: ten or more are punctuation, and nothing looks like the start of
/// an HTML character reference. (Of what .NET's `CrossSiteScriptingValidation` refuses, `<` is not in the alphabet.)
fn like_generate_password(text: &str) -> bool {
    let punctuation = text.bytes().filter(|b| !b.is_ascii_alphanumeric()).count();
    punctuation >= 10 && !text.contains("&#")
}

const ALNUM: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const DJANGO: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URLSAFE: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const HEX: &[u8] = b"0123456789abcdef";
const POWERSHELL: &[u8] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!@#$%^&*()_-+=[{]};:>|./?";

#[cfg(test)]
mod tests;
