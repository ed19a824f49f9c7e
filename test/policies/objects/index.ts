import { accessBreakages } from "./access";
import { certificateBreakages } from "./certificates";
import { machineBreakages } from "./machines";
import { namespaceBreakages } from "./namespaces";
import type { ObjectBreakage } from "./resources";
import { workloadBreakages } from "./workloads";

/** One or more for each rule about objects. */
export const objectBreakages: ObjectBreakage[] = [
  ...certificateBreakages,
  ...accessBreakages,
  ...machineBreakages,
  ...workloadBreakages,
  ...namespaceBreakages,
];
