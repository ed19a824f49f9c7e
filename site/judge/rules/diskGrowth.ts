import { type Breach, rule } from "./rule";

export const disksHoldGrowth = rule({
  id: "disk-growth",
  subject: "Capacity",
  scope: "site",
  sentence:
    "each machine's disk holds the most that may ever lie on it: logs, snapshots, backups that are made, metrics, etcd's data",
  severity: "advisory",
  source: "S2, L2 [B]",
  fix: "make disks larger, or make less of what grows (docs/disks.md)",
  check: ({ machines, growth = [] }) =>
    growth.flatMap(({ role, pool, disk, mostMiB, share, largest }): Breach[] => {
      const sizes = machines
        .filter((machine) => machine.role === role && machine.pool === pool)
        .flatMap(({ name, path, disks }) =>
          disks.flatMap(({ name: of, sizeGiB }) =>
            of === disk && sizeGiB !== undefined ? [{ name, path, sizeGiB }] : [],
          ),
        );
      const [smallest] = sizes.sort((a, b) => a.sizeGiB - b.sizeGiB || (a.name < b.name ? -1 : 1));
      if (smallest === undefined || mostMiB <= smallest.sizeGiB * share * 1024) return [];
      const { name, path, sizeGiB } = smallest;
      return [
        {
          path: `${path}.disks.${disk}`,
          message: `up to ${inGiB(mostMiB)} GiB may lie on the ${disk} disk of ${name} in time, ${inGiB(largest.mostMiB)} of that in ${largest.place}, and ${inGiB(sizeGiB * share * 1024)} of its ${sizeGiB} are for it`,
          fix: `make it ${Math.ceil(mostMiB / share / 1024)} GiB or larger, or make less of what grows (docs/disks.md)`,
        },
      ];
    }),
});

/** With one place after the point. */
function inGiB(mib: number): number {
  return Math.round((mib / 1024) * 10) / 10;
}
