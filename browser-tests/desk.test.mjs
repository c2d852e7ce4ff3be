// The walks of the editorial desk: offices are asked to confirm, filings are recorded, many proposals come in by a table.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { letterTo, signInAs } from "./staff.mjs";
import { DESK, PHONE, look, startBrowser, stopBrowser, visit } from "./visit.mjs";

before(startBrowser);
after(stopBrowser);

test("an office without accounts is asked by mail, confirms by its link and proposes a change", async () => {
  const mail = `office-${Date.now()}@example.jp`;
  await visit(async (page) => {
    await signInAs(page, "保健所（企画調整）");
    await page.getByRole("link", { name: "確認", exact: true }).click();
    await look(page, "confirmations");
    const row = page.locator("main tbody tr", { has: page.locator("input[type=email]") }).first();
    const office = await row.getByRole("rowheader").innerText();
    await row.locator("input[type=email]").fill(mail);
    await row.getByRole("button", { name: /登録/ }).click();
    await page.getByRole("row", { name: office }).first().getByRole("button", { name: /いま頼む/ }).click();
    await page.getByText("メールで頼みました。").waitFor();
    await page.getByRole("button", { name: "サインアウト" }).click();
    const link = await letterTo(page, mail);
    await page.goto(link);
    await page.getByRole("heading", { name: `${office}の掲載内容の確認` }).waitFor();
    await look(page, "confirmation");
    await page.getByRole("link", { name: /変わったところを申し出る/ }).first().click();
    await page.getByLabel("曜日と時間の特記事項").fill("祝日も開けます");
    await page.getByRole("button", { name: "この内容で申し出る" }).click();
    await page.getByText("変更の申し出を受け付けました").waitFor();
    const all = page.getByRole("button", { name: /件すべて、内容は正しい/ });
    await ((await all.count()) ? all : page.getByRole("button", { name: /内容は正しい/ })).first().click();
    await page.getByText("確認はすべて済んでいます").waitFor();
    await look(page, "confirmation-done");
  });
});

test("a filing is recorded, shows in public what it changes and nothing else, and is taken back", async () => {
  await visit(async (page) => {
    await signInAs(page, "保健所（医事・薬事）");
    await page.goto("/services?category=clinic");
    await page.locator(".results tbody td:first-child a").last().click();
    const service = page.url();
    await page.getByRole("link", { name: "届出・立入検査" }).click();
    await page.getByLabel("種類").selectOption({ label: "休止の届出" });
    await page.getByLabel("結果・指摘").fill("ひみつの指摘");
    await page.getByLabel("このあとすること").fill("再開の見込みを聞く");
    await page.getByLabel("いつまでに").fill("2099-12-01");
    await look(page, "filing-form");
    await page.getByRole("button", { name: "記録する" }).click();
    await page.getByText("対応待ち").waitFor();
    await look(page, "filings-of-service");
    await page.goto("/filings");
    await page.getByRole("cell", { name: "再開の見込みを聞く" }).first().waitFor();
    await look(page, "filings");
    await page.goto(service);
    await page.getByText("休止中").first().waitFor();
    assert.equal(await page.getByText("ひみつの指摘").count(), 0, "never on the public page");
    await page.getByRole("link", { name: "届出・立入検査" }).click();
    await page.getByRole("button", { name: /対応が済んだ/ }).click();
    await page.getByText("対応済み").first().waitFor();
    await page.getByRole("button", { name: /まちがいなので取り消す/ }).click();
    await page.getByText("取消し").first().waitFor();
    await page.goto(service);
    assert.equal(await page.getByText("休止中").count(), 0, "it stands as before");
  });
});

test("a table of services goes out and comes back as proposals", async () => {
  await visit(async (page) => {
    await signInAs(page, "在宅医療・介護連携コーディネーター");
    await page.goto("/services?category=visiting_nursing");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "申し出の表" }).click()]);
    const file = join(mkdtempSync(join(tmpdir(), "keniki-")), "proposals.xlsx");
    await download.saveAs(file);
    await page.getByRole("link", { name: "申し出", exact: true }).click();
    await page.getByText("表でまとめて申し出る（Excel）").click();
    await page.getByLabel("書き直した表").setInputFiles(file);
    await page.getByRole("button", { name: "この表で申し出る" }).click();
    await page.getByText("0 件を申し出ました").waitFor();
    await look(page, "proposals-sheet");
  });
});

test("what is typed is saved, outlives the session, and is gone once it is sent", async () => {
  await visit(async (page) => {
    await signInAs(page, "在宅医療・介護連携コーディネーター");
    await page.goto("/services?category=visiting_nursing");
    await page.locator(".results tbody td:first-child a").last().click();
    await page.getByRole("link", { name: "内容の変更を申し出る" }).click();
    await page.getByRole("heading", { name: /変更を申し出る/ }).waitFor();
    const form = page.url();
    await page.getByLabel("曜日と時間の特記事項").fill("第3土曜も開けます");
    await page.getByText("書きかけを保存しました").waitFor();
    await page.goto("/");
    await page.goto(form);
    await page.getByText("書きかけを表示しています").waitFor();
    await look(page, "draft");
    assert.equal(await page.getByLabel("曜日と時間の特記事項").inputValue(), "第3土曜も開けます");
    const cookies = await page.context().cookies();
    await page.context().clearCookies();
    await page.getByLabel("承認する人へのひとこと").fill("来月から");
    await page.getByRole("button", { name: "この内容で申し出る" }).click();
    await page.getByText("入力はこの画面に残っています").waitFor();
    await look(page, "draft-signed-out");
    await page.context().addCookies(cookies);
    await page.getByRole("button", { name: "この内容で申し出る" }).dblclick();
    await page.getByRole("heading", { name: /変更の申し出/ }).waitFor();
    await page.getByText("来月から").waitFor();
    await page.goto(form);
    assert.equal(await page.getByText("書きかけを表示しています").count(), 0, "sent");
  });
});

test("a staff change comes in by a table, shows what it would do, and is written once", async () => {
  await visit(async (page) => {
    await signInAs(page, "アカウントの管理者");
    await page.getByRole("link", { name: "管理", exact: true }).click();
    await page.locator("main table a").first().click();
    await page.getByRole("link", { name: /異動/ }).click();
    await look(page, "staff-change");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /いまの表/ }).click()]);
    assert.match(download.suggestedFilename(), /xlsx$/);
    const heads = "番号（変えないでください）,版（変えないでください）,氏名,メールアドレス,役割,初日,最終日,窓口,引き継ぐ人";
    const file = join(mkdtempSync(join(tmpdir(), "keniki-")), "people.csv");
    writeFileSync(file, `${heads}\n,,試し 異動子,idou@example.com,病院（病棟）,2099-04-01,,,\n,,試し 誤子,nobody,病院（病棟）,,,,\n`);
    await page.getByLabel("書き直した表").setInputFiles(file);
    await page.getByRole("button", { name: "何が起こるかを確かめる" }).click();
    await page.getByText("まだ何も変えていません").waitFor();
    await look(page, "staff-change-trial");
    await page.getByRole("button", { name: /行を書き込む/ }).click();
    await page.getByText("1 行を書き込みました").waitFor();
    await look(page, "staff-change-done");
  });
});

test("the desk's pages are accessible and fit the screen", async () => {
  for (const width of [DESK, PHONE]) {
    await visit(
      async (page) => {
        await signInAs(page, "保健所（企画調整）");
        for (const [path, name] of [
          ["/confirmations", "confirmations"],
          ["/filings", "filings"],
          ["/filings?state=all", "filings-all"],
          ["/proposals?state=over", "proposals-over"],
          ["/jobs", "jobs"],
          ["/reviews", "reviews"],
        ]) {
          await page.goto(path);
          await look(page, name);
        }
        await page.goto("/");
        await page.getByRole("link", { name: "地域のようす" }).last().click();
        await page.getByRole("link", { name: "どれだけ新しいか" }).first().click();
        await look(page, "freshness");
      },
      { width },
    );
  }
});
