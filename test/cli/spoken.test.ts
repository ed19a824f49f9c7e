import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { spoken } from "../../image/build/spoken";

it("a step that takes long says which it is, for how long, and what it said last; and nothing once it is over", async () => {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const until = async (count: number) => {
    while (said.length < count) await sleep(5);
  };
  await spoken(
    "Build etcd (2 of 9)",
    async (progress) => {
      await until(1);
      progress("  compiling\n");
      await until(said.length + 1);
    },
    { every: 20, say },
  );
  expect(said[0]).toMatch(/^ {2}Build etcd \(2 of 9\): \d+ s$/);
  expect(said.at(-1)).toMatch(/^ {2}Build etcd \(2 of 9\): \d+ s; compiling$/);
  const { length } = said;
  await sleep(100);
  expect(said.length).toBe(length);
  const failing = spoken("x", () => Promise.reject(new Error("no space")), { every: 20, say });
  await expect(failing).rejects.toThrow("no space");
});
