import * as pulumi from "@pulumi/pulumi";
import type { CertificateRecord } from "../components/Pki";
import { formatProblem } from "../site/description/problem";
import { type Applied, readApplied } from "../site/life/applied";
import { ownOutputs } from "./ownOutputs";

/** What the last complete `up` of this stack applied. Nothing before the first one. */
export async function lastApplied(): Promise<Applied | undefined> {
  const { standing: applied, certificates } = await ownOutputs();
  warnOfEnded((certificates as CertificateRecord[] | undefined) ?? [], Date.now());
  const read = readApplied(applied);
  if ("problem" in read) throw new pulumi.RunError(`${pulumi.getStack()}: ${formatProblem(read.problem)}`);
  return read.applied;
}

/** Says that certificates have ended, which is why nothing answers; this very run renews them. */
function warnOfEnded(certificates: readonly CertificateRecord[], now: number): void {
  const ended = certificates.filter(({ expires }) => Date.parse(expires) <= now);
  const [first] = ended.map(({ id, expires }) => `${id} on ${expires}`).sort();
  if (first !== undefined)
    void pulumi.log.warn(
      `certificates: ${ended.length} have ended, ${first} for one; \`pulumi up\` issues new ones and installs them, one machine at a time`,
    );
}
