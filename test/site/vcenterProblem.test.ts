import { describe, expect, test } from "vitest";
import { vcenterProblem } from "../../components/hypervisors/vsphere/vcenterProblem";

const hypervisor = { server: "vc.example", datacenter: "DC0" };
const told = (subject: string, message: string) => {
  const { path, fact, fix } = vcenterProblem({ path: "hypervisor.network", subject }, hypervisor, new Error(message));
  return `${path}: ${fact}; ${fix}`;
};

describe("F13, real-vcenter-16: what vCenter's plugin says of a network", () => {
  test("that is there several times", () => {
    const message = "path 'VM Network' resolves to multiple networks, Please specify";
    expect(told("network VM Network", message)).toMatch(
      /^hypervisor\.network: DC0 of vc\.example has several .+; name its distributed switch in hypervisor\.distributedSwitch, or rename all but one/,
    );
  });

  test("that is not on the switch", () => {
    const message = "error while getting Network with name Prod and Distributed virtual switch 50 2e";
    expect(told("network Prod of distributed switch DSwitch", message)).toMatch(
      /^hypervisor\.network: network Prod of distributed switch DSwitch not found in DC0 of vc\.example; /,
    );
  });

  test("that the account may not see", () => {
    const message = "ServerFaultCode: Permission to perform this operation was denied. NoPermission";
    expect(told("network VM Network", message)).toMatch(
      /does not let this account see the network .+; give it the privileges/,
    );
  });

  test("that is not found names both causes", () => {
    expect(told("network VM Network", "network 'VM Network' not found")).toMatch(
      /network VM Network not found in DC0 of vc\.example; correct its name, or make it in vCenter; if it is there, let the account see it/,
    );
  });

  test("that is a host or datastore, which may be gone for good", () => {
    const way = (name: string) =>
      new RegExp(`not found in DC0 of .*; if it is gone for good, .groundwork recover --gone ${name}. `);
    expect(told("host esx-2", "host 'esx-2' not found")).toMatch(way("esx-2"));
    expect(told("datastore esx 2 a of device naa.1", "datastore 'esx 2 a' not found")).toMatch(way("esx 2 a"));
    expect(told("network VM Network", "network 'VM Network' not found")).not.toContain("--gone");
  });

  test.each(["certificates-a", "EOF-backup", "x509", "connection refused"])(
    "that is called %s is taken for no error",
    (name) => {
      expect(told(`network ${name}`, `network '${name}' not found`)).toContain("not found in DC0 of vc.example");
    },
  );
});

test("a vCenter that is starting is told as that, and a network called 503 is not", () => {
  expect(told("network VM Network", "POST https://vc.example/sdk: 503 Service Unavailable")).toMatch(
    /^hypervisor\.server: vc\.example is starting or overloaded \(.*503 Service Unavailable\); wait some minutes and run the same command again$/,
  );
  expect(told("network 503", "network '503' not found")).toContain("network 503 not found in DC0 of vc.example");
});
