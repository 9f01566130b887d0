// Hint: what document lies under the pointer, as plain text beside it and within the map.

const BESIDE = 14; // px

class Hint {
  constructor() {
    this.box = document.createElement("div");
    this.box.className = "said";
    this.hide();
  }

  hide() {
    this.box.hidden = true;
  }

  show({ title, facts }, [left, top], wide, high) {
    const lines = [title, ...facts.map(([name, value]) => `${name}: ${value}`)].map((text, row) => {
      const line = document.createElement("div");
      line.className = row ? "fact" : "title";
      line.textContent = text;
      return line;
    });
    const { box } = this;
    box.replaceChildren(...lines);
    box.hidden = false;
    box.style.left = `${Math.max(0, Math.min(left + BESIDE, wide - box.offsetWidth - 4))}px`;
    const under = top + BESIDE + box.offsetHeight < high;
    box.style.top = `${under ? top + BESIDE : Math.max(0, top - BESIDE - box.offsetHeight)}px`;
  }
}
