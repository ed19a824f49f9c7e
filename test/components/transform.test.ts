import { expect, it } from "vitest";
import { type Transform, transformed } from "../../components/Transform";

interface Args {
  memory: number;
  disks: { datastore: string }[];
}

const args: Args = { memory: 8192, disks: [{ datastore: "esx-1-a" }] };

it("passes arguments and options on where there is no transform", () => {
  expect(transformed(undefined, "a", args, { protect: true })).toEqual(["a", args, { protect: true }]);
});

it("replaces fields by those of an object", () => {
  const [, changed] = transformed({ memory: 4096 }, "a", args, {});
  expect(changed).toEqual({ memory: 4096, disks: args.disks });
});

it("lets a function change arguments and options of the one it means", () => {
  const transform: Transform<Args> = (changed, opts, name) => {
    if (name !== "store-etcd-b") return;
    changed.disks = [{ datastore: "esx-1-b" }];
    opts.protect = true;
  };
  expect(transformed(transform, "store-etcd-a", args, {})).toEqual(["store-etcd-a", args, {}]);
  expect(transformed(transform, "store-etcd-b", args, {})).toEqual([
    "store-etcd-b",
    { memory: 8192, disks: [{ datastore: "esx-1-b" }] },
    { protect: true },
  ]);
});

it("leaves the caller's arguments alone", () => {
  const transform: Transform<Args> = (changed) => {
    changed.memory = 1;
  };
  transformed(transform, "a", args, {});
  expect(args.memory).toBe(8192);
});
