import { giveUp } from "../../cli/recover/giveUp";
import { failureOf, pulumi } from "../../cli/stack/pulumi";
import { vcenterOf } from "../../site/description/hypervisors";
import { upArguments } from "../up";
import type { Subject } from "./subject";

/** How something is mended. */
type Mend = () => Promise<void>;

/** A host that loses power for good. It is mended as the runbook says: taken out, given up, replaced, made again. */
export async function hostGone(subject: Subject, host: string): Promise<Mend> {
  const { control, govc } = subject.datacenter;
  await control.hostDown(host);
  return async () => {
    await govc("host.remove", host);
    await givenUp(subject, host);
    await control.replaceHost(host);
    await madeAgain(subject);
  };
}

/** A device that is dead for good: its machines are given up, an empty one comes in its place, and they are made again. */
export async function deviceGone(subject: Subject, device: string): Promise<Mend> {
  const { control } = subject.datacenter;
  await control.failDevice(device);
  return async () => {
    await givenUp(subject, device);
    await control.replaceDevice(device);
    await madeAgain(subject);
  };
}

async function givenUp({ stack, plan }: Subject, name: string): Promise<void> {
  await giveUp(stack, vcenterOf(plan.spec.hypervisor) ?? {}, { names: [name], yes: true, planned: plan.machines });
}

/** Brings back what is missing, and sees that a second run changes nothing. */
async function madeAgain({ stack }: Subject): Promise<void> {
  for (const command of [upArguments, ["preview", "--expect-no-changes"]]) {
    const result = await pulumi(stack, command);
    if (result.code !== 0) throw failureOf(stack, command[0] ?? "", result);
  }
}
