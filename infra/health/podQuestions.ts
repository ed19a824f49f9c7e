import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "../../sdks/kubernetes/api";
import type { Problem } from "../../site/description/problem";
import { type PodQuestion, podNetworkProblems, type Unanswered } from "../../site/judge/podNetwork";
import { dnsServiceAddress } from "../../site/plan/endpoints";
import type { SitePlan } from "../../site/plan/model";
import { type DnsAnswer, dnsAnswer } from "../../site/render/dnsMessage";
import { type ProbedNode, QUESTION_PORT, questionForNode, questionForService } from "../../site/render/podProbe";

/**
 * Milliseconds for which a question that gets no answer is put again: routes come up with the nodes, names with CoreDNS, and the kube-proxy of a
 * new node, whose first rules or first watch failed, tries again after up to 30 s.
 */
const PATIENCE = 50_000;
/** Questions to pods, at most: of more pairs each node asks those that follow it in the list. */
const MOST_PAIRS = 2500;

export interface PodsToAsk {
  answering: readonly ProbedNode[];
  /** Each with its path in the API. */
  asking: readonly { node: string; path: string }[];
}

/** One question that a pod is to put, and where the API passes it on to that pod. */
interface Question extends PodQuestion {
  path: string;
}

/** What the pods said about the network, as problems: none if each reaches all others and the Service. */
export async function askPods(api: Api, plan: SitePlan, pods: PodsToAsk): Promise<Problem[]> {
  let open = questionsFor(plan, pods);
  for (const end = Date.now() + PATIENCE; ; await sleep(1000)) {
    const asked = await Promise.all(
      open.map(async (question) => ({ question, wrong: await put(api, plan, question) })),
    );
    const failed = asked.flatMap(({ question, wrong }): (Unanswered & { question: Question })[] =>
      wrong ? [{ question, wrong }] : [],
    );
    if (failed.length === 0 || Date.now() > end) return podNetworkProblems(plan, failed);
    open = failed.map(({ question }) => question);
  }
}

function questionsFor(plan: SitePlan, { answering, asking }: PodsToAsk): Question[] {
  const others = Math.min(answering.length - 1, Math.max(1, Math.floor(MOST_PAIRS / asking.length)));
  return asking.flatMap(({ node: from, path }) => {
    const at = (question: string) => `${path}:${QUESTION_PORT}/proxy/dns-query?dns=${question}`;
    const own = answering.findIndex(({ node }) => node === from);
    // Its own node first: that one is reached without the network between nodes.
    const asked = Array.from({ length: others + 1 }, (_, i) => (own + i) % answering.length);
    return [
      ...asked.map((index) => ({ from, path: at(questionForNode(index)), to: answering[index] as ProbedNode })),
      { from, path: at(questionForService(plan)), to: "service" as const },
    ];
  });
}

async function put(api: Api, plan: SitePlan, { path, to }: Question): Promise<Unanswered["wrong"] | undefined> {
  const answer = await read(api, path);
  if (answer === undefined || answer.code === "SERVFAIL") return "unanswered";
  const expected = to === "service" ? dnsServiceAddress(plan).split(".").map(Number) : to.node;
  return answer.code === "NOERROR" && answer.holds(expected) ? undefined : "other";
}

async function read(api: Api, path: string): Promise<DnsAnswer | undefined> {
  try {
    const { status, body } = await api.read(path);
    return status === 200 ? dnsAnswer(body) : undefined;
  } catch {
    return undefined;
  }
}
