//! An empty PostgreSQL database for what is no Rust test, such as the browser's walks: prints its address, and lives
//! as long as its input is open.

use std::io;

use keniki_tests::TestDatabase;

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    // Where no server can be had that was said; an empty line tells it to whoever waits.
    let database = TestDatabase::postgres().await;
    println!("{}", database.map(|it| it.url).unwrap_or_default());
    io::copy(&mut io::stdin(), &mut io::sink()).map(|_| ())
}
