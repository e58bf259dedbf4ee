// Decoration only: dropping a student on a card sends the same form as the list and the button.

for (const form of document.querySelectorAll("form[data-board]")) {
  let dragged = null;
  for (const radio of form.querySelectorAll("input[name=candidate]")) {
    const row = radio.closest(".board-student");
    row.draggable = true;
    row.addEventListener("dragstart", () => { dragged = radio; });
    row.addEventListener("dragend", () => { dragged = null; });
  }
  for (const card of form.querySelectorAll("[data-slot]")) {
    card.addEventListener("dragover", (event) => {
      event.preventDefault();
      card.classList.add("over");
    });
    card.addEventListener("dragleave", () => card.classList.remove("over"));
    card.addEventListener("drop", (event) => {
      event.preventDefault();
      card.classList.remove("over");
      if (!dragged || card.contains(dragged)) return;
      dragged.checked = true;
      form.elements.namedItem("to").value = card.dataset.slot;
      form.requestSubmit();
    });
  }
}
