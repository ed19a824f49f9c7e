import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dnsOnly, nothing } from "../../components/namespaces/NamespaceLimits";
import { AGNHOST } from "../../image/programs/upstream";
import { shell } from "../../site/render/shell";
import { RunningSite, until } from "../support/lab/site";

const namespace = "groundwork-test";
const image = `registry.k8s.io/${AGNHOST}`;

describe("pods on different workers", () => {
  let site: RunningSite;
  let workers: string[];
  beforeAll(async () => {
    site = await RunningSite.open();
    workers = site.machines("worker").map(({ name }) => name);
    const objects = [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      ...workers.flatMap((worker) => [pod(worker), service(worker)]),
    ];
    const input = objects.map((each) => JSON.stringify(each)).join("\n---\n");
    // A new namespace takes no pods until its service account is there: after a control plane was stopped, that takes a while.
    await until("the pods are made", 90, () => site.run("kubectl", ["apply", "-f", "-"], { input }));
    await site.kubectl("-n", namespace, "wait", "--for=condition=Ready", "--timeout=90s", "pod", "--all");
  });
  afterAll(() => site.kubectl("delete", "namespace", namespace, "--ignore-not-found"));

  /** Makes the pod on a worker ask a host over HTTP who it is. */
  const asks = async (worker: string, host: string, port: number): Promise<string[]> => {
    const dial = `dial?host=${host}&port=${port}&protocol=http&request=hostname&tries=1`;
    const answer = JSON.parse(
      await site.kubectl("get", "--raw", `/api/v1/namespaces/${namespace}/pods/${worker}:8080/proxy/${dial}`),
    ) as { responses?: string[]; errors?: string[] };
    if (answer.errors) throw new Error(`${worker} → ${host}: ${answer.errors.join("; ")}`);
    return answer.responses ?? [];
  };
  /** Until the node knows a new service, its packets go elsewhere: another answer than the expected one is no answer yet. */
  const answered = (worker: string, host: string, port: number, by: string) =>
    until(`${worker} → ${host}`, 30, async () => {
      const responses = await asks(worker, host, port);
      if (responses.join() !== by) throw new Error(`${worker} → ${host}: answered ${JSON.stringify(responses)}`);
      return responses;
    });
  const pairs = () => workers.flatMap((from) => workers.map((to) => [from, to] as const));

  it("are one on each worker", async () => {
    const { items } = await site.kubectlJson<{ items: { metadata: { name: string }; spec: { nodeName: string } }[] }>(
      "-n",
      namespace,
      "get",
      "pods",
    );
    expect(items.map(({ metadata, spec }) => [metadata.name, spec.nodeName])).toEqual(
      workers.map((name) => [name, name]),
    );
    expect(workers.length).toBeGreaterThanOrEqual(2);
  });

  it("reach each other by the service's name, short and long (C6)", async () => {
    for (const [from, to] of pairs())
      for (const host of [at(to), `${at(to)}.${namespace}`, `${at(to)}.${namespace}.svc.cluster.local`])
        expect(await answered(from, host, 80, to), `${from} → ${host}`).toEqual([to]);
  });

  it("reach each other by the service's address and by the pod's own", async () => {
    for (const [from, to] of pairs()) {
      const cluster = await site.kubectl("-n", namespace, "get", "service", at(to), "-o", "jsonpath={.spec.clusterIP}");
      expect(await answered(from, cluster, 80, to), `${from} → ${cluster}`).toEqual([to]);
      const own = await site.kubectl("-n", namespace, "get", "pod", to, "-o", "jsonpath={.status.podIP}");
      expect(await answered(from, own, 8080, to), `${from} → ${own}`).toEqual([to]);
    }
  });

  it("see the sender's own address across nodes", async () => {
    const [from, to] = workers as [string, string];
    const ip = (name: string) => site.kubectl("-n", namespace, "get", "pod", name, "-o", "jsonpath={.status.podIP}");
    const dial = `dial?host=${await ip(to)}&port=8080&protocol=http&request=clientip&tries=1`;
    const path = `/api/v1/namespaces/${namespace}/pods/${from}:8080/proxy/${dial}`;
    const { responses } = JSON.parse(await site.kubectl("get", "--raw", path)) as { responses: string[] };
    expect(responses[0]?.split(":")[0]).toBe(await ip(from));
  });

  it("can be looked into: logs and commands", async () => {
    for (const worker of workers) {
      expect(await site.kubectl("-n", namespace, "logs", worker)).toContain("8080");
      const version = await site.kubectl("-n", namespace, "exec", worker, "--", "/agnhost", "--version");
      expect(version).toContain("version");
    }
  });
});

describe("pods of a namespace with policies (S7)", () => {
  const namespace = "groundwork-test-policies";
  let site: RunningSite;
  let worker: string;
  let addresses: Record<"far" | "near", string>;
  beforeAll(async () => {
    site = await RunningSite.open();
    const [here, there] = site.machines("worker").map(({ name }) => name) as [string, string];
    worker = there;
    const placed = { asks: here, near: here, far: there };
    const pods = Object.entries(placed).map(([name, node]) => pod(node, { name, namespace, ports: [8080, 8090] }));
    await until("the pods are made", 90, () =>
      apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, ...pods]),
    );
    await site.kubectl("-n", namespace, "wait", "--for=condition=Ready", "--timeout=90s", "pod", "--all");
    const ip = (name: string) => site.kubectl("-n", namespace, "get", "pod", name, "-o", "jsonpath={.status.podIP}");
    addresses = { near: await ip("near"), far: await ip("far") };
  });
  afterAll(() => site.kubectl("delete", "namespace", namespace, "--ignore-not-found"));

  const apply = (objects: object[]) =>
    site.run("kubectl", ["apply", "-f", "-"], { input: objects.map((each) => JSON.stringify(each)).join("\n---\n") });
  /** What a connection comes to: nothing is said of one that is made; DNS, REFUSED or TIMEOUT of another. */
  const connects = async (to: string): Promise<string> => {
    const command = ["/agnhost", "connect", "--timeout=2s", to];
    const { text } = await site.attempt("kubectl", [
      "-n",
      namespace,
      "exec",
      "asks",
      "-c",
      "agnhost",
      "--",
      ...command,
    ]);
    return /DNS|REFUSED|TIMEOUT/.exec(text)?.[0] ?? text.trim();
  };
  const all = async () => {
    const targets = [addresses.near, addresses.far].flatMap((ip) => [`${ip}:8080`, `${ip}:8090`]);
    return Promise.all([...targets, "kubernetes.default.svc.cluster.local:443"].map(connects));
  };
  const come = (what: string, to: string[]) =>
    until(what, 30, async () => {
      const seen = await all();
      if (seen.join() !== to.join()) throw new Error(`${what}: ${JSON.stringify(seen)}`);
      return true;
    });
  const [no, yes] = ["REFUSED", ""];
  const policy = (name: string, spec: object) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace },
    spec,
  });

  it("reach each other, on one node and across nodes, while there is none", async () => {
    await come("all is open", [yes, yes, yes, yes, yes]);
  });

  it("reach nobody where all is denied; names are looked up all the same", async () => {
    await apply([policy("default-deny", nothing), policy("allow-dns", dnsOnly)]);
    // A name that is not looked up would be DNS, not REFUSED.
    await come("all is denied", [no, no, no, no, no]);
  });

  it("stay apart while what keeps them apart is killed, and after", async () => {
    const { code } = await site.attemptSsh(worker, "sudo pkill -KILL -x kube-router");
    expect(code).toBe(0);
    // While it begins anew, some are dropped that it refuses otherwise.
    const apart = (seen: string[]) => seen.every((one) => one === no || one === "TIMEOUT");
    expect(await all()).toSatisfy(apart);
    await until("kube-router runs again", 60, () => site.ssh(worker, "pgrep -x kube-router"));
    expect(await all()).toSatisfy(apart);
  });

  it("have nothing undone of what kube-proxy writes while they are kept apart", async () => {
    // In a network of its own: what kube-router has read, what kube-proxy changes then, and what kube-router gives back.
    const script = `
work=$(mktemp -d -p /var/tmp)
base64 -d >$work/iptables-restore <<<${encoded(shell("own-filters"))}
chmod +x $work/iptables-restore
for chain in SERVICES ROUTER-FORWARD POD-FW-GONE NWPLCY-GONE; do iptables -N KUBE-$chain; done
iptables -A FORWARD -j KUBE-ROUTER-FORWARD
iptables -A FORWARD -j KUBE-SERVICES
iptables -A KUBE-ROUTER-FORWARD -j KUBE-POD-FW-GONE
iptables -A KUBE-POD-FW-GONE -j KUBE-NWPLCY-GONE
iptables -A KUBE-SERVICES -d 10.96.0.99/32 -p tcp -m tcp --dport 80 -j REJECT
iptables-save -t filter | grep -v -e GONE -e COMMIT >$work/read
iptables -F KUBE-SERVICES
iptables -A KUBE-SERVICES -d 10.96.0.98/32 -p tcp -m tcp --dport 80 -j REJECT
cat - >>$work/read <<'END'
:KUBE-POD-FW-NEW - [0:0]
-A KUBE-ROUTER-FORWARD -m comment --comment "two  words" -j KUBE-POD-FW-NEW
COMMIT
END
export PATH=$work:$PATH
iptables-restore --wait -T filter <$work/read
iptables-save -t filter | grep -v "^#"
rm -rf $work
`;
    const stdout = await site.ssh(worker, `base64 -d <<<${encoded(script)} | sudo unshare --net bash -eu`);
    expect(stdout.trim().split("\n")).toEqual([
      "*filter",
      ...["INPUT", "FORWARD", "OUTPUT"].map((chain) => `:${chain} ACCEPT [0:0]`),
      ...["POD-FW-NEW", "ROUTER-FORWARD", "SERVICES"].map((chain) => `:KUBE-${chain} - [0:0]`),
      "-A FORWARD -j KUBE-ROUTER-FORWARD",
      "-A FORWARD -j KUBE-SERVICES",
      '-A KUBE-ROUTER-FORWARD -m comment --comment "two  words" -j KUBE-POD-FW-NEW',
      "-A KUBE-SERVICES -d 10.96.0.98/32 -p tcp -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable",
      "COMMIT",
    ]);
  });

  it("reach the one port that a policy opens, for those that it names", async () => {
    const match = (name: string) => ({ podSelector: { matchLabels: { app: name } } });
    const ports = [{ port: 8080, protocol: "TCP" }];
    await apply([
      policy("far-from-asks", {
        ...match("far"),
        policyTypes: ["Ingress"],
        ingress: [{ from: [match("asks")], ports }],
      }),
      policy("asks-to-far", { ...match("asks"), policyTypes: ["Egress"], egress: [{ to: [match("far")], ports }] }),
    ]);
    await come("one port is open", [no, no, yes, no, no]);
  });

  it("reach each other again when the policies are gone", async () => {
    await site.kubectl("-n", namespace, "delete", "networkpolicy", "--all");
    await come("all is open", [yes, yes, yes, yes, yes]);
  });
});

function encoded(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** The service of the pod on a worker. Not the pod's own name: that is in its /etc/hosts, and DNS would not be asked. */
function at(worker: string): string {
  return `at-${worker}`;
}

/** A web server on a worker, on each of its ports; by default it is called as the worker is. */
function pod(worker: string, own: { name?: string; namespace?: string; ports?: number[] } = {}): object {
  const { name = worker, ports = [8080] } = own;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: own.namespace ?? namespace, labels: { app: name } },
    spec: {
      nodeSelector: { "kubernetes.io/hostname": worker },
      terminationGracePeriodSeconds: 1,
      containers: ports.map((port) => ({
        name: port === 8080 ? "agnhost" : `agnhost-${port}`,
        image,
        args: ["netexec", `--http-port=${port}`, `--udp-port=${port}`],
        ports: [{ containerPort: port }],
        readinessProbe: { httpGet: { path: "/healthz", port }, periodSeconds: 1 },
      })),
    },
  };
}

function service(worker: string): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: at(worker), namespace },
    spec: { selector: { app: worker }, ports: [{ port: 80, targetPort: 8080 }] },
  };
}
