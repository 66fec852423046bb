//! Containers, and what they are given.

use keybaton_core::RingName;

use crate::deploy::facts::{Freeze, Frozen};
use crate::deploy::reader::Reader;
use crate::deploy::reader::command::read_command;
use crate::deploy::reader::value::value;
use crate::deploy::reader::version::Pin;
use crate::deploy::reader::yaml::At;
use crate::deploy::{How, Value};

/// Reads every pod below an object: Deployments, CronJobs and all others have them somewhere.
pub(super) fn read(reader: &mut Reader<'_>, object: At<'_>) {
    let interface = object.text_of("apiVersion").unwrap_or_default();
    let is_cloud_run =
        interface.starts_with("serving.knative.dev/") || interface.starts_with("run.googleapis.com/");
    for pod in object.below() {
        let lists = ["containers", "initContainers"].into_iter().filter_map(|name| pod.get(name));
        for container in lists.flat_map(At::items) {
            read_container(reader, pod, container, is_cloud_run);
        }
    }
}

fn read_container(reader: &mut Reader<'_>, pod: At<'_>, container: At<'_>, is_cloud_run: bool) {
    let mounted = mounted(pod, container);
    for variable in container.get("env").into_iter().flat_map(At::items) {
        let (Some(name), Some(at)) =
            (variable.text_of("name"), variable.get("value").or(variable.get("valueFrom")))
        else {
            continue;
        };
        reader.give(name, at.text().map_or(Value::Reference, value), How::Environment, at.span());
        let Some(secret) = at.get("secretKeyRef").filter(|_| reader.names.ring(name).is_some()) else {
            continue;
        };
        if secret.text_of("name").is_some_and(|name| mounted.contains(&name)) {
            reader.facts.twice.push(at.span());
        }
        let key = secret.get("key").filter(|_| is_cloud_run);
        if let Some((key, pin)) = key.and_then(|key| Some((key, Pin::number(key.text()?, "key: latest")?))) {
            reader.pin(key, &pin);
        }
    }
    for part in ["command", "args"].into_iter().filter_map(|name| container.get(name)) {
        read_command(reader, part, str::to_owned);
    }
    for mount in container.get("volumeMounts").into_iter().flat_map(At::items) {
        sub_path(reader, pod, mount);
    }
}

/// The Secrets that a container has as folders.
fn mounted<'y>(pod: At<'y>, container: At<'y>) -> Vec<&'y str> {
    let mounts = container.get("volumeMounts").into_iter().flat_map(At::items);
    let volumes = mounts.filter_map(|mount| volume(pod, mount));
    volumes.filter_map(|volume| volume.get("secret")?.text_of("secretName")).collect()
}

fn volume<'y>(pod: At<'y>, mount: At<'y>) -> Option<At<'y>> {
    let name = mount.text_of("name")?;
    pod.get("volumes")?.items().find(|volume| volume.text_of("name") == Some(name))
}

/// One file of a Secret, mounted by itself. What is surely the key is called after it.
fn sub_path(reader: &mut Reader<'_>, pod: At<'_>, mount: At<'_>) {
    let Some(at) = mount.get("subPath") else { return };
    let Some(secret) = volume(pod, mount).and_then(|volume| volume.get("secret")) else { return };
    let items = secret.get("items").into_iter().flat_map(At::items);
    let keys = items.filter(|item| item.text_of("path") == at.text()).filter_map(|item| item.text_of("key"));
    let path = mount.text_of("mountPath").and_then(|path| path.rsplit('/').next());
    let mut names = keys.chain(at.text()).chain(path);
    let ring: Option<&RingName> = names.find_map(|name| reader.names.ring_like(name));
    if ring.is_some() {
        reader.facts.frozen.push(Frozen { span: at.span(), why: Freeze::SubPath });
    }
}
