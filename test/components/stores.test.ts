import { afterEach, describe, expect, it } from "vitest";
import { ownersKey, programWithManifest, withStores } from "../support/existingSite";
import { Project } from "../support/project";
import { installed, unchecked } from "../support/standins";

let project: Project | undefined;
afterEach(() => project?.remove());

describe("a site with a store for events and one for its network add-on (L9)", () => {
  it("configures the members of each, gives the add-on what it needs to reach its own, and rotates that one's authority by itself", async () => {
    project = await Project.create({
      files: programWithManifest,
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
