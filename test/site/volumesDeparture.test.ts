import { expect, test } from "vitest";
import { departureScript } from "../../site/render/departure";
import { shell } from "../../site/render/shell";
import { planned } from "../support/planning";
import { functionOf, run } from "../support/shellProgram";
import { site, threeHosts } from "../support/sites";

interface Volume {
  name: string;
  claim?: [namespace: string, name: string];
  local?: string;
  hostPath?: string;
  node?: string;
}

/** What a worker's departure says of these volumes before it goes on. */
async function said(volumes: Volume[]): Promise<{ code: number | null; output: string }> {
  const none = "<none>";
  const lines = volumes.map(({ name, claim = [none, none], local = none, hostPath = none, node = none }) =>
    [name, ...claim, local, hostPath, node].join("   "),
  );
  const program = [
    "set -Eeuo pipefail",
    "MACHINE=shop-general-a VOLUMES_FOLDER=/var/lib/groundwork-volumes",
    'fail() { echo "refused: $*"; exit 1; }',
    `cluster() { cat <<'END'\n${lines.join("\n")}\nEND\n}`,
    ...["volumes_of", "volumes_let_go"].map((name) => functionOf(shell("volumes-departure"), name)),
    "volumes_let_go; echo goes on",
  ];
  const { code, output } = await run(program.join("\n"));
  return { code, output: output.trim() };
}

const folder = "/var/lib/groundwork-volumes/pvc-1_tills_data";

test("a worker with volumes stays, and says whose they are", async () => {
  const { code, output } = await said([
    { name: "pvc-1", claim: ["tills", "data"], local: folder, node: "shop-general-a" },
    { name: "pvc-2", claim: ["tills", "log"], hostPath: folder, node: "shop-general-a" },
  ]);
  expect(code).toBe(1);
  expect(output).toMatch(
    /^refused: it holds volumes, which end with its disk: pvc-1 \(claim tills\/data\), pvc-2 \(claim tills\/log\); `kubectl cordon shop-general-a`, move/,
  );
});

test.each<[string, Volume[]]>([
  ["nothing holds one", []],
  ["they are another worker's", [{ name: "pvc-1", local: folder, node: "shop-general-aa" }]],
  [
    "they lie elsewhere",
    [
      { name: "nfs", node: "shop-general-a" },
      { name: "own", local: "/srv/x", node: "shop-general-a" },
    ],
  ],
])("it goes where %s", async (_, volumes) => {
  expect(await said(volumes)).toEqual({ code: 0, output: "goes on" });
});

test("only a worker that has a disk for volumes asks for them, before it is drained", () => {
  const workers = ["data", "plain"].map((name) => ({ name, count: 1, cpus: 4, memoryGiB: 16 }));
  const { plan } = planned(
    site(threeHosts, {
      addons: { localVolumes: {} },
      workers: workers.map((pool) => (pool.name === "data" ? { ...pool, volumesGiB: 50 } : pool)),
    }),
  );
  const script = (name: string) => {
    const machine = plan.machines.find((one) => one.name === name);
    if (machine === undefined) throw new Error(`${name}: no such machine`);
    return departureScript(plan, machine, "x");
  };
  expect(script("shop-data-a")).toContain("HOLDS_VOLUMES='yes'");
  expect(script("shop-data-a").indexOf("  volumes_let_go\n")).toBeLessThan(
    script("shop-data-a").indexOf("kubectl drain"),
  );
  expect(script("shop-plain-a")).toContain("HOLDS_VOLUMES='no'");
  expect(script("shop-plain-a")).not.toContain("volumes_of");
});
