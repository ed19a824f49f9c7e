import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { SiteInput } from "../../site/description/spec";
import { existingSite, ownersKey, program, programWithManifest, withStores } from "../support/existingSite";
import { hostKeyOf } from "../support/hostKeys";
import { Project } from "../support/project";
import { installed } from "../support/standins";

// What a site's state names is a promise: a resource of another name or type is made anew, and an authority with it. The recorded states
// show it of sites as the demo's; these of what such a site has not. A name that changes here needs an alias, and a line in the recorded
// changes; one that comes is added with `npx vitest run --project engine test/state/names.test.ts --update`.

let project: Project | undefined;
afterEach(() => project?.remove());

const next = { generation: 2, phase: "trust" as const };
const backup: SiteInput["backup"] = {
  recipients: ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"],
  targets: [{ kind: "sftp", host: "203.0.113.250", user: "backup", hostKey: hostKeyOf(99) }],
};
const servers = existingSite();
const withServices = { ...servers, network: { ...servers.network, serviceAddresses: "203.0.113.200-203.0.113.219" } };
const withVolumes: SiteInput = {
  ...servers,
  addons: { localVolumes: {} },
  workers: servers.workers?.map((pool) => ({ ...pool, volumesGiB: 100 })),
  machines: servers.machines?.map((machine, i) =>
    machine.role === "worker" ? { ...machine, datastore: `disk-${i}` } : machine,
  ),
};
const withFlux: SiteInput = {
  ...servers,
  namespaces: [{ name: "tills" }],
  gitops: { flux: { url: "ssh://git@git.example/store/site.git", hostKeys: [hostKeyOf(98)] } },
};
const withRegistry: SiteInput = { ...servers, registry: { kind: "local" } };
const withGateway: SiteInput = {
  ...withServices,
  namespaces: [{ name: "tills" }],
  addons: { gatewayApi: { domain: "apps.store.example", address: "203.0.113.200" } },
};
const rotation = { cluster: next, etcd: next, frontProxy: next, serviceAccount: next, encryption: next };

test.each<[string, SiteInput, Record<string, string>]>([
  ["existing servers", existingSite(), program],
  ["backups", { ...existingSite(), backup }, program],
  ["a range for Services", withServices, program],
  ["local volumes", withVolumes, program],
  ["a repository that Flux applies", withFlux, program],
  ["a registry of its own", withRegistry, program],
  ["Gateways that are answered for", withGateway, program],
  ["rotations under way", { ...existingSite(), pki: { rotation } }, program],
  ["stores of their own for events and the network add-on", withStores(), programWithManifest],
])("the resources of a site with %s have the names and types that they had", async (what, site, files) => {
  project = await Project.create({
    files,
    plugins: await installed("command", "tls", "kubernetes"),
    config: {
      "groundwork:site": site,
      ...Object.fromEntries(
        ["sshPrivateKey", "backupSftpKey", "gitopsSshKey"].map((key) => [`groundwork:${key}`, ownersKey]),
      ),
    },
  });
  const { code, output } = await project.preview("--json");
  expect(code, output.slice(-2000)).toBe(0);
  const { steps } = JSON.parse(output.slice(output.indexOf("{\n"), output.lastIndexOf("}") + 1)) as {
    steps: { urn: string }[];
  };
  // `urn:pulumi:STACK::PROJECT::TYPES::NAME`: the stack and the project are the test's.
  const names = steps.map(({ urn }) => urn.split("::").slice(2).join("  ")).sort();
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(80);
  const file = join(__dirname, "names", `${what.replaceAll(" ", "-")}.txt`);
  await expect(`${names.join("\n")}\n`).toMatchFileSnapshot(file);
});
