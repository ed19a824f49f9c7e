import fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { describe, expect, it } from "vitest";
import { readLazily } from "../../policies/lazily";

const { AnalyzerService } = require("@pulumi/pulumi/proto/analyzer_grpc_pb");
const { AnalyzeRequest } = require("@pulumi/pulumi/proto/analyzer_pb");

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)));
const properties = fc.dictionary(
  fc.string().filter((key) => key !== "__proto__"),
  json,
);

/** A request as it comes over the wire, read by a service. */
function read(service: typeof AnalyzerService, sent: Record<string, unknown>): typeof AnalyzeRequest {
  const request = new AnalyzeRequest();
  request.setType("tls:index/privateKey:PrivateKey");
  request.setProperties(Struct.fromJavaScript(sent as Record<string, never>));
  const received = service.analyze.requestDeserialize(Buffer.from(request.serializeBinary()));
  return typeof received === "function" ? received() : received;
}

describe("properties that are read late", () => {
  it("are those that Pulumi's own code reads", () => {
    const lazy = readLazily(AnalyzerService) as typeof AnalyzerService;
    fc.assert(
      fc.property(properties, (sent) => {
        const request = read(lazy, sent);
        expect(request.getType()).toBe("tls:index/privateKey:PrivateKey");
        expect(request.getProperties().toJavaScript()).toEqual(
          read(AnalyzerService, sent).getProperties().toJavaScript(),
        );
      }),
    );
  });

  it("are texts of any length and any letters, and numbers of any size", () => {
    const sent = {
      long: "ö€😀".repeat(50_000),
      empty: "",
      deep: [[[{ a: null }]]],
      none: {},
      small: -0.5,
      large: 2 ** 60,
    };
    const request = read(readLazily(AnalyzerService) as typeof AnalyzerService, sent);
    expect(request.getProperties().toJavaScript()).toEqual(sent);
  });

  it("do not change how others in the process read", () => {
    readLazily(AnalyzerService);
    expect(read(AnalyzerService, { a: 1 }).getProperties().getFieldsMap().getLength()).toBe(1);
  });
});
