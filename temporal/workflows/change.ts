import { CancellationScope, getExternalWorkflowHandle, isCancellation, setHandler } from "@temporalio/workflow";
import { askSignal, type ChangeEnd, type ChangeInput, changeEnded } from "./messages";
import { changes, endOf, steps } from "./work";

/** The change of one site. Its id is the site's, so that there is never a second one of the same site, whichever rollout asks for it. */
export async function change({ order, rollout, queue, minutes, pace }: ChangeInput): Promise<ChangeEnd> {
  const { site } = order;
  setHandler(askSignal, () => {});
  const end = await (async (): Promise<ChangeEnd> => {
    try {
      await steps(queue, pace).admit(order);
    } catch (error) {
      if (isCancellation(error)) return { site, event: "failed", why: "it was ended before it began" };
      const { is, why } = endOf(error);
      return { site, event: is === "away" ? "away" : "failed", why };
    }
    try {
      await changes(queue, pace, minutes).apply(order);
      return { site, event: "succeeded" };
    } catch (error) {
      return { site, event: "failed", why: isCancellation(error) ? "it was ended" : endOf(error).why };
    }
  })();
  // A rollout that has ended needs not be told.
  await CancellationScope.nonCancellable(() => getExternalWorkflowHandle(rollout).signal(changeEnded, end)).catch(
    () => {},
  );
  return end;
}
