import { demo, labIsKept, labName } from "./site";

/** Brings the tests' site up with the command that people run, and takes everything away afterwards. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (labIsKept) return undefined;
  // What a run that was killed left behind.
  await destroy();
  const { code, text } = await demo();
  if (code === 0) return destroy;
  await destroy();
  throw new Error(`npm run demo -- --name ${labName}: exit code ${code}\n${text}`);
}

async function destroy(): Promise<void> {
  const { code, text } = await demo("--destroy");
  if (code !== 0) throw new Error(`npm run demo -- --name ${labName} --destroy: exit code ${code}\n${text}`);
}
