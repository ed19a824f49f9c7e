import type { Amounts, PodSeen } from "./model";
import { asked } from "./seats";

const MOST_NAMES = 3;

/** `4 CPUs and 20 GiB`. */
export function amountsSaid({ cpus, memoryGiB }: Omit<Amounts, "pods">): string {
  return `${rounded(cpus)} CPUs and ${rounded(memoryGiB)} GiB`;
}

/** `2 pods wait for 4 CPUs and 20 GiB: shop/till-1, shop/till-2`. */
export function waitingSaid(pods: readonly PodSeen[]): string {
  const names = pods.map(({ name }) => name).sort();
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
  return `${counted(pods.length, "pod waits", "pods wait")} for ${amountsSaid(asked(pods))}: ${names.slice(0, MOST_NAMES).join(", ")}${more}`;
}

export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

export function percent(share: number): string {
  return share === Number.POSITIVE_INFINITY ? "more than all" : `${Math.round(share * 100)} %`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
