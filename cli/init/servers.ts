import { readFileSync } from "node:fs";
import type { Problem } from "../../site/description/problem";
import { shown } from "../../site/description/problem";
import type { Role } from "../../site/description/spec";

/** A server that exists, as it is answered. */
export interface Server {
  name: string;
  role: Role;
  address: string;
}

type Told = Pick<Problem, "fact" | "fix">;

const roles: readonly Role[] = ["etcd", "control-plane", "load-balancer", "worker"];

/** `etcd=10.0.42.11,10.0.42.12 worker=10.0.42.41` → the servers, named by role and number; or what is wrong with that. */
export function serversIn(text: string): Server[] | Told {
  const servers: Server[] = [];
  for (const group of text.split(/\s+/).filter(Boolean)) {
    const [role, addresses = ""] = group.split("=", 2);
    const known = roles.find((each) => each === role);
    if (known === undefined)
      return { fact: `${shown(role)} is no role`, fix: `use ${roles.join(", ")}: ROLE=ADDRESS,…` };
    for (const address of addresses.split(",").filter(Boolean)) {
      const number = servers.filter((server) => server.role === known).length + 1;
      servers.push({ name: `${known}-${number}`, role: known, address });
    }
  }
  return servers.length > 0 ? servers : { fact: "it names no server", fix: "use ROLE=ADDRESS,… for each role" };
}

/** Whether an answer was wrong. */
export function isWrong<T extends object>(answer: T | Told): answer is Told {
  return "fact" in answer;
}

/** The SSH host keys in a file of `ssh-keyscan`, by address; or what is wrong with the file. */
export function hostKeysIn(file: string, servers: readonly Server[]): ReadonlyMap<string, string> | Told {
  const scan = (addresses: readonly string[]) =>
    `\`ssh-keyscan -t ed25519 ${addresses.join(" ")}\` asks the servers; compare what it writes with each one's console`;
  const addresses = servers.map(({ address }) => address);
  if (file === "") return { fact: "the servers' SSH host keys are not given", fix: `name a file; ${scan(addresses)}` };
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return { fact: `${shown(file)} cannot be read`, fix: `name a file; ${scan(addresses)}` };
  }
  const keys = new Map<string, string>();
  // ssh-keyscan writes one line a key, `ADDRESS TYPE KEY`; the strongest type of a server is taken.
  for (const line of text.split("\n")) {
    const [hosts = "", type = "", key = ""] = line.trim().split(/\s+/);
    if (hosts.startsWith("#") || key === "") continue;
    for (const host of hosts.split(","))
      if (!keys.has(host) || type === "ssh-ed25519") keys.set(host, `${type} ${key}`);
  }
  const missing = addresses.filter((address) => !keys.has(address));
  if (missing.length > 0) return { fact: `it has no key of ${missing.join(", ")}`, fix: `add it; ${scan(missing)}` };
  return keys;
}
