//! The Secret Service of a desktop, asked over the session's bus.
//!
//! It is never told to unlock anything: a prompt waits for its user for ever, and often nobody is there.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::timeout;
use zbus::connection::Builder;
use zbus::message::Body;
use zbus::zvariant::{DynamicType, OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, Error};
use zeroize::Zeroizing;

use super::Item;
use super::refusal::Trouble;
use crate::Environment;
use crate::remote::Deadline;
use crate::remote::runtime::wait;

/// The way to it.
///
/// A conversation is gone on with: a write asks a dozen times, and where a client goes away before its first request is answered,
/// GNOME Keyring aborts.
pub(super) struct Door {
    environment: Environment,
    kept: Mutex<Option<(Keeper, Instant)>>,
}

impl Door {
    pub(super) fn new(environment: &Environment) -> Self {
        Self { environment: environment.clone(), kept: Mutex::default() }
    }

    pub(super) fn read(
        &self,
        item: Item<'_>,
        deadline: Deadline,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Trouble> {
        let asked = self.with(async |keeper| match keeper.find(item).await? {
            Some(path) => keeper.secret(&path).await.map(Some),
            // Where everything is locked, some find nothing.
            None => keeper.unlocked().await.map(|_| None),
        });
        in_time(deadline, asked)
    }

    pub(super) fn write(&self, item: Item<'_>, new: &[u8], deadline: Deadline) -> Result<(), Trouble> {
        let asked = self.with(async |keeper| match keeper.find(item).await? {
            Some(path) => keeper.replace(&path, new).await,
            None => keeper.make(item, new).await,
        });
        in_time(deadline, asked)
    }

    /// Goes on with the conversation, or begins one. After an error nobody knows how it stands, so the next one is new. It is
    /// taken out meanwhile: who waited for it here would wait for whoever drives the runtime, which may be itself.
    async fn with<T>(&self, ask: impl AsyncFnOnce(&Keeper) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let kept = self.kept().take().filter(|(_, begun)| begun.elapsed() < FRESH);
        let (keeper, begun) = match kept {
            Some(kept) => kept,
            None => (self.keeper().await?, Instant::now()),
        };
        let answer = ask(&keeper).await?;
        *self.kept() = Some((keeper, begun));
        Ok(answer)
    }

    fn kept(&self) -> MutexGuard<'_, Option<(Keeper, Instant)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn keeper(&self) -> Result<Keeper, Trouble> {
        let address =
            self.address().ok_or_else(|| Trouble::NoSession("DBUS_SESSION_BUS_ADDRESS is not set".into()))?;
        let builder =
            Builder::address(address.as_str()).map_err(|error| Trouble::NoSession(error.to_string()))?;
        let bus = builder.build().await.map_err(not_connected)?;
        let (_, session): (OwnedValue, OwnedObjectPath) =
            answer(&bus, SERVICE, "Service", "OpenSession", &("plain", Value::from(""))).await?;
        Ok(Keeper { bus, session })
    }

    /// As every program of a desktop finds the bus of its session.
    fn address(&self) -> Option<String> {
        let of = |name| (self.environment)(name).filter(|value| !value.is_empty());
        let named = of("DBUS_SESSION_BUS_ADDRESS").and_then(|address| address.into_string().ok());
        let usual = || {
            let socket = PathBuf::from(of("XDG_RUNTIME_DIR")?).join("bus");
            socket.exists().then(|| socket.to_str().map(|path| format!("unix:path={path}")))?
        };
        named.or_else(usual)
    }
}

/// Whoever keeps the secrets of this session, and what it calls this conversation.
struct Keeper {
    bus: Connection,
    session: OwnedObjectPath,
}

/// A secret as it travels: the conversation, nothing, the bytes, and of what type they are.
type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

impl Keeper {
    async fn find(&self, item: Item<'_>) -> Result<Option<OwnedObjectPath>, Trouble> {
        let (unlocked, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
            answer(&self.bus, SERVICE, "Service", "SearchItems", &(attributes(item),)).await?;
        match (&unlocked[..], &locked[..]) {
            ([], []) => Ok(None),
            ([path], []) => Ok(Some(path.clone())),
            ([], _) => Err(Trouble::Locked),
            _ => Err(Trouble::Twice),
        }
    }

    async fn secret(&self, path: &OwnedObjectPath) -> Result<Zeroizing<Vec<u8>>, Trouble> {
        let (secret,): (Secret,) =
            answer(&self.bus, path.as_str(), "Item", "GetSecret", &(&self.session,)).await?;
        Ok(Zeroizing::new(secret.2))
    }

    async fn replace(&self, path: &OwnedObjectPath, new: &[u8]) -> Result<(), Trouble> {
        told(&self.bus, path.as_str(), "Item", "SetSecret", &(self.sealed(new),)).await.map(drop)
    }

    /// In the default one; over an item of that name that came at the same moment.
    async fn make(&self, item: Item<'_>, new: &[u8]) -> Result<(), Trouble> {
        let keychain = self.unlocked().await?;
        let label = format!("{} of {}", item.account, item.service);
        let schema = [("xdg:schema", "org.freedesktop.Secret.Generic")];
        let attributes: HashMap<_, _> = attributes(item).into_iter().chain(schema).collect();
        let properties = HashMap::from([
            ("org.freedesktop.Secret.Item.Label", Value::from(label)),
            ("org.freedesktop.Secret.Item.Attributes", Value::from(attributes)),
        ]);
        let body = (properties, self.sealed(new), true);
        let (_, prompt): (OwnedObjectPath, OwnedObjectPath) =
            answer(&self.bus, keychain.as_str(), "Collection", "CreateItem", &body).await?;
        if is_nothing(&prompt) { Ok(()) } else { Err(Trouble::Locked) }
    }

    /// The default keychain, unless it is locked.
    async fn unlocked(&self) -> Result<OwnedObjectPath, Trouble> {
        let (path,): (OwnedObjectPath,) =
            answer(&self.bus, SERVICE, "Service", "ReadAlias", &("default",)).await?;
        if is_nothing(&path) {
            return Err(Trouble::NoneMade);
        }
        let asked = ("org.freedesktop.Secret.Collection", "Locked");
        let message = self.bus.call_method(Some(NAME), &path, Some(PROPERTIES), "Get", &asked).await;
        let (locked,): (OwnedValue,) = read_from(&message.map_err(failed)?.body())?;
        match bool::try_from(locked) {
            Ok(false) => Ok(path),
            _ => Err(Trouble::Locked),
        }
    }

    fn sealed(&self, new: &[u8]) -> Secret {
        (self.session.clone(), Vec::new(), new.to_vec(), "text/plain; charset=utf8".to_owned())
    }
}

/// As `secret-tool` and Python's keyring look for an item.
fn attributes(item: Item<'_>) -> HashMap<&str, &str> {
    HashMap::from([("service", item.service), ("username", item.account)])
}

fn is_nothing(path: &OwnedObjectPath) -> bool {
    path.as_str() == "/"
}

fn in_time<T>(deadline: Deadline, asked: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    let outcome = wait(async { timeout(deadline.left(), asked).await });
    outcome.map_err(|error| Trouble::Failed(error.to_string()))?.unwrap_or(Err(Trouble::TooSlow))
}

async fn answer<B, A>(
    bus: &Connection,
    path: &str,
    interface: &str,
    method: &str,
    body: &B,
) -> Result<A, Trouble>
where
    B: serde::Serialize + DynamicType,
    A: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
{
    read_from(&told(bus, path, interface, method, body).await?)
}

async fn told<B>(
    bus: &Connection,
    path: &str,
    interface: &str,
    method: &str,
    body: &B,
) -> Result<Body, Trouble>
where
    B: serde::Serialize + DynamicType,
{
    let interface = format!("org.freedesktop.Secret.{interface}");
    let message = bus.call_method(Some(NAME), path, Some(interface.as_str()), method, body).await;
    message.map(|message| message.body()).map_err(failed)
}

fn read_from<A: for<'d> zbus::zvariant::DynamicDeserialize<'d>>(body: &Body) -> Result<A, Trouble> {
    body.deserialize()
        .map_err(|_| Trouble::Failed("it answers with something else than was asked for".to_owned()))
}

fn not_connected(error: Error) -> Trouble {
    match &error {
        Error::InputOutput(why) | Error::Connection(why, _)
            if why.kind() == std::io::ErrorKind::PermissionDenied =>
        {
            Trouble::Denied("its session is another user's".to_owned())
        }
        Error::Handshake(_) => Trouble::Denied("its session is another user's".to_owned()),
        error => Trouble::NoSession(error.to_string()),
    }
}

fn failed(error: Error) -> Trouble {
    let Error::MethodError(name, why, _) = &error else { return Trouble::Failed(error.to_string()) };
    match name.as_str() {
        "org.freedesktop.Secret.Error.IsLocked" => Trouble::Locked,
        "org.freedesktop.DBus.Error.ServiceUnknown"
        | "org.freedesktop.DBus.Error.NameHasNoOwner"
        | "org.freedesktop.DBus.Error.Spawn.ChildExited"
        | "org.freedesktop.DBus.Error.Spawn.ExecFailed" => Trouble::NoKeeper,
        "org.freedesktop.DBus.Error.AccessDenied" => Trouble::Denied("it refuses this program".to_owned()),
        "org.freedesktop.DBus.Error.NoReply" | "org.freedesktop.DBus.Error.TimedOut" => Trouble::TooSlow,
        name => Trouble::Failed(why.clone().unwrap_or_else(|| name.to_owned())),
    }
}

/// Longer than any read or write; later the keeper may be another one.
const FRESH: Duration = Duration::from_secs(30);
const NAME: &str = "org.freedesktop.secrets";
const SERVICE: &str = "/org/freedesktop/secrets";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
