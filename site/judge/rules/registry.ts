import { listed } from "../../description/listed";
import { rule } from "./rule";

export const registryOnTwoHosts = rule({
  id: "registry-two-hosts",
  subject: "Images",
  scope: "site",
  sentence: "the site's own registry has two copies, on different hosts, so that images are there when a host is lost",
  severity: "mandatory",
  source: "S8, L6 [B, P]",
  fix: "set controlPlanes: 2 or more, and place them on different hosts",
  check: ({ registry, machines, hosts }) => {
    if (registry === undefined) return [];
    const copies = machines.filter(({ name }) => registry.copies.includes(name));
    const milder = hosts.length === 1 && { severity: "advisory" as const };
    const [first, second] = copies;
    if (first === undefined) return [];
    if (second === undefined)
      return [
        {
          path: "registry",
          message: `its only copy is on ${first.name}: without that machine no image can be pulled`,
          ...milder,
        },
      ];
    if (hosts.length < 2 || first.host === undefined || first.host !== second.host) return [];
    return [
      {
        path: second.path,
        message: `both copies of the registry, on ${listed([first.name, second.name])}, are on host ${first.host}`,
      },
    ];
  },
});
