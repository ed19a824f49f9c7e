import { afterAll, beforeAll, expect, test } from "vitest";
import { destroyLab, type Lab, openLab } from "../../lab/lab";
import { containers, remainsOf } from "../support/lab/remains";
import { labName, RunningSite } from "../support/lab/site";

// A second lab beside the one of the other tests, with one machine in its datacenter.

const name = `${labName}-second`;
let site: RunningSite;
let second: Lab;
beforeAll(async () => {
  site = await RunningSite.open();
  await destroyLab(name, () => {});
  second = await openLab(name, "demo", () => {});
  const { govc } = second.datacenter;
  const place = ["-host", "esx-1", "-ds", "esx-1-a", "-net", "VM Network"];
  await govc("vm.clone", "-vm", "groundwork-node", "-on=false", ...place, "machine");
  await govc("vm.disk.create", "-vm", "machine", "-ds", "esx-1-b", "-name", "machine-data", "-size", "1G");
  await govc("vm.power", "-on", "machine");
});
afterAll(() => destroyLab(name, () => {}));

test("two labs side by side share no network, port, container, folder or password", async () => {
  const first = site.datacenter;
  expect(second.state.subnet).not.toBe(Number(site.plan.spec.network.gateway.split(".")[2]));
  expect(second.datacenter.server).not.toBe(first.server);
  expect(second.datacenter.control.url).not.toBe(first.control.url);
  expect(second.datacenter.password).not.toBe(first.password);
  expect(second.paths.folder).not.toBe(site.paths.folder);
  expect(await containers(name)).toHaveLength(1);
  const ours = await containers(labName);
  expect(ours).toHaveLength(site.machines().length);
  expect(ours).not.toContain((await containers(name))[0]);
});

test("destroying a lab leaves nothing of it, and nothing of another is touched", async () => {
  expect((await remainsOf(name, second.state.subnet)).length).toBeGreaterThan(5);
  expect(await destroyLab(name, () => {})).toBe(true);
  expect(await remainsOf(name, second.state.subnet)).toEqual([]);
  expect(await containers(labName)).toHaveLength(site.machines().length);
  await site.healthy();
});
