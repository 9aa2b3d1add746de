//! Behaviours of a store, one function each; every engine's tests call the same list.
