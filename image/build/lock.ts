import { createHash } from "node:crypto";
import { connect, createServer, type Server } from "node:net";

/**
 * Runs `work` while nobody else on this machine, in this process or another one, runs work under the same name.
 *
 * The lock is a socket in the kernel's abstract namespace: it goes away with the process that holds it, however that ends,
 * and whoever waits is told at once. `waiting` is called once if somebody else holds the lock.
 */
export async function withLock<T>(name: string, work: () => Promise<T>, waiting?: () => void): Promise<T> {
  const address = `\0groundwork-${createHash("sha256").update(name).digest("hex").slice(0, 32)}`;
  let held = await hold(address);
  if (!held) waiting?.();
  while (!held) {
    await released(address);
    held = await hold(address);
  }
  const lock = held;
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

interface Held {
  release(): Promise<void>;
}

function hold(address: string): Promise<Held | undefined> {
  return new Promise((resolve, reject) => {
    const waiters = new Set<{ destroy(): void }>();
    const server: Server = createServer((socket) => {
      waiters.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => waiters.delete(socket));
    });
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen(address, () =>
      resolve({
        release: () =>
          new Promise((done) => {
            server.close(() => done());
            for (const waiter of waiters) waiter.destroy();
          }),
      }),
    );
  });
}

/** Resolves when the holder of the lock has let go of it, or has died. */
function released(address: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.on("error", () => {});
    socket.on("close", () => setTimeout(resolve, 20));
  });
}
