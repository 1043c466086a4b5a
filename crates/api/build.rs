//! The panel is embedded; without a built one the folder is made empty, and the program says at `/` how to build it.

fn main() {
    let panel = std::path::Path::new("../../web/dist");
    // A read-only checkout without the folder fails in the embedding, with its own words.
    let _ = std::fs::create_dir_all(panel);
    println!("cargo:rerun-if-changed=../../web/dist");
}
