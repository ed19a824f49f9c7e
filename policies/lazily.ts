import { dirname } from "node:path";
import { propertiesOf } from "./properties";

/** What a gRPC service is defined by. */
export type Service = Readonly<Record<string, { requestDeserialize(bytes: Buffer): unknown }>>;

interface StructMessage {
  toJavaScript(): unknown;
}

interface Reader {
  nextField(): boolean;
  readBytes(): Uint8Array;
}

/** A service whose requests leave properties in bytes until somebody asks for them. */
export function readLazily(service: Service): Service {
  const sdk = dirname(require.resolve("@pulumi/pulumi/package.json"));
  const { Struct } = require(require.resolve("google-protobuf/google/protobuf/struct_pb.js", { paths: [sdk] }));
  const method = ({ requestDeserialize, ...rest }: Service[string]) => ({
    ...rest,
    requestDeserialize: (bytes: Buffer) => {
      const { deserializeBinaryFromReader } = Struct;
      Struct.deserializeBinaryFromReader = keepEntries;
      try {
        return requestDeserialize(bytes);
      } finally {
        Struct.deserializeBinaryFromReader = deserializeBinaryFromReader;
      }
    },
  });
  const { analyze, analyzeStack } = service;
  const named = Object.entries({ analyze, analyzeStack });
  return { ...service, ...Object.fromEntries(named.flatMap(([name, made]) => (made ? [[name, method(made)]] : []))) };
}

function keepEntries(message: StructMessage, reader: Reader): StructMessage {
  const entries: Uint8Array[] = [];
  while (reader.nextField()) entries.push(reader.readBytes());
  let properties: unknown;
  message.toJavaScript = () => {
    properties ??= propertiesOf(entries);
    return properties;
  };
  return message;
}
