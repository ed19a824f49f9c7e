import { expect, it } from "vitest";
import { inventoryOf } from "../../lab/vcenter/inventory";

it("takes hosts, devices and datastores from a site's configuration", () => {
  const inventory = inventoryOf(
    {
      hypervisor: {
        kind: "vsphere",
        datacenter: "DC7",
        cluster: "C7",
        template: "node",
        network: "LAN",
        folder: "sites",
      },
      hosts: [
        { name: "esx-1", cpus: 8, memoryGiB: 64, devices: [{ id: "naa.1", media: "hdd", datastore: "one" }] },
        { name: "esx-2", cpus: 8, memoryGiB: 64, devices: [{ id: "naa.2", datastores: ["two", "three"] }] },
      ],
      sharedStorage: [{ id: "naa.3", datastores: ["san"], hosts: ["esx-1", "esx-2"] }],
    },
    "node:1",
    { diskGiB: 30 },
  );
  expect(inventory).toMatchObject({
    datacenter: "DC7",
    cluster: "C7",
    networks: ["LAN"],
    folders: ["sites"],
    template: { name: "node", image: "node:1", diskGiB: 30 },
  });
  expect(inventory.devices).toMatchObject([
    { id: "naa.1", media: "hdd", hosts: ["esx-1"] },
    { id: "naa.2", hosts: ["esx-2"] },
    { id: "naa.3", hosts: ["esx-1", "esx-2"] },
  ]);
  expect(inventory.datastores).toEqual([
    { name: "one", device: "naa.1" },
    { name: "two", device: "naa.2" },
    { name: "three", device: "naa.2" },
    { name: "san", device: "naa.3" },
  ]);
});
