//! A wire that can be cut: it passes messages on to a server, refuses, swallows them, loses one reply, or answers one command
//! itself.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mongodb::bson::{Document, doc};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// Messages pass.
    Whole,
    /// Connections are closed at once, those there are too.
    Cut,
    /// Connections are taken, and nothing passes.
    Hanging,
}

/// A proxy on a port of its own.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    wire: Arc<watch::Sender<Wire>>,
    plan: Arc<Mutex<Plan>>,
}

/// What is done to single commands.
#[derive(Default)]
struct Plan {
    /// How many commands pass before one whose reply is lost.
    until_loss: Option<u32>,
    /// The command whose reply was lost.
    lost: Option<String>,
    /// The commands that are answered here, with the error's number.
    refused: Vec<(&'static str, i32)>,
    /// One command that is answered so once.
    refused_once: Option<(&'static str, i32)>,
    /// The commands that wait for so long before they pass.
    slow: Option<(&'static str, Duration)>,
    /// The commands on a collection that never pass.
    held: Option<(&'static str, &'static str)>,
    /// Whether one of them has come.
    is_holding: bool,
    /// The commands that passed.
    passed: Vec<Document>,
    /// The round trips that are told apart, while they are.
    trips: Option<Trips>,
}

/// Commands that wait for one another: those that come while nothing is answered go together, as one round trip.
struct Trips {
    list: Vec<Vec<Document>>,
    /// Whether the last one still takes commands.
    is_open: bool,
    newest: Instant,
    /// How many commands have no answer yet.
    on_their_way: usize,
}

impl Trips {
    /// So long nobody sends anything before a trip begins.
    const QUIET: Duration = Duration::from_millis(40);

    fn none() -> Self {
        Self {
            list: Vec::new(),
            is_open: false,
            newest: Instant::now(),
            on_their_way: 0,
        }
    }

    /// The number of the trip that a command goes with.
    fn board(&mut self, command: Document) -> usize {
        if !self.is_open {
            self.list.push(Vec::new());
            self.is_open = true;
        }
        self.newest = Instant::now();
        let trip = self.list.len() - 1;
        self.list[trip].push(command);
        trip
    }

    /// How long a trip waits still; none once it has begun.
    fn waits(&mut self, trip: usize) -> Option<Duration> {
        if !self.is_open || trip + 1 < self.list.len() {
            return None;
        }
        if self.on_their_way > 0 {
            return Some(Self::QUIET / 5);
        }
        let left = Self::QUIET.checked_sub(self.newest.elapsed());
        if left.is_none() {
            self.is_open = false;
            self.on_their_way = self.list[trip].len();
        }
        left
    }
}

/// What becomes of one command.
enum Fate {
    Passes,
    /// It passes after so long.
    Waits(Duration),
    /// It never passes.
    Held,
    /// It passes with all others of this trip.
    Goes(usize),
    /// It passes, and its connection ends before the reply.
    LosesReply,
    Refused(i32),
}

/// The commands that say nothing about what a program does.
const SMALL_TALK: [&str; 6] = [
    "hello",
    "isMaster",
    "ismaster",
    "ping",
    "buildInfo",
    "endSessions",
];

impl Plan {
    fn fate(&mut self, command: Document) -> Fate {
        let name = command.keys().next().cloned().unwrap_or_default();
        if SMALL_TALK.contains(&name.as_str()) {
            return Fate::Passes;
        }
        if let Some((_, code)) = self.refused.iter().find(|refused| refused.0 == name) {
            return Fate::Refused(*code);
        }
        if let Some((_, code)) = self.refused_once.take_if(|once| once.0 == name) {
            return Fate::Refused(code);
        }
        let collection = command.get_str(&name).ok();
        if self
            .held
            .is_some_and(|(held, of)| held == name && Some(of) == collection)
        {
            self.is_holding = true;
            return Fate::Held;
        }
        if let Some(trips) = &mut self.trips {
            return Fate::Goes(trips.board(command));
        }
        self.passed.push(command);
        if let Some((_, wait)) = self.slow.filter(|slow| slow.0 == name) {
            return Fate::Waits(wait);
        }
        match self.until_loss {
            Some(0) => {
                self.until_loss = None;
                self.lost = Some(name);
                Fate::LosesReply
            }
            left => {
                self.until_loss = left.map(|left| left - 1);
                Fate::Passes
            }
        }
    }
}

impl Proxy {
    pub(crate) async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let wire = Arc::new(watch::Sender::new(Wire::Whole));
        let plan = Arc::<Mutex<Plan>>::default();
        let (watched, planned) = (Arc::downgrade(&wire), Arc::clone(&plan));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Some(wire) = watched.upgrade() else {
                    return;
                };
                let plan = Arc::clone(&planned);
                tokio::spawn(pass(client, server.clone(), wire.subscribe(), plan));
            }
        });
        Self {
            address,
            wire,
            plan,
        }
    }

    pub(crate) fn set(&self, wire: Wire) {
        self.wire.send_replace(wire);
    }

    /// After this many commands one is done whose reply is lost.
    pub(crate) fn lose_reply_after(&self, commands: u32) {
        self.plan.lock().unwrap().until_loss = Some(commands);
    }

    /// The command whose reply was lost since; if there is none, none will be.
    pub(crate) fn lost(&self) -> Option<String> {
        let mut plan = self.plan.lock().unwrap();
        plan.until_loss = None;
        plan.lost.take()
    }

    /// From now on the server answers these commands with these errors.
    pub(crate) fn refuse(&self, commands: &[(&'static str, i32)]) {
        self.plan.lock().unwrap().refused = commands.to_vec();
    }

    /// The server answers the next command of this name with this error.
    pub(crate) fn refuse_once(&self, command: &'static str, code: i32) {
        self.plan.lock().unwrap().refused_once = Some((command, code));
    }

    /// From now on these commands take so much longer.
    pub(crate) fn slow_down(&self, command: &'static str, wait: Duration) {
        self.plan.lock().unwrap().slow = Some((command, wait));
    }

    /// From now on these commands on a collection never pass, and nobody answers.
    pub(crate) fn hold(&self, command: &'static str, collection: &'static str) {
        let mut plan = self.plan.lock().unwrap();
        plan.held = Some((command, collection));
        plan.is_holding = false;
    }

    /// Whether such a command has come.
    pub(crate) fn is_holding(&self) -> bool {
        self.plan.lock().unwrap().is_holding
    }

    /// From now on they pass again; those that came before do not.
    pub(crate) fn let_go(&self) {
        self.plan.lock().unwrap().held = None;
    }

    /// From now on commands are held until no more come, and pass together: so round trips are told apart.
    pub(crate) fn tell_trips_apart(&self) {
        self.plan.lock().unwrap().trips = Some(Trips::none());
    }

    /// The round trips since then, each with its commands, and the commands that have not begun theirs: whoever has an answer
    /// by now did not wait for those. From now on everything passes.
    pub(crate) fn trips(&self) -> (Vec<Vec<Document>>, Vec<Document>) {
        let trips = self.plan.lock().unwrap().trips.take();
        let Some(Trips {
            mut list, is_open, ..
        }) = trips
        else {
            return Default::default();
        };
        let later = list.pop_if(|_| is_open).unwrap_or_default();
        (list, later)
    }

    /// The commands that passed since this was asked last.
    pub(crate) fn commands(&self) -> Vec<Document> {
        std::mem::take(&mut self.plan.lock().unwrap().passed)
    }
}

async fn pass(
    client: TcpStream,
    server: String,
    mut wire: watch::Receiver<Wire>,
    plan: Arc<Mutex<Plan>>,
) {
    let server = TcpStream::connect(server).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    loop {
        let now = *wire.borrow_and_update();
        match now {
            Wire::Cut => return,
            Wire::Hanging => {
                if wire.changed().await.is_err() {
                    return;
                }
            }
            Wire::Whole => {
                let exchanges = exchange(
                    (&mut from_client, &mut to_client),
                    (&mut from_server, &mut to_server),
                    &plan,
                );
                tokio::select! {
                    _ = exchanges => return,
                    changed = wire.changed() => if changed.is_err() { return },
                }
            }
        }
    }
}

/// Passes commands and their replies, of which a connection has one at a time, until either side ends or a reply is lost.
async fn exchange(
    (from_client, to_client): (&mut OwnedReadHalf, &mut OwnedWriteHalf),
    (from_server, to_server): (&mut OwnedReadHalf, &mut OwnedWriteHalf),
    plan: &Mutex<Plan>,
) -> Option<()> {
    loop {
        // The monitor's connection hears from the server unasked.
        let message = tokio::select! {
            message = read(from_client) => message?,
            reply = read(from_server) => {
                to_client.write_all(&reply?).await.ok()?;
                continue;
            }
        };
        let fate =
            command(&message).map_or(Fate::Passes, |command| plan.lock().unwrap().fate(command));
        match fate {
            Fate::Passes => to_server.write_all(&message).await.ok()?,
            Fate::Waits(wait) => {
                tokio::time::sleep(wait).await;
                to_server.write_all(&message).await.ok()?;
            }
            // Until its sender gives up.
            Fate::Held => {
                read(from_client).await;
                return None;
            }
            Fate::Goes(trip) => {
                let waits = || plan.lock().unwrap().trips.as_mut()?.waits(trip);
                while let Some(wait) = waits() {
                    tokio::time::sleep(wait).await;
                }
                let answered = to_server.write_all(&message).await;
                let reply = match answered {
                    Ok(()) => read(from_server).await,
                    Err(_) => None,
                };
                if let Some(trips) = &mut plan.lock().unwrap().trips {
                    trips.on_their_way = trips.on_their_way.saturating_sub(1);
                }
                to_client.write_all(&reply?).await.ok()?;
            }
            Fate::LosesReply => {
                to_server.write_all(&message).await.ok()?;
                read(from_server).await;
                return None;
            }
            Fate::Refused(code) => to_client.write_all(&refusal(&message, code)).await.ok()?,
        }
    }
}

/// One message of the protocol: its first four bytes say how long it is.
async fn read(from: &mut OwnedReadHalf) -> Option<Vec<u8>> {
    // Nothing is lost when this is given up while nothing has come.
    from.readable().await.ok()?;
    let mut message = vec![0; 4];
    from.read_exact(&mut message).await.ok()?;
    let length = u32::from_le_bytes(message[..4].try_into().unwrap());
    message.resize(length as usize, 0);
    from.read_exact(&mut message[4..]).await.ok()?;
    Some(message)
}

/// The command of an `OP_MSG`: after 16 bytes of header, four of flags, and a section of kind 0.
fn command(message: &[u8]) -> Option<Document> {
    let is_message = message.get(12..16)? == 2013_u32.to_le_bytes();
    if !is_message || *message.get(20)? != 0 {
        return None;
    }
    let length = u32::from_le_bytes(message.get(21..25)?.try_into().unwrap());
    let body = message.get(21..21 + length as usize)?;
    mongodb::bson::deserialize_from_slice(body).ok()
}

/// The answer to a message that its command is refused.
fn refusal(message: &[u8], code: i32) -> Vec<u8> {
    let answer =
        doc! { "ok": 0.0, "errmsg": "refused by the test", "code": code, "codeName": "Test" };
    let body = mongodb::bson::serialize_to_vec(&answer).unwrap();
    let length = u32::try_from(21 + body.len()).unwrap();
    let mut reply = length.to_le_bytes().to_vec();
    reply.extend(7_u32.to_le_bytes());
    reply.extend(&message[4..8]);
    reply.extend(2013_u32.to_le_bytes());
    reply.extend([0; 5]);
    reply.extend(body);
    reply
}
