//! `docker run --env-file`: everything behind the `=` is the value, quotes too.

use zeroize::Zeroizing;

use super::{Export, Format, Text, Unfit};

pub(super) const FORMAT: Format = Format { name: "docker", reader: "docker run --env-file", write };

fn write(export: &Export) -> Result<Text, Unfit> {
    export.lines(|variable| {
        variable.must_be_one_line()?;
        Ok(Zeroizing::new(format!("{}={}", variable.name, *variable.value)))
    })
}
