//! Areas: what they are made of, how many people live there, and where an address or a point lies.
//!
//! Every set of areas (prefectures, medical areas, health centers, …) is made of **leaves**:
//! municipalities and the wards of designated cities. Values belong to an area of one set.

pub mod municipality;
pub mod outline;
mod queries;
pub mod succession;
pub mod town;
