// A case from the admission on: begun by the care manager, told, recorded in a few fields, corrected.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { signInAs } from "./staff.mjs";
import { DESK, PHONE, look, startBrowser, stopBrowser, visit } from "./visit.mjs";

before(startBrowser);
after(stopBrowser);

for (const width of [DESK, PHONE]) {
  const family = width === DESK ? "空想" : "絵空";
  test(`an admission is told, recorded and corrected at ${width} px`, async () => {
    await visit(
      async (page) => {
        await signInAs(page, "ケアマネジャー");
        await page.goto("/patients/new");
        await page.getByLabel("姓（漢字） 必須").fill(family);
        await page.locator("#given").fill(width === DESK ? "太郎" : "次郎");
        await page.locator("#family_kana").fill(width === DESK ? "くうそう" : "えそら");
        await page.locator("#given_kana").fill(width === DESK ? "たろう" : "じろう");
        await page.locator("#birth").fill(width === DESK ? "S10.1.2" : "S18.11.30");
        await page.getByLabel("男", { exact: true }).check();
        await page.getByRole("button", { name: "登録へ進む" }).click();
        await page.getByRole("link", { name: "ケースを始める" }).click();
        await page.locator("main input[type=search]").fill("病院");
        await page.getByRole("button", { name: "病院をさがす" }).click();
        await page.locator("input[name=organization]").first().check();
        await look(page, "case-open");
        await page.getByRole("button", { name: "ケースを始めて、入院などを知らせる" }).click();
        await page.getByRole("heading", { name: "「入院」を知らせる" }).waitFor();
        await look(page, "case-tell");
        await page.getByRole("button", { name: "「入院」を記録して知らせる" }).click();
        await page.getByText("次にすること").waitFor();
        await look(page, "case");
        const due = page.locator("li.due", { hasText: "入院時情報の提供" });
        await due.getByText("済んだことを記録する").click();
        await due.getByLabel("相手").fill("地域連携室");
        await look(page, "case-done");
        await due.getByRole("button", { name: "「入院時情報の提供」を済みにする" }).click();
        await page.getByText("済んだもの・不要になったもの").waitFor();
        await page.getByRole("link", { name: /^訂正・取消し.*入院$/ }).first().click();
        await page.locator("#reason").fill("日付の誤り");
        await look(page, "case-mend");
        await page.getByRole("button", { name: "この内容に訂正する" }).click();
        await page.getByText("元の記録：入院").waitFor();
        await page.goto("/cases");
        await look(page, "cases");
        await page.getByRole("link", { name: "段階ごとに並べる" }).click();
        await look(page, "cases-board");
        await page.goto("/");
        await page.getByRole("heading", { name: "今日の仕事" }).waitFor();
        await look(page, "work-cases");
        await page.goto("/programs");
        await look(page, "programs");
        await page.getByRole("link", { name: "入退院支援", exact: true }).click();
        await look(page, "program");
        assert.ok(page.url().includes("/programs/discharge_support/"));
      },
      { width },
    );
  });
}
