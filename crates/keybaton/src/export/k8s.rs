//! The manifest of a Kubernetes Secret.

use zeroize::Zeroizing;

use super::{Export, Format, Text, Unfit};

pub(super) const FORMAT: Format =
    Format { name: "k8s", reader: "kubectl apply -f -, as the Secret django", write };

fn write(export: &Export) -> Result<Text, Unfit> {
    let lines = export
        .lines(|variable| Ok(Zeroizing::new(format!("  {}: {}", variable.name, *variable.as_json()))))?;
    Ok(Zeroizing::new(format!("{HEAD}{}", *lines)))
}

const HEAD: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: django\ntype: Opaque\nstringData:\n";
