import { etcdPeer, etcdServer, healthCheckClient, storeAuthority } from "../../pki";
import type { MachinePlan, SitePlan } from "../../plan";
import type { Store } from "../../stores";
import { etcdConfiguration, etcdUnit } from "../etcd";
import type { FileSpec } from "../file";
import { certificateFiles, file, secret } from "../file";
import { paths } from "../paths";

/** An etcd member. Its keys belong to the user it runs as; the health check's are root's, who runs etcdctl. */
export function etcdFiles(plan: SitePlan, machine: MachinePlan, store: Store): FileSpec[] {
  return [
    file(`${paths.etcd}/etcd.yaml`, etcdConfiguration(plan, machine, store), ["etcd"]),
    file("/etc/systemd/system/etcd.service", etcdUnit(), ["etcd"]),
    file(`${paths.etcdPki}/ca.crt`, secret(`authority/${storeAuthority(store)}`), ["etcd"]),
    ...certificateFiles(`${paths.etcdPki}/server`, etcdServer(machine), ["etcd"], "etcd:etcd"),
    ...certificateFiles(`${paths.etcdPki}/peer`, etcdPeer(machine), ["etcd"], "etcd:etcd"),
    ...certificateFiles(`${paths.etcdPki}/healthcheck-client`, healthCheckClient(store), []),
  ];
}
