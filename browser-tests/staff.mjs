// What the walks of people who work here share.

/** Signs in as an invented person of the demo. */
export async function signInAs(page, role) {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: role }).first().click();
  await page.getByRole("heading", { name: "今日の仕事" }).waitFor();
}

/** The link in the newest letter to somebody, once it has been sent. */
export async function letterTo(page, login) {
  for (let tries = 0; tries < 20; tries += 1) {
    await page.goto("/demo/mail");
    const letter = page.locator(".letter", { hasText: login }).first();
    if (await letter.count()) return letter.getByRole("link").first().getAttribute("href");
    await page.waitForTimeout(500);
  }
  throw new Error("no letter came");
}

/** Where the invented person of a role works. */
export async function organizationOf(page, role) {
  await page.goto("/sign-in");
  const words = await page.getByRole("button", { name: role }).first().locator("span").textContent();
  return words.slice(words.indexOf("・") + 1);
}
