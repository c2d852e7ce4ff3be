// A visitor: a browser page that notes every console error, every request to another host and, asked to
// look, every axe violation and everything wider than the screen.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const url = process.env.KENIKI_URL;
assert.ok(url, "KENIKI_URL is set by run.mjs: start the walks with npm test");

export const PHONE = 390;
export const DESK = 1280;

const pictures = fileURLToPath(new URL("pictures", import.meta.url));
mkdirSync(pictures, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;

export async function startBrowser() {
  browser = await chromium.launch({
    executablePath: process.env.KENIKI_CHROMIUM || "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      // MapLibre draws without a graphics card.
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}

export async function stopBrowser() {
  await browser.close();
}

/** Runs `walk(page)` in a context of its own; whatever the page complained of meanwhile, but of a status that is the point of the walk, fails it. */
export async function visit(walk, { width = DESK, javaScriptEnabled = true, refusal = "none" } = {}) {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height: width === PHONE ? 844 : 800 },
    locale: "ja-JP",
    timezoneId: "Asia/Tokyo",
    reducedMotion: "reduce",
    javaScriptEnabled,
  });
  const complaints = [];
  context.on("request", (request) => {
    const asked = new URL(request.url());
    const ours = asked.origin === url || ["blob:", "data:"].includes(asked.protocol);
    if (!ours) complaints.push(`asked another host: ${asked}`);
  });
  context.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes(`status of ${refusal}`)) complaints.push(`${message.page()?.url()}: ${message.text()}`);
  });
  context.on("weberror", (error) => complaints.push(`${error.page()?.url()}: ${error.error().message}`));
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  try {
    await walk(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

/** The page is accessible and no wider than the screen; a picture of it is kept under `name`. */
export async function look(page, name) {
  const { width } = page.viewportSize();
  await page.screenshot({ path: join(pictures, `${name}-${width}.png`), fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= width, `${page.url()} is ${wide} px wide on a screen of ${width} px`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  const found = violations.map((rule) => `${rule.id}: ${rule.help}: ${rule.nodes.map((node) => node.target).join(" | ")}`);
  assert.deepEqual(found, [], `axe on ${page.url()} at ${width} px`);
}

/** An answer of the API. */
export async function ask(path) {
  const response = await fetch(url + path);
  assert.equal(response.status, 200, path);
  return response.json();
}

export function picturePath(name) {
  return join(pictures, name);
}
