import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../../lab/toolchain/artifact";
import { projectOver } from "../support/apiProject";
import { ApiServer } from "../support/apiServer";
import type { Project } from "../support/project";

let api: ApiServer;
let project: Project;

beforeAll(async () => {
  api = await ApiServer.start();
  // No node runs its pods here.
  const lines = `
    const { LocalVolumes } = require(${JSON.stringify(join(repository, "components/addons/LocalVolumes"))});
    const described = require("./volumes.json");
    const notAwaited = ({ type, props, opts }) => {
      if (!/:Deployment$/.test(type)) return undefined;
      const metadata = { ...props.metadata, annotations: { "pulumi.com/skipAwait": "true" } };
      return { props: { ...props, metadata }, opts };
    };
    if (described)
      new LocalVolumes(
        "shop-volumes",
        { image: "docker.io/rancher/local-path-provisioner:v0", ...described },
        { providers: [provider], transforms: [notAwaited] },
      );`;
  project = await projectOver(api, lines);
});

afterAll(async () => {
  project?.remove();
  await api?.remove();
});

interface Described {
  nodes: string[];
  pools: string[];
  reclaimPolicy: "Retain" | "Delete";
}

async function up(described?: Described): Promise<string> {
  project.write("volumes.json", JSON.stringify(described ?? null));
  const { code, output } = await project.up("--skip-preview");
  expect(code, output).toBe(0);
  return output;
}

const changed = /created|updated|deleted|replaced/;
const one: Described = { nodes: ["shop-data-a"], pools: ["data"], reclaimPolicy: "Retain" };

describe("local volumes in a real API", () => {
  it("are made once; another worker is a change of their settings and of nothing else", async () => {
    await up(one);
    expect(await up(one)).not.toMatch(changed);
    const storage = JSON.parse(await api.kubectl("get", "storageclass", "local", "-o", "json"));
    expect(storage).toMatchObject({
      provisioner: "rancher.io/local-path",
      reclaimPolicy: "Retain",
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: false,
      allowedTopologies: [{ matchLabelExpressions: [{ key: "groundwork.local/pool", values: ["data"] }] }],
    });
    expect(storage.metadata.annotations).toMatchObject({
      "storageclass.kubernetes.io/is-default-class": "true",
      defaultVolumeType: "local",
    });
    const more = await up({ ...one, nodes: ["shop-data-b", "shop-data-a"] });
    const lines = more
      .split("\n")
      .filter((line) => changed.test(line) && !/Stack|Resources|\d+ (updated|replaced|created)/.test(line));
    expect(lines.filter((line) => !/ConfigMap|Deployment/.test(line))).toEqual([]);
    const { data } = JSON.parse(
      await api.kubectl("-n", "local-path-storage", "get", "configmap", "local-path-config", "-o", "json"),
    );
    expect(JSON.parse(data["config.json"])).toEqual({
      nodePathMap: ["shop-data-a", "shop-data-b"].map((node) => ({ node, paths: ["/var/lib/groundwork-volumes"] })),
    });
  });

  it("are given by an account that may do that and no more", async () => {
    const may = async (...what: string[]) =>
      (
        await api
          .kubectl("auth", "can-i", ...what, "--as=system:serviceaccount:local-path-storage:local-path-provisioner")
          .catch((error: Error & { stdout?: string }) => error.stdout ?? "no")
      ).trim();
    for (const what of [
      ["create", "persistentvolumes"],
      ["list", "persistentvolumeclaims", "-A"],
      ["create", "pods", "-n", "local-path-storage"],
    ])
      expect(await may(...what), what.join(" ")).toBe("yes");
    for (const what of [
      ["create", "pods", "-n", "default"],
      ["get", "pods", "-n", "kube-system"],
      ["get", "secrets", "-n", "local-path-storage"],
      ["delete", "persistentvolumeclaims", "-n", "default"],
      ["patch", "nodes"],
      ["create", "storageclasses"],
    ])
      expect(await may(...what), what.join(" ")).toBe("no");
  });

  it("may be given up, and leave nothing behind but volumes", async () => {
    await up({ ...one, reclaimPolicy: "Delete" });
    expect(await api.kubectl("get", "storageclass", "local", "-o", "jsonpath={.reclaimPolicy}")).toBe("Delete");
    await up({ ...one, reclaimPolicy: "Delete", pools: ["data", "more"] });
    const topologies = await api.kubectl("get", "storageclass", "local", "-o", "jsonpath={.allowedTopologies}");
    expect(JSON.parse(topologies)[0].matchLabelExpressions[0].values).toEqual(["data", "more"]);
    await up();
    const left = await api.kubectl("get", "storageclasses,clusterroles,clusterrolebindings", "-o", "name");
    expect(left).not.toMatch(/local-path|storageclass/);
  });
});
