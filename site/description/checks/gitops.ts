import { repositoryOf } from "../flux";
import type { Problem } from "../problem";
import type { SiteSpec } from "../spec";

/** A repository that is followed in two ways, whose server nobody could know, or that could write nowhere. */
export function consistentGitops({ gitops, namespaces = [] }: SiteSpec): Problem[] {
  if (gitops === undefined) return [];
  const { flux } = gitops;
  const { scheme } = repositoryOf(gitops);
  const problems: Problem[] = [];
  const add = (path: string, fact: string, fix: string) => problems.push({ path: `gitops.flux.${path}`, fact, fix });
  if (flux.branch !== undefined && flux.tag !== undefined)
    add("tag", `the branch ${flux.branch} is named, too, and one of them is followed`, "leave one of them out");
  if (scheme === "ssh" && flux.hostKeys.length === 0)
    add(
      "hostKeys",
      "there is none, and any machine at the server's address would be taken for it",
      "list the server's keys, which `ssh-keyscan HOST` shows and its owner confirms",
    );
  const others = scheme === "ssh" ? (["user", "ca"] as const) : (["hostKeys"] as const);
  for (const key of others)
    if (flux[key]?.length) add(key, `nobody asks for it where the address is ${scheme}://`, "leave it out");
  for (const [i, key] of flux.hostKeys.entries())
    if (flux.hostKeys.indexOf(key) < i) add(`hostKeys[${i}]`, "it is listed already", "list it once");
  if (!flux.clusterWide && namespaces.length === 0)
    add(
      "clusterWide",
      "the description has no namespaces, and Flux may write in those alone",
      "describe the namespaces of what it applies, or set clusterWide: true",
    );
  return problems;
}
