import * as pulumi from "@pulumi/pulumi";
import { formatProblem } from "../site/description/problem";
import { type Intermediate, readIntermediate } from "../site/life/intermediate";
import { ownOutputs } from "./ownOutputs";

/** The authority in the cluster that the last `up` made. Nothing before the first one. */
export async function lastIntermediate(): Promise<Intermediate | undefined> {
  const read = readIntermediate((await ownOutputs()).intermediate);
  if ("problem" in read) throw new pulumi.RunError(`${pulumi.getStack()}: ${formatProblem(read.problem)}`);
  return read.intermediate;
}
