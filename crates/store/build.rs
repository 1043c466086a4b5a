//! The migration files are part of the program: a new one must build it again, which cargo does not see by itself.

fn main() {
    for folder in ["platform-migrations", "tenant-migrations"] {
        println!("cargo:rerun-if-changed=../../{folder}");
    }
}
