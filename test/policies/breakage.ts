import * as types from "../../policies/types";
import type { SitePlan } from "../../site/plan/model";
import { found, idOf, inputsOf, type Props, type Resource } from "../support/demoStack";

/** How a site that is sound is broken, and what the pack says then. */
export interface Breakage {
  rule: string;
  /** What the owner describes differently from the demo. The site is sound with it. */
  spec?: (site: Props) => void;
  /** What the owner describes wrongly. */
  plan?: (plan: SitePlan) => void;
  /** What a transform, or whoever registers resources, changes after the plan. */
  change?: (stack: Resource[]) => void;
  /** The settings under which it is sound, and those that break it, where it is those. */
  settings?: { sound: Props; broken: Props };
  says: string | string[];
}

export const moveDisk = (machine: string, position: number, datastore: string) => (stack: Resource[]) => {
  inputsOf(stack, machine).disks[position].datastoreId = idOf("datastore", datastore);
};
export const moveMachine = (machine: string, host: string) => (stack: Resource[]) => {
  inputsOf(stack, machine).hostSystemId = idOf("host", host);
};
export const without =
  (...machines: string[]) =>
  (stack: Resource[]) => {
    for (const name of machines)
      for (const type of [types.virtualMachine, types.vsphereMachine]) {
        const of = type === types.virtualMachine ? name : `${name}-component`;
        stack.splice(stack.indexOf(found(stack, of, type)), 1);
      }
  };
export const set = (machine: string, props: Props) => (stack: Resource[]) => {
  Object.assign(inputsOf(stack, machine), props);
};
