// Finds places in the planner's list. Without it every place stands there all the same.
"use strict";

(() => {
  const box = document.querySelector(".place-filter");
  if (!box) return;
  const field = box.querySelector("input");
  const said = box.querySelector("[role=status]");
  const groups = [...document.querySelectorAll("details.places")];
  const choices = groups.flatMap((group) => [...group.querySelectorAll(".choice")]);
  const opened = new Map(groups.map((group) => [group, group.open]));

  const folded = (text) => text.toLocaleLowerCase("sv");

  const tell = () => {
    const numbers = {
      shown: choices.filter((choice) => !choice.hidden).length,
      all: choices.length,
      ticked: choices.filter((choice) => choice.querySelector("input").checked).length,
    };
    said.textContent = said.dataset.words.replace(/%\((\w+)\)s/g, (_, name) => numbers[name]);
  };

  const sift = () => {
    const words = folded(field.value).split(/\s+/).filter(Boolean);
    for (const group of groups) {
      const locality = folded(group.querySelector("summary bdi").textContent);
      const own = [...group.querySelectorAll(".choice")];
      for (const choice of own) {
        const text = `${locality} ${folded(choice.textContent)}`;
        choice.hidden = !words.every((word) => text.includes(word));
      }
      group.hidden = own.every((choice) => choice.hidden);
      group.open = words.length ? !group.hidden : opened.get(group);
    }
    tell();
  };

  box.hidden = false;
  field.addEventListener("input", sift);
  // Enter looks; it doesn't send what is half written.
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  for (const choice of choices) choice.addEventListener("change", tell);
  tell();
})();
