// Writes docs/disks.md from what site/render/diskGrowth says of an example: npm run docs:disks
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseSite } from "../../site/description/parse";
import type { MachinePlan, SitePlan } from "../../site/plan/model";
import { planSite } from "../../site/plan/plan";
import { diskGrowthOf, type Growth, growthOf, SYSTEM_MIB } from "../../site/render/diskGrowth";

const EXAMPLE = "08-three-hosts";

/** The example with all that grows: backups, metrics and logs that are kept, and both sent elsewhere. */
function examplePlan(): SitePlan {
  const described = parse(readFileSync(join(__dirname, `../examples/${EXAMPLE}.yaml`), "utf8"));
  const backup = {
    recipients: ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"],
    targets: [{ kind: "s3", endpoint: "https://s3.example", bucket: "store" }],
  };
  const monitoring = {
    logs: { sendTo: { server: "logs.store.example" } },
    remoteWrite: { url: "https://metrics.store.example/api/v1/write" },
  };
  return planSite(parseSite({ ...described, backup, addons: { monitoring } }));
}

const TITLES = { etcd: "member", "control-plane": "control plane", "load-balancer": "load balancer", worker: "worker" };
const ROLES = Object.keys(TITLES) as (keyof typeof TITLES)[];

/** docs/disks.md. */
export function disksPage(): string {
  const plan = examplePlan();
  const machines = ROLES.map((role) => plan.machines.find((machine) => machine.role === role) as MachinePlan);
  const grown = machines.map((machine) => growthOf(plan, machine));
  const places = new Map(grown.flat().map((row) => [row.place, row]));
  const rows = [...places.values()]
    .sort((a, b) => largest(grown, b) - largest(grown, a) || (a.place < b.place ? -1 : 1))
    .map((row) => {
      const cells = grown.map((own) => mib(own.find(({ place }) => place === row.place)?.mostMiB));
      return line([`${row.place}${row.disk === "data" ? " (the data disk)" : ""}`, row.by, row.bound, ...cells]);
    });
  const sums = machines.map((machine) => diskGrowthOf(plan, machine).find(({ disk }) => disk === "system"));
  const disks = machines.map(({ disks }) => disks.find(({ name }) => name === "system")?.sizeGiB ?? 0);
  const shares = sums.map((sum, i) => Math.floor((sum?.share ?? 0) * (disks[i] ?? 0) * 1024));
  const head = ["place", "who writes", "what bounds it", ...Object.values(TITLES)];
  return [
    TEXT.before,
    [
      line(head),
      line(head.map(() => "---")),
      ...rows,
      line(["the image, as it begins", "", "", ...machines.map(() => mib(SYSTEM_MIB))]),
      line(["**in all, on the system disk**", "", "", ...sums.map((sum) => `**${mib(sum?.mostMiB)}**`)]),
      line(["a disk of the default size has for it", "", "", ...shares.map(mib)]),
    ].join("\n"),
    TEXT.after,
  ].join("\n\n");
}

function largest(grown: readonly Growth[][], { place }: Growth): number {
  return Math.max(...grown.flat().map((row) => (row.place === place ? row.mostMiB : 0)));
}

function mib(amount: number | undefined): string {
  return amount === undefined ? "" : Math.ceil(amount).toLocaleString("en");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

const TEXT = {
  before: `# What fills a disk, and what ends that

A site that nobody looks after for two years must not stop because a disk is full. Every place on its machines that grows by itself has a bound. Made by \`npm run docs:disks\` from
what the program itself reckons with; the figures, in MiB, are the most that each place can take on machines of [an example](examples/${EXAMPLE}.yaml) with hourly backups and metrics of 30
days. The advisory rule [disk-growth](policies/disk-growth.md) tells which disk of a site does not hold its sum.`,
  after: `On control planes and workers the kubelet has what is left: images that are pulled, what pods write, logs of workloads and of pods that are gone. It deletes images that nobody
uses when 85 % of the disk are full (\`imageGCHighThresholdPercent\`), and evicts pods when 10 % are left (\`evictionHard\`), those first that write more than they said.

- **\`/tmp\` and \`/var/tmp\`**: nothing of the site's stays there; Debian empties \`/tmp\` at each boot. What \`up\` works with lies in \`/run\`, which is memory.
- **Packages**: the image has no sources of packages and starts no timer of apt. HAProxy, keepalived, chrony and etcd log to the journal alone.
- **Core dumps**: no service writes any but containerd, one file that the next one replaces; those of pods are a part of what the pod writes.
- **At the targets of backups** \`backup.retention\` decides: the newest 24 and those of 14 days, unless set; what a backup that was cut off has left goes after a day.
- **Servers that exist** have an owner: of their logs the site's own are kept small, and the journal has journald's own bound. The rule says nothing of them.
- **Beyond the table**: \`DiskFillsUp\` of a site that is [watched](living.md#who-watches) tells when less than a tenth of a disk is free, whatever fills it.

Shown by tests: the real journald, lumberjack in the real API server, rclone and the program that keeps logs small, each with two years' worth in small, and the real kubelet that reads
its configuration. A test fails when a program of the site writes a log, or continues a file, that is not in the table.
`,
};

if (require.main === module) writeFileSync(join(__dirname, "../disks.md"), disksPage());
