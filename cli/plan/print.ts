import { settledKms } from "../../site/description/kms";
import { byName } from "../../site/description/order";
import type { Assessment } from "../../site/judge/assessment";
import type { Failure, PairFailure } from "../../site/judge/failures/model";
import type { Finding } from "../../site/judge/rules";
import { allRules } from "../../site/judge/rules/catalog";
import { hasVolumesDisk } from "../../site/plan/roles";
import { pagePath } from "../output/page";
import { table } from "../output/table";

/** A plan as a person reads it: where everything is, what each failure costs, the rank, what is wrong. Plain text. */
export function printReport(report: Assessment): string {
  return [
    `${report.site}: ${report.machines.length} machines, API at ${report.endpoint.host}:${report.endpoint.port}`,
    "",
    machineTable(report),
    "",
    failureTable(report),
    ...(report.pairs ? ["", pairSummary(report.pairs)] : []),
    ...(report.moves.length > 0 ? ["", moveList(report)] : []),
    "",
    rankLine(report),
    aloneLine(report),
    ...serviceLine(report),
    ...gatewayLine(report),
    ...volumesLine(report),
    ...kmsLine(report),
    "",
    findingList(report.findings),
    "",
  ].join("\n");
}

const LONGEST_LIST = 60;

function machineTable({ machines }: Assessment): string {
  const sorted = [...machines].sort((a, b) => byName(a.host, b.host) || byName(a.name, b.name));
  let host = "";
  const rows = sorted.map((m) => {
    const first = m.host !== host;
    host = m.host;
    const data = m.disks.find((d) => d.name === "data") ?? m.disks[0];
    return [
      first ? m.host : "",
      m.name,
      [m.address, ...(m.cards ?? []).map(({ network, address }) => `${address} (${network})`)].join("\n"),
      `${m.cpus}`,
      `${m.memoryGiB}`,
      data?.datastore ?? "",
      data?.device ?? "",
    ];
  });
  return table(
    ["HOST", "MACHINE", "ADDRESS", "CPUS", "GIB", "DATASTORE", "DEVICE"],
    cut(rows, (n) => ["", `… and ${n} more`]),
  );
}

function cut(rows: string[][], rest: (n: number) => string[]): string[][] {
  return rows.length > LONGEST_LIST ? [...rows.slice(0, LONGEST_LIST), rest(rows.length - LONGEST_LIST)] : rows;
}

/** Failures that cost the same are one line: `machine  9 of them`. */
function failureTable({ failures }: Assessment): string {
  const alike = new Map<string, Failure[]>();
  for (const f of failures) {
    const key = JSON.stringify([f.kind, ...costs(f)]);
    alike.set(key, [...(alike.get(key) ?? []), f]);
  }
  const rows = [...alike.values()].map((group) => {
    const first = group[0] as Failure;
    return [first.kind, named(group.map((f) => f.id)), ...costs(first)];
  });
  return table(
    ["FAILURE OF", "", ...costTitles(failures)],
    cut(rows, (n) => ["", `… and ${n} more`]),
  );
}

/** What `costs` says, in its order. */
function costTitles(failures: readonly Pick<Failure, "volumes" | "imagesServed">[]): string[] {
  const hasVolumes = failures.some(({ volumes }) => volumes !== undefined);
  const hasRegistry = failures.some(({ imagesServed }) => imagesServed !== undefined);
  const own = [...(hasVolumes ? ["VOLUMES"] : []), ...(hasRegistry ? ["IMAGES"] : [])];
  return ["ETCD", "API", "DATA", ...own, "WORKERS LEFT"];
}

function costs(f: Omit<Failure, "kind" | "id">): string[] {
  const events = f.eventsQuorum === false ? ", events lost" : "";
  const network = f.networkStoreQuorum === false ? ", network store lost" : "";
  return [
    (f.etcdQuorum ? "kept" : "LOST") + events + network,
    f.apiReachable ? "reachable" : "DOWN",
    f.dataLost ? "LOST" : "kept",
    ...(f.volumes ? [volumesSaid(f.volumes)] : []),
    ...(f.imagesServed === undefined ? [] : [f.imagesServed ? "served" : "NONE"]),
    `${f.workersLeft}`,
  ];
}

/** Of how many workers: a volume lies on one disk of one of them. */
function volumesSaid({ lost, away }: NonNullable<Failure["volumes"]>): string {
  const said = [...(lost > 0 ? [`${lost} LOST`] : []), ...(away > 0 ? [`${away} away`] : [])];
  return said.join(", ") || "kept";
}

function named(ids: string[]): string {
  const text = ids.join(", ");
  return text.length <= 60 ? text : `${ids[0]} and ${ids.length - 1} more`;
}

function pairSummary(pairs: readonly PairFailure[]): string {
  const fatal = pairs.filter((p) => !p.etcdQuorum || !p.apiReachable || p.dataLost);
  const head = `Of ${pairs.length} pairs of failures, ${fatal.length} cost etcd, the API or data:`;
  if (fatal.length === 0) return `None of ${pairs.length} pairs of failures costs etcd, the API or data.`;
  const rows = fatal.map((p) => [p.first.kind, p.first.id, p.second.kind, p.second.id, ...costs(p)]);
  return `${head}\n${table(
    ["", "", "AND", "", ...costTitles(pairs)],
    cut(rows, (n) => ["", `… and ${n} more`]),
  )}`;
}

function moveList({ moves }: Assessment): string {
  return moves
    .map(
      (m) =>
        `move ${m.machine} from ${m.from.host} (${m.from.datastores.join(", ")}) to ${m.to.host} (${m.to.datastores.join(", ")}): ${m.why}`,
    )
    .join("\n");
}

function rankLine({ rank }: Assessment): string {
  const of = rank.hosts === 1 ? "one host" : rank.hosts === 2 ? "two hosts" : "three or more hosts";
  const next = rank.next === null ? "the highest there is" : `next: ${rank.next}`;
  return `Rank: rung ${rank.rung} of ${rank.of} for ${of}: ${rank.layout}; ${next}`;
}

function aloneLine({ aloneMonths }: Assessment): string {
  return aloneMonths === 0
    ? "Alone: the site stops when its certificates end; pki.aloneMonths has others issued ahead"
    : `Alone: the site goes on for ${aloneMonths} months after its last \`up\``;
}

/** What answers for Services' addresses is a worker. */
function serviceLine({ settled, failures }: Assessment): string[] {
  const range = settled["network.serviceAddresses"];
  if (range === undefined) return [];
  const silent = failures.filter(({ kind, workersLeft }) => kind !== "network" && workersLeft === 0);
  const lost =
    silent.length > 0 ? `; nobody does without ${silent.map(({ kind, id }) => `${kind} ${id}`).join(", ")}` : "";
  return [`Services: ${range}; another worker answers within seconds of the loss of the one that did${lost}`];
}

/** Who is reached by names is told the same as Services are; their certificates are signed in the cluster. */
function gatewayLine({ settled }: Assessment): string[] {
  const [domain, address] = [settled["addons.gatewayApi.domain"], settled["addons.gatewayApi.address"]];
  if (domain === undefined) return [];
  return [
    `Gateways: ${address} answers for ${domain} and what is below it; an authority in the cluster signs for these names alone`,
  ];
}

/** A volume is nowhere else. */
function volumesLine({ machines }: Assessment): string[] {
  const disks = machines.filter(hasVolumesDisk).flatMap(({ disks: all }) => all.filter(({ name }) => name === "data"));
  if (disks.length === 0) return [];
  const total = disks.reduce((sum, { sizeGiB }) => sum + sizeGiB, 0);
  return [
    `Volumes: ${total} GiB on disks of ${disks.length} workers; each lies on one device, outlives its pods and a restart of its worker, and is lost with that device, or with the worker`,
  ];
}

/** What the owner's plugin is needed for. */
function kmsLine({ settled }: Assessment): string[] {
  const kms = settledKms(settled);
  if (kms === undefined) return [];
  const what = kms.phase === "write" ? "are encrypted by" : "can be read as encrypted by";
  return [
    `Secrets: they ${what} KMS ${kms.name}; while its plugin is away, API servers that run write no secret after three minutes, one that starts reads none, and no \`up\` ends well; without its key no backup gives them back`,
  ];
}

function findingList(findings: readonly Finding[]): string {
  if (findings.length === 0) return "No findings.";
  return [...findings]
    .sort((a, b) => (a.severity === b.severity ? 0 : a.severity === "mandatory" ? -1 : 1))
    .map((f) => `${f.severity}  ${f.path}: ${f.message}; ${f.fix}  [${pageOf(f.rule)}, ${f.source}]`)
    .join("\n");
}

/** A rule's page from this folder; what is no rule, as it is called. */
function pageOf(rule: string): string {
  return allRules.some(({ id }) => id === rule) ? pagePath(`policies/${rule}.md`) : rule;
}
