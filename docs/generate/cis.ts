// Writes docs/cis.md from docs/cis.yaml: npm run docs:cis
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const checkSchema = z
  .strictObject({ asks: z.string(), run: z.string().optional(), instead: z.string().optional() })
  .refine(
    ({ run, instead }) => run !== undefined || instead !== undefined,
    "say how it is checked, or what is instead",
  );

const chaptersSchema = z.array(
  z.strictObject({
    title: z.string(),
    on: z.array(z.enum(["control-plane", "etcd", "worker"])).min(1),
    checks: z.record(z.string(), checkSchema),
  }),
);

export type CisChapter = z.output<typeof chaptersSchema>[number];

/** The benchmark's checks, with what is run for each on machines of which roles. */
export function cisChapters(): CisChapter[] {
  const { chapters } = parse(readFileSync(join(__dirname, "../cis.yaml"), "utf8"));
  return chaptersSchema.parse(chapters);
}

/** What the conditions of the table use. */
const WORDS = `declare -A RUNS
for f in /proc/[0-9]*/cmdline; do
  mapfile -d '' -t a 2>/dev/null <"$f" || continue
  [[ -z \${a[0]:-} ]] || RUNS[\${a[0]}]=$(printf '%s\\n' "\${a[@]}")
done
of() { [[ -n \${RUNS[$1]:-} ]] && printf '%s\\n' "\${RUNS[$1]}"; }
only() { [[ $(stat -c %U:%a "$1") == "root:$2" ]]; }
kubelet() { grep -E "$@" /var/lib/kubelet/config.yaml; }
etcd() { grep -A8 "^$1:" /etc/etcd/etcd.yaml; }
`;

/** A script that runs the checks of a role on a machine, and prints the ids of those that do not hold, a line each. */
export function cisScript(role: CisChapter["on"][number]): string {
  const checks = cisChapters()
    .filter(({ on }) => on.includes(role))
    .flatMap(({ checks }) => Object.entries(checks));
  const lines = checks.flatMap(([id, { run }]) =>
    run === undefined ? [] : [`( set +euo pipefail; ${run} ) >/dev/null 2>&1 || echo '${id}'`],
  );
  return `${WORDS}${lines.join("\n")}\n`;
}

/** docs/cis.md. */
export function cisPage(): string {
  const sections = cisChapters().map(({ title, on, checks }) =>
    [
      `## ${title}`,
      "",
      `On every ${on.join(" and ")}.`,
      "",
      "| check | asks | state | checked by |",
      "| --- | --- | --- | --- |",
      ...Object.entries(checks).map(([id, { asks, run, instead }]) => {
        const state = instead === undefined ? "holds" : `otherwise: ${instead}`;
        return `| ${[id, asks, state, run === undefined ? "" : `\`\` ${run} \`\``].map(cell).join(" | ")} |`;
      }),
    ].join("\n"),
  );
  return `${[
    "# The CIS benchmark's checks",
    "What the CIS Kubernetes Benchmark 1.12 asks of nodes and the control plane ([S9](requirements.md#s9)), in words of our own, and how a site stands to each. Made by `npm run docs:cis` from " +
      "cis.yaml; a test runs every condition on every machine of a running site. The benchmark itself is at [cisecurity.org](https://www.cisecurity.org/benchmark/kubernetes). " +
      "1.1.9 and 1.1.10 are about the configuration of the pod network that you choose; 3.1 about how people sign in ([living.md](living.md)); 5 about workloads, of which the " +
      "[rules](policies/README.md) ask more.",
    "In conditions `of PROGRAM` prints the arguments of a program that runs, `only FILE MODE` asks for the owner root and a mode, `kubelet TEXT` and `etcd PART` look into their configuration.",
    ...sections,
  ].join("\n\n")}\n`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

if (require.main === module) writeFileSync(join(__dirname, "../cis.md"), cisPage());
