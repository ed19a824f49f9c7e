import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies";
import { readOnce } from "./readOnce";

readOnce();
new PolicyPack("groundwork", { policies: policies() });
