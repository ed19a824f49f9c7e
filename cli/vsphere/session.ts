import { request } from "node:https";
import { UnusableInput } from "../document";
import { all, at, type Element, escapeXml, parseXml } from "./xml";

export interface Login {
  /** Host name, with `:port` if it is not 443. */
  server: string;
  user: string;
  password: string;
  /** Certificates to trust beside the system's, PEM. */
  ca?: string;
  /** Trust any certificate. */
  insecure?: boolean;
}

/** An object of vCenter's inventory with the properties that were asked for. */
export interface ManagedObject {
  type: string;
  id: string;
  properties: ReadonlyMap<string, Element>;
}

const PATIENCE_MS = 30_000;

/** A session with a vCenter's web services API (vim25), which every version from 6 to 8 speaks. Only reads. */
export class Session {
  private cookie = "";
  private content: Element | undefined;

  private constructor(private readonly login: Login) {}

  static async open(login: Login): Promise<Session> {
    const session = new Session(login);
    const self = `<_this type="ServiceInstance">ServiceInstance</_this>`;
    session.content = at(await session.call("RetrieveServiceContent", self), "returnval");
    if (!session.content) throw fault(login, "server", "it answers, but is no vCenter", "name a vCenter server");
    const user = `<userName>${escapeXml(login.user)}</userName><password>${escapeXml(login.password)}</password>`;
    await session.call("Login", session.manager("sessionManager") + user);
    return session;
  }

  /** The product's name and build. */
  get product(): string {
    return at(this.content, "about", "fullName")?.text ?? "vCenter";
  }

  /** Every object of these types, with these properties. */
  async read(properties: Record<string, string[]>): Promise<ManagedObject[]> {
    const types = Object.keys(properties);
    const container = reference("container", at(this.content, "rootFolder"));
    const wanted = types.map((t) => `<type>${t}</type>`).join("");
    const view = at(
      await this.call(
        "CreateContainerView",
        `${this.manager("viewManager")}${container}${wanted}<recursive>true</recursive>`,
      ),
      "returnval",
    );
    return this.collect(properties, reference("obj", view), { type: "ContainerView", path: "view" });
  }

  /** The tasks of the last minutes, running ones among them, with these properties. */
  async tasks(...properties: string[]): Promise<ManagedObject[]> {
    const manager = reference("obj", at(this.content, "taskManager"));
    return this.collect({ Task: properties }, manager, { type: "TaskManager", path: "recentTask" });
  }

  /** What a property of an object leads to. */
  private async collect(
    properties: Record<string, string[]>,
    object: string,
    step: { type: string; path: string },
  ): Promise<ManagedObject[]> {
    const propSet = Object.entries(properties)
      .map(
        ([type, paths]) =>
          `<propSet><type>${type}</type>${paths.map((p) => `<pathSet>${p}</pathSet>`).join("")}</propSet>`,
      )
      .join("");
    const walk = `<selectSet xsi:type="TraversalSpec"><name>step</name><type>${step.type}</type><path>${step.path}</path><skip>false</skip></selectSet>`;
    const spec = `<specSet>${propSet}<objectSet>${object}<skip>true</skip>${walk}</objectSet></specSet><options/>`;
    const collector = this.manager("propertyCollector");
    const objects: ManagedObject[] = [];
    let page = at(await this.call("RetrievePropertiesEx", collector + spec), "returnval");
    for (;;) {
      objects.push(...all(page, "objects").map((o) => this.managedObject(o)));
      const token = at(page, "token")?.text;
      if (!token) return objects;
      page = at(
        await this.call("ContinueRetrievePropertiesEx", `${collector}<token>${escapeXml(token)}</token>`),
        "returnval",
      );
    }
  }

  async close(): Promise<void> {
    await this.call("Logout", this.manager("sessionManager")).catch(() => undefined);
  }

  private managedObject(object: Element): ManagedObject {
    const obj = at(object, "obj");
    const denied = all(object, "missingSet")[0];
    if (denied) {
      const privilege = at(denied, "fault", "fault", "privilegeId")?.text ?? "System.Read";
      throw fault(
        this.login,
        "user",
        `${this.login.user} may not read ${at(denied, "path")?.text} of ${obj?.text} (${privilege})`,
        "give it the read-only role on the datacenter, with propagation",
      );
    }
    const properties = all(object, "propSet").map((p) => [at(p, "name")?.text ?? "", at(p, "val") as Element] as const);
    return { type: obj?.attributes.type ?? "", id: obj?.text ?? "", properties: new Map(properties) };
  }

  private manager(name: string): string {
    return reference("_this", at(this.content, name));
  }

  private async call(method: string, body: string): Promise<Element | undefined> {
    const content = at(parseXml(await this.post(envelope(method, body))), "Body");
    if (!content) throw fault(this.login, "server", "it answers, but is no vCenter", "name a vCenter server");
    const problem = at(content, "Fault");
    if (!problem) return content.children[0];
    const kind = at(problem, "detail")?.children[0]?.name ?? "";
    if (kind.startsWith("InvalidLogin"))
      throw fault(
        this.login,
        "user",
        `vCenter refuses ${this.login.user} or its password`,
        "correct VSPHERE_USER and VSPHERE_PASSWORD",
      );
    if (kind.startsWith("NoPermission"))
      throw fault(
        this.login,
        "user",
        `${this.login.user} may not do ${method}`,
        "give it the read-only role on the datacenter, with propagation",
      );
    throw fault(this.login, "server", at(problem, "faultstring")?.text || `${method} failed`, "see vCenter's log");
  }

  private post(body: string): Promise<string> {
    const { login } = this;
    return new Promise((resolve, reject) => {
      const headers = { "content-type": "text/xml; charset=utf-8", soapaction: "urn:vim25/6.7", cookie: this.cookie };
      const options = {
        method: "POST",
        headers,
        timeout: PATIENCE_MS,
        ca: login.ca,
        rejectUnauthorized: !login.insecure,
      };
      const req = request(`https://${login.server}/sdk`, options, (res) => {
        const [cookie] = res.headers["set-cookie"] ?? [];
        if (cookie) this.cookie = cookie.split(";")[0] ?? "";
        const chunks: Buffer[] = [];
        res.on("data", (chunk: Buffer) => chunks.push(chunk));
        res.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
        res.on("error", (e) => reject(unreachable(login, e)));
      });
      req.on("timeout", () => req.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} s`)));
      req.on("error", (e) => reject(unreachable(login, e)));
      req.end(body);
    });
  }
}

function envelope(method: string, body: string): string {
  const soap = "http://schemas.xmlsoap.org/soap/envelope/";
  const types = "http://www.w3.org/2001/XMLSchema-instance";
  return `<?xml version="1.0"?><s:Envelope xmlns:s="${soap}" xmlns:xsi="${types}"><s:Body><${method} xmlns="urn:vim25">${body}</${method}></s:Body></s:Envelope>`;
}

function reference(name: string, object: Element | undefined): string {
  return `<${name} type="${escapeXml(object?.attributes.type ?? "")}">${escapeXml(object?.text ?? "")}</${name}>`;
}

function fault(login: Login, what: "server" | "user", fact: string, fix: string): UnusableInput {
  return new UnusableInput([{ path: what === "server" ? login.server : "user", fact, fix }]);
}

function unreachable(login: Login, error: Error): UnusableInput {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code))
    return fault(
      login,
      "server",
      `its certificate is not trusted (${code})`,
      "pass --ca with vCenter's certificate authority, or --insecure in a lab",
    );
  if (/EPROTO|HPE_/.test(code) || /SSL|packet length/.test(error.message))
    return fault(login, "server", "it does not speak HTTPS there", "name vCenter's HTTPS port");
  return fault(
    login,
    "server",
    `it cannot be reached (${code || error.message})`,
    "check the name, the port and the network",
  );
}
