import { describe, expect, it } from "vitest";
import { type RecordedState, readRecordedState, recordedVersions } from "../../lab/recordedState";
import { byName, previewRecorded } from "./preview";

describe.each(recordedVersions())("the state that %s left of its demo site", (version) => {
  it("is left as it is by the present program", async () => {
    const recorded = await readRecordedState(version);
    const { unchanged, changes } = await previewRecorded(recorded);
    const expected = recorded.changes.map(({ why: _, ...change }) => change);
    expect(changes).toEqual(expected.sort(byName));
    const changed = new Set(expected.map(({ type, name }) => `${type} ${name}`));
    const kept = recorded.checkpoint.deployment.resources.filter(
      ({ urn, type }) => !isDefaultProvider(type, urn) && !changed.has(`${type} ${urn.split("::").at(-1)}`),
    );
    expect(unchanged).toEqual(kept.map(({ urn }) => urn).sort());
  });

  it("shows a component whose type has another name", async () => {
    const { changes } = await previewRecorded(renamed(await readRecordedState(version)));
    expect(changes.filter(({ op }) => op === "create").length).toBeGreaterThan(0);
    expect(changes.filter(({ op }) => op === "delete").length).toBeGreaterThan(0);
  });
});

/** The engine starts these by itself, and says nothing of them. */
const isDefaultProvider = (type: string, urn: string) =>
  type.startsWith("pulumi:providers:") && /::default(_|$)/.test(urn);

/** As a program would have left it whose authorities belong to a component of another name. */
function renamed(recorded: RecordedState): RecordedState {
  const text = JSON.stringify(recorded.checkpoint).replaceAll("groundwork:index:Pki", "groundwork:index:Keys");
  return { ...recorded, checkpoint: JSON.parse(text) };
}
