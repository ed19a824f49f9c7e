import type { Store } from "../../description/stores";
import { storeAuthority } from "../../pki/authorities";
import { etcdPeer, etcdServer, healthCheckClient } from "../../pki/certificates";
import type { MachinePlan, SitePlan } from "../../plan/model";
import { backupFiles } from "../backup";
import { DEFRAGMENT_SCRIPT, defragmentSettings, defragmentTimer, defragmentUnit } from "../defragment";
import { etcdConfiguration, etcdUnit } from "../etcd";
import type { FileSpec } from "../file";
import { certificateFiles, file, secret } from "../file";
import { paths } from "../paths";
import { shell } from "../shell";

/** An etcd member. Its keys belong to the user it runs as; the health check's are root's, who runs etcdctl. */
export function etcdFiles(plan: SitePlan, machine: MachinePlan, store: Store): FileSpec[] {
  return [
    file(`${paths.etcd}/etcd.yaml`, etcdConfiguration(plan, machine, store), ["etcd"]),
    file("/etc/systemd/system/etcd.service", etcdUnit(), ["etcd"]),
    file("/etc/etcd/defragment.conf", defragmentSettings(plan, machine, store), []),
    file(DEFRAGMENT_SCRIPT, shell("etcd-defragment"), [], { mode: 0o755 }),
    file("/etc/systemd/system/groundwork-etcd-defragment.service", defragmentUnit(), ["defragment"]),
    file("/etc/systemd/system/groundwork-etcd-defragment.timer", defragmentTimer(), ["defragment"]),
    file(`${paths.etcdPki}/ca.crt`, secret(`authority/${storeAuthority(store)}`), ["etcd"]),
    ...certificateFiles(`${paths.etcdPki}/server`, etcdServer(machine), ["etcd-connections"], "etcd:etcd"),
    ...certificateFiles(`${paths.etcdPki}/peer`, etcdPeer(machine), ["etcd-connections"], "etcd:etcd"),
    ...certificateFiles(`${paths.etcdPki}/healthcheck-client`, healthCheckClient(store), []),
    ...(store === "etcd" && plan.spec.backup ? backupFiles(plan, machine, plan.spec.backup) : []),
  ];
}
