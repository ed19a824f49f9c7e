import { request } from "node:https";
import type { Datacenter } from "../../../lab/vcenter/datacenter";

/** Moves one disk of a machine to another datastore, as storage migration does; `govc` only moves all of them. */
export async function relocateDisk(
  center: Datacenter,
  machine: string,
  disk: number,
  datastore: string,
): Promise<void> {
  const { govc } = center;
  const id = async (type: string, name: string) => (await govc("find", "-i", "/", "-type", type, "-name", name)).trim();
  const [vm, to] = [await id("m", machine), await id("s", datastore)].map((found) => found.split(":").at(-1));
  const { devices } = JSON.parse(await govc("device.info", "-json", "-vm", machine, "disk-*")) as {
    devices: { key: number }[];
  };
  await govc("vm.power", "-off", "-force", machine);
  const { VSPHERE_SERVER = "", VSPHERE_USER, VSPHERE_PASSWORD } = center.environment;
  const { cookie } = await call(
    VSPHERE_SERVER,
    `<Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this><userName>${VSPHERE_USER}</userName><password>${VSPHERE_PASSWORD}</password></Login>`,
  );
  const locator = `<disk><diskId>${devices[disk]?.key}</diskId><datastore type="Datastore">${to}</datastore></disk>`;
  await call(
    VSPHERE_SERVER,
    `<RelocateVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">${vm}</_this><spec>${locator}</spec></RelocateVM_Task>`,
    cookie,
  );
  const isThere = async () => (await govc("device.info", "-json", "-vm", machine, "disk-*")).includes(`[${datastore}]`);
  for (const patience = Date.now() + 60_000; !(await isThere()); await new Promise((done) => setTimeout(done, 200)))
    if (Date.now() > patience) throw new Error(`${machine}: its disk did not arrive on ${datastore}`);
  await govc("vm.power", "-on", machine);
}

function call(server: string, body: string, cookie = ""): Promise<{ cookie: string }> {
  const envelope = `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>${body}</Body></Envelope>`;
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "text/xml", soapaction: "urn:vim25", ...(cookie && { cookie }) };
    const asked = request(`https://${server}/sdk`, { method: "POST", headers, rejectUnauthorized: false }, (answer) => {
      const given = answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? cookie;
      let text = "";
      answer.on("data", (part: Buffer) => {
        text += part;
      });
      answer.on("end", () => (answer.statusCode === 200 ? resolve({ cookie: given }) : reject(new Error(text))));
    });
    asked.on("error", reject);
    asked.end(envelope);
  });
}
