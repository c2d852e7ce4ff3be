// Forms that save what is typed in them until it is sent: on the server, for the next at this computer may be anybody.
const PAUSE = 1500;
const PATIENCE = 5000;

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-draft]")) {
  const saved = form.querySelector<HTMLElement>("[data-saved]");
  const signedOut = form.querySelector<HTMLElement>("[data-signed-out]");
  let timer: ReturnType<typeof setTimeout> | undefined;
  let underWay = new AbortController();
  let isSending = false;

  // Whether the form may go now: not where whoever typed is signed out by now, for then all would be lost.
  async function save(): Promise<boolean> {
    clearTimeout(timer);
    // A save that is overtaken must not come behind what is sent; one that hangs must not hold it up.
    underWay.abort();
    underWay = new AbortController();
    const signal = AbortSignal.any([underWay.signal, AbortSignal.timeout(PATIENCE)]);
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    const response = await fetch(form.dataset.draft ?? "", { method: "POST", body, redirect: "manual", signal }).catch(() => undefined);
    const isOut = response?.type === "opaqueredirect";
    if (signedOut) signedOut.hidden = !isOut;
    if (saved) {
      const at = new Date().toLocaleTimeString("ja-JP", { hour: "numeric", minute: "2-digit" });
      saved.hidden = isOut;
      saved.textContent = response?.ok ? `書きかけを保存しました（${at}）。` : "書きかけをまだ保存できていません。";
    }
    return !isOut;
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  let isSaved = false;
  form.addEventListener("submit", async (event) => {
    if (isSaved) return;
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    isSending = await save();
    if (!isSending) return;
    // By the same button: its name, and where it leads, belong to what is sent.
    isSaved = true;
    form.requestSubmit(event.submitter);
    isSaved = false;
    // A button may fetch a file, and the page stays.
    setTimeout(() => (isSending = false), PATIENCE);
  });
  // Back from the next page, the form may be sent again.
  addEventListener("pageshow", () => (isSending = false));
}
