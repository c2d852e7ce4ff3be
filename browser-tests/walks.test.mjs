// The walks of a resident through the public pages of the sample area.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, ask, look, picturePath, startBrowser, stopBrowser, url, visit } from "./visit.mjs";

before(startBrowser);
after(stopBrowser);

const count = (text) => Number(text.replaceAll(",", ""));
const shown = async (page) => count(await page.locator(".found .count strong").innerText());
const oneService = async () => (await ask("/api/v1/services?page_size=1")).services[0];

test("every page is accessible, fits the screen and asks nobody else", async () => {
  const service = await oneService();
  const areas = await visitHref("/areas", "main a[href^='/areas/']");
  const pages = {
    home: "/",
    services: "/services",
    "services-filtered": `/services?municipality=${service.municipality}`,
    "services-none": "/services?q=ありえない名前",
    service: `/services/${service.id}`,
    areas: "/areas",
    area: areas,
    coverage: `${areas}/coverage`,
    guide: "/guide",
    about: "/about",
  };
  for (const width of [DESK, PHONE]) {
    await visit(async (page) => {
      for (const [name, path] of Object.entries(pages)) {
        const response = await page.goto(path, { waitUntil: "networkidle" });
        assert.equal(response.status(), 200, path);
        await look(page, name);
      }
    }, { width });
  }
});

/** Where the first link that matches leads to. */
async function visitHref(path, selector) {
  let href;
  await visit(async (page) => {
    await page.goto(path);
    href = await page.locator(selector).first().getAttribute("href");
  });
  return href;
}

test("a word typed on the first page leads to the services that bear it", async () => {
  const { name } = await oneService();
  await visit(async (page) => {
    await page.goto("/");
    await page.locator("main input[type=search]").fill(name);
    await page.getByRole("button", { name: "さがす", exact: true }).first().click();
    await page.waitForURL("**/services?*");
    assert.ok((await shown(page)) >= 1);
    assert.ok((await page.locator(".results table").innerText()).includes(name));
  });
});

test("a slash goes to the search box", async () => {
  await visit(async (page) => {
    await page.goto("/about");
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("type")), "search");
  });
});

test("a filter narrows the list, stands in the address and can be taken away", async () => {
  const { municipality } = await oneService();
  const expected = (await ask(`/api/v1/services?municipality=${municipality}`)).total;
  await visit(async (page) => {
    await page.goto("/services");
    const all = await shown(page);
    const choice = page.locator("form.filters select[name=municipality]");
    const name = (await choice.locator(`option[value="${municipality}"]`).innerText()).trim();
    await choice.selectOption(municipality);
    await page.getByRole("button", { name: "この条件でさがす" }).click();
    await page.waitForURL(`**municipality=${municipality}**`);
    assert.equal(await shown(page), expected);
    assert.ok(expected > 0 && expected < all);
    await page.locator(".chips a", { hasText: name }).click();
    await page.waitForURL((address) => !address.search.includes(municipality));
    assert.equal(await shown(page), all);
  });
});

test("the map shows the same services as the list, and a cluster opens", async () => {
  await visit(async (page) => {
    await page.goto("/services");
    const total = await shown(page);
    const map = page.locator("[data-map=live]");
    await map.waitFor();
    await map.locator(".map-cluster").first().waitFor();
    const drawn = async () => {
      const clusters = await map.locator(".map-cluster").allInnerTexts();
      return clusters.map(count).reduce((sum, n) => sum + n, 0) + (await map.locator(".map-site").count());
    };
    const first = await drawn();
    assert.ok(first > 0 && first <= total, `${first} of ${total} are drawn`);
    const biggest = map.locator(".map-cluster").first();
    const before = await biggest.innerText();
    await biggest.click();
    await page.waitForFunction(
      (text) => document.querySelector(".map-cluster")?.textContent !== text || !document.querySelector(".map-cluster"),
      before,
    );
    await look(page, "map-opened");
  });
});

test("the page of a service says where it is, how to call and how sure that is", async () => {
  const service = await oneService();
  await visit(async (page) => {
    await page.goto("/services");
    await page.goto(`/services/${service.id}`);
    assert.ok((await page.getByRole("heading", { level: 1 }).innerText()).includes(service.name));
    for (const word of ["電話", "所在地", "最後の確認", "出典"]) await page.getByText(word, { exact: true }).first().waitFor();
    await page.locator("#near ~ table a").first().click();
    await page.waitForURL("**/services/*");
    assert.notEqual(new URL(page.url()).pathname, `/services/${service.id}`);
  });
});

test("a list prints on A4 without its controls and with a map", async () => {
  await visit(async (page) => {
    await page.goto("/services?page=1", { waitUntil: "networkidle" });
    await page.emulateMedia({ media: "print" });
    for (const control of ["header nav", "form.filters", ".pages"]) {
      for (const element of await page.locator(control).all()) assert.equal(await element.isVisible(), false, control);
    }
    assert.ok(await page.locator("[data-map] svg").first().isVisible(), "the server-drawn map is printed");
    await page.pdf({ path: picturePath("services.pdf"), format: "A4" });
  });
});

test("without JavaScript one can search, filter, read and see the map", async () => {
  const service = await oneService();
  await visit(async (page) => {
    await page.goto("/");
    await page.locator("main input[type=search]").fill(service.name);
    await page.locator("main form button[type=submit]").first().click();
    assert.ok((await page.locator(".results table").innerText()).includes(service.name));
    assert.ok(await page.locator("[data-map] svg").first().isVisible());
    await page.locator("main select[name=municipality]").selectOption(service.municipality);
    await page.getByRole("button", { name: "この条件でさがす" }).click();
    await page.locator(".results table a").first().click();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.screenshot({ path: picturePath("service-no-javascript.png"), fullPage: true });
  }, { javaScriptEnabled: false });
});

test("what is shown can be taken along as CSV and XLSX", async () => {
  const { municipality } = await oneService();
  await visit(async (page) => {
    await page.goto(`/services?municipality=${municipality}`);
    for (const [name, beginning] of [["CSVで保存", "\ufeff"], ["Excelで保存", "PK"]]) {
      const href = await page.getByRole("link", { name }).getAttribute("href");
      const answer = await fetch(new URL(href, url));
      assert.equal(answer.status, 200);
      const head = new TextDecoder("utf-8", { ignoreBOM: true }).decode((await answer.arrayBuffer()).slice(0, 3));
      assert.ok(head.startsWith(beginning), `${name}: ${head}`);
    }
  });
});

test("a page that does not exist says so in Japanese", async () => {
  const answer = await fetch(`${url}/services/no-such-service`, { headers: { accept: "text/html" } });
  assert.equal(answer.status, 404);
  assert.match(await answer.text(), /見つかりません/);
});
