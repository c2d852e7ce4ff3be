// A whole episode with four people at once: hospital, care manager, nursing station and physician, each in a browser of their
// own; a handover that is sent back, an inquiry that another wins, and a death that closes everything.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { organizationOf, signInAs } from "./staff.mjs";
import { look, startBrowser, stopBrowser, visit } from "./visit.mjs";

before(startBrowser);
after(stopBrowser);

const ROLES = {
  hospital: "病院（入退院支援部門）",
  careManager: "ケアマネジャー",
  nurse: "訪問看護",
  physician: "診療所",
};

/** Runs `walk({ hospital, careManager, nurse, physician })`, each a page of somebody signed in. */
async function together(walk, { refusal } = {}) {
  const next = async (left, pages) => {
    if (left.length === 0) return walk(pages);
    const [[name, role], ...rest] = left;
    return visit(
      async (page) => {
        pages[name] = page;
        page.office = await organizationOf(page, role);
        await signInAs(page, role);
        await next(rest, pages);
      },
      { refusal },
    );
  };
  await next(Object.entries(ROLES), {});
}

/** The care manager writes somebody down, with the physician in the care team, and has them admitted; answers the case's path. */
async function admitted({ careManager, hospital, physician }, [family, given, familyKana, givenKana, birth]) {
  const page = careManager;
  await page.goto("/patients/new");
  await page.locator("#family").fill(family);
  await page.locator("#given").fill(given);
  await page.locator("#family_kana").fill(familyKana);
  await page.locator("#given_kana").fill(givenKana);
  await page.locator("#birth").fill(birth);
  await page.getByLabel("女", { exact: true }).check();
  await page.getByRole("button", { name: "登録へ進む" }).click();
  await page.getByRole("link", { name: "支援チームを変える" }).click();
  await page.locator("main input[type=search]").fill(physician.office);
  await page.getByRole("button", { name: "さがす", exact: true }).click();
  await page.locator("input[name=organization]").first().check();
  await page.locator("main select[name=role]").selectOption("clinic");
  await page.getByRole("button", { name: "支援チームに加える" }).click();
  await page.getByRole("link", { name: "記録に戻る" }).click();
  await page.getByRole("link", { name: "ケースを始める" }).click();
  await page.locator("main input[type=search]").fill(hospital.office);
  await page.getByRole("button", { name: "病院をさがす" }).click();
  await page.locator("input[name=organization]").first().check();
  await page.getByRole("button", { name: "ケースを始めて、入院などを知らせる" }).click();
  await page.getByRole("button", { name: "「入院」を記録して知らせる" }).click();
  await page.getByText("次にすること").waitFor();
  return new URL(page.url()).pathname;
}

/** Sends the handover of a step from its case. */
async function handOver(page, path, step, subject) {
  await page.goto(path);
  await page.locator("li.due", { hasText: step }).getByRole("link", { name: "引継ぎを送る" }).click();
  await page.getByLabel("件名").fill(subject);
  await page.getByLabel("伝えること").fill("書面のとおりです。ご確認ください。");
  await page.getByRole("button", { name: "送る", exact: true }).click();
  await page.getByRole("heading", { name: subject }).waitFor();
  return new URL(page.url()).pathname;
}

/** Tells an event of a case. */
async function tell(page, path, name, fill = async () => {}) {
  await page.goto(path);
  await page.getByRole("link", { name, exact: true }).click();
  await fill(page);
  await page.getByRole("button", { name: `「${name}」を記録して知らせる` }).click();
  await page.getByRole("heading", { name: "経過" }).waitFor();
}

/** Records a step as done in a few fields. */
async function done(page, path, step, whom) {
  await page.goto(path);
  const due = page.locator("li.due", { hasText: step });
  await due.getByText("済んだことを記録する（").click();
  await due.getByLabel("相手").fill(whom);
  await due.getByRole("button", { name: `「${step}」を済みにする` }).click();
  await page.getByRole("heading", { name: "経過" }).waitFor();
}

/** An office that has people here: its places are called after the stem of its name. */
function here(office) {
  const words = office.replace(/^(医療法人(社団|財団)?|社会福祉法人|株式会社|有限会社)/, "").replace(/会$/, "");
  return { words, by: "この画面で" };
}

/** Somebody who has to be asked by telephone. */
const BY_PHONE = { words: "", by: "電話" };

/** Asks these offices without a name; answers the inquiry's path. */
async function ask(page, path, kind, offices) {
  await page.goto(`${path}/inquiries/new`);
  await page.getByRole("button", { name: kind }).click();
  for (const { words, by } of offices) {
    await page.locator("#words").fill(words);
    await page.getByRole("button", { name: "候補をさがし直す" }).click();
    await page.evaluate(() => document.querySelectorAll("main details").forEach((it) => (it.open = true)));
    await page.getByRole("row").filter({ hasText: by }).locator("input[name=service]:not(:checked)").first().check();
  }
  await page.locator("#phone").fill("0409-20-1234");
  await page.getByRole("button", { name: "伝わる内容を確かめる" }).click();
  await page.getByRole("heading", { name: "照会先には、次のことだけが伝わります" }).waitFor();
  await look(page, `episode-inquiry-preview-${kind}`);
  await page.getByRole("button", { name: "この内容で照会を送る" }).click();
  await page.getByRole("heading", { name: "返事", exact: true }).waitFor();
  return new URL(page.url()).pathname;
}

async function agree(page, patient) {
  await page.goto(`${patient}/consents`);
  await page.locator("#scope").selectOption({ label: "支援チームでの情報の共有" });
  await page.getByLabel("本人", { exact: true }).check();
  await page.locator("#basis").selectOption({ label: "同意" });
  await page.locator("#purpose").fill("受け入れ先をさがすため");
  await page.getByRole("button", { name: "同意を記録する" }).click();
  await page.getByText("有効", { exact: true }).waitFor();
}

test("an episode goes from the admission to the feedback, with a handover that was sent back", async () => {
  await together(
    async (pages) => {
      const { hospital, careManager, nurse, physician } = pages;
      const path = await admitted(pages, ["夢想", "ひさ", "むそう", "ひさ", "S12.5.6"]);
      const patient = await careManager.locator("h1 a").getAttribute("href");
      // The hospital sees who came, and the physician that somebody is in hospital.
      await hospital.goto("/ward");
      await hospital.getByText("夢想").waitFor();
      // The care manager heard of it from the family: the hospital's own notice is still to come.
      await done(hospital, path, "入院の連絡", "ケアマネジャー");
      await physician.goto(path);
      await physician.getByText("入院", { exact: true }).first().waitFor();
      // The nursing station is not in the care team yet: for it there is no such case.
      assert.equal((await nurse.goto(path)).status(), 404);

      // 入院時情報: sent, sent back with a reason, sent again, taken on.
      const first = await handOver(careManager, path, "入院時情報の提供", "入院時情報提供書");
      await hospital.goto(first);
      await hospital.getByLabel("返す理由").fill("服薬の欄が空いています");
      await look(hospital, "episode-handover-received");
      await hospital.getByRole("button", { name: "理由を添えて返す" }).click();
      await careManager.goto(path);
      await careManager.locator("li.due", { hasText: "入院時情報の提供" }).waitFor();
      await careManager.goto(first);
      await careManager.getByText("服薬の欄が空いています").waitFor();
      await look(careManager, "episode-handover-returned");
      await careManager.getByRole("link", { name: "送り直す" }).click();
      await careManager.getByLabel("件名").fill("入院時情報提供書（服薬を追記）");
      await careManager.getByLabel("伝えること").fill("服薬の欄を書き足しました。");
      await careManager.getByRole("button", { name: "送る", exact: true }).click();
      await careManager.getByRole("heading", { name: "入院時情報提供書（服薬を追記）" }).waitFor();
      const second = new URL(careManager.url()).pathname;
      await hospital.goto(second);
      await hospital.getByRole("button", { name: "受ける" }).click();
      await hospital.getByRole("button", { name: "済んだ", exact: true }).click();
      await careManager.goto(second);
      await careManager.getByText("済んだ", { exact: true }).first().waitFor();
      await look(careManager, "episode-handover-done");

      // The hospital finds what is needed, meets the family and says when it will be.
      await tell(hospital, path, "退院困難な要因の確認", async (page) => {
        await page.getByLabel("退院後に医療処置").check();
      });
      await done(hospital, path, "患者・家族との最初の面談", "長女");
      await done(hospital, path, "退院に向けたカンファレンス", "ケアマネジャー");
      await tell(hospital, path, "退院日の見込み・決定", async (page) => {
        const day = new Date(Date.now() + 9 * 3_600_000 + 5 * 86_400_000).toISOString().slice(0, 10);
        await page.locator("#told_day").fill(day);
      });
      await look(hospital, "episode-case-of-hospital");
      await done(careManager, path, "病院での面談と聞き取り", "病棟看護師");

      // Two nursing stations are asked without a name; one is chosen and learns of whom.
      await agree(careManager, patient);
      const inquiry = await ask(careManager, path, "訪問看護の受入れ照会（匿名）", [here(nurse.office), BY_PHONE]);
      await nurse.goto("/inquiries");
      await nurse.locator("main table a").first().click();
      assert.ok(!(await nurse.content()).includes("夢想"), "an inquiry has no name");
      await nurse.getByLabel("受け入れられる", { exact: true }).check();
      await look(nurse, "episode-inquiry-received");
      await nurse.getByRole("button", { name: "この返事を送る" }).click();
      await careManager.goto(inquiry);
      await careManager.getByLabel("利用者の選択").first().fill("自宅に近いため、本人が選んだ");
      await look(careManager, "episode-inquiry-answers");
      await careManager.getByRole("button", { name: "に決める" }).first().click();
      await nurse.goto(path);
      await nurse.getByText("夢想").first().waitFor();

      // The hospital's summary goes home with the patient.
      const summary = await handOver(hospital, path, "退院時の情報の引継ぎ", "退院時看護サマリー");
      await careManager.goto(summary);
      await careManager.getByRole("button", { name: "受ける" }).click();
      await careManager.getByRole("button", { name: "済んだ", exact: true }).click();
      await tell(hospital, path, "自宅への退院");
      await tell(nurse, path, "退院後のサービスの開始");
      await look(nurse, "episode-case-of-nurse");
      await physician.goto(path);
      await look(physician, "episode-case-of-physician");
      const feedback = await handOver(careManager, path, "退院後の様子を病院へ", "退院後の様子");
      await hospital.goto(feedback);
      await hospital.getByText("退院後の様子", { exact: true }).first().waitFor();
      // The case goes on for some days, so that what was sent last is read.
      await hospital.getByRole("button", { name: "受ける" }).click();
      await hospital.getByRole("button", { name: "済んだ", exact: true }).click();
      await careManager.goto(path);
      await careManager.getByText("ふりかえり").first().waitFor();
      await look(careManager, "episode-case-over");
      const open = await careManager.locator("li.due").count();
      assert.equal(open, 0, "nothing is owed any more");
    },
    { refusal: 404 },
  );
});

test("an inquiry that another wins is gone, and a death closes what is left", async () => {
  await together(
    async (pages) => {
      const { hospital, careManager, physician } = pages;
      const path = await admitted(pages, ["幻影", "とめ", "げんえい", "とめ", "S9.2.3"]);
      const patient = await careManager.locator("h1 a").getAttribute("href");
      await agree(careManager, patient);

      // Two places are asked; the other one, which has no account, answers by telephone and is chosen.
      const inquiry = await ask(hospital, path, "転院の受入れ照会（匿名）", [here(physician.office), BY_PHONE]);
      await physician.goto("/inquiries");
      const received = await physician.locator("main table a").first().getAttribute("href");
      await physician.goto(received);
      await physician.getByLabel("受け入れられる", { exact: true }).check();
      await physician.getByRole("button", { name: "この返事を送る" }).click();
      await hospital.goto(inquiry);
      const other = hospital.locator("#hear ~ details").filter({ hasNotText: here(physician.office).words }).first();
      await other.locator("summary").click();
      await other.getByLabel("返事", { exact: false }).first().selectOption({ label: "受け入れられる" });
      await other.getByRole("button", { name: "返事を記録する" }).click();
      await hospital.goto(inquiry);
      const choose = hospital.getByRole("button", { name: "に決める" }).filter({ hasNotText: here(physician.office).words });
      await choose.first().click();
      assert.equal((await physician.goto(received)).status(), 404, "what another won cannot be seen any more");
      await physician.goto("/inquiries");
      await physician.getByText("ほかに決まりました").first().waitFor();
      await look(physician, "episode-inquiry-lost");

      // What is under way when somebody dies closes by itself, and both sides see why.
      const information = await handOver(careManager, path, "入院時情報の提供", "入院時情報提供書");
      const respite = await ask(hospital, path, "短期入所・レスパイトの受入れ照会（匿名）", [BY_PHONE]);
      await tell(hospital, path, "死亡");
      for (const page of [hospital, careManager]) {
        await page.goto(information);
        await page.getByText("亡くなった").first().waitFor();
        await page.goto(path);
        await page.getByText("死亡").first().waitFor();
        assert.equal(await page.locator("li.due").count(), 0, "nothing is owed any more");
      }
      await look(hospital, "episode-death");
      await hospital.goto(respite);
      await hospital.getByText("亡くな").first().waitFor();
      await look(hospital, "episode-inquiry-closed-by-death");
    },
    { refusal: 404 },
  );
});
