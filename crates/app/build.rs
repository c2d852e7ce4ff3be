//! Builds anew when a file is added to a folder that is embedded in the binary.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=../../definitions");
}
