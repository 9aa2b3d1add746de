//! What all machines have in common: processes that take turns and may die, on one of the two engines.

use std::fmt::Debug;
use std::hash::Hash;

use stateright::{Checker, Model, Property};

/// How far a process came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It has read or written, and the step of the store goes on.
    More,
    /// The step of the store is done. What follows is another step, or the answer.
    Committed,
    /// Its caller has heard how it ended.
    Answered,
    /// It waits for another process.
    Waits,
}

/// One or more steps of the store, and who takes them.
pub(crate) trait Recipe: Clone + Send + Sync + 'static {
    /// What the database holds, and what the properties have to remember.
    type Data: Clone + Debug + Hash + Eq + Send + Sync;
    /// A process: what it wants, how far it came, and what it has read.
    type Process: Clone + Debug + Hash + Eq + Send + Sync;

    fn data(&self) -> Self::Data;
    fn processes(&self) -> Vec<Self::Process>;

    /// Takes a process to the end of its next read or write.
    fn run(&self, data: &mut Self::Data, process: &mut Self::Process) -> Progress;

    /// What may happen without a process: time passes, a sweep runs.
    fn world(&self, _data: &Self::Data, _processes: &[(Self::Process, Life)]) -> Vec<Self::Data> {
        Vec::new()
    }

    fn properties() -> Vec<Property<Machine<Self>>>;
}

/// Where the steps are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// Each step of the store is one transaction.
    Sqlite,
    /// Each read and write is on its own.
    Mongo,
}

#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub(crate) enum Life {
    Running,
    Answered,
    Dead,
}

pub(crate) struct Machine<R> {
    recipe: R,
    engine: Engine,
    deaths: u8,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub(crate) struct State<D, P> {
    pub(crate) data: D,
    pub(crate) processes: Vec<(P, Life)>,
    deaths: u8,
}

/// The state of a recipe's machine.
pub(crate) type Seen<R> = State<<R as Recipe>::Data, <R as Recipe>::Process>;

impl<D, P> State<D, P> {
    /// Whether nobody does anything any more, and nobody died.
    pub(crate) fn all_answered(&self) -> bool {
        let mut lives = self.processes.iter().map(|(_, life)| *life);
        lives.all(|life| life == Life::Answered)
    }

    /// Whether nobody does anything any more.
    pub(crate) fn is_quiet(&self) -> bool {
        let mut lives = self.processes.iter().map(|(_, life)| *life);
        lives.all(|life| life != Life::Running)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Runs(usize),
    Dies(usize),
    World(usize),
}

impl<R: Recipe> Model for Machine<R> {
    type State = State<R::Data, R::Process>;
    type Action = Action;

    fn init_states(&self) -> Vec<Self::State> {
        let processes = self.recipe.processes().into_iter();
        vec![State {
            data: self.recipe.data(),
            processes: processes.map(|process| (process, Life::Running)).collect(),
            deaths: self.deaths,
        }]
    }

    fn actions(&self, state: &Self::State, actions: &mut Vec<Action>) {
        let running = state.processes.iter().enumerate();
        let running = running.filter(|(_, (_, life))| *life == Life::Running);
        for (place, _) in running {
            actions.push(Action::Runs(place));
            if state.deaths > 0 {
                actions.push(Action::Dies(place));
            }
        }
        let world = self.recipe.world(&state.data, &state.processes).len();
        actions.extend((0..world).map(Action::World));
    }

    fn next_state(&self, state: &Self::State, action: Action) -> Option<Self::State> {
        let mut next = state.clone();
        match action {
            Action::Dies(place) => {
                next.processes[place].1 = Life::Dead;
                next.deaths -= 1;
            }
            Action::World(place) => {
                let mut data = self.recipe.world(&state.data, &state.processes);
                next.data = data.swap_remove(place);
            }
            Action::Runs(place) => {
                let (process, life) = &mut next.processes[place];
                loop {
                    match self.recipe.run(&mut next.data, process) {
                        Progress::More if self.engine == Engine::Sqlite => {}
                        Progress::More | Progress::Committed => break,
                        Progress::Answered => {
                            *life = Life::Answered;
                            break;
                        }
                        Progress::Waits => return None,
                    }
                }
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        R::properties()
    }
}

/// Tries every interleaving with so many deaths, and panics with the shortest one that breaks a property.
pub(crate) fn holds<R: Recipe>(recipe: R, engine: Engine, deaths: u8) {
    let machine = Machine {
        recipe,
        engine,
        deaths,
    };
    let checked = machine.checker().spawn_bfs().join();
    checked.assert_properties();
    let states = checked.unique_state_count();
    assert!(states > 5, "only {states} states: nothing was tried");
}

/// Holds on both engines.
pub(crate) fn holds_everywhere<R: Recipe>(recipe: &R, deaths: u8) {
    for engine in [Engine::Sqlite, Engine::Mongo] {
        holds(recipe.clone(), engine, deaths);
    }
}

/// Finds that a wrong order breaks a property.
pub(crate) fn breaks<R: Recipe>(recipe: R, deaths: u8, property: &'static str) {
    let engine = Engine::Mongo;
    let machine = Machine {
        recipe,
        engine,
        deaths,
    };
    let checked = machine.checker().spawn_bfs().join();
    assert!(
        checked.discovery(property).is_some(),
        "not found: {property}"
    );
}
