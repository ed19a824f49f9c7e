import { dirname } from "node:path";
import type { Response } from "./later";
import { propertiesOf } from "./properties";

interface Method {
  requestDeserialize(bytes: Buffer): unknown;
  responseType: new () => Response;
}

/** What the engine's service of policies is defined by. */
export interface AnalyzerService {
  analyze: Method;
  analyzeStack: Method;
  remediate?: Method;
}

interface StructMessage {
  toJavaScript(): unknown;
}

interface Reader {
  nextField(): boolean;
  readBytes(): Uint8Array;
}

/**
 * A service whose requests leave properties in bytes until somebody asks for them, and the requests to judge one resource all
 * of it: those are functions.
 */
export function readLazily(service: AnalyzerService): AnalyzerService {
  const sdk = dirname(require.resolve("@pulumi/pulumi/package.json"));
  const { Struct } = require(require.resolve("google-protobuf/google/protobuf/struct_pb.js", { paths: [sdk] }));
  const method = ({ requestDeserialize, ...rest }: Method) => ({
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
  const analyze = method(service.analyze);
  return {
    ...service,
    analyze: { ...analyze, requestDeserialize: (bytes) => () => analyze.requestDeserialize(bytes) },
    analyzeStack: method(service.analyzeStack),
  };
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
