// A plugin that makes nothing and says it did: it leaves in a stack's state what the commands and the Kubernetes objects
// of a site that was brought up leave there. Plain JavaScript, as the engine starts it without a loader.
const { randomUUID } = require("node:crypto");
const provider = require("@pulumi/pulumi/provider");

/** What commands say, by the names of their resources. */
const said = JSON.parse(process.env.RECORDED_STDOUT ?? "{}");

class Recorder {
  constructor() {
    this.version = "1.0.0";
  }
  async check(_urn, _olds, news) {
    return { inputs: news };
  }
  async diff() {
    return { changes: false };
  }
  async create(urn, inputs) {
    return urn.includes("command:remote:Command")
      ? { id: randomUUID(), outs: { ...inputs, stdout: said[urn.split("::").at(-1)] ?? "", stderr: "" } }
      : { id: objectId(inputs), outs: { ...inputs, ...objectState(inputs) } };
  }
  async update(_id, _urn, _olds, news) {
    return { outs: news };
  }
  async delete() {}
}

function objectId({ metadata }) {
  return [metadata?.namespace, metadata?.name].filter(Boolean).join("/");
}

function objectState(inputs) {
  return { __inputs: inputs, __initialApiVersion: inputs.apiVersion, __fieldManager: "pulumi-kubernetes-0" };
}

provider.main(new Recorder(), process.argv.slice(2));
