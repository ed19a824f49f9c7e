// Writes docs/cis.md from docs/cis.yaml: npm run docs:cis
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const text = z.string().min(1);
const checkSchema = z.union([
  z.strictObject({ asks: text, sets: text, run: text }),
  z.strictObject({ asks: text, sets: text, run: text.optional(), asked: text, choice: text }),
  z.strictObject({ asks: text, sets: text, others: text }),
]);

/** A check: it passes by `run`, is an own `choice`, or is decided by `others`. */
type CisCheck = z.output<typeof checkSchema>;

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

/**
 * A script that runs the checks of a role on a machine. It prints a line for each whose state is not what the table says: its id
 * if it does not hold, or `<id> passes` of an own choice that has become what the benchmark asks.
 */
export function cisScript(role: CisChapter["on"][number]): string {
  const checks = cisChapters()
    .filter(({ on }) => on.includes(role))
    .flatMap(({ checks }) => Object.entries(checks));
  const lines = checks.flatMap(([id, check]) => [
    ...("run" in check && check.run !== undefined ? [`${condition(check.run)} || echo '${id}'`] : []),
    ...("asked" in check ? [`! ${condition(check.asked)} || echo '${id} passes'`] : []),
  ]);
  return `${WORDS}${lines.join("\n")}\n`;
}

function condition(bash: string): string {
  return `( set +euo pipefail; ${bash} ) >/dev/null 2>&1`;
}

function stateOf(check: CisCheck): string {
  if ("choice" in check) return `own choice: ${check.choice}`;
  return "others" in check ? `not ours: ${check.others}` : "pass";
}

/** The condition that holds on a machine: of an own choice what is there instead, or that what is asked is not there. */
function askedOf(check: CisCheck): string {
  const run = "run" in check ? check.run : undefined;
  const shown = run ?? ("asked" in check ? `! ( ${check.asked} )` : undefined);
  return shown === undefined ? "" : `\`\` ${shown} \`\``;
}

/** docs/cis.md. */
export function cisPage(): string {
  const sections = cisChapters().map(({ title, on, checks }) =>
    [
      `## ${title}`,
      "",
      `On every ${on.join(" and ")}.`,
      "",
      "| check | asks | a site has | state | checked by |",
      "| --- | --- | --- | --- | --- |",
      ...Object.entries(checks).map(
        ([id, check]) => `| ${[id, check.asks, check.sets, stateOf(check), askedOf(check)].map(cell).join(" | ")} |`,
      ),
    ].join("\n"),
  );
  return `${[
    "# The CIS benchmark's checks",
    "What the CIS Kubernetes Benchmark 1.12 asks of nodes and the control plane ([S9](requirements.md#s9)), in words of our own, and how a site stands to each. Made by `npm run docs:cis` from " +
      "cis.yaml; a test asks every machine of a running site, and fails where a state is another than it says here. The benchmark itself is at " +
      "[cisecurity.org](https://www.cisecurity.org/benchmark/kubernetes). Its part 5 is about workloads, of which the [rules](policies/README.md) ask more.",
    "**pass**: it holds as it is asked. **own choice**: it does not, for the reason that is given; the condition is what holds instead. **not ours**: somebody else decides it.",
    "In conditions `of PROGRAM` prints the arguments of a program that runs, `only FILE MODE` asks for the owner root and a mode, `kubelet TEXT` and `etcd PART` look into their configuration.",
    ...sections,
  ].join("\n\n")}\n`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

if (require.main === module) writeFileSync(join(__dirname, "../cis.md"), cisPage());
