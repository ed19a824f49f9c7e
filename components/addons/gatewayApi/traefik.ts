import { GATEWAY_CLASS, TRAEFIK_NAMESPACE as namespace, TRAEFIK_REQUESTS } from "../../../site/description/gatewayApi";
import { hardenedContainer, neededByCluster, spreadOverHosts } from "../pods";
import { GATEWAYS } from "./definitions";

const name = "traefik";
export const traefikLabels = { app: name };
/** Where it answers: Gateways' listeners name the same. */
export const PORTS = { http: 80, https: 443 };
const HEALTH_PORT = 8082;
/** Seconds in which one that ends answers on, until another worker answers for the address. */
const GRACE = 15;

export interface TraefikSettings {
  /** The address that it is reached at. */
  address: string;
  /** Where Gateways and routes are read. */
  namespaces: readonly string[];
  copies: number;
}

/** Answers for Gateways. It reads no other kind of configuration, and has no page. */
export function traefikDeployment(image: string, { address, namespaces, copies }: TraefikSettings) {
  const probe = { httpGet: { path: "/ping", port: HEALTH_PORT } };
  return {
    metadata: { name, namespace, labels: traefikLabels },
    spec: {
      replicas: copies,
      selector: { matchLabels: traefikLabels },
      // Never two on one node: one has to go before another comes.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      template: {
        metadata: { labels: traefikLabels },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: true,
          ...neededByCluster,
          // Workers alone answer for addresses of Services.
          tolerations: [],
          terminationGracePeriodSeconds: 2 * GRACE,
          securityContext: { sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }] },
          ...spreadOverHosts(traefikLabels),
          containers: [
            {
              name,
              image,
              imagePullPolicy: "IfNotPresent",
              args: traefikArguments({ address, namespaces }),
              ports: Object.entries(PORTS).map(([port, containerPort]) => ({ name: port, containerPort })),
              env: [
                {
                  name: "GOMEMLIMIT",
                  valueFrom: { resourceFieldRef: { containerName: name, resource: "limits.memory" } },
                },
              ],
              resources: {
                requests: { cpu: `${TRAEFIK_REQUESTS.milliCpus}m`, memory: `${TRAEFIK_REQUESTS.memoryMiB}Mi` },
                limits: { memory: "384Mi" },
              },
              readinessProbe: { ...probe, periodSeconds: 2 },
              livenessProbe: { ...probe, initialDelaySeconds: 10, periodSeconds: 20, failureThreshold: 6 },
              securityContext: { ...hardenedContainer, runAsNonRoot: true, runAsUser: 65532 },
            },
          ],
        },
      },
    },
  };
}

/** How it is started. */
export function traefikArguments({ address, namespaces }: Omit<TraefikSettings, "copies">): string[] {
  const gateway = "--providers.kubernetesgateway";
  return [
    "--global.checknewversion=false",
    "--global.sendanonymoususage=false",
    "--log.level=INFO",
    ...Object.entries(PORTS).flatMap(([entry, port]) => [
      `--entrypoints.${entry}.address=:${port}`,
      `--entrypoints.${entry}.transport.lifecycle.requestacceptgracetimeout=${GRACE}s`,
    ]),
    `--entrypoints.ping.address=:${HEALTH_PORT}`,
    "--ping=true",
    "--ping.entrypoint=ping",
    `${gateway}=true`,
    `${gateway}.namespaces=${namespaces.join(",")}`,
    `${gateway}.statusaddress.ip=${address}`,
  ];
}

/** A drain of both workers takes one after the other. */
export const traefikBudget = {
  metadata: { name, namespace },
  spec: { maxUnavailable: 1, selector: { matchLabels: traefikLabels } },
};

/** What has the address. Traffic stays on the worker that answers, so that pods see who asks, and no lost worker is passed anything. */
export function traefikService(address: string) {
  return {
    metadata: { name, namespace, labels: traefikLabels, annotations: { "metallb.io/loadBalancerIPs": address } },
    spec: {
      type: "LoadBalancer",
      allocateLoadBalancerNodePorts: false,
      externalTrafficPolicy: "Local",
      selector: traefikLabels,
      ports: Object.entries(PORTS).map(([port, number]) => ({
        ...{ name: port, port: number, targetPort: number, protocol: "TCP" },
      })),
    },
  };
}

/** The class that Gateways name. */
export const gatewayClass = {
  apiVersion: `${GATEWAYS}/v1`,
  kind: "GatewayClass",
  metadata: { name: GATEWAY_CLASS },
  spec: { controllerName: "traefik.io/gateway-controller" },
};
