import { join } from "node:path";
import { kubernetes } from "../../image/programs/upstream";
import { type Artifact, goBuild } from "./artifact";

const module = "lab/go/network-policy-tests";

/** Kubernetes' own end-to-end tests of NetworkPolicy: `network-policy-tests`, which takes the flags of upstream's `e2e.test`. */
export const networkPolicyTests: Artifact = {
  name: "network-policy-tests",
  version: kubernetes.version,
  inputs: [module, "lab/toolchain/networkPolicyTests.ts"],
  title: `Kubernetes' tests of NetworkPolicy ${kubernetes.version}`,
  expected: "about 5 min",
  build: (dir, run) => goBuild(run, { module, package: ".", output: join(dir, "network-policy-tests") }),
};
