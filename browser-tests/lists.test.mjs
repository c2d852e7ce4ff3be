// The lists of daily work: who is in the ward and comes in by a table, whose client is in hospital, whom to call, what was written on a case.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { signInAs } from "./staff.mjs";
import { DESK, PHONE, look, startBrowser, stopBrowser, visit } from "./visit.mjs";

before(startBrowser);
after(stopBrowser);

/** Today's admissions as a hospital's system writes them, one of them with a birth that cannot be. */
function admissions([family, kana], width, today) {
  const rows = [
    "患者番号,氏名,カナ,生年月日,性別,入院日,入院時刻,病棟,緊急",
    `T-${width}1,${family} あさ,${kana} アサ,昭和12年3月4日,女,${today},00:10,3階東病棟,`,
    `T-${width}2,${family} ひる,${kana} ヒル,S9.13.1,男,${today},00:20,3階東病棟,緊急`,
  ];
  return { name: "admissions.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\r\n")) };
}

for (const width of [DESK, PHONE]) {
  const [family, kana] = width === DESK ? ["写絵", "ウツシエ"] : ["影絵", "カゲエ"];

  test(`a ward brings today's admissions, mends one and writes to the care team at ${width} px`, async () => {
    await visit(
      async (page) => {
        await signInAs(page, "病院（入退院支援部門）");
        await page.goto("/ward/upload");
        await look(page, "ward-upload");
        const today = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
        await page.locator("main input[type=file]").setInputFiles(admissions([family, kana], width, today));
        await page.getByRole("button", { name: "何が起こるかを確かめる" }).click();
        await page.getByText("生年月日「S9.13.1」を読めません").waitFor();
        await look(page, "ward-upload-tried");
        const [book] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "直す表（Excel）" }).click()]);
        assert.ok(book.suggestedFilename().endsWith(".xlsx"), book.suggestedFilename());
        await page.getByRole("button", { name: "この 1 行を書き込む" }).click();
        await page.getByText("1 行を書き込みました").waitFor();
        await look(page, "ward-upload-written");
        await page.goto("/ward");
        await look(page, "ward");
        await page.getByRole("link", { name: `${family} あさ` }).first().click();
        await page.getByRole("link", { name: "連絡", exact: true }).click();
        await page.locator("main select").first().selectOption({ index: 1 });
        await page.locator("main textarea").fill("家族の面会は土曜の午後の予定です。");
        await look(page, "messages-write");
        await page.getByRole("button", { name: "支援チームに知らせる" }).click();
        await page.getByText("家族の面会は土曜の午後の予定です。").waitFor();
        await look(page, "messages");
      },
      { width },
    );
  });

  test(`a care manager sees who is in hospital, what came in and whom to call at ${width} px`, async () => {
    await visit(
      async (page) => {
        await signInAs(page, "ケアマネジャー");
        await look(page, "work-care-manager");
        for (const [name, path] of [
          ["clients", "/clients"],
          ["handovers", "/handovers"],
          ["inquiries", "/inquiries"],
          ["windows", "/windows"],
        ]) {
          await page.goto(path);
          await page.locator("h1").waitFor();
          await look(page, name);
        }
        await page.goto("/clients");
        await page.locator("main a[href^='/cases/']").first().click();
        await look(page, "case-of-client");
      },
      { width },
    );
  });
}
