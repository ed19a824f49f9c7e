import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { chmodSync } from "node:fs";
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { BinaryReader, BinaryWriter } from "google-protobuf";

/** The fields of a message by their numbers; all of Kubernetes' KMS v2 that is used here are texts or bytes. */
type Fields = Record<number, Buffer>;

/**
 * A plugin by Kubernetes' KMS v2 (`k8s.io/kms/apis/v2`), on a unix socket: the peer of a real API server. Its keys live as long as it does
 * and are AES-256-GCM; the newest encrypts, all decrypt.
 */
export class KmsPlugin {
  private readonly keys = new Map<string, Buffer>();
  private server?: Server;

  constructor(readonly socket: string) {
    this.rotate();
  }

  async start(): Promise<void> {
    this.server = new Server();
    const methods = { Status: this.state, Encrypt: this.encrypt, Decrypt: this.decrypt };
    this.server.addService(SERVICE, methods as unknown as UntypedServiceImplementation);
    const server = this.server;
    await new Promise<void>((resolve, reject) => {
      const bound = (error: Error | null) => (error ? reject(error) : resolve());
      server.bindAsync(`unix://${this.socket}`, ServerCredentials.createInsecure(), bound);
    });
    chmodSync(this.socket, 0o600);
  }

  stop(): void {
    this.server?.forceShutdown();
  }

  /** A new key encrypts from now on. */
  rotate(): string {
    const id = `key-${this.keys.size + 1}`;
    this.keys.set(id, randomBytes(32));
    return id;
  }

  private get newest(): string {
    return [...this.keys.keys()].at(-1) ?? "";
  }

  private readonly state: handleUnaryCall<Fields, Fields> = (_, answer) =>
    answer(null, { 1: Buffer.from("v2"), 2: Buffer.from("ok"), 3: Buffer.from(this.newest) });

  private readonly encrypt: handleUnaryCall<Fields, Fields> = ({ request }, answer) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.keys.get(this.newest) as Buffer, nonce);
    const text = Buffer.concat([cipher.update(request[1] ?? Buffer.alloc(0)), cipher.final()]);
    answer(null, { 1: Buffer.concat([nonce, cipher.getAuthTag(), text]), 2: Buffer.from(this.newest) });
  };

  private readonly decrypt: handleUnaryCall<Fields, Fields> = ({ request }, answer) => {
    const { 1: sealed = Buffer.alloc(0), 3: id } = request;
    const key = this.keys.get(`${id}`);
    if (key === undefined) return answer({ code: status.NOT_FOUND, details: `no key ${id}` });
    const cipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12)).setAuthTag(sealed.subarray(12, 28));
    answer(null, { 1: Buffer.concat([cipher.update(sealed.subarray(28)), cipher.final()]) });
  };
}

const method = (name: string) => ({
  path: `/v2.KeyManagementService/${name}`,
  requestStream: false,
  responseStream: false,
  requestSerialize: written,
  requestDeserialize: read,
  responseSerialize: written,
  responseDeserialize: read,
});
const SERVICE: ServiceDefinition = Object.fromEntries(
  ["Status", "Encrypt", "Decrypt"].map((name) => [name, method(name)]),
);

function written(fields: Fields): Buffer {
  const writer = new BinaryWriter();
  for (const [number, value] of Object.entries(fields)) writer.writeBytes(Number(number), value);
  return Buffer.from(writer.getResultBuffer());
}

function read(message: Buffer): Fields {
  const fields: Fields = {};
  const reader = new BinaryReader(message);
  while (reader.nextField()) fields[reader.getFieldNumber()] = Buffer.from(reader.readBytes() as Uint8Array);
  return fields;
}
