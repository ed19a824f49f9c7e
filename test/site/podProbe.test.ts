import { describe, expect, test } from "vitest";
import { formatProblem } from "../../site/description/problem";
import { podNetworkProblems, type Unanswered } from "../../site/judge/podNetwork";
import { dnsAnswer, dnsQuestion } from "../../site/render/dnsMessage";
import { askingCorefile, probePod } from "../../site/render/podProbe";
import { planned } from "../support/planning";
import { site, threeHosts } from "../support/sites";

const { plan } = planned(site(threeHosts));
const nodes = [
  { node: "worker-a", address: "10.244.0.7" },
  { node: "worker-b", address: "10.244.1.9" },
  { node: "worker-c", address: "10.244.2.4" },
];
const [a, b] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
const unanswered = (from: string, to: Unanswered["question"]["to"]): Unanswered => ({
  question: { from, to },
  wrong: "unanswered",
});
const told = (...failed: Unanswered[]) => podNetworkProblems(plan, failed).map(formatProblem);

describe("what pods say of their network", () => {
  test("nothing is wrong where every question was answered", () => {
    expect(told()).toEqual([]);
  });

  test("two nodes whose pods do not reach one another are one problem, one way is told as that", () => {
    expect(told(unanswered(a.node, b), unanswered(b.node, a))).toMatchInlineSnapshot(`
      [
        "machines.worker-b: pods there and on worker-a do not reach one another; see \`ip route\` on both, and what drops packets between their hosts",
      ]
    `);
    expect(told(unanswered(a.node, b))).toMatchInlineSnapshot(`
      [
        "machines.worker-a: pods there do not reach those on worker-b; see \`ip route get 10.244.1.9\` there, and what drops packets between their hosts",
      ]
    `);
  });

  test("a node whose pods the API does not reach is told once, and not as a pair with every other", () => {
    expect(told(...nodes.map((to) => unanswered(a.node, to)), unanswered(a.node, "service"))).toMatchInlineSnapshot(`
      [
        "machines.worker-a: the API does not reach pods there; see \`ip route\` there and on the control planes, and what lies between them",
      ]
    `);
  });

  test("a Service that does not answer, and one whose name is not known", () => {
    expect(told(unanswered(a.node, "service"))).toMatchInlineSnapshot(`
      [
        "machines.worker-a: pods there do not reach the Service kube-dns.kube-system.svc.cluster.local at 10.96.0.10; see \`kubectl -n kube-system get pods -o wide -l 'k8s-app in (kube-dns, kube-proxy)'\`",
      ]
    `);
    const other: Unanswered = { question: { from: b.node, to: "service" }, wrong: "other" };
    expect(told(other)).toMatchInlineSnapshot(`
      [
        "machines.worker-b: pods there do not find the Service kube-dns.kube-system.svc.cluster.local by its name; see \`kubectl -n kube-system logs -l k8s-app=kube-dns\`",
      ]
    `);
  });
});

describe("the pods that ask", () => {
  test("have a way to the pod on each node, and to the cluster's DNS", () => {
    expect(askingCorefile(plan, nodes.slice(0, 2))).toMatchInlineSnapshot(`
      "https://0.pod-probe:8053 {
          forward . 10.244.0.7:5353 {
              max_fails 0
              force_tcp
          }
      }
      https://1.pod-probe:8053 {
          forward . 10.244.1.9:5353 {
              max_fails 0
              force_tcp
          }
      }
      https://cluster.local:8053 {
          forward . 10.96.0.10 {
              max_fails 0
          }
      }
      "
    `);
  });

  test("are allowed by Pod Security's strictest level, and taken by every node", () => {
    const owner = { metadata: { name: "probe", uid: "1" } };
    const { spec } = probePod(plan, owner, "asks", a.node, 0) as {
      spec: Record<string, unknown> & { containers: [{ securityContext: object; image: string }] };
    };
    expect(spec.containers[0].image).toMatch(/^registry\.k8s\.io\/coredns\/coredns:v/);
    expect(spec.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(spec.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
    });
    expect(spec.tolerations).toEqual([{ operator: "Exists" }]);
  });
});

describe("messages of DNS", () => {
  test("a question is as RFC 8484 has it", () => {
    // The example of its section 4.1.1.
    expect(dnsQuestion("www.example.com", "A")).toBe("AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB");
  });

  test("an answer tells its code and what it holds, whole", () => {
    const header = (code: number) => [0, 0, 0x81, 0x80 | code, 0, 1, 0, 1, 0, 0, 0, 0];
    const text = dnsAnswer(Buffer.from([...header(0), 8, ...Buffer.from("worker-a")]));
    expect(text?.code).toBe("NOERROR");
    expect(text?.holds("worker-a")).toBe(true);
    expect(text?.holds("worker")).toBe(false);
    expect(dnsAnswer(Buffer.from([...header(0), 0, 4, 10, 96, 0, 10]))?.holds([10, 96, 0, 10])).toBe(true);
    expect(dnsAnswer(Buffer.from(header(2)))?.code).toBe("SERVFAIL");
    expect(dnsAnswer(Buffer.from(header(3)))?.code).toBe("NXDOMAIN");
    expect(dnsAnswer(Buffer.from("<html>no such thing</html>"))).toBeUndefined();
    expect(dnsAnswer(Buffer.alloc(0))).toBeUndefined();
  });
});
