import { table } from "../cli/output/table";

/** Nodes as `kubectl get nodes -o json` tells them, for a person. */
export function nodeTable(json: string): string {
  const { items } = JSON.parse(json) as {
    items: {
      metadata: { name: string };
      status: { nodeInfo: { kubeletVersion: string }; conditions: { type: string; status: string }[] };
    }[];
  };
  return table(
    ["NODE", "VERSION", "READY"],
    items.map(({ metadata, status }) => [
      metadata.name,
      status.nodeInfo.kubeletVersion,
      status.conditions.find(({ type }) => type === "Ready")?.status === "True" ? "yes" : "NO",
    ]),
  );
}
