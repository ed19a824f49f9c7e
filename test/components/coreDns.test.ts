import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
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
    const { CoreDns } = require(${JSON.stringify(join(repository, "components/addons/CoreDns"))});
    const { nodes } = require("./nodes.json");
    const notAwaited = ({ type, props, opts }) => {
      if (!/:Deployment$/.test(type)) return undefined;
      const metadata = { ...props.metadata, annotations: { "pulumi.com/skipAwait": "true" } };
      return { props: { ...props, metadata }, opts };
    };
    new CoreDns(
      "shop-coredns",
      { image: "coredns:v1", nodes, cpus: 4 * nodes, clusterIp: "10.0.0.10", domain: "cluster.local", nameservers: [] },
      { providers: [provider], transforms: [notAwaited] },
    );`;
  project = await projectOver(api, lines);
});

afterAll(async () => {
  project?.remove();
  await api?.remove();
});

async function up(nodes: number): Promise<string[]> {
  project.write("nodes.json", JSON.stringify({ nodes }));
  const { code, output } = await project.up("--skip-preview");
  expect(code, output).toBe(0);
  return output.split("\n").filter((line) => /\b(created|updated|deleted|replaced)\b/.test(line));
}

const deployment = () => api.object("-n", "kube-system", "deployment", "coredns");

it("the cluster's DNS has more replicas at more nodes: the same Deployment, whose pods stay what they are (C6)", async () => {
  await up(4);
  const before = await deployment();
  expect(before?.spec).toMatchObject({ replicas: 2 });
  expect(await up(16)).toEqual([]);
  const changed = (await up(40)).filter((line) => !/Stack|Resources|~ 1 updated/.test(line));
  expect(changed).toEqual([expect.stringMatching(/Deployment/)]);
  const after = await deployment();
  expect(after?.spec).toEqual({ ...before?.spec, replicas: 3 });
  expect(after?.metadata.uid).toBe(before?.metadata.uid);
});
