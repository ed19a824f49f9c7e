import { beforeAll, describe, expect, it } from "vitest";
import { statusOf } from "./api";
import { RunningSite, until } from "./site";

describe("the API's endpoint", () => {
  let site: RunningSite;
  beforeAll(async () => {
    site = await RunningSite.open();
  });

  /** Writes and reads through the virtual address, with retries for as long as a takeover may last. */
  const works = async (name: string) => {
    await until(`kubectl without ${name}`, 30, async () => {
      await site.run("kubectl", [
        "--request-timeout=5s",
        "create",
        "configmap",
        "taken-over",
        `--from-literal=by=${name}`,
      ]);
      return true;
    });
    try {
      // Not only once: a balancer that still sent some requests to the dead machine would show.
      for (let i = 0; i < 8; i++)
        expect(await site.kubectl("get", "configmap", "taken-over", "-o", "jsonpath={.data.by}")).toBe(name);
    } finally {
      await site.kubectl("delete", "configmap", "taken-over");
    }
  };

  const stoppedAndStarted = async (name: string) => {
    await site.control.stopMachine(name);
    try {
      const state = (await site.control.machines()).find((machine) => machine.name === name);
      expect(state?.on).toBe(false);
      await works(name);
    } finally {
      await site.control.startMachine(name);
    }
    const { address } = site.machine(name);
    await until(`https://${address}:6443/readyz`, 120, async () =>
      (await statusOf(`https://${address}:6443/readyz`)) === 200 ? true : undefined,
    );
    await until("a healthy site", 120, async () => {
      await site.healthy();
      return true;
    });
  };

  it("is the virtual address, on exactly one load balancer", async () => {
    expect(site.plan.endpoint).toEqual({ host: site.plan.vip, port: 6443 });
    expect(await site.kubectl("config", "view", "-o", "jsonpath={.clusters[*].cluster.server}")).toBe(
      `https://${site.plan.vip}:6443`,
    );
    const holders = [];
    for (const { name } of site.machines("load-balancer"))
      if ((await site.ssh(name, "ip -4 -o address")).includes(` ${site.plan.vip}/`)) holders.push(name);
    expect(holders).toHaveLength(1);
  });

  for (const name of ["demo-control-plane-a", "demo-control-plane-b", "demo-load-balancer-a", "demo-load-balancer-b"])
    it(`answers while ${name} is stopped, and all is healthy when it is back`, async () => {
      await stoppedAndStarted(name);
    });

  it("had all control planes and load balancers stopped by this", () => {
    expect(site.machines("control-plane", "load-balancer").map(({ name }) => name)).toEqual([
      "demo-control-plane-a",
      "demo-control-plane-b",
      "demo-load-balancer-a",
      "demo-load-balancer-b",
    ]);
  });
});
