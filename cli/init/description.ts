import { parse, stringify } from "yaml";
import { readSite } from "../../site/description/parse";
import type { Problem } from "../../site/description/problem";
import type { Role } from "../../site/description/spec";
import { siteIn } from "../input/document";
import { type Answers, describesServers, questions } from "./questions";
import { hostKeysIn, isWrong, type Server, serversIn } from "./servers";

/** Where editors find the schema of a stack file. */
const SCHEMA = "../node_modules/groundwork/docs/stack.schema.json";
const MOST = 100;

/**
 * A stack file with a site's description.
 *
 * @param hosts hosts and shared storage as `groundwork discover` prints them; none to write what is to be corrected
 */
export function stackText(answers: Answers, hosts = plainHosts(answers)): string {
  const { name, server, datacenter, cluster, template, network, distributedSwitch, cidr, gateway, apiVip, machines } =
    answers;
  const isExisting = describesServers(answers);
  const hypervisor = isExisting
    ? { kind: "existing" }
    : {
        ...{ kind: answers.kind, server, datacenter, cluster, template, network },
        ...(distributedSwitch !== "" && { distributedSwitch }),
      };
  const nameservers = answers.nameservers.split(",").map((address) => address.trim());
  const text = [
    stringify({ name, hypervisor }),
    isExisting ? serverHosts(answers) : hosts,
    stringify({
      // Servers that exist keep their own.
      network: { cidr, gateway, apiVip, machines, ...(isExisting ? {} : { nameservers }) },
      kubernetes: { version: answers.kubernetes },
      ...(isExisting ? machinesOf(answers) : { workers: workersOf(Number(answers.workers)) }),
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
  if (key === "servers" || key === "knownHosts") {
    const servers = serversIn(answers.servers);
    const told = isWrong(servers) || key === "servers" ? servers : hostKeysIn(answers.knownHosts, servers);
    if (isWrong(told)) return key === "servers" || !isWrong(servers) ? { path: flag, ...told } : undefined;
    const wrong = problemsOf(answers).find(
      (problem) => /^machines\[/.test(problem.path) && isOfKey(problem) === (key === "knownHosts"),
    );
    return wrong && { ...wrong, path: `${flag} ${wrong.path}` };
  }
  const found = problemsOf(answers).find((problem) => problem.path.replace(/\[\d+\]$/, "") === path);
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
        (letter) => `      - {id: naa.${n}${letter}, media: ssd, datastore: ${host}-${letter}}`,
      ),
    );
  }
  return `${lines.join("\n")}\n`;
}

function isOfKey({ path }: Problem): boolean {
  return path.endsWith(".hostKey");
}

function workersOf(count: number): object[] {
  return count > 0 ? [{ name: "general", count, cpus: 4, memoryGiB: 16 }] : [];
}

/** What the answers say of servers that exist; nothing of what is wrong. */
function serversOf({ servers }: Answers): Server[] {
  const found = serversIn(servers);
  return isWrong(found) ? [] : found;
}

/** Each server is a host of its own, until somebody says that two are on one. */
function serverHosts(answers: Answers): string {
  const lines = [
    "# Correct them: each server's CPUs, memory and disks, by names that no two disks share (`lsblk -o NAME,WWN`). Servers that are virtual",
    "# machines of one host have that host, with all its disks, in common: what it loses, they lose.",
    "hosts:",
  ];
  for (const [i, { name }] of serversOf(answers).entries())
    lines.push(
      ...[`  - name: ${name}`, "    cpus: 8", "    memoryGiB: 32", "    devices:"],
      `      - {id: naa.${i + 1}, media: ssd, datastore: ${name}}`,
    );
  return `${lines.join("\n")}\n`;
}

/** The servers as machines, and how many there are of each role. */
function machinesOf(answers: Answers): object {
  const servers = serversOf(answers);
  const keys = hostKeysIn(answers.knownHosts, servers);
  const count = (role: Role) => servers.filter((server) => server.role === role).length;
  return {
    etcd: { members: count("etcd") },
    controlPlanes: { count: count("control-plane") },
    loadBalancer: { kind: "haproxy", count: count("load-balancer") },
    machines: servers.map(({ name, role, address }) => ({
      ...{ name, role, host: name, address },
      hostKey: isWrong(keys) ? "" : keys.get(address),
      ...(role === "worker" && { pool: "general" }),
    })),
    workers: workersOf(count("worker")),
  };
}
