import { kmsOf } from "../../description/kms";
import { runsKubeRouter } from "../../description/podNetwork";
import { apiServerCertificate } from "../../pki/certificates";
import { encryptionKeys, serviceAccountKeys } from "../../pki/keys";
import type { MachinePlan, SitePlan } from "../../plan/model";
import { admissionConfiguration, eventRateLimit } from "../admission";
import { auditPolicy } from "../audit";
import { authenticationConfiguration } from "../authentication";
import { clusterRoles } from "../clusterRoles";
import { encryptionConfiguration } from "../encryption";
import type { FileSpec, Unit } from "../file";
import { certificateFiles, file, privateFile, secret } from "../file";
import { kubeadmConfiguration } from "../kubeadm";
import { kubeProxyObjects } from "../kubeProxy";
import { kubeRouterObjects } from "../kubeRouter";
import { paths } from "../paths";
import { registryFiles } from "../registry";
import { monitoringFiles } from "./monitoring";
import { kubeconfigFiles } from "./node";

const API_SERVER: Unit[] = ["kube-apiserver"];

/** A control plane, as kubeadm wants to find it in external CA mode: every certificate and kubeconfig, and no authority's key. */
export function controlPlaneFiles(plan: SitePlan, machine: MachinePlan): FileSpec[] {
  const { pki, apiServer } = paths;
  const accountKeys = serviceAccountKeys(plan);
  const eventLimit = eventRateLimit(plan);
  return [
    privateFile(paths.kubeadm, kubeadmConfiguration(plan, machine), ["cluster", "static-pods"]),
    file(paths.clusterRoles, clusterRoles(plan), ["cluster"]),
    file(paths.kubeProxy, kubeProxyObjects(plan), ["cluster"]),
    ...(runsKubeRouter(plan.spec) ? [file(paths.kubeRouter, kubeRouterObjects(plan), ["cluster"])] : []),
    ...certificateFiles(`${pki}/apiserver`, apiServerCertificate(machine), API_SERVER),
    ...certificateFiles(`${pki}/apiserver-kubelet-client`, "apiserver-kubelet-client", API_SERVER),
    ...certificateFiles(`${pki}/apiserver-etcd-client`, "apiserver-etcd-client", API_SERVER),
    ...certificateFiles(`${pki}/front-proxy-client`, "front-proxy-client", API_SERVER),
    file(`${pki}/front-proxy-ca.crt`, secret("authority/front-proxy"), ["kube-apiserver", "kube-controller-manager"]),
    file(`${pki}/etcd/ca.crt`, secret("authority/etcd"), API_SERVER),
    file(
      `${pki}/sa.pub`,
      accountKeys.flatMap((id) => secret(`public-key/${id}`)),
      API_SERVER,
    ),
    privateFile(`${pki}/sa.key`, secret(`key/${accountKeys[0]}`), ["kube-apiserver", "kube-controller-manager"]),
    ...kubeconfigFiles(plan, machine, "admin", []),
    ...kubeconfigFiles(plan, machine, "super-admin", ["kubeadm-init"]),
    ...kubeconfigFiles(plan, machine, "controller-manager", ["kube-controller-manager"]),
    ...kubeconfigFiles(plan, machine, "scheduler", ["kube-scheduler"]),
    privateFile(`${apiServer}/admission.yaml`, admissionConfiguration(plan), API_SERVER),
    privateFile(`${apiServer}/audit-policy.yaml`, auditPolicy(plan), API_SERVER),
    privateFile(`${apiServer}/authentication.yaml`, authenticationConfiguration(plan), API_SERVER),
    privateFile(
      `${apiServer}/encryption.yaml`,
      encryptionConfiguration(encryptionKeys(plan), kmsOf(plan.spec)),
      API_SERVER,
    ),
    ...(eventLimit === undefined ? [] : [privateFile(`${apiServer}/event-rate-limit.yaml`, eventLimit, API_SERVER)]),
    ...monitoringFiles(plan, machine),
    ...registryFiles(plan, machine),
  ];
}
