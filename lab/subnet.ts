import { execFileSync } from "node:child_process";
import { networkInterfaces } from "node:os";

/** Third octets of 10.42.N.0/24 that something on this machine uses already: interfaces and Docker networks. */
function taken(): Set<number> {
  const used = new Set<number>();
  const note = (text: string) => {
    for (const [, third] of text.matchAll(/\b10\.42\.(\d{1,3})\.\d/g)) used.add(Number(third));
  };
  for (const addresses of Object.values(networkInterfaces())) for (const { address } of addresses ?? []) note(address);
  const ids = execFileSync("docker", ["network", "ls", "-q"], { encoding: "utf8" }).split("\n").filter(Boolean);
  if (ids.length > 0) note(execFileSync("docker", ["network", "inspect", ...ids], { encoding: "utf8" }));
  return used;
}

/**
 * A free 10.42.N.0/24, as N. The other labs' choices, which may not be up, are given. Labs take the lowest; datacenters of single
 * tests, which no lab knows of, take the highest, so that neither takes one that the other is about to use.
 */
export function freeSubnet(others: Iterable<number>, end: "lowest" | "highest" = "lowest"): number {
  const used = new Set([...taken(), ...others]);
  const free = Array.from({ length: 256 }, (_, n) => n).filter((n) => !used.has(n));
  const chosen = free.at(end === "lowest" ? 0 : -1);
  if (chosen !== undefined) return chosen;
  throw new Error("network: every 10.42.N.0/24 is in use; destroy a lab with npm run demo -- --destroy");
}
