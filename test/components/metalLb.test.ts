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
    const { MetalLb } = require(${JSON.stringify(join(repository, "components/addons/MetalLb"))});
    const range = require("./range.json");
    const images = { controller: "quay.io/metallb/controller:v0", speaker: "quay.io/metallb/speaker:v0" };
    const memberlistKey = pulumi.secret("open sesame");
    const notAwaited = ({ type, props, opts }) => {
      if (!/:(Deployment|DaemonSet)$/.test(type)) return undefined;
      const metadata = { ...props.metadata, annotations: { "pulumi.com/skipAwait": "true" } };
      return { props: { ...props, metadata }, opts };
    };
    if (range)
      new MetalLb(
        "shop-metallb",
        { images, addresses: range, memberlistKey },
        { providers: [provider], transforms: [notAwaited] },
      );`;
  project = await projectOver(api, lines);
});

afterAll(async () => {
  project?.remove();
  await api?.remove();
});

async function up(range?: string): Promise<string> {
  project.write("range.json", JSON.stringify(range ?? null));
  const { code, output } = await project.up("--skip-preview");
  expect(code, output).toBe(0);
  return output;
}

const changed = /created|updated|deleted|replaced/;
const poolOf = () =>
  api.kubectl("-n", "metallb-system", "get", "ipaddresspools.metallb.io", "site", "-o", "jsonpath={.spec}");

describe("MetalLB in a real API", () => {
  it("is made once, and changes with its range and in nothing else", async () => {
    await up("10.0.42.200-10.0.42.219");
    expect(await up("10.0.42.200-10.0.42.219")).not.toMatch(changed);
    expect(JSON.parse(await poolOf())).toEqual({ addresses: ["10.0.42.200-10.0.42.219"], autoAssign: true });
    const lines = (await up("10.0.42.210-10.0.42.219")).split("\n").filter((line) => changed.test(line));
    expect(lines.filter((line) => !/IPAddressPool|Stack|Resources|~ 1 updated/.test(line))).toEqual([]);
    expect(JSON.parse(await poolOf()).addresses).toEqual(["10.0.42.210-10.0.42.219"]);
  });

  it("keeps what speakers encrypt with in the state as a secret", async () => {
    const exported = (await project.run("stack", "export", "--stack", "test")).output;
    expect(exported).not.toContain("open sesame");
  });

  it("leaves nothing behind where the range is left out", async () => {
    await up();
    const left = await api.kubectl("get", "customresourcedefinitions,clusterroles,clusterrolebindings", "-o", "name");
    expect(left).not.toMatch(/metallb/);
  });
});
