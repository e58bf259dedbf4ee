// Decoration only: every page works without this file.

for (const stepper of document.querySelectorAll("[data-stepper]")) {
  const input = stepper.querySelector("input");
  for (const button of stepper.querySelectorAll("button")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = (Number.parseInt(input.value, 10) || 0) + Number(button.dataset.step);
      input.value = Math.min(Math.max(next, Number(input.min)), Number(input.max));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}

// Filters apply themselves when a choice is made; the button stays for those without JavaScript.
for (const form of document.querySelectorAll("form[data-auto-submit]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
  });
}

// A ranked list can be dragged: dropping a row posts the same form as its up and down buttons.
for (const list of document.querySelectorAll("[data-ranked]")) {
  let dragged = null;
  for (const item of list.querySelectorAll(":scope > li[data-id]")) {
    item.draggable = true;
    item.addEventListener("dragstart", () => { dragged = item; });
    item.addEventListener("dragover", (event) => event.preventDefault());
    item.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!dragged || dragged === item) return;
      const form = document.getElementById(list.dataset.ranked);
      form.elements.namedItem("move").value = dragged.dataset.id;
      form.elements.namedItem("before").value = item.dataset.id;
      form.requestSubmit();
    });
  }
}

document.querySelector("[data-error-summary]")?.focus();
