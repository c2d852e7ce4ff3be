// Starts the demo on a free port, walks through it with a real browser, and stops it again.
//   npm test            every walk; pictures of every page go to pictures/
//   npm test -- --test-name-pattern=saved   those whose name matches
//   npm test -- episode.test.mjs            those of this file
//   npm test -- --postgres                  on PostgreSQL instead of SQLite
//   npm run picture     takes docs/picture.png, the picture of the README
// KENIKI_BINARY names the program (else ../target/debug/keniki), KENIKI_CHROMIUM the browser (else chromium).
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const binary = process.env.KENIKI_BINARY || join(here, "../target/debug/keniki");
const secondsToStart = 120;

function ended(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? signal));
  });
}

/** The address that the server prints once it listens. */
function address(server) {
  return new Promise((resolve, reject) => {
    let printed = "";
    server.stdout.on("data", (chunk) => {
      printed += chunk;
      const found = printed.match(/https?:\/\/[^\s/]+/);
      if (found) resolve(found[0]);
    });
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`the server ended with ${code} before it listened`)));
    setTimeout(() => reject(new Error(`no address after ${secondsToStart} s`)), secondsToStart * 1000).unref();
  });
}

/** An empty database on PostgreSQL, of the program that the tests build beside the one to be walked through. */
function throwaway() {
  const child = spawn(join(dirname(binary), "throwaway"), { stdio: ["pipe", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    child.stdout.once("data", (chunk) => resolve({ child, url: chunk.toString().trim() }));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`no PostgreSQL was made: its maker ended with ${code}`)));
  });
}

const given = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "keniki-browser-"));
const postgres = given.includes("--postgres") ? await throwaway() : null;
const database = postgres ? postgres.url : `sqlite://${join(folder, "demo.db")}`;
if (!database) process.exit(0); // It was said loudly why.
const server = spawn(binary, ["demo", "--database", database, "--listen", "127.0.0.1:0"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const stopped = ended(server);
let failed = false;
try {
  const url = await address(server);
  const isWalk = (name) => name.endsWith(".test.mjs");
  const named = given.filter(isWalk);
  const walks = named.length > 0 ? named : readdirSync(here).filter(isWalk);
  const options = given.filter((it) => !isWalk(it) && it !== "--postgres");
  const run = given.includes("--picture")
    ? [join(here, "picture.mjs")]
    : ["--test", "--test-concurrency=1", ...options, ...walks.map((name) => join(here, name))];
  const child = spawn(process.execPath, run, { stdio: "inherit", env: { ...process.env, KENIKI_URL: url } });
  failed = (await ended(child)) !== 0;
} catch (error) {
  console.error(error.message);
  failed = true;
}
server.kill("SIGTERM");
const ending = await stopped.catch((error) => error.message);
if (ending !== 0 && !failed) {
  console.error(`the server did not stop cleanly on SIGTERM: ${ending}`);
  failed = true;
}
postgres?.child.stdin.end();
rmSync(folder, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
