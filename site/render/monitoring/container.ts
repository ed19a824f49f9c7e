import { MONITORING_FOLDER } from "./jobs";

/** The configuration's mount. */
export const configuration = { name: "configuration", mountPath: MONITORING_FOLDER, readOnly: true };

/** Root without any capability: it reads what is root's on the machine, its keys, and may nothing else. */
export const keyReader = {
  runAsUser: 0,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Whoever answers at a path of a loopback port is well. */
export function probes(path: string, port: number) {
  const httpGet = { host: "127.0.0.1", path, port };
  return {
    readinessProbe: { httpGet, periodSeconds: 5 },
    livenessProbe: { httpGet, initialDelaySeconds: 30, periodSeconds: 20, failureThreshold: 6 },
  };
}

/** What a program requests, and may have. */
export function resources(cpu: string, memoryMiB: number, limitMiB: number) {
  return { requests: { cpu, memory: `${memoryMiB}Mi` }, limits: { memory: `${limitMiB}Mi` } };
}
