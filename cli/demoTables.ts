import Table from "cli-table3";
import { factsOfPlan } from "../site/facts";
import { singleFailures } from "../site/failures";
import { parseSite } from "../site/parse";
import { planSite } from "../site/plan";

/** Nodes as `kubectl get nodes -o json` tells them. */
export function nodeTable(json: string): string {
  const { items } = JSON.parse(json) as {
    items: {
      metadata: { name: string };
      status: { nodeInfo: { kubeletVersion: string }; conditions: { type: string; status: string }[] };
    }[];
  };
  return table(
    ["node", "version", "ready"],
    items.map(({ metadata, status }) => [
      metadata.name,
      status.nodeInfo.kubeletVersion,
      status.conditions.find(({ type }) => type === "Ready")?.status === "True" ? "yes" : "NO",
    ]),
  );
}

/** Host, device and datastore of each etcd member's data. */
export function memberTable(site: unknown): string {
  const { machines } = planSite(parseSite(site));
  return table(
    ["etcd member", "host", "device", "datastore"],
    machines
      .filter(({ role }) => role === "etcd")
      .map(({ name, host, disks }) => {
        const disk = disks.find((each) => each.name === "data") ?? disks[0];
        return [name, host, disk?.device ?? "", disk?.datastore ?? ""];
      }),
  );
}

/** What the loss of any one thing costs. */
export function failureTable(site: unknown): string {
  return table(
    ["lost", "etcd quorum", "API", "data", "workers left"],
    singleFailures(factsOfPlan(planSite(parseSite(site)))).map((failure) => [
      `${failure.kind} ${failure.id}`,
      failure.etcdQuorum ? "kept" : "LOST",
      failure.apiReachable ? "answers" : "DOWN",
      failure.dataLost ? "LOST" : "kept",
      `${failure.workersLeft}`,
    ]),
  );
}

function table(head: string[], rows: string[][]): string {
  const made = new Table({ head, style: { head: [], border: [], compact: true } });
  made.push(...rows);
  return made.toString();
}
