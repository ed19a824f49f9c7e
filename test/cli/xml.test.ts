import { describe, expect, it } from "vitest";
import { at, escapeXml, parseXml } from "../../sdks/vcenter/xml";

describe("XML of a SOAP service", () => {
  it("is read as elements, without the prefixes of their names", () => {
    const answer = parseXml(
      `<?xml version="1.0" encoding="UTF-8"?>
       <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
         <soapenv:Body><!-- of a host --><val xmlns="urn:vim25" xsi:type='ManagedObjectReference' type="HostSystem">host-1</val><empty/></soapenv:Body>
       </soapenv:Envelope>`,
    );
    expect(at(answer, "Body", "val")).toMatchObject({
      name: "val",
      attributes: { type: "HostSystem" },
      children: [],
      text: "host-1",
    });
    expect(at(answer, "Body", "empty")).toEqual({ name: "empty", attributes: {}, children: [], text: "" });
  });

  it("keeps every character that a name may hold", () => {
    const name = `Kühlraum <1> & "Lager" 'süd' 店 🏬`;
    expect(parseXml(`<name>${escapeXml(name)}</name>`)?.text).toBe(name);
    expect(parseXml(`<name of='a > b'>x<![CDATA[<&]]>&#x5E97;&#24215;</name>`)).toMatchObject({
      attributes: { of: "a > b" },
      text: "x<&店店",
    });
  });

  it.each([
    ["nothing", ""],
    ["a page", "<html><body>502<br></body></html>"],
    ["text", "vCenter is starting"],
    ["a cut one", "<a><b>1</b>"],
    ["crossed tags", "<a><b></a></b>"],
    ["two documents", "<a/><b/>"],
    ["an entity that nobody knows", "<a>&nothing;</a>"],
    ["a document type", `<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>`],
  ])("is refused if it is %s", (_, xml) => {
    expect(parseXml(xml)).toBeUndefined();
  });
});
