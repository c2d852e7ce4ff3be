//! Every chart as a whole: well-formed, inside its frame, honest about what is not known.

mod any_input;
mod drawing;
#[path = "../../examples/gallery/samples.rs"]
mod samples;
mod xml;
