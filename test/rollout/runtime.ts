import { DefaultLogger, Runtime } from "@temporalio/worker";

let isInstalled = false;

/** Workers of this process tell nothing but errors. A process has one runtime, which the next file of tests finds installed. */
export function tellOnlyErrors(): void {
  if (!isInstalled) Runtime.install({ logger: new DefaultLogger("ERROR") });
  isInstalled = true;
}
