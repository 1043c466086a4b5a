//! Holds no Rust: `run.sh` drives the third-party Python client `safesmm` against the panel simulator.
