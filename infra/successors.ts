import * as pulumi from "@pulumi/pulumi";
import { formatProblem } from "../site/description/problem";
import { readSuccessors, type Successors } from "../site/life/successors";
import { ownOutputs } from "./ownOutputs";

/** The certificates that the last `up` issued ahead. Nothing before the first one. */
export async function lastSuccessors(): Promise<Successors | undefined> {
  const read = readSuccessors((await ownOutputs()).successors);
  if ("problem" in read) throw new pulumi.RunError(`${pulumi.getStack()}: ${formatProblem(read.problem)}`);
  return read.successors;
}
