import { selfSignedCertificate, signedCertificate } from "../../policies/types";
import type { Step } from "./preview";

/** A certificate that a change makes. */
export interface CertificateChange {
  name: string;
  kind: "new" | "reissued" | "dropped";
  /** It signs others: everything below it is reissued, and who trusts it has to learn the new one. */
  authority: boolean;
}

export function certificateChanges(steps: readonly Step[]): CertificateChange[] {
  return steps
    .filter(({ type, op }) => (type === selfSignedCertificate || type === signedCertificate) && op !== "same")
    .map(({ name, op, type }) => ({
      name,
      kind: op === "create" ? "new" : op === "delete" ? "dropped" : "reissued",
      authority: type === selfSignedCertificate,
    }));
}
