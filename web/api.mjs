// The types of what /api answers: `npm run api` asks a running server (CONGVU_WEB) for its document, keeps it as src/api/openapi.json and writes src/api/schema.ts from it.
// With --check nothing is asked or written; it fails when the two do not fit together.
import { readFileSync, writeFileSync } from "node:fs";

const documentFile = new URL("src/api/openapi.json", import.meta.url);
const schemaFile = new URL("src/api/schema.ts", import.meta.url);

/** A schema of OpenAPI 3.1 as a type of TypeScript. */
function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.oneOf ?? schema.anyOf) return (schema.oneOf ?? schema.anyOf).map(typeOf).join(" | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const names = [schema.type ?? []].flat();
  // Numbers may be sent as texts; they are never answered so.
  const types = names.filter((name) => name !== "string" || !(names.includes("integer") || names.includes("number"))).map((name) => one(name, schema));
  return types.sort((a, b) => Number(a === "null") - Number(b === "null")).join(" | ") || "unknown";
}

function one(name, schema) {
  switch (name) {
    case "integer":
    case "number":
      return "number";
    case "array": {
      const item = typeOf(schema.items ?? {});
      return item.includes(" ") ? `(${item})[]` : `${item}[]`;
    }
    case "object":
      return schema.properties ? `{ ${Object.entries(schema.properties).map(([key, value]) => property(key, value, schema)).join(" ")} }` : "Record<string, unknown>";
    default:
      return name;
  }
}

function property(name, schema, owner) {
  return `${name}${owner.required?.includes(name) ? "" : "?"}: ${typeOf(schema)};`;
}

/** The file of types. */
export function write(document) {
  const lines = ["// Written from openapi.json by `npm run api`; not to be changed by hand.", ""];
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    if (schema.description) lines.push(`/** ${schema.description.replace(/\s+/g, " ")} */`);
    if (schema.type !== "object") lines.push(`export type ${name} = ${typeOf(schema)};`, "");
    else {
      lines.push(`export interface ${name} {`);
      for (const [key, value] of Object.entries(schema.properties ?? {})) {
        if (value.description) lines.push(`  /** ${value.description.replace(/\s+/g, " ")} */`);
        lines.push(`  ${property(key, value, schema)}`);
      }
      lines.push("}", "");
    }
  }
  return lines.join("\n");
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  if (process.argv.includes("--check")) {
    if (write(JSON.parse(readFileSync(documentFile, "utf8"))) !== readFileSync(schemaFile, "utf8")) throw new Error("src/api/schema.ts is stale: run `npm run api`.");
  } else {
    const response = await fetch(new URL("/openapi.json", process.env.CONGVU_WEB ?? "http://localhost:8080"));
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    const document = await response.json();
    writeFileSync(documentFile, `${JSON.stringify(document, null, 1)}\n`);
    writeFileSync(schemaFile, write(document));
  }
}
