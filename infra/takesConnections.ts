import { connect } from "node:net";

/** Milliseconds that a machine has to take a connection. */
const PATIENCE = 3000;

/** Whether a machine takes a connection at SSH's port, or another one. */
export function takesConnections(address: string, port = 22): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: PATIENCE });
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.on("connect", () => end(true));
    socket.on("timeout", () => end(false));
    socket.on("error", () => end(false));
  });
}
