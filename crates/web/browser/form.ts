// Forms by definition: fields that are not asked are hidden, and tables get rows, without asking the server.
type Rule = { item: string; is?: string[]; filled?: boolean } | { any: Rule[] } | { all: Rule[] };

for (const fields of document.querySelectorAll<HTMLElement>("[data-fields]")) {
  const form = fields.closest("form");
  if (!form) continue;

  function update(): void {
    const typed = new FormData(form ?? undefined);
    // What is hidden says nothing, as on the server: a condition looks at fields before it alone.
    const hidden = new Set<string>();
    const texts = (item: string): string[] =>
      hidden.has(item) ? [] : [...typed].filter(([name, text]) => (name === item || name.startsWith(`${item}.`)) && text !== "").map(([, text]) => String(text));
    const holds = (rule: Rule): boolean => {
      if ("any" in rule) return rule.any.some(holds);
      if ("all" in rule) return rule.all.every(holds);
      if (rule.is) return texts(rule.item).some((text) => rule.is?.includes(text));
      return texts(rule.item).length > 0 === rule.filled;
    };
    for (const field of fields.querySelectorAll<HTMLElement>("[data-shown-when]")) {
      field.hidden = !holds(JSON.parse(field.dataset.shownWhen ?? "") as Rule);
      if (field.hidden) hidden.add(field.dataset.item ?? "");
    }
  }

  function addRow(button: HTMLButtonElement): boolean {
    const name = button.dataset.addRow ?? "";
    const table = fields.querySelector<HTMLTableElement>(`table[data-rows="${name}"]`);
    const body = table?.tBodies[0];
    const last = body?.rows[body.rows.length - 1];
    if (!table || !body || !last) return false;
    const row = last.cloneNode(true) as HTMLTableRowElement;
    const number = body.rows.length;
    for (const wrong of row.querySelectorAll(".wrong")) wrong.remove();
    for (const cell of row.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")) {
      const code = cell.name.split(".").pop() ?? "";
      cell.name = `${name}.${number}.${code}`;
      cell.id = `f-${name}-${number}-${code}`;
      cell.value = "";
      cell.removeAttribute("aria-invalid");
      cell.removeAttribute("aria-describedby");
      const label = cell.closest("label")?.querySelector(".visually-hidden");
      if (label) label.textContent = (label.textContent ?? "").replace(/\d+行目/, `${number + 1}行目`);
    }
    body.append(row);
    button.hidden = body.rows.length >= Number(table.dataset.most);
    row.querySelector<HTMLElement>("input, select")?.focus();
    return true;
  }

  form.addEventListener("input", update);
  // Enter in a line sends nothing, and presses no button that stands before the one that sends.
  fields.addEventListener("keydown", (event) => {
    const isLine = event.target instanceof HTMLInputElement && event.target.type === "text";
    if (isLine && event.key === "Enter" && !event.isComposing) event.preventDefault();
  });
  fields.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("[data-add-row]") : null;
    if (button && addRow(button)) event.preventDefault();
  });
  update();
}
