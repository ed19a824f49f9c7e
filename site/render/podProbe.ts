import { addonImages } from "../description/versions";
import { dnsServiceAddress } from "../plan/endpoints";
import type { SitePlan } from "../plan/model";
import { dnsQuestion } from "./dnsMessage";
import { imageOf } from "./images";

export const NAMESPACE = "kube-system";
/** What all objects of one probe are found by. */
export const LABEL = "groundwork.local/pod-probe";

/** Seconds after which the cluster itself takes away what an interrupted probe left. */
const LIFETIME = 240;
const TEXT_PORT = 5353;
/** Where pods that ask take their questions, over HTTP: the API passes them on. */
export const QUESTION_PORT = 8053;
/** The zone of the questions to one another. */
const ZONE = "pod-probe";
/** With this an answer fills several packets of full size: a network that drops such is found, too. */
const FILLING = Array.from({ length: 16 }, () => "x".repeat(250)).join(" ");

/** A pod of the probe, on one node. */
export interface ProbedNode {
  node: string;
  /** The address of the pod that answers there. */
  address: string;
}

/**
 * What owns everything else of a probe. It runs nothing: after its time, or when it is deleted, the cluster removes it and all it
 * owns, whatever became of who made it.
 */
export function probeOwner(plan: SitePlan): object {
  const container = { name: "none", image: imageOfProbe(plan) };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { generateName: "groundwork-pod-probe-", namespace: NAMESPACE },
    spec: {
      parallelism: 0,
      activeDeadlineSeconds: LIFETIME,
      ttlSecondsAfterFinished: 0,
      template: { spec: { restartPolicy: "Never", containers: [container] } },
    },
  };
}

/** Owner of an object, as the API returned it. */
export interface Owner {
  metadata: { name: string; uid: string };
}

/** What each pod of a kind is to do: a configuration of CoreDNS, the one program that every site runs and that both asks and answers. */
export function probeConfiguration(owner: Owner, kind: ProbeKind, corefile: string): object {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadata(owner, kind),
    data: { Corefile: corefile },
  };
}

/** Pods that answer have to be there before those that ask them. */
export type ProbeKind = "answers" | "asks";

/** A pod on one node, put there by name: a node that takes no pods, or is full, still runs it. */
export function probePod(plan: SitePlan, owner: Owner, kind: ProbeKind, node: string, index: number): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: metadata(owner, `${kind}-${index}`),
    spec: {
      nodeName: node,
      restartPolicy: "Never",
      activeDeadlineSeconds: LIFETIME,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      dnsPolicy: "Default",
      tolerations: [{ operator: "Exists" }],
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "coredns",
          image: imageOfProbe(plan),
          imagePullPolicy: "IfNotPresent",
          args: ["-conf", "/etc/coredns/Corefile"],
          env: [{ name: "NODE", value: node }],
          resources: { requests: { cpu: "0", memory: "0" }, limits: { memory: "128Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            // The program's file has this capability, and is not started without.
            capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
          },
          volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
        },
      ],
      volumes: [{ name: "config", configMap: { name: `${owner.metadata.name}-${kind}` } }],
    },
  };
}

/** Says which node it is on. */
export function answeringCorefile(): string {
  return `${ZONE}:${TEXT_PORT} {
    template IN TXT {
        answer "{{ .Name }} 0 IN TXT {$NODE} ${FILLING}"
    }
}
`;
}

/** Passes a question for a node on to the pod there, and one for a Service to the cluster's DNS. */
export function askingCorefile(plan: SitePlan, nodes: readonly ProbedNode[]): string {
  const block = (zone: string, to: string, ...more: string[]) =>
    `https://${zone}:${QUESTION_PORT} {\n    forward . ${to} {\n        max_fails 0\n${more.map((line) => `        ${line}\n`).join("")}    }\n}\n`;
  return [
    ...nodes.map(({ address }, index) => block(`${index}.${ZONE}`, `${address}:${TEXT_PORT}`, "force_tcp")),
    block(plan.spec.network.domain, dnsServiceAddress(plan)),
  ].join("");
}

/** The question by which a pod asks the one on the node of that number. */
export function questionForNode(index: number): string {
  return dnsQuestion(`${index}.${ZONE}`, "TXT");
}

/** The Service that every site has. */
export function dnsServiceName({ spec }: SitePlan): string {
  return `kube-dns.${NAMESPACE}.svc.${spec.network.domain}`;
}

/** The question for the Service by its name, which goes to the Service by its address. */
export function questionForService(plan: SitePlan): string {
  return dnsQuestion(dnsServiceName(plan), "A");
}

function metadata({ metadata: { name, uid } }: Owner, suffix: string): object {
  return {
    name: `${name}-${suffix}`,
    namespace: NAMESPACE,
    labels: { [LABEL]: name },
    ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name, uid }],
  };
}

function imageOfProbe({ spec }: SitePlan): string {
  return imageOf(spec, addonImages(spec.kubernetes.version).coreDns);
}
