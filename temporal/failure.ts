import { status } from "@grpc/grpc-js";
import { isGrpcServiceError } from "@temporalio/client";
import { UnusableInput, unusable } from "../site/description/unusableInput";

/** What a person has to do about a failed call; the error itself if nobody knows. */
export function failureAt(address: string, namespace: string, error: unknown): unknown {
  if (error instanceof UnusableInput) return error;
  const code = isUnavailable(error) ? status.UNAVAILABLE : codeIn(error);
  const path = `Temporal at ${address}`;
  switch (code) {
    case status.NOT_FOUND:
      return unusable(path, `it has no namespace ${namespace}`, "name another one with --namespace, or create it");
    case status.UNAVAILABLE:
      return unusable(
        path,
        "it does not answer",
        "start `groundwork fleet serve`, make room where its disk is full, or name another one with --address",
      );
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return unusable(path, "it refuses this client", "see TEMPORAL_TLS_* and TEMPORAL_API_KEY");
    case status.UNIMPLEMENTED:
    case status.INTERNAL:
    case status.UNKNOWN:
      return unusable(path, "what answers there is no Temporal", "name another address with --address");
    default:
      return error;
  }
}

/** The gRPC code of an error, or of what caused it. */
export function codeIn(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? codeIn(error.cause) : undefined;
}

/**
 * Whether nobody answered in time. A channel that never came up has no code; a server that knows the deadline, too, may end a call as
 * cancelled just before this side does, and nobody here cancels one.
 */
export function isUnavailable(error: unknown): boolean {
  const code = codeIn(error);
  if (code !== undefined && OUT_OF_TIME.has(code)) return true;
  return error instanceof Error && error.message.includes("Failed to connect before the deadline");
}

const OUT_OF_TIME: ReadonlySet<number> = new Set([status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED]);
