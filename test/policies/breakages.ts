import type { Breakage } from "./breakage";
import { capacity } from "./breakages/capacity";
import { controlPlanes } from "./breakages/controlPlanes";
import { etcd } from "./breakages/etcd";
import { network } from "./breakages/network";
import { operation } from "./breakages/operation";
import { placement } from "./breakages/placement";

/** One or more for each rule of a site, by what the rules are about. */
export const breakages: Breakage[] = [...etcd, ...controlPlanes, ...placement, ...capacity, ...network, ...operation];
