// Takes docs/picture.png, the picture of the README: the list and the map of the sample area.
import { fileURLToPath } from "node:url";
import { startBrowser, stopBrowser, visit } from "./visit.mjs";

await startBrowser();
await visit(async (page) => {
  await page.setViewportSize({ width: 1280, height: 1180 });
  await page.goto("/services?q=訪問看護", { waitUntil: "networkidle" });
  await page.locator("[data-map=live]").waitFor();
  await page.screenshot({ path: fileURLToPath(new URL("../docs/picture.png", import.meta.url)) });
});
await stopBrowser();
