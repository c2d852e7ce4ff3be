// The walks of people who work here: in by a link, with a passkey or an app, through their own pages and those they look after.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { letterTo, signInAs } from "./staff.mjs";
import { DESK, PHONE, look, startBrowser, stopBrowser, visit } from "./visit.mjs";

before(startBrowser);
after(stopBrowser);

const password = "umi-tanuki-8-kissaten";

/** Six digits of RFC 6238 for a base32 secret, `steps` of 30 seconds from now. */
function code(secret, steps = 0) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replaceAll(" ", "")].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac("sha1", key).update(counter).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** An authenticator inside the browser that says yes. */
async function withAuthenticator(page) {
  const client = await page.context().newCDPSession(page);
  await client.send("WebAuthn.enable");
  await client.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  });
}

/** The operator invites somebody to the first role of their own organization; the link from the letter. */
async function invite(page, { name, login, role }) {
  await signInAs(page, "アカウントの管理者");
  await page.getByRole("link", { name: "管理", exact: true }).click();
  await page.locator("main table a").first().click();
  await page.getByLabel("お名前").fill(name);
  await page.getByLabel("メールアドレス").fill(login);
  await page.locator("select[name=role]").selectOption({ label: role });
  await page.getByRole("button", { name: "招待する" }).click();
  await confirmIfAsked(page);
  await page.getByText("招待のメールを送りました。").waitFor();
  await page.getByRole("button", { name: "サインアウト" }).click();
  return letterTo(page, login);
}

/** A demo's people confirm by a click; the form that was on its way is filled in again by whoever calls. */
async function confirmIfAsked(page) {
  assert.ok(!page.url().includes("/confirm"), "a fresh sign-in needs no confirmation");
}

test("somebody invited comes in with a passkey and proposes a change, which is public once it is approved", async () => {
  await visit(async (page) => {
    await withAuthenticator(page);
    const login = "passkey@example.com";
    const link = await invite(page, { name: "試し 鍵子", login, role: "病院（入退院支援部門）" });
    await page.goto(link);
    await look(page, "invitation");
    await page.getByLabel("これから使うパスワード").fill(password);
    await page.getByRole("button", { name: "このパスワードにする" }).click();
    await page.getByRole("heading", { name: "二つめの確認を登録します" }).waitFor();
    await look(page, "enroll");
    await page.getByRole("button", { name: "パスキーを登録する" }).click();
    await page.getByRole("heading", { name: "予備の番号を控えてください" }).waitFor();
    assert.equal(await page.locator(".codes li").count(), 10);
    await look(page, "codes");
    await page.getByRole("link", { name: "控えたので、仕事のページへ進む" }).click();
    await page.getByRole("heading", { name: "今日の仕事" }).waitFor();
    await page.getByRole("button", { name: "サインアウト" }).click();

    await page.goto("/account");
    await page.getByRole("heading", { name: "関係者のサインイン" }).waitFor();
    await page.getByLabel("メールアドレス").fill(login);
    await page.getByLabel("パスワード").fill(password);
    await page.getByRole("button", { name: "次へ進む" }).click();
    await look(page, "second-factor");
    await page.getByRole("button", { name: "パスキーで確かめる" }).click();
    await page.getByRole("heading", { name: "ご自分の設定" }).waitFor();
    await page.getByRole("rowheader", { name: "わたしのパスキー" }).waitFor();
    await look(page, "account");

    await page.getByRole("link", { name: "今日の仕事" }).click();
    await page.locator(".links.stacked a").first().click();
    const service = page.url();
    await look(page, "service-staff");
    await page.getByRole("link", { name: "内容の変更を申し出る" }).click();
    await look(page, "propose");
    await page.getByLabel("電話番号").fill("０９９０−９９−１２３４");
    await page.getByRole("button", { name: "この内容で申し出る" }).click();
    await page.getByText("承認待ち").waitFor();
    await page.getByRole("button", { name: "サインアウト" }).click();
    await page.goto(service);
    assert.equal(await page.getByText("0990-99-1234").count(), 0, "not yet public");

    await signInAs(page, "保健所（企画調整）");
    await page.getByRole("link", { name: /承認を待っている申し出/ }).click();
    await look(page, "proposals");
    await page.locator("main table a").first().click();
    await look(page, "proposal");
    await page.getByRole("button", { name: "承認して公開する" }).click();
    await page.getByText("承認済み").first().waitFor();
    await page.getByRole("button", { name: "サインアウト" }).click();
    await page.goto(service);
    await page.getByRole("link", { name: "0990-99-1234" }).first().waitFor();
  });
});

test("an app's code lets in once, and a link is good once", async () => {
  await visit(async (page) => {
    const login = "app@example.com";
    const link = await invite(page, { name: "試し 番号", login, role: "病院（入退院支援部門）" });
    await page.goto(link);
    await page.getByLabel("これから使うパスワード").fill(password);
    await page.getByRole("button", { name: "このパスワードにする" }).click();
    const secret = await page.locator("code.secret").innerText();
    await page.getByLabel("アプリに出た6桁の番号").fill(code(secret, -1));
    await page.getByRole("button", { name: "確認アプリを登録する" }).click();
    const recovery = await page.locator(".codes li").first().innerText();
    await page.getByRole("link", { name: "控えたので、仕事のページへ進む" }).click();
    await page.getByRole("button", { name: "サインアウト" }).click();

    const again = await page.request.get(link);
    assert.equal(again.status(), 410, "the link is used up");

    const signIn = async () => {
      await page.goto("/sign-in");
      await page.getByLabel("メールアドレス").fill(login.toUpperCase());
      await page.getByLabel("パスワード").fill(password);
      await page.getByRole("button", { name: "次へ進む" }).click();
    };
    await signIn();
    const now = code(secret);
    await page.getByLabel("確認アプリの6桁の番号").fill(now);
    await page.getByRole("button", { name: "この番号で確かめる" }).click();
    await page.getByRole("heading", { name: "今日の仕事" }).waitFor();
    await page.getByRole("button", { name: "サインアウト" }).click();

    await signIn();
    const session = (await page.context().cookies()).find((cookie) => cookie.name === "keniki");
    const replayed = await page.request.post("/sign-in/factor", { form: { code: now } });
    assert.equal(replayed.status(), 422, "the same code again is refused");
    await page.getByText("パスキーも確認アプリも手元にないとき").click();
    await page.getByLabel("予備の番号").fill(recovery.toLowerCase());
    await page.getByRole("button", { name: "予備の番号で確かめる" }).click();
    await page.getByRole("heading", { name: "今日の仕事" }).waitFor();
    const raised = (await page.context().cookies()).find((cookie) => cookie.name === "keniki");
    assert.notEqual(raised.value, session.value, "a session gets another token when it is raised");
  });
});

test("every role of the demo comes in at one click and sees its own pages", async () => {
  await visit(async (page) => {
    await page.goto("/sign-in");
    const roles = await page.locator(".persona strong").allInnerTexts();
    assert.ok(roles.length >= 22, roles.join());
    for (const role of roles) {
      await signInAs(page, role);
      const words = await page.locator("nav.side a").allInnerTexts();
      assert.ok(words.includes("今日の仕事"), role);
      await page.getByRole("button", { name: "サインアウト" }).click();
    }
  });
});

test("the pages of staff are accessible and fit the screen", async () => {
  for (const width of [DESK, PHONE]) {
    await visit(async (page) => {
      await page.goto("/sign-in");
      await look(page, "sign-in");
      await page.goto("/sign-in/forgot");
      await look(page, "forgot");
      await signInAs(page, "システムの運用者");
      await look(page, "work");
      await page.goto("/offices");
      await look(page, "offices");
      await page.locator("main table a").first().click();
      await look(page, "office");
      await page.goto("/account");
      await look(page, "own");
      await page.goto("/account/factors/new");
      await look(page, "add-factor");
      await page.goto("/imports");
      await look(page, "imports");
      await page.getByRole("button", { name: "サインアウト" }).click();
      await signInAs(page, "監査");
      await page.getByRole("link", { name: "監査", exact: true }).click();
      await look(page, "audit");
    }, { width });
  }
});

test("a list is chosen, tried, looked at, confirmed and taken back", async () => {
  await visit(async (page) => {
    await signInAs(page, "保健所（企画調整）");
    await page.getByRole("link", { name: "取込み", exact: true }).click();
    await look(page, "imports-empty");
    const head = "都道府県コード又は市区町村コード,市区町村名,事業所名,実施サービス,住所,電話番号";
    const service = await (await page.request.get("/api/v1/services?page_size=1")).json();
    const municipality = withCheckDigit(service.services[0].municipality);
    const rows = [`${municipality},,みほん浜の体操,通いの場,本町1-1,0990-00-0001`, `${municipality},,みほん直す店,ありえない種類,本町1-2,`];
    await page.locator("input[type=file]").setInputFiles({ name: "通いの場.csv", mimeType: "text/csv", buffer: Buffer.from([head, ...rows].join("\n")) });
    await page.getByRole("button", { name: "このファイルを確かめる" }).click();
    await page.getByRole("button", { name: "正しい 1 行だけ書き込む" }).waitFor();
    await look(page, "import-tried");
    const book = await page.request.get(`${new URL(page.url()).pathname}/book.xlsx`);
    assert.equal(book.status(), 200);
    await page.getByRole("button", { name: "正しい 1 行だけ書き込む" }).click();
    await page.getByText("書き込みました。").waitFor();
    await look(page, "import-written");
    const found = async () => (await (await page.request.get("/api/v1/services?q=みほん浜の体操")).json()).total;
    assert.equal(await found(), 1);
    await page.getByRole("link", { name: "この取込みを取り消す" }).click();
    await look(page, "import-undo");
    await page.setViewportSize({ width: PHONE, height: 844 });
    await look(page, "import-undo");
    assert.equal(await found(), 1);
    await page.getByRole("button", { name: "取り消す" }).click();
    await page.getByText("取り消しました。").waitFor();
    assert.equal(await found(), 0);
  });
});

/** The sixth digit of a municipality's code (JIS X 0402). */
function withCheckDigit(code) {
  const sum = [...code].reduce((sum, digit, at) => sum + Number(digit) * (6 - at), 0);
  return code + ((11 - (sum % 11)) % 10);
}

test("a file of 200 MB is refused with a sentence, as a browser sends it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "keniki-"));
  const file = join(folder, "large.csv");
  const handle = openSync(file, "w");
  ftruncateSync(handle, 200 * 1024 * 1024);
  closeSync(handle);
  await visit(
    async (page) => {
      await signInAs(page, "保健所（企画調整）");
      await page.goto("/imports");
      await page.getByLabel(/名簿のファイル/).setInputFiles(file);
      await page.getByRole("button", { name: "このファイルを確かめる" }).click();
      await page.getByText("ファイルが大きすぎます").waitFor();
      await look(page, "import-too-large");
    },
    { refusal: 413 },
  );
  rmSync(folder, { recursive: true });
});
