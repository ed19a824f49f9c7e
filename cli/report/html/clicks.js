// Runs in the reader's browser: shows what a failure takes along.
for (const site of document.querySelectorAll(".drawing")) {
  const { failures, members, workers } = JSON.parse(site.querySelector("script.failures").textContent);
  const what = site.querySelector(".status .what");
  const tiles = Object.fromEntries([...site.querySelectorAll(".tile")].map((tile) => [tile.dataset.tile, tile]));
  let chosen;

  const set = (key, text, lost) => {
    tiles[key].querySelector("dd").textContent = text;
    tiles[key].classList.toggle("lost", lost);
  };

  const show = (failure) => {
    chosen = failure && `${failure.kind} ${failure.id}`;
    const down = new Set(failure ? failure.down : []);
    const wiped = new Set(failure ? failure.wiped : []);
    for (const button of site.querySelectorAll("[data-failure]")) {
      const pressed = button.dataset.failure === chosen;
      button.setAttribute("aria-pressed", String(pressed));
      button.classList.toggle("failed", pressed);
    }
    for (const box of site.querySelectorAll("[data-machine]")) box.classList.toggle("down", down.has(box.dataset.machine));
    for (const disk of site.querySelectorAll("[data-disk]")) {
      const [machine, name] = disk.dataset.disk.split(" ");
      disk.classList.toggle("down", down.has(machine));
      disk.classList.toggle("wiped", name === "data" && wiped.has(machine));
    }
    if (!failure) {
      what.textContent = "Nothing has failed.";
      for (const [key, tile] of Object.entries(tiles)) set(key, tile.dataset.good, false);
      return;
    }
    const up = members.filter((name) => !down.has(name)).length;
    const { cpus, memoryGiB } = failure.capacityLeft;
    set("etcd", `${failure.etcdQuorum ? "quorum" : "no quorum"}, ${up} of ${members.length} up`, !failure.etcdQuorum);
    set("api", failure.apiReachable ? "reachable" : "down", !failure.apiReachable);
    set("data", failure.dataLost ? "a majority of etcd's disks is gone" : "kept", failure.dataLost);
    set("workers", `${failure.workersLeft} of ${workers} up: ${cpus} CPUs, ${memoryGiB} GiB`, failure.workersLeft === 0);
    const lost = failure.down.length === 0 ? "no machine is lost" : `${failure.down.length} down: ${failure.down.join(", ")}`;
    what.textContent = `Without ${failure.kind.replace("-", " ")} ${failure.id}: ${lost}. To do: ${failure.action.replaceAll("`", "")}.`;
  };

  const choose = (name) => show(name === chosen ? undefined : failures.find(({ kind, id }) => `${kind} ${id}` === name));
  site.addEventListener("click", (event) => {
    const button = event.target.closest("[data-failure]");
    if (button) choose(button.dataset.failure);
  });
  site.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && chosen) show();
    const button = event.target.closest("g[data-failure]");
    if (!button || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    choose(button.dataset.failure);
  });
}

// Paper can't be unfolded.
for (const [event, open] of [["beforeprint", true], ["afterprint", false]])
  addEventListener(event, () => {
    for (const table of document.querySelectorAll("details.failures")) table.open = open;
  });
