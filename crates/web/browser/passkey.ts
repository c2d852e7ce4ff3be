// Forms that ask a passkey or security key: the question comes from the server, the answer goes back in the form.
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const trouble = form.querySelector<HTMLElement>("[data-trouble]");
    try {
      const answer = await prove(form.dataset.passkey === "create", form.dataset.question ?? "");
      const field = form.elements.namedItem("answer");
      if (!answer || !(field instanceof HTMLInputElement)) return;
      field.value = JSON.stringify(answer);
      form.submit();
    } catch {
      if (!trouble) return;
      trouble.textContent = "パスキーを使えませんでした。取り消したか、時間が過ぎたか、この端末に登録がありません。もう一度押すか、ほかの方法をお使いください。";
      trouble.hidden = false;
    }
  });
}

async function prove(isNew: boolean, question: string): Promise<unknown> {
  const response = await fetch(question, { method: "POST" });
  if (!response.ok) throw new Error(String(response.status));
  const { publicKey } = await response.json();
  const credential = isNew
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  return credential instanceof PublicKeyCredential ? credential.toJSON() : undefined;
}
