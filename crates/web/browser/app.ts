// What every page loads; each page works without it.
import "./draft";
import "./form";
import "./passkey";

// "/" goes to the search box of the page, else to that of the header, unless something is being typed.
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const boxes = [...document.querySelectorAll<HTMLInputElement>("main input[type=search], header input[type=search]")];
  const shown = boxes.filter((box) => box.checkVisibility());
  const search = shown.find((box) => box.closest("main")) ?? shown[0];
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// On a phone the words of the navigation stand in one row: the one of this page is in sight.
document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// A page that says how far something is looks again by itself.
if (document.querySelector("[data-reload]")) {
  setTimeout(() => location.reload(), 1500);
}

// Buttons that need a script are hidden until there is one.
for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const words = button.textContent;
    await navigator.clipboard.writeText(location.href);
    button.textContent = "コピーしました";
    setTimeout(() => (button.textContent = words), 2000);
  });
}
