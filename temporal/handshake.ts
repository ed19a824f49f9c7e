import { connect as dial } from "node:net";
import { type ConnectionOptions, connect as dialTls } from "node:tls";
import type { ConnectionOptions as TemporalOptions } from "@temporalio/client";

const PATIENCE = 3_000;
/** TLS 1.3 tells a client only after its own handshake that its certificate is not taken. */
const AFTERWARDS = 500;

type Tls = TemporalOptions["tls"];

/** Why a service that answers cannot be talked to, and what to do; undefined if nothing answers, or nothing is wrong with how it is called. */
export async function handshakeFault(address: string, tls: Tls): Promise<{ fact: string; fix: string } | undefined> {
  const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (!tls)
    return (await faultOf(() => dial(Number(port), host), "connect", 0)) === undefined
      ? { fact: "what answers there is no Temporal without TLS", fix: "see TEMPORAL_TLS_* if it wants TLS" }
      : undefined;
  const fault = await faultOf(() => dialTls(optionsOf(host, Number(port), tls)), "secureConnect", AFTERWARDS);
  if (fault === undefined || /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/.test(fault))
    return undefined;
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH/.test(fault))
    return { fact: "what answers there speaks no TLS", fix: "take TEMPORAL_TLS_* out, or name another address" };
  // What the other side says of us comes as an alert, or as an end.
  if (/ALERT|ECONNRESET|EPIPE|end/.test(fault))
    return {
      fact: `it does not take this client's certificate (${fault})`,
      fix: "name one of its authority by TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH",
    };
  return {
    fact: `its certificate is not trusted here (${fault})`,
    fix: "name its authority by TEMPORAL_TLS_SERVER_CA_CERT_PATH, and its name by TEMPORAL_TLS_SERVER_NAME if that is another one",
  };
}

function optionsOf(host: string, port: number, tls: Exclude<Tls, undefined | null | false>): ConnectionOptions {
  const given = tls === true ? {} : tls;
  const { serverRootCACertificate: ca, clientCertPair: pair, serverNameOverride: servername = host } = given;
  return {
    host,
    port,
    servername,
    ALPNProtocols: ["h2"],
    ...(ca && { ca: Buffer.from(ca) }),
    ...(pair && { cert: Buffer.from(pair.crt), key: Buffer.from(pair.key) }),
  };
}

/** The code of what went wrong until it was connected and so many ms later; undefined if nothing did. */
function faultOf(open: () => ReturnType<typeof dial>, connected: string, stays: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = open();
    const tell = (fault?: string) => {
      clearTimeout(late);
      socket.destroy();
      resolve(fault);
    };
    const late = setTimeout(() => tell("ETIMEDOUT"), PATIENCE);
    socket.on("error", (error: NodeJS.ErrnoException) => tell(error.code ?? error.message));
    socket.on("end", () => tell("end"));
    socket.on(connected, () => setTimeout(() => tell(), stays));
  });
}
