import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { runner } from "../../image/build/run";
import { networkName } from "../vcenter/network";
import { ClockJump, processesOf } from "./clock";
import { deviceGone, hostGone } from "./gone";
import type { Row } from "./row";
import type { Subject } from "./subject";

/** Something that is broken now. */
export interface Fault {
  mend(): Promise<void>;
}

/** Causes a row's failure, and says how it is mended. */
export async function cause(subject: Subject, { cause, target, down }: Row): Promise<Fault> {
  const { control } = subject.datacenter;
  switch (cause) {
    case "machine":
      await control.killMachine(target);
      return { mend: () => control.startMachine(target) };
    case "device":
      await control.failDevice(target);
      return { mend: async () => void (await control.mendDevice(target)) };
    case "host":
      await control.hostDown(target);
      return { mend: async () => void (await control.hostUp(target)) };
    case "full":
      await control.fillDevice(target);
      return { mend: () => control.drainDevice(target) };
    case "slow":
      return slowDevice(subject, target);
    case "split":
      return cutOff(subject, down);
    case "device gone":
      return { mend: await deviceGone(subject, target) };
    case "host gone":
      return { mend: await hostGone(subject, target) };
    case "clock":
      return ahead(subject, target);
    case "none":
      throw new Error(`${target}: it cannot be caused`);
    default:
      return cause satisfies never;
  }
}

/** Milliseconds of each second in which every write to a slow device waits. */
const stalled = 600;

/**
 * Freezes the device's filesystem for a part of each second. A program of its own does it, which thaws and ends when its
 * standard input closes: whatever happens to this one, nothing stays frozen.
 */
async function slowDevice(subject: Subject, id: string): Promise<Fault> {
  const device = (await subject.datacenter.control.devices()).find((each) => each.id === id);
  if (!device) throw new Error(`${id}: the lab has no such device`);
  const script = `trap 'fsfreeze --unfreeze "$0" 2>/dev/null' EXIT
    until read -r -t 0.${String(1000 - stalled).padStart(3, "0")}; [[ $? -le 128 ]]; do
      fsfreeze --freeze "$0"; sleep 0.${stalled}; fsfreeze --unfreeze "$0"
    done`;
  const slowing: ChildProcess = spawn("bash", ["-c", script, device.mount], { stdio: ["pipe", "ignore", "ignore"] });
  const ended = once(slowing, "exit");
  return {
    mend: async () => {
      slowing.stdin?.end();
      await ended;
    },
  };
}

/** Seconds by which a machine's clock jumps ahead. */
const jump = 3600;

/** Every program of the machine, and each that starts there meanwhile, has the time of an hour later. */
async function ahead(subject: Subject, machine: string): Promise<Fault> {
  const id = await runner()("docker", ["inspect", "--format", "{{.Id}}", subject.container(machine)]);
  const jumped = ClockJump.start(() => processesOf(id.trim()), jump);
  return { mend: () => jumped.mend() };
}

/** The machines' cables end in a switch of their own: they see one another, and nobody else sees them. */
async function cutOff(subject: Subject, machines: readonly string[]): Promise<Fault> {
  const run = runner();
  const network = (await run("docker", ["network", "inspect", "--format", "{{.Id}}", networkName(subject.lab)])).trim();
  const bridge = `br-${network.slice(0, 12)}`;
  const apart = `gw-${network.slice(0, 11)}`;
  const cables = await Promise.all(
    machines.map(async (machine) => {
      const index = Number(await subject.inside(machine, "cat", "/sys/class/net/eth0/iflink"));
      const links = JSON.parse(await run("ip", ["-json", "link", "show", "master", bridge])) as {
        ifindex: number;
        ifname: string;
      }[];
      const link = links.find(({ ifindex }) => ifindex === index);
      if (!link) throw new Error(`${machine}: its cable is not in the lab's switch`);
      return link.ifname;
    }),
  );
  await run("ip", ["link", "add", apart, "type", "bridge"]);
  await run("ip", ["link", "set", apart, "up"]);
  for (const cable of cables) await run("ip", ["link", "set", cable, "master", apart]);
  return {
    mend: async () => {
      for (const cable of cables) await run("ip", ["link", "set", cable, "master", bridge]);
      await run("ip", ["link", "delete", apart]);
    },
  };
}
