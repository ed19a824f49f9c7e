import { join } from "node:path";
import { type Artifact, goBuild } from "./artifact";

const govmomi = "0.55.0";
const folder = "lab/go/vcenter";

/** The vCenter simulator and govmomi's client for it: `vcenter` and `govc`. */
export const vcenter: Artifact = {
  name: "vcenter",
  version: govmomi,
  inputs: [
    ...["cmd/vcenter", "cmd/govc", "internal", "go.mod", "go.sum"].map((path) => `${folder}/${path}`),
    "lab/toolchain/vcenter.ts",
  ],
  title: `the vCenter simulator on govmomi ${govmomi}`,
  expected: "about 1 min",
  build: async (dir, run) => {
    for (const name of ["vcenter", "govc"])
      await goBuild(run, { module: folder, package: `./cmd/${name}`, output: join(dir, name) });
  },
};
