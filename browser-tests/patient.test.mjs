// The walk of who looks after people: registers somebody, is told who it may be, changes the record, records consent, merges.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { signInAs } from "./staff.mjs";
import { DESK, PHONE, look, startBrowser, stopBrowser, visit } from "./visit.mjs";

before(startBrowser);
after(stopBrowser);

async function fill(page, { family, given, kana, birth }) {
  await page.getByLabel("姓（漢字） 必須").fill(family);
  await page.locator("#given").fill(given);
  await page.locator("#family_kana").fill(kana[0]);
  await page.locator("#given_kana").fill(kana[1]);
  await page.locator("#birth").fill(birth);
  await page.getByLabel("女", { exact: true }).check();
  await page.locator("#address").fill("港町1丁目2番3号");
  await page.locator("#phone").fill("０９９０−７７−４３２１");
}

/** No address that was visited names anybody. */
function watch(page, urls) {
  page.on("framenavigated", (frame) => urls.push(decodeURIComponent(frame.url())));
}

for (const width of [DESK, PHONE]) {
  const family = width === DESK ? "架空" : "仮野";
  const kana = width === DESK ? "かくう" : "かりの";
  // Two people who have nothing in common: a pair of them must not come up as the same.
  const given = width === DESK ? "花子" : "松枝";
  const [birth, birthday] = width === DESK ? ["S15.3.3", "昭和15年3月3日"] : ["S21.8.19", "昭和21年8月19日"];
  test(`somebody is registered, found again, changed, agreed for and merged at ${width} px`, async () => {
    await visit(
      async (page) => {
        const urls = [];
        watch(page, urls);
        await signInAs(page, "ケアマネジャー");
        await look(page, "work-patients");
        await page.goto("/patients");
        await look(page, `patients-${width === DESK ? "first" : "phone"}`);
        await page.getByRole("link", { name: "登録する", exact: true }).click();
        await look(page, "patient-new");
        await page.getByRole("button", { name: "登録へ進む" }).click();
        await page.getByText("直すところがあります").waitFor();
        await look(page, "patient-new-wrong");
        const who = { family, given, kana: [kana, width === DESK ? "ハナコ" : "マツエ"], birth };
        await fill(page, who);
        await page.locator("#level0").selectOption({ label: "要介護2" });
        await page.locator("#level0_from").fill("R8.4.1");
        await page.locator("#staff").fill("見本 計");
        await page.getByRole("button", { name: "登録へ進む" }).click();
        await page.getByRole("heading", { name: `${family} ${given}` }).waitFor();
        const first = page.url();
        await look(page, "patient");

        await page.goto("/patients/new");
        await fill(page, who);
        await page.getByRole("button", { name: "登録へ進む" }).click();
        await page.getByRole("heading", { name: "同じ人かもしれない記録があります" }).waitFor();
        await look(page, "patient-candidates");
        await page.getByRole("button", { name: "別の人として登録する" }).click();
        await page.getByRole("heading", { name: `${family} ${given}` }).waitFor();
        assert.notEqual(page.url(), first);

        await page.goto(first);
        await page.getByRole("link", { name: "記録を直す" }).click();
        await page.locator("#name0_family").fill("旧姓");
        await page.locator("#name0_given").fill(given);
        await look(page, "patient-edit");
        await page.getByRole("button", { name: "この内容に変える" }).click();
        await page.getByText(`旧姓 ${given}`).waitFor();

        await page.getByRole("link", { name: "同意を記録する" }).click();
        await page.locator("#scope").selectOption({ label: "支援チームでの情報の共有" });
        await page.getByLabel("本人", { exact: true }).check();
        await page.locator("#basis").selectOption({ label: "同意" });
        await page.locator("#purpose").fill("在宅療養を支える組織で、心身の状態を共有するため");
        await look(page, "patient-consent");
        await page.getByRole("button", { name: "同意を記録する" }).click();
        await page.getByText("有効").first().waitFor();
        await look(page, "patient-consents");
        await page.goto(`${first}/team`);
        await page.locator("main input[type=search]").fill("病院");
        await page.locator("main").getByRole("button", { name: "さがす" }).click();
        await page.getByText("どの組織を加えますか").waitFor();
        await look(page, "patient-team");

        await page.goto("/patients");
        await page.getByLabel("名前・カナ・番号・電話・生年月日").fill(kana);
        await page.locator("main").getByRole("button", { name: "さがす" }).click();
        await page.getByText("しぼっています").waitFor();
        await look(page, "patients");
        await page.getByRole("link", { name: "同じ人かもしれない記録" }).click();
        await look(page, "patient-duplicates");
        await page.getByRole("row", { name: new RegExp(`${family} ${given}`) }).getByRole("link", { name: /比べて一つにする/ }).first().click();
        await look(page, "patient-merge");
        await page.getByLabel("同じ人だと分かった理由 必須").fill("保険証で確かめた");
        await page.getByRole("button", { name: "一つにする" }).click();
        await page.getByRole("heading", { name: "この記録に統合した記録" }).waitFor();
        await look(page, "patient-merged");
        await page.getByRole("button", { name: "サインアウト" }).click();

        await signInAs(page, "診療所");
        await page.goto("/patients/look_up");
        await look(page, "patient-look-up");
        await page.getByLabel("姓名（漢字かカナ、省略なし）").fill(`${family}${given}`);
        await page.locator("#birth").fill(birthday);
        await page.getByRole("button", { name: "探す", exact: true }).click();
        await page.getByRole("heading", { name: "見つかった記録：1 人" }).waitFor();
        await look(page, "patient-found");
        await page.getByRole("link", { name: /緊急時に見る/ }).click();
        await page.locator("#reason").fill("意識のない状態で運ばれ、飲んでいる薬を確かめるため");
        await look(page, "patient-emergency");
        await page.getByRole("button", { name: "理由を残して、記録を開く" }).click();
        await page.getByText("緊急時閲覧中").waitFor();
        await look(page, "patient-opened");
        await page.getByRole("button", { name: "サインアウト" }).click();
        await signInAs(page, "監査");
        await page.goto("/emergencies");
        await look(page, "emergencies");

        for (const url of urls) {
          for (const secret of [family, given, kana, birthday, birth, "0990"]) assert.ok(!url.includes(secret), url);
        }
      },
      { width, refusal: "422" },
    );
  });
}
