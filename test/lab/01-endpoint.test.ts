import { expect, it } from "vitest";
import { haproxyConfiguration } from "../../site/render/haproxy";
import { RunningSite } from "../support/lab/site";

// That it answers while a control plane or a load balancer is down is shown with all other failures.

it("the API's endpoint is the virtual address, on exactly one load balancer (L12)", async () => {
  const site = await RunningSite.open();
  expect(site.plan.endpoint).toEqual({ host: site.plan.vip, port: 6443 });
  expect(await site.kubectl("config", "view", "-o", "jsonpath={.clusters[*].cluster.server}")).toBe(
    `https://${site.plan.vip}:6443`,
  );
  const holders = [];
  for (const { name } of site.machines("load-balancer"))
    if ((await site.ssh(name, "ip -4 -o address")).includes(` ${site.plan.vip}/`)) holders.push(name);
  expect(holders).toHaveLength(1);
});

it("its HAProxy takes the configuration of a site whose secrets a KMS encrypts (S6)", async () => {
  const site = await RunningSite.open();
  const { plan } = site;
  const kms = { name: "vault", socket: "/run/kms/vault.sock", timeoutSeconds: 3, phase: "write" as const };
  const kubernetes = { ...plan.spec.kubernetes, secretsEncryption: { kms } };
  const text = haproxyConfiguration({ ...plan, spec: { ...plan.spec, kubernetes } });
  expect(text).toContain("control-planes-without-kms");
  const [{ name = "" } = {}] = site.machines("load-balancer");
  await site.ssh(name, `haproxy -c -q -f /dev/stdin <<'END'\n${text}END\n`);
  await expect(site.ssh(name, `haproxy -c -q -f /dev/stdin <<'END'\n${text}nonsense\nEND\n`)).rejects.toThrow();
});
