import { chromium } from "playwright-core";
const url = "http://127.0.0.1:8099";
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const out = "/tmp/shots"; import { mkdirSync } from "node:fs"; mkdirSync(out, { recursive: true });
const who = process.argv[2], paths = process.argv.slice(3);
for (const width of [1280, 390]) {
  const ctx = await browser.newContext({ baseURL: url, viewport: { width, height: width === 390 ? 844 : 800 }, locale: "ja-JP", timezoneId: "Asia/Tokyo" });
  const page = await ctx.newPage();
  await page.goto("/sign-in");
  await page.getByRole("button", { name: who }).first().click();
  await page.getByRole("heading", { name: "今日の仕事" }).waitFor();
  for (const path of paths) {
    const t = Date.now();
    const r = await page.goto(path === "CASE" ? "/cases" : path);
    if (path === "CASE") { await page.locator("main table a, main .cards a").first().click(); await page.waitForLoadState(); }
    console.log(width, path, r.status(), Date.now() - t, "ms");
    await page.screenshot({ path: `${out}/${who.slice(0,4)}${path.replace(/[\/?=&]/g, "_")}-${width}.png`, fullPage: true });
  }
  await ctx.close();
}
await browser.close();
