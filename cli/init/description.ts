import { parse, stringify } from "yaml";
import { readSite } from "../../site/description/parse";
import type { Problem } from "../../site/description/problem";
import { siteIn } from "../input/document";
import { type Answers, questions } from "./questions";

/** Where editors find the schema of a stack file. */
const SCHEMA = "../node_modules/groundwork/docs/stack.schema.json";
const MOST = 100;

/**
 * A stack file with a site's description.
 *
 * @param hosts hosts and shared storage as `groundwork discover` prints them; none to write what is to be corrected
 */
export function stackText(answers: Answers, hosts = plainHosts(answers)): string {
  const { name, server, datacenter, cluster, template, network, cidr, gateway, apiVip, machines } = answers;
  const text = [
    stringify({ name, hypervisor: { kind: "vsphere", server, datacenter, cluster, template, network } }),
    hosts,
    stringify({
      network: { cidr, gateway, apiVip, machines },
      kubernetes: { version: answers.kubernetes },
      workers:
        Number(answers.workers) > 0
          ? [{ name: "general", count: Number(answers.workers), cpus: 4, memoryGiB: 16 }]
          : [],
    }),
  ].join("");
  return `# yaml-language-server: $schema=${SCHEMA}
# What the site is made of. \`npx groundwork plan\` with this file tells what it survives.
config:
  groundwork:site:
${text.trimEnd().replace(/^(?=.)/gm, "    ")}
`;
}

/** What is wrong with an answer. */
export function problemWith(key: keyof Answers, answers: Answers): Problem | undefined {
  const { flag, path } = questions[key];
  if (key === "hosts" || key === "workers") {
    const [least, value] = [key === "hosts" ? 1 : 0, Number(answers[key])];
    return Number.isInteger(value) && value >= least && value <= MOST
      ? undefined
      : { path: flag, fact: "it is no such number", fix: `use a whole number from ${least} to ${MOST}` };
  }
  const found = problemsOf(answers).find((problem) => problem.path === path);
  return found && { ...found, path: flag };
}

/** What is wrong with a description of these answers, on hosts that are as they are proposed. */
export function problemsOf(answers: Answers): Problem[] {
  const result = readSite(siteIn(parse(stackText(answers))));
  return "problems" in result ? result.problems : [];
}

/** Hosts with two SSDs each; three in a single one, for three members of etcd. */
function plainHosts({ hosts }: Answers): string {
  const lines = [
    "# Correct them: names, CPUs and memory as vCenter has them, each device's canonical name as the host tells it",
    "# (`esxcli storage core device list`). `npx groundwork discover` reads all of it from vCenter.",
    "hosts:",
  ];
  for (let n = 1; n <= Number(hosts); n++) {
    const host = `esx-${n}`;
    lines.push(
      ...[`  - name: ${host}`, "    cpus: 16", "    memoryGiB: 128", "    devices:"],
      ...(Number(hosts) === 1 ? ["a", "b", "c"] : ["a", "b"]).map(
        (letter) => `      - {id: naa.${host}-${letter}, media: ssd, datastore: ${host}-${letter}}`,
      ),
    );
  }
  return `${lines.join("\n")}\n`;
}
