// Says what External Secrets' schema has against the object on stdin; nothing where it has nothing.
import { readFileSync } from "node:fs";
import { ExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";

const { apiVersion, kind, ...said } = JSON.parse(readFileSync(0, "utf8"));
const secret = new ExternalSecret(said);
try {
  if (secret.apiVersion !== apiVersion || secret.kind !== kind) throw new Error(`${apiVersion} ${kind} is another kind`);
  secret.validate();
} catch (error) {
  console.log(error.message);
}
