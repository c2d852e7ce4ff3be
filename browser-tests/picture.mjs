// Takes docs/picture.png, the picture of the README: the list and the map of the sample area.
import { join } from "node:path";
import { startBrowser, stopBrowser, visit } from "./visit.mjs";

await startBrowser();
await visit(async (page) => {
  await page.goto("/services?q=訪問看護", { waitUntil: "networkidle" });
  await page.locator("[data-map=live]").waitFor();
  await page.screenshot({ path: join(import.meta.dirname, "../docs/picture.png") });
});
await stopBrowser();
