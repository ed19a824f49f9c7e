import { afterEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { repository } from "../../lab/toolchain/artifact";
import type { SiteInput } from "../../site/description/spec";
import { existingSite, ownersKey } from "../support/existingSite";
import { hostKeyOf } from "../support/hostKeys";
import { ownRuntime, Project } from "../support/project";
import { installed, unchecked } from "../support/standins";

let project: Project | undefined;
afterEach(() => project?.remove());

const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: network, namespace: kube-system}\n";
/** A site with a manifest that needs no download. */
const program = {
  "Pulumi.yaml": stringify({ name: "project", main: "index.ts", runtime: ownRuntime }),
  "index.ts": `import { Site } from "${repository}/components/Site";
import { parseSite } from "${repository}/site/description/parse";
const config = new (require("@pulumi/pulumi").Config)("groundwork");
const spec = parseSite(config.requireObject("site"));
const sshPrivateKey = config.requireSecret("sshPrivateKey");
export const members = new Site(spec.name, { spec, sshPrivateKey, podNetworkManifest: ${JSON.stringify(manifest)} }).members;
`,
};

/** The site with three servers for each of two more stores. */
function withStores(): SiteInput {
  const site = existingSite();
  const [first] = site.machines ?? [];
  const more = (["events", "network-store"] as const).flatMap((role, group) =>
    [0, 1, 2].map((i) => ({
      ...first,
      role,
      name: `plain-${role}-${"abc"[i]}`,
      host: `server-0-${i}`,
      address: `203.0.113.${60 + group * 10 + i}`,
      hostKey: hostKeyOf(60 + group * 10 + i),
    })),
  );
  return {
    ...site,
    machines: [...(site.machines ?? []), ...more],
    etcd: { members: 3, events: {}, networkStore: {} },
    pki: { rotation: { networkStore: { generation: 2, phase: "trust" } } },
    kubernetes: {
      ...site.kubernetes,
      podNetwork: {
        kind: "manifest",
        url: "https://network.example/manifest.yaml",
        sha256: "0".repeat(64),
        enforcesNetworkPolicy: true,
      },
    },
  };
}

describe("a site with a store for events and one for its network add-on (L9)", () => {
  it("configures the members of each, gives the add-on what it needs to reach its own, and rotates that one's authority by itself", async () => {
    project = await Project.create({
      files: program,
      plugins: await installed("command", "tls", "kubernetes"),
      config: { "groundwork:site": withStores(), "groundwork:sshPrivateKey": ownersKey },
      env: unchecked,
    });
    const { code, output } = await project.preview();
    for (const store of ["etcd", "events", "network-store"]) {
      expect(output).toContain(`groundwork:index:EtcdCluster plain-${store} create`);
      for (const letter of ["a", "b", "c"])
        expect(output).toContain(`command:remote:Command plain-${store}-${letter} create`);
      expect(output).toMatch(new RegExp(`LocallySignedCert etcd-server-plain-${store}-a create`));
    }
    for (const generation of ["", "-2"])
      expect(output).toContain(`tls:index:SelfSignedCert plain-network-store-ca${generation} create`);
    expect(output).not.toContain("plain-etcd-ca-2");
    expect(output).toContain("kubernetes:core/v1:Secret plain-pod-network-store create");
    expect(output).toContain("kubernetes:core/v1:ConfigMap plain-pod-network-configmap-kube-system-network create");
    expect(code).toBe(0);
  });
});
