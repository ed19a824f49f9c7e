import { machineBase } from "./guest/base";
import { containerImages } from "./guest/container-images";
import { machineImage } from "./guest/machine-image";
import { earlierRelease } from "./guest/release";
import { cni, containerd, coredns, etcd, kubernetes, metricsServer, pause } from "./guest/upstream";
import type { Artifact } from "./toolchain/artifact";
import { engine } from "./toolchain/engine";
import { pluginArtifacts } from "./toolchain/plugins";
import { vcenter } from "./toolchain/vcenter";

/** Everything that is built for a lab, the longest first; the last two are put together from the others. */
export const artifacts: Artifact[] = [
  kubernetes,
  engine,
  machineBase,
  ...pluginArtifacts,
  vcenter,
  etcd,
  containerd,
  coredns,
  metricsServer,
  cni,
  pause,
  containerImages(),
  machineImage(),
];

/** What a lab needs beside them to start with the minor version before, which only tests do. */
export const earlierArtifacts: Artifact[] = [
  earlierRelease.kubernetes,
  earlierRelease.etcd,
  containerImages(earlierRelease),
  machineImage(earlierRelease),
];
