// Runs the TypeScript SDK's own tests of pipelines against a job server.
//
//   node suite.js ENDPOINT LIMIT_MILLIS [FILE]
//
// FILE names the tests to run, one a line; without it they are only listed. Standard output carries
// one JSON object a line, {"event": "found" | "start" | "end", "test": "group#title"}; what else is
// printed goes to standard error.
"use strict";

const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");

// The SDK is installed where the process runs. Its package does not export what is asked for here.
const installed = createRequire(path.join(process.cwd(), "package.json"));
const sdk = path.join(process.cwd(), "node_modules", "apache-beam", "dist");
const Mocha = installed("mocha");

const [endpoint, limit, file] = process.argv.slice(2);

console.log = console.info = console.debug = console.error;

function say(event) {
  fs.writeSync(1, JSON.stringify(event) + "\n");
}

function name(test) {
  return test.parent.titlePath().join(": ") + "#" + test.title;
}

function reporter(runner) {
  runner.on("test", (test) => say({ event: "start", test: name(test) }));
  runner.on("pass", (test) => end(test, "passed", "", ""));
  runner.on("pending", (test) => end(test, "skipped", "", ""));
  runner.on("fail", (test, error) => {
    if (test.type === "hook") {
      console.error(test.title, error);
    } else {
      const cause = String(error.message ?? error).split("\n")[0];
      end(test, "failed", cause, String(error.stack ?? ""));
    }
  });
}

function end(test, outcome, cause, details) {
  say({ event: "end", test: name(test), outcome, cause, details });
}

function collect() {
  const mocha = new Mocha({ ui: "bdd", reporter, timeout: Number(limit) });
  mocha.suite.emit("pre-require", global, null, mocha);
  // The index first: its modules need each other in this order.
  installed("apache-beam");
  const runners = require(`${sdk}/src/apache_beam/runners/runner.js`);
  const {
    PortableRunner,
  } = require(`${sdk}/src/apache_beam/runners/portable_runner/runner.js`);
  const create = () =>
    new PortableRunner({ jobEndpoint: endpoint, environmentType: "LOOPBACK" });
  runners.createRunner = create;
  const primitives = require(`${sdk}/test/primitives_test.js`);
  require(`${sdk}/test/combine_test.js`);
  describe("primitives", () => primitives.suite(create()));
  // Besides those there are the tests of the SDK's own runner.
  mocha.suite.suites = mocha.suite.suites.filter(({ title }) =>
    ["primitives", "Apache Beam combiners"].includes(title)
  );
  return mocha;
}

function select(suite, chosen) {
  suite.tests = suite.tests.filter((test) => chosen.has(name(test)));
  suite.suites.forEach((nested) => select(nested, chosen));
}

const mocha = collect();
if (file === undefined) {
  mocha.suite.eachTest((test) => say({ event: "found", test: name(test) }));
  process.exit();
}
select(mocha.suite, new Set(fs.readFileSync(file, "utf8").split("\n")));
mocha.run(() => process.exit());
