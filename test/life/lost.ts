import { writeFileSync } from "node:fs";
import { expect } from "vitest";
import { pulumiOrThrow } from "../../cli/stack/pulumi";
import { RunningSite } from "../support/lab/site";

/** Takes a site away: no machine is left, and nothing that Pulumi knew of them. */
export async function lose(site: RunningSite): Promise<void> {
  await site.run("govc", ["vm.destroy", ...site.machines().map(({ name }) => name)]);
  expect((await site.attempt("kubectl", ["--request-timeout=3s", "get", "nodes"])).code).not.toBe(0);
  const quietly = ["--yes", "--skip-preview", "--refresh", "--parallel", "64"];
  const { code, stdout, stderr } = await site.pulumi("destroy", ...quietly);
  expect(code, stdout + stderr).toBe(0);
  await pulumiOrThrow(site.stack, ["stack", "rm", "--yes", "--preserve-config"]);
}

/** What a lab's owner does with a site that is there again: fetches the access to it. */
export async function signedIn(site: RunningSite): Promise<RunningSite> {
  const outputs = JSON.parse(
    await site.run("pulumi", ["stack", "output", "--json", "--show-secrets", "--stack", site.lab]),
  );
  writeFileSync(site.paths.kubeconfig, outputs.kubeconfig, { mode: 0o600 });
  writeFileSync(site.paths.sshKey, `${outputs.sshPrivateKey.trim()}\n`, { mode: 0o600 });
  writeFileSync(site.paths.knownHosts, outputs.sshKnownHosts, { mode: 0o600 });
  return RunningSite.open(site.lab);
}
