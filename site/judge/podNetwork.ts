import type { Problem } from "../description/problem";
import { dnsServiceAddress } from "../plan/endpoints";
import type { SitePlan } from "../plan/model";
import { dnsServiceName, type ProbedNode } from "../render/podProbe";

/** What a pod was to ask over the pods' network. */
export interface PodQuestion {
  /** The node that it is on. */
  from: string;
  /** Who is to answer: the pod on a node, or the Service of the cluster's DNS. */
  to: ProbedNode | "service";
}

/** A question without the right answer. */
export interface Unanswered {
  question: PodQuestion;
  /** `unanswered`: nothing came back, or the pod could not ask on; `other`: an answer that is not the right one. */
  wrong: "unanswered" | "other";
}

/** What is wrong with the network of pods; each pair of nodes once, whichever of the two does not reach the other. */
export function podNetworkProblems(plan: SitePlan, failed: readonly Unanswered[]): Problem[] {
  const isOwn = ({ from, to }: PodQuestion) => to !== "service" && to.node === from;
  const silent = new Set(failed.flatMap(({ question }) => (isOwn(question) ? [question.from] : [])));
  const told = new Map<string, Problem>();
  const between = "and what drops packets between their hosts";
  for (const { question, wrong } of failed) {
    const { from, to } = question;
    const path = `machines.${from}`;
    if (silent.has(from)) {
      const fact = "the API does not reach pods there";
      told.set(from, { path, fact, fix: "see `ip route` there and on the control planes, and what lies between them" });
    } else if (to === "service") {
      told.set(`${from} service`, { path, ...serviceProblem(plan, wrong) });
    } else {
      const pair = [from, to.node].sort().join(" ");
      told.set(pair, {
        path,
        ...(told.has(pair)
          ? {
              fact: `pods there and on ${to.node} do not reach one another`,
              fix: `see \`ip route\` on both, ${between}`,
            }
          : {
              fact: `pods there do not reach those on ${to.node}`,
              fix: `see \`ip route get ${to.address}\` there, ${between}`,
            }),
      });
    }
  }
  return [...told.values()];
}

function serviceProblem(plan: SitePlan, wrong: Unanswered["wrong"]): { fact: string; fix: string } {
  const [name, address] = [dnsServiceName(plan), dnsServiceAddress(plan)];
  return wrong === "unanswered"
    ? {
        fact: `pods there do not reach the Service ${name} at ${address}`,
        fix: "see `kubectl -n kube-system get pods -o wide -l 'k8s-app in (kube-dns, kube-proxy)'`",
      }
    : {
        fact: `pods there do not find the Service ${name} by its name`,
        fix: "see `kubectl -n kube-system logs -l k8s-app=kube-dns`",
      };
}
