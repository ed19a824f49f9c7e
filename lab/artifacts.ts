import { containerImages } from "../image/containers/container-images";
import { fluxImages } from "../image/containers/flux-images";
import { gatewayImages } from "../image/containers/gateway-images";
import { machineDisk } from "../image/disk/disk";
import { artifactsOfImage } from "../image/disk/parts";
import { machineBase, operatingSystems } from "../image/machine/base";
import { certManager, traefik } from "../image/programs/exchanged";
import { metalLb } from "../image/programs/metalLb";
import { currentRelease, earlierRelease, upgradedRelease } from "../image/programs/release";
import {
  cni,
  containerd,
  coredns,
  corednsBefore,
  descheduler,
  etcd,
  kubeRouter,
  kubernetes,
  kustomizeController,
  localPathProvisioner,
  metricsServer,
  pause,
  registry,
  sourceController,
  versitygw,
} from "../image/programs/upstream";
import { machineImage } from "./guest/machine-image";
import type { Artifact } from "./toolchain/artifact";
import { engine } from "./toolchain/engine";
import { networkPolicyTests } from "./toolchain/networkPolicyTests";
import { pluginArtifacts } from "./toolchain/plugins";
import { temporal } from "./toolchain/temporal";
import { vcenter } from "./toolchain/vcenter";

/** Everything that is built for a lab, the longest first; the last two are put together from the others. */
export const artifacts: Artifact[] = [
  kubernetes,
  engine,
  machineBase(),
  ...pluginArtifacts,
  vcenter,
  etcd,
  containerd,
  registry,
  coredns,
  metricsServer,
  descheduler,
  kubeRouter,
  metalLb,
  localPathProvisioner,
  cni,
  pause,
  temporal,
  containerImages(),
  machineImage(),
];

/** What only tests of a site's life need beside them: the minor version before, what backups are copied to, and what applies a repository or answers for Gateways. */
export const lifeArtifacts: Artifact[] = [
  sourceController,
  kustomizeController,
  fluxImages(),
  traefik,
  certManager,
  gatewayImages(),
  versitygw,
  networkPolicyTests,
  earlierRelease.kubernetes,
  earlierRelease.etcd,
  corednsBefore,
  containerImages(earlierRelease),
  machineImage(earlierRelease),
  containerImages(upgradedRelease),
  machineImage(upgradedRelease),
];

/** What the machine image's own tests boot. */
export const imageArtifacts: Artifact[] = [
  ...artifactsOfImage(operatingSystems[0], currentRelease),
  machineDisk(operatingSystems[0], currentRelease),
];
