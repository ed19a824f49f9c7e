# CrossGuard's policy server, asked without an engine.
# shellcheck shell=bash

# ask_policies FOLDER DISABLED: starts FOLDER/pack.cjs, sets the policies named DISABLED (or none, if empty) to disabled, and asks
# about one resource. Prints `policies:` with the names and `said:` with the names of those that had something to say.
ask_policies() {
  (
    cd "$1" || exit
    printf '{"name": "pack", "version": "1.0.0"}\n' >package.json
    npm install --silent --no-audit --no-fund --no-save @pulumi/policy@1.21.0 @pulumi/pulumi@3.248.0
    cat >ask.cjs <<'EOF'
const { spawn } = require("node:child_process");
const grpc = require("@grpc/grpc-js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
const { AnalyzerClient } = require("@pulumi/pulumi/proto/analyzer_grpc_pb");
const messages = require("@pulumi/pulumi/proto/analyzer_pb");

const pack = spawn("node", ["pack.cjs", "127.0.0.1:1", "."], { stdio: ["ignore", "pipe", "inherit"] });
pack.once("exit", (code) => process.exit(code || 1));
pack.stdout.once("data", async (port) => {
  const client = new AnalyzerClient(`127.0.0.1:${String(port).trim()}`, grpc.credentials.createInsecure());
  const ask = (name, request) =>
    new Promise((resolve, reject) => client[name](request, (error, answer) => (error ? reject(error) : resolve(answer.toObject()))));
  const empty = () => Struct.fromJavaScript({});
  if (process.argv[2]) {
    const disabled = new messages.PolicyConfig();
    disabled.setProperties(empty());
    disabled.setEnforcementlevel(messages.EnforcementLevel.DISABLED);
    const settings = new messages.ConfigureAnalyzerRequest();
    settings.getPolicyconfigMap().set(process.argv[2], disabled);
    await ask("configure", settings);
  }
  const resource = new messages.AnalyzeRequest();
  resource.setType("a:b:C");
  resource.setUrn("urn:pulumi:stack::project::a:b:C::x");
  resource.setName("x");
  resource.setProperties(empty());
  resource.setOptions(new messages.AnalyzerResourceOptions());
  const { policiesList } = await ask("getAnalyzerInfo", new Empty());
  const { diagnosticsList } = await ask("analyze", resource);
  console.log("policies:", policiesList.map(({ name }) => name).join(" "));
  console.log("said:", diagnosticsList.map(({ policyname }) => policyname).join(" "));
  pack.removeAllListeners("exit");
  pack.kill();
  client.close();
});
EOF
    node ask.cjs "$2"
  )
}
